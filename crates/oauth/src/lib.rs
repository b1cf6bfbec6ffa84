//! The OAuth client of MCP servers: how a server says where to sign in.
//!
//! The wall keeps one reading of the RFCs for everybody who needs it: the probe, which only looks, and the sign-in,
//! which acts on what was found. All traffic goes through [`bridgekeeper_net::Client`].
//!
//! Deliberately absent: tokens, registration, browsers. [`discovery`] sends no credential to anybody.
#![warn(missing_docs)]

pub mod discovery;
