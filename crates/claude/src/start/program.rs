//! What a `command` leads to.

use bridgekeeper_model::Os;
use serde::Serialize;

/// The endings that Windows tries where `PATHEXT` does not say.
pub const PATHEXT: &str = ".COM;.EXE;.BAT;.CMD";

/// What a `command` leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "path")]
pub enum Program {
    /// This program.
    Found(String),
    /// No folder of the search path has it, or no program stands at the path that it names.
    Missing,
}

impl Program {
    /// Where it stands.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Found(path) => Some(path),
            Self::Missing => None,
        }
    }
}

/// Finds a program as the system does: a path as it is, a bare name in each folder. `folder` is the working folder,
/// from which relative paths go; `extensions` is `PATHEXT` on Windows and nothing elsewhere.
pub fn find_program(
    command: &str,
    folders: &[String],
    os: Os,
    folder: &str,
    extensions: &str,
    is_program: &dyn Fn(&str) -> bool,
) -> Program {
    let is_path = command.contains('/') || (os == Os::Windows && command.contains(['\\', ':']));
    let candidates = |base: String| match os {
        Os::Windows => with_extensions(base, extensions),
        Os::Macos | Os::Linux => vec![base],
    };
    let bases: Vec<String> = if command.is_empty() {
        Vec::new()
    } else if is_absolute(command, os) {
        vec![command.to_owned()]
    } else if is_path {
        let below = command.strip_prefix("./").or_else(|| command.strip_prefix(".\\")).unwrap_or(command);
        vec![join(folder, below, os)]
    } else {
        folders.iter().map(|folder| join(folder, command, os)).collect()
    };
    let found = bases.into_iter().flat_map(candidates).find(|path| is_program(path));
    found.map_or(Program::Missing, Program::Found)
}

/// A name with an ending is tried as it is first; one without is no program on Windows.
fn with_extensions(base: String, extensions: &str) -> Vec<String> {
    let name = base.rsplit(['\\', '/']).next().unwrap_or_default();
    let endings = extensions.split(';').filter(|ending| !ending.is_empty()).map(str::to_ascii_lowercase);
    let mut paths: Vec<String> = endings.map(|ending| format!("{base}{ending}")).collect();
    if name.contains('.') {
        paths.insert(0, base);
    }
    paths
}

fn is_absolute(path: &str, os: Os) -> bool {
    match os {
        Os::Windows => path.starts_with(['\\', '/']) || path.as_bytes().get(1) == Some(&b':'),
        Os::Macos | Os::Linux => path.starts_with('/'),
    }
}

fn join(folder: &str, name: &str, os: Os) -> String {
    match os {
        Os::Windows => format!("{}\\{name}", folder.trim_end_matches(['\\', '/'])),
        Os::Macos | Os::Linux => format!("{}/{name}", folder.trim_end_matches('/')),
    }
}
