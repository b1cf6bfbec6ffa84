//! The folders in which Claude looks for a program, in its order.

use std::collections::BTreeMap;

use bridgekeeper_model::Os;
use serde::Serialize;

use super::environment;

/// What tells the folders.
#[derive(Debug, Clone, Default)]
pub struct PathFacts {
    /// The folders of the newest `paths: [...]` block in a log. Builds differ, so what Claude itself has written
    /// counts before everything that is known in general.
    pub logged: Option<Vec<String>>,
    /// `PATH` of the environment that Claude has.
    pub environment: Option<String>,
    /// `PATH` of the user's login shell, where somebody has asked it.
    pub login_shell: Option<String>,
    /// The versions that nvm has installed (`v20.19.6`), in any order.
    pub nvm_versions: Vec<String>,
}

/// The folders, first one first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchPath {
    /// The folders.
    pub folders: Vec<String>,
    /// What they are taken from.
    pub source: PathSource,
}

/// What a search path is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathSource {
    /// The entry's own `env` sets it.
    Entry,
    /// Claude wrote it into a log.
    Log,
    /// The environment of Claude, which it passes on.
    Environment,
    /// What Claude usually searches on this system.
    Usual,
}

/// Folders that Claude for macOS searches, as its logs show them. The login shell's `PATH` is not among them before
/// about May 2026.
const MACOS: &[&str] = &["/usr/local/bin", "/opt/homebrew/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];
/// What a Linux session has where nothing says more.
const LINUX: &[&str] = &["/usr/local/bin", "/usr/bin", "/bin"];

impl SearchPath {
    /// The folders for a server whose entry sets none.
    pub fn compose(os: Os, home: &str, facts: &PathFacts) -> Self {
        if let Some(logged) = facts.logged.as_ref().filter(|folders| !folders.is_empty()) {
            return Self { folders: without_repeats(logged.clone()), source: PathSource::Log };
        }
        let split = |path: &Option<String>| path.as_deref().map(|path| split(path, os)).unwrap_or_default();
        let environment = split(&facts.environment);
        match os {
            Os::Windows if environment.is_empty() => {
                let folders = ["C:\\WINDOWS\\system32", "C:\\WINDOWS", "C:\\Program Files\\nodejs"];
                Self { folders: folders.map(str::to_owned).to_vec(), source: PathSource::Usual }
            }
            Os::Windows => Self { folders: without_repeats(environment), source: PathSource::Environment },
            // Every version that nvm has, oldest first: an old Node comes before a new one
            Os::Macos => {
                let nvm = nvm_folders(home, &facts.nvm_versions).into_iter();
                let fixed = MACOS.iter().map(|folder| (*folder).to_owned());
                let folders = without_repeats(nvm.chain(fixed).chain(split(&facts.login_shell)).collect());
                Self { folders, source: PathSource::Usual }
            }
            // The official build asks the login shell and merges what it says
            Os::Linux => {
                let folders = without_repeats([split(&facts.login_shell), environment].concat());
                if folders.is_empty() {
                    let folders = LINUX.iter().map(|folder| (*folder).to_owned()).collect();
                    return Self { folders, source: PathSource::Usual };
                }
                Self { folders, source: PathSource::Environment }
            }
        }
    }

    /// The folders for an entry: those that its `env` sets, else these.
    #[must_use]
    pub fn under(&self, env: &BTreeMap<String, String>, os: Os) -> Self {
        match environment::value(env, "PATH", os).filter(|path| !path.is_empty()) {
            Some(path) => Self { folders: split(path, os), source: PathSource::Entry },
            None => self.clone(),
        }
    }

    /// As the variable `PATH`.
    pub fn joined(&self, os: Os) -> String {
        self.folders.join(&separator(os).to_string())
    }
}

/// What stands between two folders of a `PATH`.
pub const fn separator(os: Os) -> char {
    match os {
        Os::Windows => ';',
        Os::Macos | Os::Linux => ':',
    }
}

fn split(path: &str, os: Os) -> Vec<String> {
    let folders = path.split(separator(os)).map(|folder| folder.trim_matches('"'));
    folders.filter(|folder| !folder.is_empty()).map(str::to_owned).collect()
}

fn nvm_folders(home: &str, versions: &[String]) -> Vec<String> {
    let numbers = |version: &str| {
        let numbers = version.trim_start_matches('v').split('.').map(|number| number.parse::<u64>().ok());
        numbers.collect::<Option<Vec<_>>>()
    };
    let mut known: Vec<(Vec<u64>, &String)> =
        versions.iter().filter_map(|version| Some((numbers(version)?, version))).collect();
    known.sort();
    known.into_iter().map(|(_, version)| format!("{home}/.nvm/versions/node/{version}/bin")).collect()
}

fn without_repeats(folders: Vec<String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for folder in folders {
        if !seen.contains(&folder) {
            seen.push(folder);
        }
    }
    seen
}
