//! The demo's home: a Windows machine's Claude with six servers, five of them broken.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

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

    /// Writes Bridgekeeper's own settings.
    pub fn choose(&self, settings: &str) -> Result<()> {
        let folder = self.path().join(".bridgekeeper");
        std::fs::create_dir_all(&folder)?;
        Ok(std::fs::File::create(folder.join("settings.json"))?.write_all(settings.as_bytes())?)
    }

    /// Keeps a sign-in as mcp-remote does: its tokens and the client they were given to.
    pub fn keep_sign_in(&self) -> Result<()> {
        let folder = self.path().join(".mcp-auth/mcp-remote-0.1.37");
        std::fs::create_dir_all(&folder)?;
        for what in ["tokens", "client_info"] {
            let name = format!("5d41402abc4b2a76b9719d911017c592_{what}.json");
            std::fs::File::create(folder.join(name))?.write_all(b"{}")?;
        }
        Ok(())
    }

    /// What is kept of sign-ins, by its path from the home.
    pub fn sign_in_files(&self) -> Result<BTreeSet<PathBuf>> {
        let mut files = BTreeSet::new();
        let mut folders = vec![self.path().join(".mcp-auth")];
        while let Some(folder) = folders.pop() {
            // A reset takes the folder too when nothing is left in it
            let Ok(entries) = std::fs::read_dir(&folder) else { continue };
            for entry in entries {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(path);
                }
            }
        }
        Ok(files)
    }

    /// Appends a line to a server's log, as Claude writes it.
    pub fn log(&self, server: &str, text: &str) -> Result<()> {
        let path = self.claude.log_folder().join(format!("mcp-server-{server}.log"));
        let now = Timestamp::now();
        let line = format!("{now:.3} [{server}] [info] {text}\n");
        Ok(OpenOptions::new().append(true).open(path)?.write_all(line.as_bytes())?)
    }
}
