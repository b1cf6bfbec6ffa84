//! An OAuth world on loopback: a real MCP server that wants a token, and the authorization server that it names.
//!
//! Both stand on one origin, under `/mcp` and (by default) `/login`, because a test reads one list of requests. Each
//! part can be left out, moved, or made to lie or hang, also while it runs ([`OAuthServer::change`]). Its clock is the
//! machine's, moved ahead by [`OAuthServer::pass_time`], so that no test waits for a token to expire.
//!
//! Deliberately absent: proof of possession (RFC 9449), pushed authorization requests, mutual TLS, encrypted tokens, a database. Client metadata
//! documents are handed in, not fetched: the server asks nobody anything.

mod assertion;
mod authority;
mod authorize;
pub mod browser;
mod client;
mod consent;
mod counts;
mod device;
mod form;
mod identity;
pub mod jwt;
mod metadata;
mod options;
mod registration;
mod resource;
mod token;
mod tokens;

use std::io;
use std::sync::Arc;
use std::time::Duration;

pub use consent::Pending;
pub use counts::Counts;
pub use options::{
    Consent, KnownClient, LoopbackPorts, Options, Placement, RefreshTokens, Registration, ResourceParameter,
    Sent, TokenEndpoint, Userinfo,
};

pub(crate) use authority::Authority;

use crate::mcp::{self, McpServer};
use crate::scripted::Request;

/// The path of the MCP server.
pub const MCP_PATH: &str = "/mcp";

/// A running world. Dropping it ends it.
#[derive(Debug)]
pub struct OAuthServer {
    server: McpServer,
    authority: Arc<Authority>,
    origin: String,
}

impl OAuthServer {
    /// Starts it on a free port of 127.0.0.1.
    pub fn start(options: Options) -> io::Result<Self> {
        Self::start_with(options, mcp::Options::default())
    }

    /// Starts it with an MCP server of another kind behind it.
    pub fn start_with(options: Options, server: mcp::Options) -> io::Result<Self> {
        let authority =
            Arc::new(Authority::new(options).map_err(|error| io::Error::other(error.to_string()))?);
        let server = McpServer::start_behind(server, Some(Arc::clone(&authority)))?;
        let url = server.url();
        let origin = url.strip_suffix(MCP_PATH).unwrap_or(&url).to_owned();
        Ok(Self { server, authority, origin })
    }

    /// The MCP endpoint.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The MCP server behind the token check. It has seen only what was let through.
    pub const fn server(&self) -> &McpServer {
        &self.server
    }

    /// Every request so far, oldest first.
    pub fn seen(&self) -> Vec<Request> {
        self.authority.read(|state| state.seen.clone())
    }

    /// What was asked for, granted and refused so far.
    pub fn counts(&self) -> Counts {
        self.authority.read(|state| state.counts.clone())
    }

    /// Every secret that left it so far, with what it is: tokens, codes, client secrets, assertions.
    pub fn given_out(&self) -> Vec<(&'static str, String)> {
        self.authority.read(|state| state.given_out.clone())
    }

    /// Changes the world while it runs. What was issued before stays issued.
    pub fn change(&self, change: impl FnOnce(&mut Options)) {
        self.authority.change(change);
    }

    /// Moves the server's clock ahead.
    pub fn pass_time(&self, passed: Duration) {
        self.authority.write(|state| state.passed += passed);
    }

    /// Forgets every access token, as after a change of keys. Refresh tokens stay.
    pub fn forget_access_tokens(&self) {
        self.authority.write(|state| state.tokens.forget_access());
    }

    /// Forgets every token.
    pub fn forget_all_tokens(&self) {
        self.authority.write(|state| state.tokens = tokens::Tokens::default());
    }

    /// Forgets every client that registered by itself, as servers do after a while.
    pub fn forget_clients(&self) {
        self.authority.write(|state| state.clients.clear());
    }

    /// Who waits for a person's decision ([`Consent::Waits`]), oldest first.
    pub fn pending(&self) -> Vec<Pending> {
        self.authority.read(|state| state.pending.clone())
    }
}
