//! The server that a name or an address stands for, with the options that its entry gives the bridge.

use std::collections::BTreeMap;

use bridgekeeper_bridge::{Call, Options};
use bridgekeeper_claude::{Content, Home, Live};
use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_mcp_remote::{CommandLine, Invocation};
use bridgekeeper_model::ServerName;
use bridgekeeper_net::{Url, origin};

use super::AccountError;

/// A remote server as the bridge would be started for it.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) options: Options,
    /// The entries that stand for it.
    pub(crate) names: Vec<ServerName>,
}

/// What an entry gives the bridge.
#[derive(Debug)]
pub(crate) struct RemoteEntry {
    pub(super) name: ServerName,
    pub(super) args: Vec<String>,
    /// It has not been moved to our bridge.
    pub(super) starts_mcp_remote: bool,
    variables: BTreeMap<String, String>,
}

impl Remote {
    /// The server of that name in a config, the one that Claude reads first; or at that address, with the options of
    /// the entry that names it, if one does. `more` is said besides what the entry says.
    pub(crate) fn find(home: &Home, server: &str, more: &[&str]) -> Result<Self, AccountError> {
        let entries = remote_entries(home);
        if let Ok(url) = Url::parse(server)
            && matches!(url.scheme(), "http" | "https")
        {
            let same =
                |entry: &&RemoteEntry| entry.url().is_some_and(|named| address(&named) == address(&url));
            let plain = RemoteEntry {
                name: ServerName::new(""),
                args: vec![url.to_string()],
                starts_mcp_remote: false,
                variables: BTreeMap::new(),
            };
            let names = entries.iter().filter(same).map(|entry| entry.name.clone()).collect();
            return Self::of(home, entries.iter().find(same).unwrap_or(&plain), more, names);
        }
        match entries.iter().find(|entry| entry.name.as_str() == server) {
            Some(entry) => Self::of(home, entry, more, vec![entry.name.clone()]),
            None if is_named(home, server) => Err(AccountError::NotRemote(server.to_owned())),
            None => Err(AccountError::NoSuchServer(server.to_owned())),
        }
    }

    /// The options of an entry.
    pub(super) fn of(
        home: &Home,
        entry: &RemoteEntry,
        more: &[&str],
        mut names: Vec<ServerName>,
    ) -> Result<Self, AccountError> {
        let root = home.root().display().to_string();
        let ours = ["--home", root.as_str()];
        let mut args = entry.args.clone();
        args.extend(more.iter().chain(&ours).map(|&word| word.to_owned()));
        let variable =
            |name: &str| entry.variables.get(name).or_else(|| home.environment().get(name)).cloned();
        names.dedup();
        match Options::parse(&args, variable)? {
            Call::Run(options, _) => Ok(Self { options: *options, names }),
            Call::Help | Call::Version => Err(AccountError::NotRemote(entry.name.to_string())),
        }
    }

    /// How it is called: by its entry, else by its address.
    pub(crate) fn name(&self) -> String {
        self.names.first().map_or_else(|| origin(&self.options.server_url), ToString::to_string)
    }
}

impl RemoteEntry {
    pub(crate) fn url(&self) -> Option<Url> {
        Url::parse(&CommandLine::parse(&self.args).server_url?.value).ok()
    }

    pub(crate) fn of(entry: &Entry) -> Option<Self> {
        let arguments = entry.arguments();
        let own = |first: usize| arguments.iter().skip(first).map(|&text| text.to_owned()).collect();
        let mut starts_mcp_remote = false;
        let args: Vec<String> = match (&entry.command, &entry.url) {
            (Some(command), _) => {
                let program = command.value.rsplit(['/', '\\']).next().unwrap_or_default();
                match Invocation::recognise(&command.value, &arguments) {
                    Some(invocation) => {
                        starts_mcp_remote = true;
                        own(invocation.first)
                    }
                    None if matches!(program, "mcp-bridge" | "mcp-bridge.exe") => own(0),
                    None => return None,
                }
            }
            (None, Some(url)) => {
                let headers = entry.headers.iter().flat_map(|header| {
                    ["--header".to_owned(), format!("{}:{}", header.name.value, header.value.value)]
                });
                std::iter::once(url.value.trim().to_owned()).chain(headers).collect()
            }
            (None, None) => return None,
        };
        let variables = entry
            .env
            .iter()
            .map(|variable| (variable.name.value.clone(), variable.value.value.clone()))
            .collect();
        let remote = Self { name: entry.name.clone(), args, starts_mcp_remote, variables };
        remote.url().is_some().then_some(remote)
    }
}

/// The address by which an account is known.
pub(super) fn address(url: &Url) -> String {
    bridgekeeper_net::address(url).into()
}

/// Every entry of Claude's configs that leads to a remote server, those that Claude reads first.
pub(super) fn remote_entries(home: &Home) -> Vec<RemoteEntry> {
    files(home)
        .iter()
        .flat_map(|file| file.servers().iter().filter_map(RemoteEntry::of).collect::<Vec<_>>())
        .collect()
}

fn is_named(home: &Home, name: &str) -> bool {
    files(home).iter().any(|file| file.server(name).is_some())
}

fn files(home: &Home) -> Vec<ConfigFile> {
    let mut configs = home.configs();
    configs.sort_by_key(|config| config.live != Live::Yes);
    let read = configs.iter().filter_map(|config| match &config.content {
        Content::Read(bytes) => Some(ConfigFile::read(bytes)),
        Content::Absent | Content::Unreadable(_) => None,
    });
    read.collect()
}
