//! Signing out: the server takes the tokens back where it offers that, and the keyring forgets them in any case.

use std::sync::Arc;

use bridgekeeper_model::chain;
use bridgekeeper_oauth::{Error as OAuthError, SignIn, StoreError};
use serde::Serialize;

use super::kept::Reader;
use super::shown::SignInView;
use super::{AccountError, NoBrowser, Remote, session, store, wait_for};
use crate::context::Context;

/// A sign-in that can be ended.
#[derive(Debug)]
pub struct SignOut {
    /// What is kept of it.
    pub sign_in: SignInView,
    /// Where the server takes tokens back (RFC 7009); `None` where it does not. That cannot be undone.
    pub revoked_at: Option<String>,
    remote: Remote,
}

/// What came of it. The keyring holds nothing of it any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedOut {
    /// Whether the server took the tokens back.
    pub revocation: Revocation,
    /// Why it did not, where it should have.
    pub why: Option<String>,
}

/// Whether the server took the tokens back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Revocation {
    /// It did: nobody who has a copy can use them.
    Done,
    /// It offers no such place: a copy stays good until it ends by itself.
    NotOffered,
    /// It did not, although it offers that.
    Failed,
}

pub(crate) fn find(context: &Context, server: &str, account: Option<&str>) -> Result<SignOut, AccountError> {
    let mut more = vec!["--allow-http"];
    if let Some(account) = account {
        more.extend(["--account", account]);
    }
    let remote = Remote::find(&context.home, server, &more)?;
    let store = store(context);
    let account = session(context, &remote, Arc::new(NoBrowser), Arc::clone(&store))?.account();
    let kept = match store.read(&account) {
        Ok(kept) => kept,
        Err(StoreError::Damaged) => None,
        Err(error) => return Err(AccountError::Keyring(error)),
    };
    let listed = Reader::new(context).read(&account, remote.names.clone()).map_err(AccountError::Keyring)?;
    let Some(sign_in) = listed else { return Err(AccountError::NotSignedIn(remote.name())) };
    let revoked_at = kept
        .and_then(|kept| SignIn::from_kept(&kept).ok())
        .filter(|kept| kept.tokens.is_some())
        .and_then(|kept| kept.revocation_endpoint);
    Ok(SignOut { sign_in, revoked_at, remote })
}

pub(crate) fn sign_out(context: &Context, plan: &SignOut) -> Result<SignedOut, AccountError> {
    let session = session(context, &plan.remote, Arc::new(NoBrowser), store(context))?;
    let out = wait_for(async { Ok(session.sign_out().await) })?;
    match out {
        Ok(true) => Ok(SignedOut { revocation: Revocation::Done, why: None }),
        Ok(false) => Ok(SignedOut { revocation: Revocation::NotOffered, why: None }),
        Err(OAuthError::Store(error)) => Err(AccountError::Keyring(error)),
        Err(error) => Ok(SignedOut { revocation: Revocation::Failed, why: Some(chain(&error)) }),
    }
}
