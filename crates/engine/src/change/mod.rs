//! The one place that changes the user's files, and takes changes back.
//!
//! A change is a [`Proposed`] text for one file, computed from bytes that were read, or a list of files to be set
//! [`Aside`]. It is made in an order that leaves, wherever it is cut off, each file old or new and whole, and the
//! way back open: lock, compare with what was read, snapshot, journal, new file beside the old one, rename, journal
//! again. Every change, of any kind, has one [`Entry`] and is taken back through it.
//!
//! Changes are kept for [`KEPT`], at most [`KEPT_CHANGES`] of them with [`KEPT_BYTES`] of copies. A change whose
//! copies had to go is still listed and says so; the newest one never loses its copies, nor does a server that is
//! switched off.
//!
//! Deliberately absent: what the change is. That is computed by `doctor` and shown before it comes here.

mod aside;
mod disk;
mod error;
mod journal;
mod ledger;
mod lines;
mod members;
mod quarantine;
mod sealed;
mod snapshots;
mod way_back;

pub use aside::{Left, SetAside};
pub use error::ChangeError;
pub use journal::{ChangeId, Deed, Entry, Exchanged, FilesChange, Kind, Off, Replaced, State, TextChange};
pub use ledger::{KEPT, KEPT_BYTES, KEPT_CHANGES, Ledger, Note, Parked, Proposed};
pub use quarantine::{Aside, Kept, Sort};
pub use sealed::{Copies, SealError};
pub use snapshots::Digest;
pub use way_back::{Back, FileBack, TextBack, Way, WayBack};

pub(crate) use disk::{Access, Disk, private_folder};
pub(crate) use sealed::Sealer;
pub(crate) use snapshots::Snapshots;
