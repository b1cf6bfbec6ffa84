//! What is kept of each sign-in, without anything that is secret.

use std::collections::BTreeMap;
use std::sync::Arc;

use bridgekeeper_model::{BridgeState, ServerName};
use bridgekeeper_oauth::{Account, Credentials, SignIn, StoreError};
use jiff::Timestamp;
use serde::Serialize;

use super::server::{Remote, remote_entries};
use super::{NoBrowser, session, store};
use crate::bridges;
use crate::context::Context;

/// Every sign-in of a home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptSignIns {
    /// By server and account.
    pub sign_ins: Vec<KeptSignIn>,
}

/// One sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptSignIn {
    /// The server's address, without query.
    pub server: String,
    /// The account's name; empty for the only one.
    pub account: String,
    /// The entries that use it.
    pub names: Vec<ServerName>,
    /// How it stands.
    pub state: SignInState,
    /// Who signed in, where the issuer said it.
    pub who: Option<String>,
    /// Who gave the tokens out.
    pub issuer: Option<String>,
    /// What they are good for; `None` where nobody said.
    pub scopes: Option<Vec<String>>,
    /// When the present token ends; `None` where nobody said.
    pub expires_at: Option<Timestamp>,
    /// When the present token came.
    pub refreshed_at: Option<Timestamp>,
    /// What a running bridge of this server last complained of, or why this cannot be read.
    pub problem: Option<String>,
}

/// How a sign-in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignInState {
    /// The token is good, and is renewed by itself.
    SignedIn,
    /// The token is good until it ends; nothing renews it.
    Ends,
    /// The token has ended, and is renewed at the next request.
    Renews,
    /// The token has ended, and nothing renews it: somebody has to sign in.
    Ended,
    /// The client is registered, and nobody is signed in.
    Registered,
    /// The keyring does not give it out.
    Unreadable,
}

impl SignInState {
    /// Whether somebody has to act before the server can be used.
    pub const fn needs_sign_in(self) -> bool {
        matches!(self, Self::Ended | Self::Registered | Self::Unreadable)
    }
}

/// The entries that use each account.
pub(crate) fn names(context: &Context) -> BTreeMap<Account, Vec<ServerName>> {
    let store = store(context);
    let mut names: BTreeMap<Account, Vec<ServerName>> = BTreeMap::new();
    for entry in remote_entries(&context.home) {
        let Ok(remote) = Remote::of(&context.home, &entry, &[], vec![entry.name.clone()]) else { continue };
        // An entry that brings its own token has no account.
        if let Ok(session) = session(context, &remote, Arc::new(NoBrowser), Arc::clone(&store)) {
            names.entry(session.account()).or_default().push(entry.name);
        }
    }
    names
}

/// Everything that is kept. Where the keyring is shut, what is known without it still stands there.
pub(crate) fn list(context: &Context) -> KeptSignIns {
    let (store, names) = (store(context), names(context));
    let mut accounts = store.list().unwrap_or_default();
    accounts.sort();
    let sign_ins = accounts.iter().filter_map(|account| {
        let names = names.get(account).cloned().unwrap_or_default();
        match read(context, &*store, account, names.clone()) {
            Ok(kept) => kept,
            Err(error) => Some(unreadable(account, names, &error)),
        }
    });
    KeptSignIns { sign_ins: sign_ins.collect() }
}

/// What is kept of one; `None` where nothing is.
pub(super) fn read(
    context: &Context,
    store: &dyn Credentials,
    account: &Account,
    names: Vec<ServerName>,
) -> Result<Option<KeptSignIn>, StoreError> {
    let kept = match store.read(account) {
        Ok(None) => return Ok(None),
        Ok(Some(kept)) => SignIn::from_kept(&kept),
        Err(error) => Err(error),
    };
    match kept {
        Ok(kept) => Ok(Some(shown(context, account, names, &kept))),
        Err(error @ StoreError::Damaged) => Ok(Some(unreadable(account, names, &error))),
        Err(error) => Err(error),
    }
}

fn shown(context: &Context, account: &Account, names: Vec<ServerName>, kept: &SignIn) -> KeptSignIn {
    let tokens = kept.tokens.as_ref();
    KeptSignIn {
        server: account.server.clone(),
        account: account.name.clone(),
        names,
        state: state(kept, (context.now)()),
        who: tokens.and_then(bridgekeeper_oauth::Tokens::person),
        issuer: Some(kept.issuer.clone()),
        scopes: tokens
            .and_then(|tokens| tokens.scope.as_ref())
            .map(|scope| scope.split_whitespace().map(str::to_owned).collect()),
        expires_at: tokens.and_then(|tokens| tokens.expires_at),
        refreshed_at: kept.refreshed_at,
        problem: complaint(context, &account.server),
    }
}

fn unreadable(account: &Account, names: Vec<ServerName>, error: &StoreError) -> KeptSignIn {
    KeptSignIn {
        server: account.server.clone(),
        account: account.name.clone(),
        names,
        state: SignInState::Unreadable,
        who: None,
        issuer: None,
        scopes: None,
        expires_at: None,
        refreshed_at: None,
        problem: Some(error.to_string()),
    }
}

fn state(kept: &SignIn, now: Timestamp) -> SignInState {
    let Some(tokens) = &kept.tokens else { return SignInState::Registered };
    match (tokens.has_expired(now), tokens.refresh_token.is_some()) {
        (false, true) => SignInState::SignedIn,
        (false, false) => SignInState::Ends,
        (true, true) => SignInState::Renews,
        (true, false) => SignInState::Ended,
    }
}

/// What a bridge that runs now says of this server, where it is refused.
fn complaint(context: &Context, server: &str) -> Option<String> {
    let refused = |status: &bridgekeeper_model::BridgeStatus| {
        status.server == server && matches!(status.state, BridgeState::NeedsSignIn | BridgeState::Failing)
    };
    let running = bridges::running(&context.home).into_iter().find(|bridge| refused(&bridge.status))?;
    running.status.last_error.map(|error| error.message)
}
