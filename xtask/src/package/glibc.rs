//! Which glibc the programs of a package want: that of the machine that built them may be newer than a person's, and a package
//! says so before it is installed rather than when it does not start.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use object::Endianness;
use object::elf::{FileHeader64, VER_FLG_WEAK};
use object::read::elf::{FileHeader as _, SectionHeader as _};
use serde_json::{Value, json};

/// A version such as 2.34.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Glibc {
    major: u32,
    minor: u32,
}

/// The oldest glibc that all of these programs start with.
pub(super) fn wanted_by(programs: &[PathBuf]) -> Result<Glibc> {
    let of_each = programs.iter().map(|program| of_program(program)).collect::<Result<Vec<_>>>()?;
    of_each.into_iter().max().context("no program")
}

impl Glibc {
    /// What the bundler adds to what a deb and an rpm want, in the words of each.
    pub(super) fn as_config(self) -> Value {
        let Self { major, minor } = self;
        json!({ "bundle": { "linux": {
            "deb": { "depends": [format!("libc6 (>= {major}.{minor})")] },
            "rpm": { "depends": [format!("libc.so.6(GLIBC_{major}.{minor})(64bit)")] },
        } } })
    }

    /// A version as a program names it: `GLIBC_2.34`.
    fn read(name: &str) -> Option<Self> {
        let mut numbers = name.strip_prefix("GLIBC_")?.split('.').map(str::parse);
        Some(Self { major: numbers.next()?.ok()?, minor: numbers.next()?.ok()? })
    }
}

/// The newest version that a program asks for (LSB core, "Symbol Versioning"). What it only asks for where it is there, marked
/// as weak, does not count.
fn of_program(program: &Path) -> Result<Glibc> {
    let name = || program.display().to_string();
    let bytes = std::fs::read(program).with_context(name)?;
    let newest = || -> object::Result<Option<Glibc>> {
        let header = FileHeader64::<Endianness>::parse(bytes.as_slice())?;
        let endian = header.endian()?;
        let sections = header.sections(endian, bytes.as_slice())?;
        let mut newest = None;
        for section in sections.iter() {
            let Some((mut libraries, names)) = section.gnu_verneed(endian, bytes.as_slice())? else {
                continue;
            };
            let names = sections.strings(endian, bytes.as_slice(), names)?;
            while let Some((_, mut versions)) = libraries.next()? {
                while let Some(version) = versions.next()? {
                    if !version.vna_flags.get(endian).contains(VER_FLG_WEAK) {
                        let name = String::from_utf8_lossy(version.name(endian, names)?).into_owned();
                        newest = newest.max(Glibc::read(&name));
                    }
                }
            }
        }
        Ok(newest)
    };
    newest().with_context(name)?.with_context(|| format!("{} names no glibc", name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_numbers_and_nothing_else_is_one() {
        assert_eq!(Glibc::read("GLIBC_2.34"), Some(Glibc { major: 2, minor: 34 }));
        assert_eq!(Glibc::read("GLIBC_2.2.5"), Some(Glibc { major: 2, minor: 2 }));
        assert!(Glibc::read("GLIBC_2.9") < Glibc::read("GLIBC_2.34"));
        for name in ["GLIBC_PRIVATE", "GCC_3.0", "GLIBC_"] {
            assert_eq!(Glibc::read(name), None, "{name}");
        }
    }

    #[test]
    fn both_kinds_of_package_ask_for_it() {
        let config = Glibc { major: 2, minor: 36 }.as_config();
        assert_eq!(config["bundle"]["linux"]["deb"]["depends"][0], "libc6 (>= 2.36)");
        assert_eq!(config["bundle"]["linux"]["rpm"]["depends"][0], "libc.so.6(GLIBC_2.36)(64bit)");
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn this_program_wants_a_glibc_that_is_here() {
        let wanted = of_program(&std::env::current_exe().unwrap()).unwrap();
        assert!(wanted >= Glibc { major: 2, minor: 17 }, "Rust's own oldest, but found {wanted:?}");
        let here = crate::steps::command("getconf").arg("GNU_LIBC_VERSION").output().unwrap();
        let here = String::from_utf8(here.stdout).unwrap().trim().replace("glibc ", "GLIBC_");
        assert!(Some(wanted) <= Glibc::read(&here), "{wanted:?} of {here}");
    }
}
