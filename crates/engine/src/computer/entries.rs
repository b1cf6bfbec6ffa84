//! What the checks ask about: the entries that Claude reads, and how it starts them.

use std::collections::BTreeMap;

use bridgekeeper_claude::start::SearchPath;
use bridgekeeper_claude::{Content, Live};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_mcp_remote::{CommandLine, Invocation};

use crate::context::Context;
use crate::search_path;

/// What the checks are about.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) context: Context,
    pub(crate) entries: Vec<EntryFacts>,
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
        let configs = context.home.configs().into_iter().filter(|config| config.live != Live::No);
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
        Self { context: context.clone(), entries }
    }

    /// The folders in which Claude looks for programs. Reads logs and may ask the login shell.
    pub(crate) fn search_path(&self) -> SearchPath {
        let home = &self.context.home;
        let facts = search_path::facts(&self.context, home.os(), home.environment(), None);
        SearchPath::compose(home.os(), &home.root().to_string_lossy(), &facts)
    }
}
