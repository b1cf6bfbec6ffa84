//! Whose the files, ports and packages are: what the entries of every config say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use bridgekeeper_claude::{Content, Home, read_config};
use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_mcp_remote::{CommandLine, Invocation, Owners};
use bridgekeeper_model::ServerName;
use serde::{Serialize, Serializer};

/// A server, and the program whose config names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// The server.
    pub server: ServerName,
    /// Another host than Claude Desktop that starts it: both then share what mcp-remote keeps.
    pub host: Option<&'static str>,
}

/// Other programs that start mcp-remote, and where they say so below the home.
const OTHER_HOSTS: &[(&str, &[&str])] = &[
    ("Claude Code", &[".claude.json"]),
    ("Cursor", &[".cursor", "mcp.json"]),
    ("Windsurf", &[".codeium", "windsurf", "mcp_config.json"]),
    ("Gemini CLI", &[".gemini", "settings.json"]),
];

/// What every entry says.
#[derive(Debug)]
pub(super) struct Entries {
    /// Every server that Claude's configs name.
    pub(super) servers: BTreeSet<ServerName>,
    /// Whose the files of a hash are.
    pub(super) files: Owners<Owner>,
    /// Whose a callback port is.
    pub(super) ports: BTreeMap<u16, Vec<Owner>>,
    /// What npx is asked for, version included, and for whom.
    pub(super) packages: BTreeMap<String, Vec<Owner>>,
    /// Folders that an entry gives mcp-remote in the place of `~/.mcp-auth`.
    pub(super) config_folders: BTreeSet<PathBuf>,
    /// Folders that an entry gives npm as its cache.
    pub(super) npm_caches: BTreeSet<PathBuf>,
}

impl Entries {
    /// Reads every config of Claude's and of the other hosts.
    pub(super) fn of(home: &Home) -> Self {
        let claudes = home.configs().into_iter().map(|config| (None, config.content));
        let others = OTHER_HOSTS.iter().map(|(host, below)| {
            let path = below.iter().fold(home.root().to_owned(), |path, name| path.join(name));
            (Some(*host), read_config(&path))
        });
        let mut entries = Self {
            servers: BTreeSet::new(),
            files: Owners::of([]),
            ports: BTreeMap::new(),
            packages: BTreeMap::new(),
            config_folders: BTreeSet::new(),
            npm_caches: BTreeSet::new(),
        };
        let mut lines: Vec<(Owner, CommandLine)> = Vec::new();
        for (host, content) in claudes.chain(others) {
            let Content::Read(bytes) = content else { continue };
            for entry in ConfigFile::read(&bytes).servers() {
                let owner = Owner { server: entry.name.clone(), host };
                entries.read(entry, &owner);
                lines.extend(command_line(entry).map(|line| (owner, line)));
            }
        }
        for (owner, line) in &lines {
            if let Some(port) = line.effective_callback_port() {
                add(&mut entries.ports, port, owner);
            }
        }
        entries.files = Owners::of(lines.iter().map(|(owner, line)| (owner.clone(), line)));
        entries
    }

    fn read(&mut self, entry: &Entry, owner: &Owner) {
        if owner.host.is_none() {
            self.servers.insert(owner.server.clone());
        }
        if let Some(package) = npx_package(entry) {
            add(&mut self.packages, package.to_owned(), owner);
        }
        let folder = |name: &str| {
            entry.variable(name).map(|value| PathBuf::from(&value.value)).filter(|path| path.is_absolute())
        };
        self.config_folders.extend(folder("MCP_REMOTE_CONFIG_DIR"));
        self.npm_caches.extend(folder("npm_config_cache").or_else(|| folder("NPM_CONFIG_CACHE")));
    }
}

/// What mcp-remote would be given: by an entry that starts it, by one that was moved to our bridge, or by one that
/// names the address alone.
fn command_line(entry: &Entry) -> Option<CommandLine> {
    let arguments = entry.arguments();
    if let Some(command) = &entry.command {
        if let Some(invocation) = Invocation::recognise(&command.value, &arguments) {
            return Some(invocation.line);
        }
        let program = command.value.rsplit(['/', '\\']).next().unwrap_or_default();
        return program.starts_with("mcp-bridge").then(|| CommandLine::parse(&arguments));
    }
    entry.url.as_ref().map(|url| CommandLine::parse(&[&url.value]))
}

/// What an entry asks npx for, as npx notes it.
pub(super) fn npx_package(entry: &Entry) -> Option<&str> {
    let command = entry.command.as_ref()?;
    let mut words = entry.args.iter().map(|argument| argument.value.as_str());
    let mut program = command.value.as_str();
    if is_program(program, "cmd") {
        program = words.by_ref().find(|word| !word.starts_with('/'))?;
    }
    if !is_program(program, "npx") {
        return None;
    }
    let words: Vec<&str> = words.collect();
    let named = words.iter().enumerate().find_map(|(at, word)| match *word {
        "-p" | "--package" => words.get(at + 1).copied(),
        _ => word.strip_prefix("--package="),
    });
    named.or_else(|| words.iter().find(|word| !word.starts_with('-')).copied())
}

fn is_program(path: &str, name: &str) -> bool {
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    file.strip_prefix(name).is_some_and(|rest| matches!(rest, "" | ".exe" | ".cmd"))
}

fn add<K: Ord>(map: &mut BTreeMap<K, Vec<Owner>>, key: K, owner: &Owner) {
    let owners = map.entry(key).or_default();
    if !owners.contains(owner) {
        owners.push(owner.clone());
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host {
            Some(host) => write!(f, "{} in {host}", self.server),
            None => self.server.fmt(f),
        }
    }
}

impl Serialize for Owner {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_npx_is_asked_for_is_known_in_every_form() {
        let asked = |entry: &str| {
            let file = ConfigFile::from(format!(r#"{{"mcpServers": {{"a": {entry}}}}}"#).as_str());
            file.server("a").and_then(npx_package).map(str::to_owned)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            asked(r#"{"command": "npx", "args": ["-y", "mcp-remote@latest", "https://a.example"]}"#),
            some("mcp-remote@latest")
        );
        assert_eq!(
            asked(r#"{"command": "cmd", "args": ["/c", "npx", "-y", "@acme/mcp"]}"#),
            some("@acme/mcp")
        );
        assert_eq!(asked(r#"{"command": "C:\\node\\npx.cmd", "args": ["@acme/mcp"]}"#), some("@acme/mcp"));
        assert_eq!(
            asked(r#"{"command": "npx", "args": ["-p", "mcp-remote", "mcp-remote-client"]}"#),
            some("mcp-remote")
        );
        assert_eq!(asked(r#"{"command": "npx", "args": ["--package=x@1", "y"]}"#), some("x@1"));
        assert_eq!(asked(r#"{"command": "uvx", "args": ["x"]}"#), None);
        assert_eq!(asked(r#"{"command": "npx", "args": ["-y"]}"#), None);
    }
}
