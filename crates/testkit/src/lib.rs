//! For tests and the demo only: servers on loopback and worlds to break.
//!
//! The wall keeps what is heavy or deliberately wrong out of every shipped program.
#![warn(missing_docs)]

pub mod files;
pub mod home;
pub mod host;
#[cfg(target_os = "linux")]
pub mod keyring;
mod listener;
pub mod machine;
pub mod mcp;
pub mod network;
pub mod oauth;
pub mod scripted;
pub mod tls;
