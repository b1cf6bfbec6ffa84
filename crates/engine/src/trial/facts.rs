//! What of this machine decides how an entry starts.

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::Duration;

use bridgekeeper_claude::start::{PathFacts, SearchPath, Start, StartEntry, StartFacts, is_program};
use bridgekeeper_claude::{Content, Live, LogKind, read_config};
use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_formats::log::last_search_path;
use bridgekeeper_machine::Command;
use bridgekeeper_model::Os;

use crate::context::Context;
use crate::error::EngineError;
use crate::logs;

/// How much of a log's end is read for the folders that Claude searched.
const LOG_TAIL: u64 = 1024 * 1024;
/// How long the login shell may take to say its `PATH`.
const SHELL_LIMIT: Duration = Duration::from_secs(5);
/// What stands before the `PATH` that the shell prints, after whatever else its files print.
const MARK: &str = "bridgekeeper-path:";

/// The entry of that name in the config that Claude reads.
pub(super) fn entry(context: &Context, name: &str) -> Result<Entry, EngineError> {
    let configs = context.home.configs();
    let read =
        configs.iter().filter(|config| config.live != Live::No).filter_map(|config| {
            match read_config(&config.path) {
                Content::Read(bytes) => Some(ConfigFile::read(&bytes)),
                Content::Absent | Content::Unreadable(_) => None,
            }
        });
    let entry = read.into_iter().find_map(|file| file.server(name).cloned());
    let entry = entry.ok_or_else(|| EngineError::NoSuchServer(name.into()))?;
    if entry.command.is_none() {
        return Err(EngineError::NothingToStart(name.into()));
    }
    Ok(entry)
}

/// How Claude starts it under the rules of its home.
pub(super) fn start(context: &Context, entry: &Entry) -> Start {
    start_by(context, entry, context.home.os())
}

/// How it starts under the rules of this machine.
pub(super) fn start_here(context: &Context, entry: &Entry) -> Start {
    start_by(context, entry, Os::current())
}

fn start_by(context: &Context, entry: &Entry, os: Os) -> Start {
    let is_here = os == Os::current();
    let home = shown_home(context, os);
    let environment = environment(context, os, &home);
    let path = SearchPath::compose(os, &home, &path_facts(context, entry, os, &environment));
    let installs = context.home.installs().found;
    let claude = installs.first().filter(|_| os == context.home.os());
    let claude_path = claude.map(|install| install.path.display().to_string());
    let env: BTreeMap<String, String> =
        entry.env.iter().map(|one| (one.name.value.clone(), one.value.value.clone())).collect();
    let command = entry.command.as_ref().map(|text| text.value.as_str()).unwrap_or_default();
    let here = |path: &str| is_program(Path::new(path));
    Start::of(
        &StartEntry { command, args: &entry.arguments(), env: &env },
        &StartFacts {
            os,
            home: &home,
            environment: &environment,
            search_path: &path,
            claude: claude.map(|install| install.build).zip(claude_path.as_deref()),
            is_program: if is_here { &here } else { &would_be_there },
        },
    )
}

/// The home as its system writes it. Another system's home is not where this one keeps a copy of it.
fn shown_home(context: &Context, os: Os) -> String {
    if os == Os::current() || os != Os::Windows {
        return context.home.root().display().to_string();
    }
    "C:\\Users\\USER".to_owned()
}

/// Claude's environment: the user's, or for a home that stands in the little that every session has.
fn environment(context: &Context, os: Os, home: &str) -> BTreeMap<String, String> {
    let known = context.home.environment();
    if !known.is_empty() && os == Os::current() {
        return known.clone();
    }
    let pairs: &[(&str, &str)] = match os {
        Os::Windows => &[("USERPROFILE", home), ("SystemRoot", "C:\\WINDOWS"), ("SystemDrive", "C:")],
        Os::Macos | Os::Linux => &[("HOME", home)],
    };
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn path_facts(context: &Context, entry: &Entry, os: Os, environment: &BTreeMap<String, String>) -> PathFacts {
    let path = environment.iter().find(|(name, _)| name.eq_ignore_ascii_case("PATH"));
    PathFacts {
        logged: (os == context.home.os()).then(|| logged(context, entry)).flatten(),
        environment: path.map(|(_, value)| value.clone()),
        login_shell: (os == Os::Linux && os == Os::current()).then(|| login_shell(context)).flatten(),
        nvm_versions: nvm_versions(context),
    }
}

/// The folders that Claude wrote into the server's newest log.
fn logged(context: &Context, entry: &Entry) -> Option<Vec<String>> {
    let logs = context.home.log_files().files;
    let own = logs.iter().rev().filter(|log| log.kind == LogKind::Server(entry.name.clone()));
    own.into_iter().find_map(|log| {
        let mut file = logs::open(&log.path).ok()?;
        file.seek(SeekFrom::Start(log.bytes.saturating_sub(LOG_TAIL))).ok()?;
        let mut bytes = Vec::new();
        file.take(LOG_TAIL).read_to_end(&mut bytes).ok()?;
        last_search_path(&String::from_utf8_lossy(&bytes))
    })
}

/// What the user's login shell says, as Claude for Linux asks it. A home that stands in has no shell.
fn login_shell(context: &Context) -> Option<String> {
    let shell = context.home.environment().get("SHELL")?;
    let ask = format!("printf '\\n{MARK}%s\\n' \"$PATH\"");
    let command = Command::new(shell.as_str(), ["-l", "-i", "-c", ask.as_str()]).within(SHELL_LIMIT);
    let said = context.machine.run(&command).ok()?.text();
    let path = said.lines().rev().find_map(|line| line.strip_prefix(MARK))?;
    Some(path.trim().to_owned())
}

fn nvm_versions(context: &Context) -> Vec<String> {
    let folder = context.home.root().join(".nvm/versions/node");
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    names.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// On a machine that is not this one: paths are believed, and Node stands where its installer puts it.
fn would_be_there(path: &str) -> bool {
    let node = path.strip_prefix("C:\\Program Files\\nodejs\\").or(path.strip_prefix("/usr/local/bin/"));
    if let Some(name) = node {
        return matches!(name, "npx.cmd" | "npm.cmd" | "node.exe" | "npx" | "npm" | "node");
    }
    let system = ["C:\\WINDOWS\\", "/usr/", "/bin/", "/sbin/", "/opt/"];
    path == "C:\\WINDOWS\\system32\\cmd.exe" || !system.iter().any(|start| path.starts_with(start))
}
