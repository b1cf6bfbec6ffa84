//! How Claude starts a server, as a value: nothing here starts anything.
//!
//! The wall is here so that the start of any system can be computed, shown and tested on any other: what differs is
//! the [`Os`], the entry, and [`StartFacts`]. Whoever runs a [`Start`] runs exactly what stands in it.
//!
//! Deliberately absent: processes, and reading an entry (`formats`). Whether a program is there is asked through
//! [`StartFacts::is_program`], so that a test answers for a machine that it has made up.

mod command_line;
mod environment;
mod program;
mod search_path;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use bridgekeeper_model::Os;
use serde::Serialize;

pub use command_line::{Break, CommandLine};
pub use environment::inherited;
pub use program::{PATHEXT, Program, find_program};
pub use search_path::{PathFacts, PathSource, SearchPath, separator};

use crate::Build;

/// What an entry says about its start.
#[derive(Clone, Copy)]
pub struct StartEntry<'a> {
    /// `command`.
    pub command: &'a str,
    /// `args`.
    pub args: &'a [&'a str],
    /// `env`. Values may be secrets.
    pub env: &'a BTreeMap<String, String>,
}

/// What must be known of a machine to say how Claude starts a server there.
pub struct StartFacts<'a> {
    /// Whose rules hold.
    pub os: Os,
    /// The home, as that system writes it.
    pub home: &'a str,
    /// The environment that Claude itself has.
    pub environment: &'a BTreeMap<String, String>,
    /// The folders in which a program is looked for, without what the entry says.
    pub search_path: &'a SearchPath,
    /// Which Claude it is, and the folder or program that tells of it.
    pub claude: Option<(Build, &'a str)>,
    /// Whether a program stands at this path.
    pub is_program: &'a dyn Fn(&str) -> bool,
}

/// A server's start as Claude makes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Start {
    /// Whose rules hold.
    pub os: Os,
    /// The program that the system is given: the entry's own, or the one that starts it.
    pub program: String,
    /// What it is given, word by word. May hold secrets.
    pub args: Vec<String>,
    /// The whole environment. Values may be secrets.
    pub env: BTreeMap<String, String>,
    /// The working folder.
    pub folder: String,
    /// What the entry's `command` led to.
    pub found: Program,
    /// Windows only: the one text that the system is given, and what breaks in it. May hold secrets.
    pub command_line: Option<CommandLine>,
    /// What of this is not known for certain, one sentence each.
    pub assumed: Vec<Assumption>,
}

/// Something about a start that could not be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assumption {
    /// No log shows the folders that Claude searches.
    SearchPath,
    /// Which working folder this build uses is not known.
    Folder,
}

impl Assumption {
    /// The sentence for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::SearchPath => {
                "No log shows which folders Claude searches for programs here; the ones it usually does are taken."
            }
            Self::Folder => {
                "The working folder of this build of Claude is not known; the home folder is taken. Absolute paths \
                 in the entry do not depend on it."
            }
        }
    }
}

impl Start {
    /// The start of an entry.
    pub fn of(entry: &StartEntry<'_>, facts: &StartFacts<'_>) -> Self {
        let path = facts.search_path.under(entry.env, facts.os);
        let env = environment::environment(entry, facts, &path);
        let (folder, folder_is_known) = working_folder(facts);
        let extensions = environment::value(&env, "PATHEXT", facts.os).unwrap_or(PATHEXT);
        let found =
            find_program(entry.command, &path.folders, facts.os, &folder, extensions, facts.is_program);
        let words = entry.args.iter().map(|arg| (*arg).to_owned());
        let (program, args) = match facts.os {
            Os::Windows => windows(entry.command, &found, words, &env),
            Os::Macos => macos(entry.command, words, facts),
            Os::Linux => (found.path().unwrap_or(entry.command).to_owned(), words.collect()),
        };
        let mut assumed = Vec::new();
        if path.source == PathSource::Usual {
            assumed.push(Assumption::SearchPath);
        }
        if !folder_is_known {
            assumed.push(Assumption::Folder);
        }
        let command_line = (facts.os == Os::Windows).then(|| CommandLine::of(&program, &args));
        Self { os: facts.os, program, args, env, folder, found, command_line, assumed }
    }

    /// The folders in which the program was looked for.
    pub fn search_path(&self) -> &str {
        environment::value(&self.env, "PATH", self.os).unwrap_or_default()
    }
}

/// A batch file has no start of its own on Windows: `cmd.exe /C` runs it.
fn windows(
    command: &str,
    found: &Program,
    words: impl Iterator<Item = String>,
    env: &BTreeMap<String, String>,
) -> (String, Vec<String>) {
    let path = found.path().unwrap_or(command).to_owned();
    if !command_line::is_batch(&path) {
        return (path, words.collect());
    }
    let root = environment::value(env, "SYSTEMROOT", Os::Windows).unwrap_or("C:\\WINDOWS");
    let shell = format!("{}\\System32\\cmd.exe", root.trim_end_matches('\\'));
    (shell, ["/C".to_owned(), path].into_iter().chain(words).collect())
}

/// Claude for macOS starts everything through a helper that disclaims its own permissions (TCC).
fn macos(
    command: &str,
    words: impl Iterator<Item = String>,
    facts: &StartFacts<'_>,
) -> (String, Vec<String>) {
    let app = facts.claude.map(|(_, app)| app.trim_end_matches('/'));
    let helper = app.map(|app| format!("{app}/Contents/Helpers/disclaimer"));
    match helper.filter(|helper| (facts.is_program)(helper)) {
        Some(helper) => {
            let before = ["--pgroup", "--", command].map(str::to_owned);
            (helper, before.into_iter().chain(words).collect())
        }
        None => (command.to_owned(), words.collect()),
    }
}

/// The working folder, and whether it is known: the program's own folder for the classic Windows build, `/` on macOS.
fn working_folder(facts: &StartFacts<'_>) -> (String, bool) {
    match (facts.os, facts.claude) {
        (Os::Windows, Some((Build::Classic, program))) => {
            let folder = program.rsplit_once(['\\', '/']).map_or(program, |(folder, _)| folder);
            (folder.to_owned(), true)
        }
        (Os::Macos, _) => ("/".to_owned(), true),
        (Os::Windows | Os::Linux, _) => (facts.home.to_owned(), false),
    }
}

impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Arguments and values may be secrets
        f.debug_struct("Start")
            .field("os", &self.os)
            .field("program", &self.program)
            .field("env", &self.env.keys())
            .field("folder", &self.folder)
            .field("found", &self.found)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StartEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartEntry").field("command", &self.command).finish_non_exhaustive()
    }
}

impl fmt::Debug for StartFacts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartFacts")
            .field("os", &self.os)
            .field("search_path", &self.search_path)
            .field("claude", &self.claude)
            .finish_non_exhaustive()
    }
}

/// Whether a program stands there: a file, which on Unix somebody may run.
pub fn is_program(path: &Path) -> bool {
    let Ok(metadata) = std::fs::metadata(path) else { return false };
    metadata.is_file() && may_run(&metadata)
}

#[cfg(unix)]
fn may_run(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn may_run(_metadata: &std::fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests;
