//! Claude's logs and what stands between their lines.
//!
//! [`LineReader`] cuts a file of any size and encoding into lines; [`parse_line`] says what one line is, for every
//! format that Claude Desktop and `mcp-remote` have used; [`LogEntry::event`] names the step in a server's life
//! that Claude's own texts report.
//!
//! Deliberately absent: what is wrong. A line is never rejected; what no format explains is raw text, for that is
//! how Claude writes a server's stderr.

mod entry;
mod event;
mod reader;
mod search_path;

pub use entry::{Level, LogEntry, Origin, Time, parse_line, server_of_file};
pub use event::{Event, Message, MessageKind, RequestId};
pub use reader::{Encoding, Line, LineEnd, LineReader, Position};
pub use search_path::{last_built_in_node, last_search_path};
