//! Changing a config, and taking changes back.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What `fix-config` takes.
#[derive(Debug, Args)]
pub(crate) struct FixConfig {
    /// The config file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Make these fixes in the place of the automatic ones
    #[arg(long, value_name = "FIX", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    #[command(flatten)]
    pub(crate) mode: FixMode,
    /// Quit Claude first where it runs, and start it again afterwards
    #[arg(long, requires = "write")]
    pub(crate) restart_claude: bool,
}

/// Show or write; exactly one.
#[derive(Debug, Clone, Copy, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct FixMode {
    /// Show the change; write nothing
    #[arg(long)]
    pub(crate) diff: bool,
    /// Make the change
    #[arg(long)]
    pub(crate) write: bool,
}

/// What `add` takes.
#[derive(Debug, Args)]
pub(crate) struct AddServer {
    /// An address, a command line, the JSON of any client, or a file that holds one of them; `-` is standard input.
    /// Of an extension (.mcpb, .dxt) it shows what it would start and ask for; Claude installs it
    #[arg(value_name = "WHAT")]
    pub(crate) what: String,
    /// Which one, where several are offered
    #[arg(long, value_name = "NAME")]
    pub(crate) server: Option<String>,
    /// What the entry is called [default: as it was offered]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Where its secrets go
    #[arg(long, value_enum, default_value = "keyring")]
    pub(crate) secrets: SecretsTo,
    #[command(flatten)]
    pub(crate) go: Go,
}

/// Where the secrets of a new entry go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SecretsTo {
    /// The system's keyring
    Keyring,
    /// The config, as text
    File,
}

/// What `switch` takes.
#[derive(Debug, Args)]
pub(crate) struct SwitchServer {
    /// The server's name in Claude's config
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) way: SwitchWay,
    #[command(flatten)]
    pub(crate) go: Go,
}

/// Off or on; exactly one.
#[derive(Debug, Clone, Copy, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct SwitchWay {
    /// Take its entry out of the config and keep it
    #[arg(long)]
    pub(crate) off: bool,
    /// Put its entry back where it stood
    #[arg(long)]
    pub(crate) on: bool,
}

/// Whether to do it.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Go {
    /// Do it; without this it is only shown
    #[arg(long)]
    pub(crate) yes: bool,
    /// Quit Claude first where it runs, and start it again afterwards
    #[arg(long, requires = "yes")]
    pub(crate) restart_claude: bool,
}

/// What `restore` takes.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    pub(crate) go: Go,
}

/// What `undo` takes.
#[derive(Debug, Args)]
pub(crate) struct Undo {
    /// The change [default: the last one]
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    /// List the changes that can be taken back
    #[arg(long, conflicts_with_all = ["id", "yes"])]
    pub(crate) list: bool,
    /// Encrypt the copies that undo needs with a key from the system's keyring
    #[arg(long, conflicts_with_all = ["id", "yes", "list"])]
    pub(crate) seal: bool,
    /// Every change of Claude's configs, newest first: what to do before Bridgekeeper is removed
    #[arg(long, conflicts_with_all = ["id", "list", "seal"])]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) go: Go,
}
