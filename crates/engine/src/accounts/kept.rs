//! What is kept of each sign-in, without anything that is secret.

use std::collections::BTreeMap;
use std::sync::Arc;

use bridgekeeper_bridge::InKeyring;
use bridgekeeper_model::{BridgeState, ServerName};
use bridgekeeper_oauth::{Account, Credentials as _, SignIn, StoreError};
use jiff::Timestamp;

use super::server::{Remote, remote_entries};
use super::shown::{LastFailure, SignInLink, SignInState, SignInView};
use super::{NoBrowser, in_keyring, session, store};
use crate::bridges::{self, RunningBridge};
use crate::context::Context;

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

/// Reads what is kept of one account after the other.
pub(super) struct Reader<'a> {
    context: &'a Context,
    store: InKeyring,
    running: Vec<RunningBridge>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, store: in_keyring(context), running: bridges::running(&context.home) }
    }

    pub(super) const fn store(&self) -> &InKeyring {
        &self.store
    }

    /// What is kept of one; `None` where nothing is.
    pub(super) fn read(
        &self,
        account: &Account,
        names: Vec<ServerName>,
    ) -> Result<Option<SignInView>, StoreError> {
        let kept = match self.store.read(account) {
            Ok(None) => return Ok(None),
            Ok(Some(kept)) => SignIn::from_kept(&kept),
            Err(error) => Err(error),
        };
        match kept {
            Ok(kept) => Ok(Some(self.shown(account, names, &kept))),
            Err(error @ StoreError::Damaged) => Ok(Some(self.unreadable(account, names, &error))),
            Err(error) => Err(error),
        }
    }

    fn shown(&self, account: &Account, names: Vec<ServerName>, kept: &SignIn) -> SignInView {
        let tokens = kept.tokens.as_ref();
        let scopes = tokens.and_then(|tokens| tokens.scope.as_ref());
        SignInView {
            state: state(kept, (self.context.now)()),
            who: kept.person(),
            issuer: Some(kept.issuer.clone()),
            scopes: scopes.map(|scope| scope.split_whitespace().map(str::to_owned).collect()),
            expires_at: tokens.and_then(|tokens| tokens.expires_at),
            refreshed_at: kept.refreshed_at,
            problem: self.complaint(&account.server),
            ..self.listed(account, names)
        }
    }

    /// One that is listed and cannot be read.
    pub(super) fn unreadable(
        &self,
        account: &Account,
        names: Vec<ServerName>,
        error: &StoreError,
    ) -> SignInView {
        SignInView { problem: Some(error.to_string()), ..self.listed(account, names) }
    }

    /// What is known without the keyring.
    fn listed(&self, account: &Account, names: Vec<ServerName>) -> SignInView {
        let failure = self.store.last_failure(account);
        SignInView {
            failure: failure.map(|failure| LastFailure { at: failure.at, why: failure.why }),
            shared_with: self.store.shared_with(account),
            ..SignInView::of(account, names, SignInState::Unreadable)
        }
    }

    /// Where a running bridge of this server has a page open.
    pub(super) fn link(&self, server: &str) -> Option<SignInLink> {
        let mut running = self.running.iter().filter(|bridge| bridge.status.server == server);
        let url = running.find_map(|bridge| bridge.status.sign_in_at.clone())?;
        Some(SignInLink { url, code: None })
    }

    /// What a bridge that runs now says of this server, where it is refused.
    fn complaint(&self, server: &str) -> Option<String> {
        let refused = |bridge: &&RunningBridge| {
            let status = &bridge.status;
            let is_refused = matches!(status.state, BridgeState::NeedsSignIn | BridgeState::Failing);
            status.server == server && is_refused
        };
        self.running.iter().find(refused)?.status.last_error.as_ref().map(|error| error.message.clone())
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
