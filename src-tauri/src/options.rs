//! The few words the app is started with. They are the console's, so that a demo, a test, or somebody else's folder
//! is opened in a window as it is opened on a terminal.

use std::path::PathBuf;

use bridgekeeper_model::Os;
use clap::Parser;

/// Keeps Claude Desktop's MCP servers connected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Parser)]
#[command(name = "bridgekeeper-desktop", version)]
pub struct Options {
    /// A folder that stands in for the home: tests, demos, somebody else's folder
    ///
    /// Nothing outside it is read or written, and it has an instance of the app of its own.
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Whose rules and paths hold; else what the home's shape says, else this machine
    #[arg(long, value_name = "SYSTEM")]
    pub os: Option<Os>,
    /// Start in the tray, without the window
    #[arg(long)]
    pub tray: bool,
}
