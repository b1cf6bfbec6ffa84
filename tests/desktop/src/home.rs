//! The demo's home: a Windows machine's Claude with six servers, five of them broken.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use anyhow::Result;
use bridgekeeper_model::Os;
use bridgekeeper_testkit::home::{BrokenSetup, ClaudeHome};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// A throwaway home. It is removed when this is dropped.
#[derive(Debug)]
pub struct Home {
    claude: ClaudeHome,
    _folder: TempDir,
}

impl Home {
    /// The broken set-up, started a quarter of an hour ago.
    pub fn broken() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("bridgekeeper-").tempdir()?;
        let claude = ClaudeHome::create(folder.path(), Os::Windows)?;
        let started = Timestamp::now() - SignedDuration::from_mins(15);
        BrokenSetup { started, ..BrokenSetup::default() }.write(&claude)?;
        Ok(Self { claude, _folder: folder })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.claude.root()
    }

    /// The config, which is UTF-8.
    pub fn config(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.claude.config())?)
    }

    /// Appends a line to a server's log, as Claude writes it.
    pub fn log(&self, server: &str, text: &str) -> Result<()> {
        let path = self.claude.log_folder().join(format!("mcp-server-{server}.log"));
        let now = Timestamp::now();
        let line = format!("{now:.3} [{server}] [info] {text}\n");
        Ok(OpenOptions::new().append(true).open(path)?.write_all(line.as_bytes())?)
    }
}
