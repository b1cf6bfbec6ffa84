//! `cargo xtask package`: what people install, with its checksums and its list of parts, in `target/packages`.
//!
//! Tauri's own bundler makes what it can make of a finished build: deb, rpm, `AppImage` and dmg. The installer for
//! Windows is our own script for NSIS, because it must be built here too, replaces programs that run, and asks at the
//! end whether Claude's configs go back.

mod glibc;
mod parts;
mod proof;
mod signatures;
mod sums;
mod tauri;
mod update;
mod windows_installer;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use crate::requirements::{APPIMAGE, C_COMPILER, MAKENSIS, NPM, WINDOW, ensure};
use crate::steps::{Steps, cargo, must_pass};
use crate::{pages, windows, workspace};

/// What `package` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// What to make [default: deb and rpm on Linux, with nsis where the Windows toolchain is; nsis on Windows; dmg on macOS]
    #[arg(value_name = "FORMAT")]
    formats: Vec<Format>,
    /// Package a debug build, which is made faster and is larger
    #[arg(long)]
    debug: bool,
    /// Also install what was made, start it and remove it: the deb in a clean Debian root, the Windows installer under Wine
    #[arg(long = "try")]
    try_out: bool,
    /// Only try an update, of the deb in a clean Debian root and of the Windows installer under Wine: two versions of each,
    /// debug builds, and a server and keys made for it
    #[arg(long, conflicts_with_all = ["formats", "debug", "try_out"])]
    try_update: bool,
}

/// What `gather` takes.
#[derive(Args)]
pub(crate) struct Gather {
    /// A folder with one folder for each machine
    folder: PathBuf,
}

/// A kind of package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For Debian and Ubuntu
    Deb,
    /// For Fedora and its kin
    Rpm,
    /// For any Linux; its tools come from GitHub
    #[value(name = "appimage")]
    AppImage,
    /// For Windows, per user
    Nsis,
    /// For macOS; signed and notarised where APPLE_* say how
    Dmg,
}

impl Format {
    /// The word that Tauri's bundler knows it by; `None` for what we make ourselves.
    fn tauri_word(self) -> Option<&'static str> {
        match self {
            Self::Deb => Some("deb"),
            Self::Rpm => Some("rpm"),
            Self::AppImage => Some("appimage"),
            Self::Dmg => Some("dmg"),
            Self::Nsis => None,
        }
    }
}

/// A finished build that is packaged.
#[derive(Clone)]
struct Build {
    /// The triple of the programs.
    target: String,
    /// Where the programs lie.
    programs: PathBuf,
    profile: Profile,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Profile {
    Release,
    Debug,
}

/// The tag that a release is made from, where it is made from one.
const RELEASE_TAG: &str = "BRIDGEKEEPER_RELEASE_TAG";

/// The programs of a package, without their extension.
const PROGRAMS: [&str; 3] = ["bridgekeeper-desktop", "bridgekeeper", "mcp-bridge"];

/// Builds the programs, packages them, and writes checksums and lists of parts beside them.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.try_update {
        return update::try_out();
    }
    check_tag(std::env::var(RELEASE_TAG).ok().as_deref())?;
    let formats = if options.formats.is_empty() { usual_formats() } else { options.formats.clone() };
    for format in &formats {
        check_system(*format)?;
    }
    let profile = if options.debug { Profile::Debug } else { Profile::Release };
    let folder = target_folder().join("packages");
    remove_old(&folder)?;
    let mut steps = Steps::default();
    let mut packages = Vec::new();
    let besides = if formats.contains(&Format::AppImage) { APPIMAGE } else { &[] };
    steps.step("requirements", || ensure(&[&[&C_COMPILER, &NPM], WINDOW, besides].concat()))?;
    let of_tauri: Vec<&str> = formats.iter().copied().filter_map(Format::tauri_word).collect();
    if !of_tauri.is_empty() {
        let mut build = None;
        steps.step("programs", || {
            build = Some(Build::of_this_system(profile)?);
            Ok(())
        })?;
        if let Some(build) = build {
            steps.step(&format!("packages: {}", of_tauri.join(", ")), || {
                packages.extend(tauri::bundle(&build, &of_tauri, &folder, None)?);
                Ok(())
            })?;
        }
    }
    if formats.contains(&Format::Nsis) {
        steps.step("requirements of the Windows installer", || ensure(&[&MAKENSIS]))?;
        let mut build = None;
        steps.step("programs for Windows", || {
            build = Some(Build::for_windows(profile)?);
            Ok(())
        })?;
        if let Some(build) = build {
            steps.step("Windows installer", || {
                packages.push(windows_installer::make(&build, version(), &folder)?);
                Ok(())
            })?;
        }
    }
    steps.step("lists of parts", || parts::write(&folder))?;
    steps.step("signatures", || signatures::sign(&folder))?;
    steps.step("checksums", || sums::write(&folder))?;
    if options.try_out {
        for package in &packages {
            proof::try_out(&mut steps, package)?;
        }
    }
    steps.summary();
    println!("{}", sums::sizes(&folder, profile == Profile::Debug)?);
    Ok(())
}

/// Builds the programs as they are packaged, and says in which folder they lie.
pub(crate) fn shipped_programs() -> Result<PathBuf> {
    ensure(&[&[&C_COMPILER, &NPM], WINDOW].concat())?;
    Ok(Build::of_this_system(Profile::Release)?.programs)
}

/// Puts the packages of several machines together. Lists of parts are the same everywhere but for the system, so each
/// gets its machine's name.
pub(crate) fn gather(options: &Gather) -> Result<()> {
    check_tag(std::env::var(RELEASE_TAG).ok().as_deref())?;
    let folder = target_folder().join("packages");
    remove_old(&folder)?;
    for machine in entries(&options.folder)?.iter().filter(|path| path.is_dir()) {
        let of = machine.file_name().unwrap_or_default().to_string_lossy();
        for file in entries(machine)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match name.strip_suffix(".cdx.json") {
                Some(program) => copy(&file, &folder.join(format!("{program}_{of}.cdx.json")))?,
                None if name == sums::NAME => {}
                None => copy(&file, &folder.join(name))?,
            }
        }
    }
    if let Some(description) = signatures::describe(&folder)? {
        write(&folder.join(signatures::DESCRIPTION), format!("{description:#}\n"))?;
    }
    sums::write(&folder)
}

/// A release under another number than its programs say would never be taken for newer, or for ever.
fn check_tag(tag: Option<&str>) -> Result<()> {
    match tag.filter(|tag| !tag.is_empty()) {
        Some(tag) if tag.strip_prefix('v') != Some(version()) => {
            bail!("the tag {tag} names another version than Cargo.toml, which says {}", version())
        }
        _ => Ok(()),
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("{} is not there", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn usual_formats() -> Vec<Format> {
    if cfg!(windows) {
        vec![Format::Nsis]
    } else if cfg!(target_os = "macos") {
        vec![Format::Dmg]
    } else if windows::obstacle().is_none() {
        vec![Format::Deb, Format::Rpm, Format::Nsis]
    } else {
        vec![Format::Deb, Format::Rpm]
    }
}

fn check_system(format: Format) -> Result<()> {
    let here = match format {
        Format::Deb | Format::Rpm | Format::AppImage => cfg!(target_os = "linux"),
        Format::Dmg => cfg!(target_os = "macos"),
        Format::Nsis if cfg!(windows) => true,
        Format::Nsis => {
            if let Some(why) = windows::obstacle() {
                bail!("the Windows programs cannot be built here: {why}");
            }
            true
        }
    };
    if !here {
        bail!("{format:?} is made on its own system");
    }
    Ok(())
}

impl Build {
    fn of_this_system(profile: Profile) -> Result<Self> {
        pages::build()?;
        build_programs(profile, &[])?;
        Ok(Self { target: host()?, programs: target_folder().join(profile.folder()), profile })
    }

    fn for_windows(profile: Profile) -> Result<Self> {
        if cfg!(windows) {
            return Self::of_this_system(profile);
        }
        pages::build()?;
        build_programs(profile, &["--target", windows::TARGET])?;
        let programs = target_folder().join(windows::TARGET).join(profile.folder());
        Ok(Self { target: windows::TARGET.to_owned(), programs, profile })
    }
}

impl Profile {
    fn flag(self) -> &'static [&'static str] {
        match self {
            Self::Release => &["--release"],
            Self::Debug => &[],
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Debug => "debug",
        }
    }
}

/// The bridge is built by itself: with the features that the app wants of shared libraries it would be larger.
fn build_programs(profile: Profile, target: &[&str]) -> Result<()> {
    for packages in [&["bridgekeeper-bridge"][..], &["bridgekeeper-desktop", "bridgekeeper-cli"]] {
        let packages = packages.iter().flat_map(|package| ["--package", package]);
        must_pass(cargo().arg("build").args(target).args(profile.flag()).arg("--bins").args(packages))?;
    }
    Ok(())
}

/// The triple that rustc builds for by itself.
fn host() -> Result<String> {
    let output = crate::steps::command("rustc").arg("-vV").output().context("rustc could not be started")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("`rustc -vV` names no host")?.to_owned())
}

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from)
}

/// Packages of an earlier run would be summed up with the new ones.
fn remove_old(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("{} could not be emptied", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))
}

/// A file written anew.
#[expect(clippy::disallowed_methods, reason = "what is packaged is made here, and nobody's own")]
fn write(place: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    std::fs::write(place, content).with_context(|| format!("{} could not be written", place.display()))
}

/// A file put into another folder under a name.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to)
        .with_context(|| format!("{} could not be copied to {}", from.display(), to.display()))?;
    Ok(())
}

/// The version of every program.
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_that_names_another_version_makes_no_release() {
        assert!(check_tag(None).is_ok());
        assert!(check_tag(Some("")).is_ok());
        assert!(check_tag(Some(&format!("v{}", version()))).is_ok());
        for tag in [version(), "v99.0.0", "main"] {
            assert!(check_tag(Some(tag)).is_err(), "{tag}");
        }
    }
}
