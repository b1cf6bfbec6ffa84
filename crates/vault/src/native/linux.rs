//! Secret Service over D-Bus: GNOME Keyring, `KWallet`, `KeePassXC`.

use std::error::Error as StdError;
use std::sync::Arc;

use keyring_core::CredentialStore;
use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error as ServiceError};
use zbus_secret_service_keyring_store::Store;

use crate::error::KeyringError;

pub(crate) fn open() -> Result<Arc<CredentialStore>, KeyringError> {
    // Whatever keeps us from the service means that there is none for this session.
    let store = Store::new().map_err(|error| KeyringError::Missing { why: last_cause(&error) })?;
    Ok(store)
}

/// Where the session's keyring was unlocked at login.
pub(crate) fn opens_unasked() -> bool {
    let is_open =
        |service: SecretService<'_>| service.get_default_collection()?.is_locked().map(|locked| !locked);
    SecretService::connect(EncryptionType::Plain).and_then(is_open).unwrap_or(false)
}

pub(crate) fn meaning(error: &(dyn StdError + Send + Sync + 'static)) -> Option<KeyringError> {
    use ServiceError::{Locked, NoResult, Prompt, PromptDisconnected, Unavailable};
    let error = error.downcast_ref::<ServiceError>()?;
    let why = error.to_string();
    if matches!(error, Prompt | PromptDisconnected) {
        // The question for the password was closed, or nobody was there to show it.
        return Some(KeyringError::Locked { why: "it was not unlocked when asked".to_owned() });
    }
    if matches!(error, Locked) {
        return Some(KeyringError::Locked { why });
    }
    if matches!(error, NoResult | Unavailable) {
        return Some(KeyringError::Missing { why });
    }
    named_by_the_bus(&last_cause(error))
}

/// By the names of errors in the Secret Service and D-Bus specifications.
fn named_by_the_bus(why: &str) -> Option<KeyringError> {
    let why = why.to_owned();
    if why.contains("Secret.Error.IsLocked") {
        return Some(KeyringError::Locked { why });
    }
    why.contains("DBus.Error.AccessDenied").then_some(KeyringError::Denied { why })
}

/// The innermost cause, which is the one that says something.
fn last_cause(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
