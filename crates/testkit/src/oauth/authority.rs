//! The authorization server without a socket: a request in, an answer out, and what it remembers in between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value, json};

use super::authorize::Code;
use super::client::Client;
use super::consent::Pending;
use super::counts::Counts;
use super::device::Device;
use super::jwt::SigningKey;
use super::options::{Options, Placement};
use super::tokens::Tokens;
use super::{authorize, consent, device, identity, metadata, registration, resource, token};
use crate::scripted::{Reply, Request};

/// The authorization server and the guard before the MCP server.
#[derive(Debug)]
pub(crate) struct Authority {
    options: Mutex<Options>,
    state: Mutex<State>,
    key: SigningKey,
}

/// What it remembers.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) seen: Vec<Request>,
    pub(super) counts: Counts,
    pub(super) clients: BTreeMap<String, Client>,
    pub(super) codes: BTreeMap<String, Code>,
    pub(super) pending: Vec<Pending>,
    pub(super) devices: BTreeMap<String, Device>,
    pub(super) tokens: Tokens,
    pub(super) assertions: BTreeSet<String>,
    pub(super) given_out: Vec<(&'static str, String)>,
    pub(super) passed: Duration,
}

/// One request in its world.
pub(super) struct Turn<'a> {
    pub(super) options: Options,
    pub(super) state: &'a mut State,
    pub(super) key: &'a SigningKey,
    pub(super) origin: &'a str,
    /// Seconds since 1970 by the server's clock.
    pub(super) now: u64,
}

impl Authority {
    pub(super) fn new(options: Options) -> Result<Self, ring::error::Unspecified> {
        Ok(Self { options: Mutex::new(options), state: Mutex::default(), key: SigningKey::generate()? })
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&locked(&self.state))
    }

    pub(super) fn write(&self, write: impl FnOnce(&mut State)) {
        write(&mut locked(&self.state));
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Options)) {
        change(&mut locked(&self.options));
    }

    /// The answer to a request; `None` lets it through to the MCP server.
    pub(crate) fn answer(&self, asked: &Request) -> Option<Reply> {
        let options = locked(&self.options).clone();
        let mut state = locked(&self.state);
        state.seen.push(asked.clone());
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = (since + state.passed).as_secs();
        let known_as = options.origin.clone();
        let origin = known_as.as_deref().unwrap_or(asked.origin());
        Turn { options, state: &mut state, key: &self.key, origin, now }.answer(asked)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Turn<'_> {
    fn answer(&mut self, asked: &Request) -> Option<Reply> {
        let path = asked.path();
        if path == super::MCP_PATH {
            return resource::guard(self, asked);
        }
        if let Some(document) = metadata::document_at(self, path) {
            return Some(document);
        }
        let Some(endpoint) = self.endpoint_at(path) else { return Some(Reply::status(404)) };
        let answer = match (asked.method(), endpoint) {
            ("GET", "/authorize") => authorize::endpoint(self, asked),
            ("GET", "/consent") => consent::endpoint(self, asked),
            ("GET", "/activate") => device::activate(self, asked),
            ("GET", "/jwks") => Reply::json(&json!({"keys": [self.key.public()]})),
            ("GET", "/userinfo") => identity::endpoint(self, asked),
            ("POST", "/register") => registration::endpoint(self, asked),
            ("POST", "/token") => token::endpoint(self, asked),
            ("POST", "/device") => device::endpoint(self, asked),
            ("POST", "/revoke") => token::revoke(self, asked),
            _ => Reply::status(405),
        };
        Some(answer)
    }

    /// The endpoint below the issuer, unless the metadata leave it out.
    fn endpoint_at<'p>(&self, path: &'p str) -> Option<&'p str> {
        let issuer = self.issuer();
        let prefix = issuer.strip_prefix(self.origin)?.trim_end_matches('/');
        let endpoint = path.strip_prefix(prefix)?;
        let member = match endpoint {
            "/authorize" => "authorization_endpoint",
            "/token" => "token_endpoint",
            "/register" => "registration_endpoint",
            "/device" => "device_authorization_endpoint",
            "/revoke" => "revocation_endpoint",
            "/userinfo" => "userinfo_endpoint",
            "/jwks" => "jwks_uri",
            "/consent" | "/activate" => return Some(endpoint),
            _ => return None,
        };
        // By the rule of MCP 2025-03-26 a server without metadata has its endpoints at the root.
        let unpublished = self.options.server_metadata == Placement::Missing;
        (unpublished || !self.metadata()[member].is_null()).then_some(endpoint)
    }

    pub(super) fn issuer(&self) -> String {
        self.here(&self.options.issuer)
    }

    pub(super) fn resource(&self) -> String {
        self.here(&self.options.resource)
    }

    pub(super) fn here(&self, text: &str) -> String {
        text.replace("{origin}", self.origin)
    }

    pub(super) fn metadata(&self) -> Value {
        metadata::server(self)
    }

    /// The address of an endpoint below the issuer.
    pub(super) fn at(&self, endpoint: &str) -> String {
        format!("{}{endpoint}", self.issuer().trim_end_matches('/'))
    }

    /// Something that nobody guesses, as long as the world's tokens are.
    pub(super) fn fresh(&self) -> String {
        random(self.options.token_length)
    }

    /// Remembers a secret that is about to leave.
    pub(super) fn gives_out(&mut self, what: &'static str, secret: &str) {
        self.state.given_out.push((what, secret.to_owned()));
    }

    /// An error of the token, registration, revocation or device endpoint (RFC 6749 §5.2).
    pub(super) fn refuse(&mut self, error: &str, why: &str) -> Reply {
        self.state.counts.refusals.push(error.to_owned());
        let status = if error == "invalid_client" { 401 } else { 400 };
        let body = json!({"error": error, "error_description": why});
        Reply::json(&body).with_status(status).with("Cache-Control", "no-store")
    }
}

/// Letters and digits that nobody guesses.
pub(super) fn random(length: usize) -> String {
    let mut bytes = vec![0; length];
    // The system's generator fails only where there is none; then the test fails at the first clash.
    let _ = SystemRandom::new().fill(&mut bytes);
    let mut text = URL_SAFE_NO_PAD.encode(bytes);
    text.truncate(length);
    text
}
