//! The only place that opens a socket to a network.
//!
//! Bridge, probe and sign-in share this one client, so that the diagnosis tests what the bridge uses: the same trust
//! roots, the same proxy, the same time limits. A failure says at which [`Stage`] it happened and at which origin,
//! found by the types of its causes and never by their text.
//!
//! A redirect is followed within its origin only. Credentials therefore never reach a host that was not named.
//!
//! Deliberately absent: MCP, retries, caching, and any read of the process's environment.
#![warn(missing_docs)]

mod client;
mod error;
mod inspect;
mod options;
mod route;
mod source;
pub mod sse;
mod system;
mod trust;

pub use client::{Client, Ends, Request, Response, address, origin};
pub use error::{Error, Fault, Stage};
pub use inspect::{Handshake, connect};
pub use options::{Addresses, ClientCertificate, Family, Names, NetOptions, Proxies, Trust};
pub use reqwest::header;
pub use reqwest::{Method, StatusCode, Url};
pub use route::{Proxy, Route};
pub use source::source_address;
