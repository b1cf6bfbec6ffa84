use std::io;
use std::path::PathBuf;

use bridgekeeper_machine::MachineError;
use bridgekeeper_model::{Os, ServerName};
use bridgekeeper_vault::KeyringError;

use crate::change::{ChangeError, SealError};
use crate::publish::PublishError;

/// Why a call could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A file that was named is not there.
    #[error("{} does not exist", path.display())]
    NoSuchFile {
        /// The file.
        path: PathBuf,
    },
    /// A file that was named cannot be read.
    #[error("could not read {}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Reading broke off.
    #[error("could not read {name} to its end")]
    BrokeOff {
        /// The input.
        name: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No fix has that id.
    #[error("there is no fix `{0}`")]
    NoSuchFix(String),
    /// No config and no log names that server.
    #[error("there is no server `{0}`")]
    NoSuchServer(ServerName),
    /// An entry names no command.
    #[error("the entry `{0}` has no command, so there is nothing to start")]
    NothingToStart(ServerName),
    /// No rule and no fix has that id.
    #[error("there is nothing to explain under `{0}`")]
    NothingToExplain(String),
    /// A file that was asked for could not be written.
    #[error("could not write {}", path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The new text cannot be written in the file's encoding.
    #[error("{} is in an encoding that has not all characters of the new text", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
    },
    /// Nothing is to be put back.
    #[error("nothing of Claude's config is lost")]
    NothingLost,
    /// Nothing is to be brought into Claude's config.
    #[error("no file that Claude does not read has entries that its own config lacks")]
    NothingToMerge,
    /// What was asked for does not apply here.
    #[error("{0}")]
    NotPossible(String),
    /// The organisation that looks after the computer does not allow it.
    #[error("{} not allowed by {by}", not_allowed(servers))]
    NotAllowed {
        /// The servers that would be added.
        servers: Vec<ServerName>,
        /// Who decided that, and where.
        by: String,
    },
    /// The computer did not tell or do what was asked.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// No Claude Desktop is there that could be started.
    #[error("no Claude Desktop runs or is installed here that could be started")]
    NoClaude,
    /// There is no Node for which a rule could be added.
    #[error("no Node was found for which a rule could be added")]
    NoNode,
    /// The firewall was not changed.
    #[error("the firewall was not changed: consent was refused, or the rule is not there")]
    FirewallUnchanged,
    /// The home is another system's, whose programs do not run here.
    #[error("the home is one of {os}, and its Claude cannot run on this computer")]
    ForeignHome {
        /// Whose home it is.
        os: Os,
    },
    /// The keyring gave or took nothing.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The change was not made.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The bridge could not be put at its place.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl EngineError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchFile { .. } => "no-such-file",
            Self::Unreadable { .. } | Self::BrokeOff { .. } => "unreadable",
            Self::NoSuchFix(_) => "no-such-fix",
            Self::NoSuchServer(_) => "no-such-server",
            Self::NothingToStart(_) => "nothing-to-start",
            Self::NothingToExplain(_) => "nothing-to-explain",
            Self::NotWritten { .. } => "not-written",
            Self::Encoding { .. } => "encoding",
            Self::NothingLost => "nothing-lost",
            Self::NothingToMerge => "nothing-to-merge",
            Self::NotPossible(_) => "not-possible",
            Self::NotAllowed { .. } => "not-allowed",
            Self::Machine(_) => "machine",
            Self::NoClaude => "no-claude",
            Self::ForeignHome { .. } => "foreign-home",
            Self::NoNode => "no-node",
            Self::FirewallUnchanged => "firewall-unchanged",
            Self::Publish(_) => "bridge-not-published",
            Self::Keyring(error) => error.code(),
            Self::Change(error) => match error {
                ChangeError::ChangedSinceRead { .. } => "changed-since-read",
                ChangeError::ReadOnly { .. } => "read-only",
                ChangeError::Busy => "busy",
                ChangeError::Io { .. } => "write-failed",
                ChangeError::NoSuchChange(_) => "no-such-change",
                ChangeError::NothingToUndo => "nothing-to-undo",
                ChangeError::AlreadyUndone(_) => "already-undone",
                ChangeError::CopiesDropped(_) => "copies-dropped",
                ChangeError::ChangedAgain { .. } => "changed-again",
                ChangeError::Sealed(SealError::Keyring(error)) => error.code(),
                ChangeError::Sealed(_) => "copies-sealed",
                ChangeError::VersionLost { .. } => "version-lost",
                ChangeError::SnapshotLost { .. } => "snapshot-lost",
            },
        }
    }

    /// Whether things are as the call would have them: what it mends, or takes back, is not there.
    pub const fn says_nothing_is_to_do(&self) -> bool {
        matches!(self, Self::NothingLost | Self::NothingToMerge | Self::Change(ChangeError::NothingToUndo))
    }

    /// What to do next, where the message does not say it already.
    pub fn next_step(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchFile { .. } => {
                Some("`bridgekeeper doctor` lists the config files and log folders that there are")
            }
            Self::NoClaude => Some("`restart-claude --no-start` quits without starting"),
            Self::NoSuchFix(_) => Some("`bridgekeeper check-config FILE` lists the fixes for a file"),
            Self::NoSuchServer(_) => Some("`bridgekeeper servers` lists the servers that there are"),
            Self::NothingToStart(_) => Some("`bridgekeeper doctor` says how to connect it"),
            Self::NothingToExplain(_) => Some("`bridgekeeper doctor` prints the ids in brackets"),
            Self::NotWritten { source, .. } if source.kind() == io::ErrorKind::AlreadyExists => {
                Some("name another file, or remove this one")
            }
            Self::NotWritten { .. } => Some("name a file in a folder of your own"),
            Self::Encoding { .. } => {
                Some("save the file as UTF-8, which is the only encoding that Claude reads")
            }
            Self::NotAllowed { .. } => Some("ask whoever looks after this computer to allow it"),
            Self::NothingLost
            | Self::NothingToMerge
            | Self::NotPossible(_)
            | Self::Machine(_)
            | Self::ForeignHome { .. }
            | Self::NoNode
            | Self::FirewallUnchanged
            | Self::Unreadable { .. }
            | Self::BrokeOff { .. }
            | Self::Change(_)
            | Self::Keyring(_)
            | Self::Publish(_) => None,
        }
    }
}

/// `` `notes` is ``, `` `notes`, `maps` are ``.
fn not_allowed(servers: &[ServerName]) -> String {
    let names: Vec<String> = servers.iter().map(|server| format!("`{server}`")).collect();
    format!("{} {}", names.join(", "), if names.len() == 1 { "is" } else { "are" })
}
