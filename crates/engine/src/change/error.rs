use std::io;
use std::path::PathBuf;

use super::journal::ChangeId;
use super::sealed::SealError;

/// Why a change was not made. Whenever one is returned the file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Somebody wrote the file in the meantime.
    #[error(
        "{} changed after it was read, so nothing was written; run the command again to see the change on the \
         file as it is now", path.display()
    )]
    ChangedSinceRead {
        /// The file.
        path: PathBuf,
    },
    /// The file is marked read-only.
    #[error("{} is marked read-only, so nothing was written; allow writing to it first", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Another Bridgekeeper holds the lock.
    #[error("another Bridgekeeper is writing right now; try again in a moment")]
    Busy,
    /// The system refused one step.
    #[error("could not {act} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        act: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No change has this id.
    #[error(
        "no change of the last 30 days has the id `{0}`; `bridgekeeper undo --list` shows those that can be taken back"
    )]
    NoSuchChange(String),
    /// There is nothing to take back.
    #[error("there is no change to take back")]
    NothingToUndo,
    /// The change was taken back before.
    #[error("change {0} was already taken back")]
    AlreadyUndone(ChangeId),
    /// Its copies were dropped to stay within the bound of size.
    #[error(
        "change {0} can no longer be taken back: its copies were dropped, because later changes needed the room (512 MiB)"
    )]
    CopiesDropped(ChangeId),
    /// What the change put into the file is no longer there.
    #[error("{} was changed again where change {id} had changed it ({what}), so it is left as it is", path.display())]
    ChangedAgain {
        /// The change that should be taken back.
        id: ChangeId,
        /// The file.
        path: PathBuf,
        /// Where, in words.
        what: String,
    },
    /// A kept version of a config is gone or damaged.
    #[error("the kept version of the config is gone or damaged ({})", path.display())]
    VersionLost {
        /// The copy.
        path: PathBuf,
    },
    /// The key that encrypts the copies, and opens them, cannot be had.
    #[error("the key of the encrypted copies is not at hand: {0}")]
    Sealed(#[from] SealError),
    /// The copy of the file from before the change is gone or damaged.
    #[error("the snapshot that change {id} needs is gone or damaged ({})", path.display())]
    SnapshotLost {
        /// The change.
        id: ChangeId,
        /// The snapshot.
        path: PathBuf,
    },
}

impl ChangeError {
    pub(crate) fn io(act: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { act, path, source }
    }
}
