use std::io;
use std::path::PathBuf;

use bridgekeeper_model::ServerName;

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
    /// What was asked for does not apply here.
    #[error("{0}")]
    NotPossible(String),
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
            Self::NotPossible(_) => "not-possible",
            Self::Publish(_) => "bridge-not-published",
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

    /// What to do next, where the message does not say it already.
    pub fn next_step(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchFile { .. } => {
                Some("`bridgekeeper doctor` lists the config files and log folders that there are")
            }
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
            Self::NotPossible(_)
            | Self::Unreadable { .. }
            | Self::BrokeOff { .. }
            | Self::Change(_)
            | Self::Publish(_) => None,
        }
    }
}
