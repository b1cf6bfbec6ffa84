use std::io;
use std::time::Duration;

use bridgekeeper_bridge::{SecretError, UsageError};
use bridgekeeper_net::Error as NetError;
use bridgekeeper_oauth::{Error as OAuthError, StoreError};

use crate::change::ChangeError;
use crate::error::EngineError;

/// Why nothing came of a sign-in, of its end, or of its import.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// No config has an entry of that name, and it is no address.
    #[error("there is no server `{0}`")]
    NoSuchServer(String),
    /// The entry starts a program that speaks for itself.
    #[error("`{0}` is no remote server, so there is nobody to sign in to")]
    NotRemote(String),
    /// The entry brings its own token, or forbids to sign in.
    #[error("`{0}` sends a token of its own or says --no-auth, so nobody signs in there")]
    NobodySignsIn(String),
    /// The command line of the entry cannot be used.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// The entry refers to a secret that cannot be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The keyring cannot be asked. Nothing was begun.
    #[error("{0}, so a sign-in could not be kept")]
    Keyring(StoreError),
    /// Somebody signed in, and the keyring did not take it.
    #[error("the sign-in worked, and could not be kept: {0}")]
    NotKept(StoreError),
    /// There is nothing to end.
    #[error("nobody is signed in to {0}")]
    NotSignedIn(String),
    /// The server did not answer.
    #[error("{server} does not answer")]
    NoAnswer {
        /// Its origin.
        server: String,
        /// Why.
        #[source]
        source: NetError,
    },
    /// Nobody came in time.
    #[error("nobody signed in within {} s", after.as_secs())]
    TooLate {
        /// The limit.
        after: Duration,
    },
    /// Somebody broke it off.
    #[error("the sign-in was broken off")]
    Stopped,
    /// The sign-in came to nothing.
    #[error(transparent)]
    OAuth(#[from] OAuthError),
    /// What mcp-remote holds in memory it would write and renew again.
    #[error("Claude runs, and the mcp-remote that it started uses these sign-ins")]
    ClaudeRuns,
    /// Files could not be looked at or set aside.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The old files could not be set aside.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The system gave no means to wait for sockets.
    #[error("could not begin")]
    Runtime(#[source] io::Error),
}

impl AccountError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchServer(_) => "no-such-server",
            Self::NotRemote(_) => "not-remote",
            Self::NobodySignsIn(_) => "nobody-signs-in",
            Self::Usage(_) | Self::Secret(_) => "entry-not-usable",
            Self::Keyring(error) | Self::NotKept(error) => keyring_code(error),
            Self::NotSignedIn(_) => "not-signed-in",
            Self::NoAnswer { .. } => "no-answer",
            Self::TooLate { .. } => "nobody-signed-in",
            Self::Stopped => "stopped",
            Self::OAuth(_) => "sign-in-failed",
            Self::ClaudeRuns => "claude-runs",
            Self::Engine(error) => error.code(),
            Self::Change(_) => "write-failed",
            Self::Runtime(_) => "internal",
        }
    }

    /// What to do next, where the message does not say it already.
    pub fn next_step(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchServer(_) => {
                Some("`bridgekeeper servers` lists the servers; an address begins with https://")
            }
            Self::Keyring(error) | Self::NotKept(error) => Some(keyring_step(error)),
            Self::NotSignedIn(_) => Some("`bridgekeeper sign-ins` lists the sign-ins that there are"),
            Self::NoAnswer { .. } => Some("`bridgekeeper probe URL` says how far a request comes"),
            Self::OAuth(error) => oauth_step(error),
            Self::ClaudeRuns => Some("quit Claude, and try again"),
            Self::TooLate { .. } => Some("try again; --timeout SECONDS waits longer"),
            Self::NotRemote(_)
            | Self::NobodySignsIn(_)
            | Self::Usage(_)
            | Self::Stopped
            | Self::Change(_)
            | Self::Runtime(_) => None,
            Self::Secret(error) => Some(error.next_step()),
            Self::Engine(error) => error.next_step(),
        }
    }
}

/// What to do about a sign-in that came to nothing.
fn oauth_step(error: &OAuthError) -> Option<&'static str> {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "where there is nothing to do, there is nothing to say"
    )]
    match error {
        OAuthError::Told(told) => oauth_step(told),
        OAuthError::RegistrationNeeded { .. } => {
            Some("give the id to the entry: --client-id ID, or --static-oauth-client-info")
        }
        OAuthError::NoAuthorizationServer { .. } => Some(
            "`bridgekeeper probe URL` says what the server asks for; a key of its own goes into the entry with --header",
        ),
        OAuthError::NoMetadata { .. } | OAuthError::Net { .. } | OAuthError::TimedOut { .. } => {
            Some("try again; `bridgekeeper probe URL` says how far a request comes")
        }
        OAuthError::NoPort(_) => {
            Some("end the program that uses the port, or write another port behind the address in the entry")
        }
        OAuthError::NotOffered { what: "device authorization endpoint", .. } => {
            Some("sign in without --device-code: the page opens in a browser")
        }
        OAuthError::NobodyCame { .. } => Some("try again, and sign in on the page"),
        OAuthError::Refused(refusal) => match refusal.code.as_str() {
            "access_denied" => Some("try again, and allow the access on the page"),
            "invalid_client" | "unauthorized_client" => {
                Some("check the client id and its secret in the entry")
            }
            "invalid_scope" => Some("check --scope in the entry"),
            _ => None,
        },
        _ => None,
    }
}

/// What to do about a keyring that does not work.
pub(super) const fn keyring_step(error: &StoreError) -> &'static str {
    match error {
        StoreError::Locked => "unlock the keyring, and try again",
        StoreError::Missing(_) => {
            "start a keyring in this session, such as gnome-keyring or KWallet, and try again"
        }
        StoreError::Denied => "allow Bridgekeeper in the keyring's settings, and try again",
        StoreError::Damaged => "sign out of the server, which removes what is kept, and in again",
        StoreError::Other(_) => "try again; the bridge keeps its own sign-in in memory meanwhile",
    }
}

/// A stable word for what is wrong with a keyring.
pub(super) const fn keyring_code(error: &StoreError) -> &'static str {
    match error {
        StoreError::Locked => "keyring-locked",
        StoreError::Missing(_) => "keyring-missing",
        StoreError::Denied => "keyring-denied",
        StoreError::Damaged => "keyring-damaged",
        StoreError::Other(_) => "keyring-failed",
    }
}
