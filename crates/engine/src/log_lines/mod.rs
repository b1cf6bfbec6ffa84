//! The lines of Claude's logs themselves: the last ones, and every new one.
//!
//! The wall is here because a log may have many GB and somebody wants to see its end now: nothing is read from the
//! start, memory is bounded, and a line is shown only when it is whole. Secrets are masked, also where they go on in the
//! next line.
//!
//! Deliberately absent: what a line means (`doctor`), and state: who follows keeps the places.

mod follow;
mod page;
mod wanted;
mod window;

use bridgekeeper_model::ServerName;
use jiff::Timestamp;
use serde::Serialize;

pub use bridgekeeper_formats::log::Level;
pub use follow::{Ender, Follow};
pub use page::{LogPage, Logs};
pub use wanted::{Direction, Wanted};
pub use window::{
    Follower, LineView, LogFileView, LogFilter, LogHits, LogLevel, LogMark, LogSlice, NewLines, Place, Turn,
};

pub(crate) use page::page;
pub(crate) use window::LogWindow;

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// The file.
    pub file: String,
    /// Offset of its first byte in the file. Lines are not counted, for that would need the file's start.
    pub offset: u64,
    /// The server that it concerns, where that is known.
    pub server: Option<ServerName>,
    /// When it was written, where it says so.
    pub time: Option<Timestamp>,
    /// How urgent the writer found it; what a server prints says nothing.
    pub level: Option<&'static str>,
    /// The whole line, secrets masked unless they were asked for.
    pub text: String,
}
