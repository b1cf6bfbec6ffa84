//! One entry of the config, started as Claude Desktop would start it.
//!
//! It is read from the file itself, so that what is shown is what the file says and not what the demo would like
//! it to say.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// What a server inherits of Claude's own environment; everything else comes from its entry.
const INHERITED: &[&str] = &["PATH", "LOGNAME", "SHELL", "TERM", "USER", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP"];

#[derive(Deserialize)]
struct Config {
    #[serde(rename = "mcpServers")]
    servers: BTreeMap<String, Entry>,
}

/// One entry under `mcpServers`.
#[derive(Deserialize)]
pub(crate) struct Entry {
    command: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

impl Entry {
    /// Reads the entry of that name from the config file.
    pub(crate) fn read(config: &Path, server: &str) -> Result<Self> {
        let text = std::fs::read_to_string(config)?;
        let mut config: Config =
            serde_json::from_str(&text).context("the config is not what Claude accepts")?;
        config.servers.remove(server).with_context(|| format!("the config has no entry `{server}`"))
    }

    /// The command line as the entry gives it.
    pub(crate) fn command_line(&self) -> String {
        std::iter::once(&self.command).chain(&self.args).map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// The command with the entry's arguments and environment, in that home.
    pub(crate) fn command(&self, home: &Path) -> Command {
        let mut command = Command::new(&self.command);
        command.args(&self.args).env_clear();
        command.envs(INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.env("HOME", home).env("USERPROFILE", home).envs(&self.env);
        command
    }
}
