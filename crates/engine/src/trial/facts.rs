//! What of this machine decides how an entry starts.

use std::collections::BTreeMap;
use std::path::Path;

use bridgekeeper_claude::start::{SearchPath, Start, StartEntry, StartFacts, is_program};
use bridgekeeper_claude::{Content, Live, read_config};
use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_model::Os;

use crate::context::Context;
use crate::error::EngineError;
use crate::search_path;

/// The config that Claude reads, and the entry of that name in it.
pub(super) fn entry(context: &Context, name: &str) -> Result<(ConfigFile, Entry), EngineError> {
    let configs = context.home.configs();
    let read =
        configs.iter().filter(|config| config.live != Live::No).filter_map(|config| {
            match read_config(&config.path) {
                Content::Read(bytes) => Some(ConfigFile::read(&bytes)),
                Content::Absent | Content::Unreadable(_) => None,
            }
        });
    let found = read.into_iter().find_map(|file| file.server(name).cloned().map(|entry| (file, entry)));
    let (file, entry) = found.ok_or_else(|| EngineError::NoSuchServer(name.into()))?;
    if entry.command.is_none() {
        return Err(EngineError::NothingToStart(name.into()));
    }
    Ok((file, entry))
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
    let path =
        SearchPath::compose(os, &home, &search_path::facts(context, os, &environment, Some(&entry.name)));
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

/// On a machine that is not this one: paths are believed, and Node stands where its installer puts it.
fn would_be_there(path: &str) -> bool {
    let node = path.strip_prefix("C:\\Program Files\\nodejs\\").or(path.strip_prefix("/usr/local/bin/"));
    if let Some(name) = node {
        return matches!(name, "npx.cmd" | "npm.cmd" | "node.exe" | "npx" | "npm" | "node");
    }
    let system = ["C:\\WINDOWS\\", "/usr/", "/bin/", "/sbin/", "/opt/"];
    path == "C:\\WINDOWS\\system32\\cmd.exe" || !system.iter().any(|start| path.starts_with(start))
}
