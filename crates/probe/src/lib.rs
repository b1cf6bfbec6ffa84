//! Asks a remote MCP server from outside, stage by stage: the name, the sockets, the certificate, HTTP, who signs
//! people in, the handshake of both protocol eras, and what a client then meets. Then it says who can use the server.
//!
//! The wall keeps asking apart from judging what Claude's logs say, and apart from every host: a console, a window and
//! a test call [`probe`] alike. The facts of one stage are handed to the next as values; a stage whose facts are
//! missing is skipped and says why, never passed.
//!
//! Deliberately absent: registering, signing in, calling a tool. Headers that were given go to the server's own origin
//! and nowhere else, and a session that was opened is closed.
#![warn(missing_docs)]

mod cause;
mod certificate;
mod clients;
mod connection;
mod endpoint;
mod outcome;
mod probe;
mod reach;
mod report;
mod run;
mod stage;
mod stages;
mod text;
mod who;

pub use cause::Cause;
pub use clients::{CLIENTS, Client, RunsIn};
pub use probe::{Settings, Target, TargetError, probe};
pub use reach::Reach;
pub use report::{Report, StageReport, Status, Who};
pub use run::Progress;
pub use stage::Stage;
