//! What the checks ask about: the entries that Claude reads, and how it starts them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use bridgekeeper_claude::start::{PathFacts, SearchPath};
use bridgekeeper_claude::{Content, Home, Live, LogFile, LogKind};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::log::last_search_path;
use bridgekeeper_machine::{Machine, nvm_versions};
use bridgekeeper_mcp_remote::{CommandLine, Invocation};

use crate::context::Context;

/// How much of a log's end is searched for the folders that Claude searches, in bytes.
const TAIL: u64 = 256 * 1024;

/// What the checks are about.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) home: Home,
    pub(crate) machine: Arc<dyn Machine>,
    pub(crate) entries: Vec<EntryFacts>,
    /// The folders in which Claude looks for programs.
    pub(crate) search_path: SearchPath,
}

/// What the checks must know of an entry.
#[derive(Clone)]
pub(crate) struct EntryFacts {
    pub(crate) name: String,
    pub(crate) command: String,
    pub(crate) args: Vec<String>,
    pub(crate) env: BTreeMap<String, String>,
}

impl std::fmt::Debug for EntryFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Arguments and variables may be secrets
        f.debug_struct("EntryFacts").field("name", &self.name).finish_non_exhaustive()
    }
}

impl EntryFacts {
    /// The command line of the bridge that it starts, mcp-remote or our own.
    pub(crate) fn bridge(&self) -> Option<CommandLine> {
        let name = self.command.rsplit(['/', '\\']).next().unwrap_or_default();
        if name.eq_ignore_ascii_case("mcp-bridge") || name.eq_ignore_ascii_case("mcp-bridge.exe") {
            return Some(CommandLine::parse(&self.args));
        }
        Invocation::recognise(&self.command, &self.args).map(|invocation| invocation.line)
    }
}

impl Subject {
    /// Reads the entries of every config that Claude reads or may read.
    pub(crate) fn of(context: &Context) -> Self {
        let home = &context.home;
        let configs = home.configs().into_iter().filter(|config| config.live != Live::No);
        let mut entries: Vec<EntryFacts> = Vec::new();
        for config in configs {
            let Content::Read(bytes) = config.content else { continue };
            for entry in ConfigFile::read(&bytes).servers() {
                let Some(command) = &entry.command else { continue };
                if entries.iter().any(|known| known.name == entry.name.as_str()) {
                    continue;
                }
                entries.push(EntryFacts {
                    name: entry.name.to_string(),
                    command: command.value.trim().to_owned(),
                    args: entry.arguments().into_iter().map(str::to_owned).collect(),
                    env: entry
                        .env
                        .iter()
                        .map(|variable| (variable.name.value.clone(), variable.value.value.clone()))
                        .collect(),
                });
            }
        }
        let facts = PathFacts {
            logged: logged_path(home),
            environment: home.environment().get("PATH").or_else(|| home.environment().get("Path")).cloned(),
            login_shell: None,
            nvm_versions: nvm_versions(home.root()),
        };
        let search_path = SearchPath::compose(home.os(), &home.root().to_string_lossy(), &facts);
        Self { home: home.clone(), machine: Arc::clone(&context.machine), entries, search_path }
    }
}

/// The folders that Claude wrote into a server's log last.
fn logged_path(home: &Home) -> Option<Vec<String>> {
    let files = home.log_files().files;
    let of_server = |log: &&LogFile| matches!(log.kind, LogKind::Server(_));
    files.iter().rev().filter(of_server).find_map(|log| last_search_path(&tail(&log.path)?))
}

fn tail(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).ok()?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
