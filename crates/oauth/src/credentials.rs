//! Where sign-ins are kept, and what is kept of each.
//!
//! The library does not know the keyring: whoever uses it hands a store in. What is kept names the issuer and the
//! resource it is for, and is used for no other.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use bridgekeeper_model::Secret;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::client::{ClientInformation, ClientOrigin};
use crate::tokens::{TokenKind, Tokens};

/// Whose sign-in: a server, and one of a person's accounts there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Account {
    /// The MCP endpoint as it was given, without query and fragment.
    pub server: String,
    /// The account's name; empty for the only one.
    pub name: String,
}

/// A renewal that came to nothing. There is no secret in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedRenewal {
    /// When.
    pub at: Timestamp,
    /// Why, in words for a person.
    pub why: String,
}

/// A store of sign-ins. Its methods may block: they are called where that does not matter.
pub trait Credentials: Send + Sync + fmt::Debug {
    /// What is kept for the account.
    fn read(&self, account: &Account) -> Result<Option<Secret>, StoreError>;
    /// Keeps it instead of what was kept. Either the old or the new can be read afterwards, whatever happens.
    fn write(&self, account: &Account, kept: &Secret) -> Result<(), StoreError>;
    /// Forgets it. That nothing is there is no error.
    fn remove(&self, account: &Account) -> Result<(), StoreError>;
    /// Notes that the last renewal came to nothing. What is written or removed afterwards takes the note away.
    fn note_failure(&self, account: &Account, failure: &FailedRenewal) -> Result<(), StoreError>;
    /// Every account that something is kept for.
    fn list(&self) -> Result<Vec<Account>, StoreError>;
    /// The file by which mcp-remote keeps others from renewing the same tokens at the same time; `None` where it has no
    /// part in them.
    fn lease(&self, _: &Account) -> Option<PathBuf> {
        None
    }
}

/// Why a store does not work.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// It is locked and nobody unlocked it.
    #[error("the keyring is locked")]
    Locked,
    /// There is none.
    #[error("there is no keyring: {0}")]
    Missing(String),
    /// It may not be used.
    #[error("the keyring refuses access")]
    Denied,
    /// What is kept there cannot be understood.
    #[error("what the keyring holds is damaged")]
    Damaged,
    /// Anything else.
    #[error("the keyring does not work: {0}")]
    Other(String),
}

/// A store that lives as long as the process.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<BTreeMap<Account, Secret>>);

impl InMemory {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<Account, Secret>) -> T) -> T {
        // A map is whole even where a thread that held it has panicked.
        act(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl Credentials for InMemory {
    fn read(&self, account: &Account) -> Result<Option<Secret>, StoreError> {
        Ok(self.with(|kept| kept.get(account).cloned()))
    }

    fn write(&self, account: &Account, kept: &Secret) -> Result<(), StoreError> {
        self.with(|all| all.insert(account.clone(), kept.clone()));
        Ok(())
    }

    fn remove(&self, account: &Account) -> Result<(), StoreError> {
        self.with(|kept| kept.remove(account));
        Ok(())
    }

    /// Whoever shares the process has seen the error itself.
    fn note_failure(&self, _: &Account, _: &FailedRenewal) -> Result<(), StoreError> {
        Ok(())
    }

    fn list(&self) -> Result<Vec<Account>, StoreError> {
        Ok(self.with(|kept| kept.keys().cloned().collect()))
    }
}

/// One sign-in: who gave the tokens out, to which client, for which server.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Who gave the tokens out. They are never sent to another.
    pub issuer: String,
    /// The `resource` that they were asked for; `None` where the parameter was left out.
    pub resource: Option<String>,
    /// Who we are to the issuer.
    pub client: ClientInformation,
    /// The tokens; `None` where only the registration is known.
    pub tokens: Option<Tokens>,
    /// Where tokens are renewed.
    pub token_endpoint: Option<String>,
    /// Where they are taken back.
    pub revocation_endpoint: Option<String>,
    /// How a client may prove itself there.
    pub auth_methods: Option<Vec<String>>,
    /// The key that the tokens are bound to.
    pub proof_key: Option<Secret>,
    /// When the tokens came.
    pub refreshed_at: Option<Timestamp>,
    /// Who signed in, where the issuer was asked for it.
    pub person: Option<String>,
}

/// The form in which a sign-in is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    issuer: String,
    resource: Option<String>,
    client_id: String,
    client_secret: Option<String>,
    client_secret_expires_at: Option<Timestamp>,
    token_endpoint_auth_method: Option<String>,
    redirect_uris: Vec<String>,
    client_origin: String,
    access_token: Option<String>,
    token_type: String,
    expires_at: Option<Timestamp>,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    id_token: Option<String>,
    scope: Option<String>,
    token_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    token_endpoint_auth_methods: Option<Vec<String>>,
    dpop_key: Option<String>,
    refreshed_at: Option<Timestamp>,
    #[serde(default)]
    person: Option<String>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        use zeroize::Zeroize as _;
        self.client_secret.zeroize();
        self.access_token.zeroize();
        self.refresh_token.zeroize();
        self.id_token.zeroize();
        self.dpop_key.zeroize();
    }
}

/// The version of the form that is written. Others are not read: signing in again is better than a guess.
const VERSION: u32 = 1;

impl SignIn {
    /// The text that is kept.
    pub fn to_kept(&self) -> Secret {
        let exposed = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
        let tokens = self.tokens.as_ref();
        let kept = Kept {
            version: VERSION,
            issuer: self.issuer.clone(),
            resource: self.resource.clone(),
            client_id: self.client.client_id.clone(),
            client_secret: exposed(&self.client.client_secret),
            client_secret_expires_at: self.client.secret_expires_at,
            token_endpoint_auth_method: self.client.token_endpoint_auth_method.clone(),
            redirect_uris: self.client.redirect_uris.clone(),
            client_origin: match self.client.origin {
                ClientOrigin::PreRegistered => "pre-registered",
                ClientOrigin::MetadataDocument => "metadata-document",
                ClientOrigin::Registered => "registered",
            }
            .to_owned(),
            access_token: tokens.map(|tokens| tokens.access_token.expose().to_owned()),
            token_type: match tokens.map(|tokens| tokens.kind) {
                Some(TokenKind::DPoP) => "DPoP",
                Some(TokenKind::Bearer) | None => "Bearer",
            }
            .to_owned(),
            expires_at: tokens.and_then(|tokens| tokens.expires_at),
            expires_in: tokens.and_then(|tokens| tokens.life).map(|life| life.as_secs()),
            refresh_token: tokens.and_then(|tokens| exposed(&tokens.refresh_token)),
            id_token: tokens.and_then(|tokens| exposed(&tokens.id_token)),
            scope: tokens.and_then(|tokens| tokens.scope.clone()),
            token_endpoint: self.token_endpoint.clone(),
            revocation_endpoint: self.revocation_endpoint.clone(),
            token_endpoint_auth_methods: self.auth_methods.clone(),
            dpop_key: exposed(&self.proof_key),
            refreshed_at: self.refreshed_at,
            person: self.person.clone(),
        };
        // Texts, numbers and lists of texts always have a JSON form.
        Secret::new(serde_json::to_string(&kept).unwrap_or_default())
    }

    /// Reads a text as [`SignIn::to_kept`] wrote it.
    pub fn from_kept(kept: &Secret) -> Result<Self, StoreError> {
        let text = Zeroizing::new(kept.expose().to_owned());
        let mut kept: Kept = serde_json::from_str(&text).map_err(|_| StoreError::Damaged)?;
        if kept.version != VERSION {
            return Err(StoreError::Damaged);
        }
        let secret = |text: &mut Option<String>| text.take().map(Secret::new);
        let client = ClientInformation {
            client_id: kept.client_id.clone(),
            client_secret: secret(&mut kept.client_secret),
            secret_expires_at: kept.client_secret_expires_at,
            token_endpoint_auth_method: kept.token_endpoint_auth_method.clone(),
            redirect_uris: kept.redirect_uris.clone(),
            origin: match kept.client_origin.as_str() {
                "pre-registered" => ClientOrigin::PreRegistered,
                "metadata-document" => ClientOrigin::MetadataDocument,
                "registered" => ClientOrigin::Registered,
                _ => return Err(StoreError::Damaged),
            },
        };
        let kind = if kept.token_type == "DPoP" { TokenKind::DPoP } else { TokenKind::Bearer };
        let tokens = secret(&mut kept.access_token).map(|access_token| Tokens {
            access_token,
            kind,
            expires_at: kept.expires_at,
            life: kept.expires_in.map(Duration::from_secs),
            refresh_token: secret(&mut kept.refresh_token),
            id_token: secret(&mut kept.id_token),
            scope: kept.scope.clone(),
        });
        Ok(Self {
            issuer: kept.issuer.clone(),
            resource: kept.resource.clone(),
            client,
            tokens,
            token_endpoint: kept.token_endpoint.clone(),
            revocation_endpoint: kept.revocation_endpoint.clone(),
            auth_methods: kept.token_endpoint_auth_methods.clone(),
            proof_key: secret(&mut kept.dpop_key),
            refreshed_at: kept.refreshed_at,
            person: kept.person.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_whole_and_is_never_shown() {
        let sign_in = SignIn {
            issuer: "https://a.test".into(),
            resource: Some("https://mcp.test/".into()),
            client: ClientInformation {
                secret_expires_at: Some(Timestamp::UNIX_EPOCH),
                redirect_uris: vec!["http://127.0.0.1:1/cb".into()],
                ..ClientInformation::pre_registered("me", Some(Secret::new("hunter2")))
            },
            tokens: Some(Tokens {
                access_token: Secret::new("hunter2"),
                kind: TokenKind::DPoP,
                expires_at: Some(Timestamp::UNIX_EPOCH),
                life: Some(Duration::from_secs(9)),
                refresh_token: Some(Secret::new("hunter2")),
                id_token: None,
                scope: Some("a b".into()),
            }),
            token_endpoint: Some("https://a.test/token".into()),
            revocation_endpoint: None,
            auth_methods: Some(vec!["none".into()]),
            proof_key: Some(Secret::new("hunter2")),
            refreshed_at: Some(Timestamp::UNIX_EPOCH),
            person: Some("Ada".into()),
        };
        let back = SignIn::from_kept(&sign_in.to_kept()).unwrap();
        assert_eq!(back.to_kept(), sign_in.to_kept());
        assert_eq!((back.client, back.tokens), (sign_in.client.clone(), sign_in.tokens.clone()));
        assert_eq!(back.person.as_deref(), Some("Ada"));
        assert!(!format!("{sign_in:?}").contains("hunter2"));
    }

    #[test]
    fn what_cannot_be_understood_is_damaged() {
        for text in ["", "{}", "null", r#"{"version":2}"#] {
            assert!(matches!(SignIn::from_kept(&Secret::new(text)), Err(StoreError::Damaged)));
        }
    }
}
