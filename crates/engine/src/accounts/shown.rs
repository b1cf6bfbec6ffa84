//! A sign-in as it is shown, by the console and by the window: what is known, and nothing that is secret.

use std::path::PathBuf;

use bridgekeeper_model::ServerName;
use bridgekeeper_oauth::{Account, StoreError};
use jiff::Timestamp;
use serde::Serialize;

use super::error::{keyring_code, keyring_step};

/// Every sign-in of a home, and every server of its configs that has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignInsView {
    /// Whether the keyring gives out what is kept.
    pub keyring: KeyringView,
    /// By server and account; what is kept first.
    pub sign_ins: Vec<SignInView>,
}

/// Whether the keyring can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct KeyringView {
    /// `None` where it works; else one of `keyring-missing`, `keyring-locked`, `keyring-denied`, `keyring-failed`.
    pub problem: Option<String>,
    /// What it said.
    pub message: Option<String>,
    /// What to do.
    pub next: Option<String>,
}

/// One account at one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignInView {
    /// The server's address, without query.
    pub server: String,
    /// The account's name; empty for the only one.
    pub account: String,
    /// The entries that use it.
    #[cfg_attr(feature = "bindings", specta(type = Vec<String>))]
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
    #[cfg_attr(feature = "bindings", specta(type = Option<String>))]
    pub expires_at: Option<Timestamp>,
    /// When the present token came.
    #[cfg_attr(feature = "bindings", specta(type = Option<String>))]
    pub refreshed_at: Option<Timestamp>,
    /// Why the last renewal came to nothing; `None` where it did not.
    pub failure: Option<LastFailure>,
    /// What a running bridge of this server last complained of, or why this cannot be read or used.
    pub problem: Option<String>,
    /// Where somebody can sign in now, while it waits for that.
    pub link: Option<SignInLink>,
    /// What mcp-remote keeps for the server.
    pub import: Option<MayImport>,
    /// The file of mcp-remote's that is kept in step.
    pub shared_with: Option<PathBuf>,
    /// Those of the entries that start mcp-remote, which uses its own files.
    #[cfg_attr(feature = "bindings", specta(type = Vec<String>))]
    pub not_moved: Vec<ServerName>,
}

/// How a sign-in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
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
    /// A page waits for somebody to sign in.
    Pending,
    /// Nobody is signed in, and the server asks for it.
    Wanted,
    /// Nobody is signed in; nothing says that the server asks for it.
    Never,
    /// mcp-remote keeps one that can be taken over.
    Importable,
    /// The entry sends a token of its own, so nobody signs in.
    OwnToken,
    /// The entry says that nobody is to sign in.
    Off,
    /// The entry's command line cannot be used.
    NotUsable,
}

/// A renewal that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LastFailure {
    /// When.
    #[cfg_attr(feature = "bindings", specta(type = String))]
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

/// Where somebody can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignInLink {
    /// The page.
    pub url: String,
    /// The code to enter there, where it is not part of the address.
    pub code: Option<String>,
}

/// What mcp-remote keeps for a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MayImport {
    /// When its tokens were last written.
    #[cfg_attr(feature = "bindings", specta(type = Option<String>))]
    pub written_at: Option<Timestamp>,
    /// Whether the tokens can be renewed.
    pub renewable: bool,
    /// Why it cannot be taken over; `None` where it can.
    pub why_not: Option<String>,
}

impl SignInState {
    /// Whether somebody has to act before the server can be used.
    pub const fn needs_sign_in(self) -> bool {
        match self {
            Self::Ended
            | Self::Registered
            | Self::Unreadable
            | Self::Pending
            | Self::Wanted
            | Self::NotUsable => true,
            Self::SignedIn
            | Self::Ends
            | Self::Renews
            | Self::Never
            | Self::Importable
            | Self::OwnToken
            | Self::Off => false,
        }
    }
}

impl SignInView {
    /// An account of which nothing else is known.
    pub(super) fn of(account: &Account, names: Vec<ServerName>, state: SignInState) -> Self {
        Self {
            server: account.server.clone(),
            account: account.name.clone(),
            names,
            state,
            who: None,
            issuer: None,
            scopes: None,
            expires_at: None,
            refreshed_at: None,
            failure: None,
            problem: None,
            link: None,
            import: None,
            shared_with: None,
            not_moved: vec![],
        }
    }
}

impl KeyringView {
    pub(super) fn of(problem: Option<&StoreError>) -> Self {
        Self {
            problem: problem.map(|problem| keyring_code(problem).to_owned()),
            message: problem.map(ToString::to_string),
            next: problem.map(|problem| keyring_step(problem).to_owned()),
        }
    }
}
