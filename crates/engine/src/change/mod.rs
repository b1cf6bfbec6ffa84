//! The one place that changes the user's files, and takes changes back.
//!
//! Every change is a [`Proposed`] text for one file, computed from bytes that were read. It is made in an order
//! that leaves, wherever it is cut off, the old or the new file whole and the way back open: lock, compare with
//! what was read, snapshot, journal, new file beside the old one, rename, journal again.
//!
//! Deliberately absent: what the change is. That is computed by `doctor` and shown before it comes here.

mod disk;
mod error;
mod journal;
mod ledger;
mod lines;
mod members;
mod snapshots;

pub use error::ChangeError;
pub use journal::{ChangeId, Entry, Replaced, State};
pub use ledger::{Ledger, Proposed, Way, WayBack};

pub(crate) use disk::{Access, Disk};
