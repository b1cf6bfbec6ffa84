//! The bridge between a host that speaks MCP over stdio and a server that speaks it over HTTP.
//!
//! Messages pass byte for byte: only the envelope of each is read, so that nothing a host or server says is lost
//! because this program does not know it. Whatever happens on the way, a request is answered exactly once.
//!
//! One thread carries everything; one more does nothing but write to standard error. Where the host's pipes cannot be
//! waited for, two more read and write them.
//!
//! Deliberately absent: a model of MCP's messages, and any reach for the environment (it is handed in).
#![warn(missing_docs)]

mod bridge;
mod clock;
mod cookies;
mod credentials;
mod end;
mod envelope;
mod exec;
mod failure;
mod fingerprint;
mod folder;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod gate;
mod help;
mod host;
mod lines;
mod log;
mod log_file;
mod memory;
mod modern;
mod options;
mod remains;
mod reply;
mod retry;
mod run;
mod scan;
mod secrets;
mod sign_in;
mod status;
mod tool_filter;
mod upstream;
mod way;

use bridgekeeper_net::sse;

pub use credentials::{InKeyring, StoredTokens};
pub use exec::{Exec, ExecCall, ExecError};
pub use fingerprint::Fingerprint;
pub use help::{EXEC_HELP, HELP};
pub use log::{Log, Verbosity};
pub use log_file::LogFile;
pub use options::{Call, Options, Protocol, Transport, UsageError};
pub use run::{Streams, run};
pub use secrets::SecretError;
pub use sign_in::{OpensBrowser, SignInOptions};
pub use tool_filter::ToolFilter;
