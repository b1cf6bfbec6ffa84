//! A Claude home on disk: empty, or broken in the ways people meet.
//!
//! Everything is written in Claude's own formats and at Claude's own places for the system that is asked for,
//! below a folder that is handed in. Nothing here cleans up: the folder belongs to the caller.

mod broken;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bridgekeeper_model::Os;

pub use broken::BrokenSetup;

use crate::files::write;

/// A home of one system, below a folder.
#[derive(Debug, Clone)]
pub struct ClaudeHome {
    root: PathBuf,
    os: Os,
}

impl ClaudeHome {
    /// Makes the folders that an installed Claude has used once.
    pub fn create(root: impl Into<PathBuf>, os: Os) -> io::Result<Self> {
        let home = Self { root: root.into(), os };
        fs::create_dir_all(home.log_folder())?;
        if let Some(parent) = home.config().parent() {
            fs::create_dir_all(parent)?;
        }
        match os {
            Os::Windows => home.file("AppData/Local/AnthropicClaude/app-1.1.2998/claude.exe", "")?,
            Os::Macos => home.file(
                "Applications/Claude.app/Contents/Info.plist",
                "<plist version=\"1.0\"><dict>\n<key>CFBundleShortVersionString</key>\n<string>1.34493.1</string>\n</dict></plist>\n",
            )?,
            Os::Linux => home.file("Applications/Claude-1.34493.1.AppImage", "")?,
        }
        Ok(home)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whose home it is.
    pub const fn os(&self) -> Os {
        self.os
    }

    /// Where `claude_desktop_config.json` is.
    pub fn config(&self) -> PathBuf {
        let folder = match self.os {
            Os::Windows => "AppData/Roaming/Claude",
            Os::Macos => "Library/Application Support/Claude",
            Os::Linux => ".config/Claude",
        };
        self.path(folder).join("claude_desktop_config.json")
    }

    /// Where the logs are.
    pub fn log_folder(&self) -> PathBuf {
        self.path(match self.os {
            Os::Windows => "AppData/Roaming/Claude/logs",
            Os::Macos => "Library/Logs/Claude",
            Os::Linux => ".config/Claude/logs",
        })
    }

    /// Writes the config.
    pub fn write_config(&self, text: &str) -> io::Result<()> {
        write(&self.config(), text)
    }

    /// Writes a log file, such as `mcp.log`.
    pub fn write_log(&self, name: &str, text: &str) -> io::Result<()> {
        write(&self.log_folder().join(name), text)
    }

    /// Writes `mcp-server-NAME.log`.
    pub fn write_server_log(&self, server: &str, text: &str) -> io::Result<()> {
        self.write_log(&format!("mcp-server-{server}.log"), text)
    }

    /// Writes any file below the home, with the folders above it.
    pub fn file(&self, below: &str, text: &str) -> io::Result<()> {
        write(&self.path(below), text)
    }

    /// A path below the home, given with `/`.
    pub fn path(&self, below: &str) -> PathBuf {
        below.split('/').fold(self.root.clone(), |path, name| path.join(name))
    }
}
