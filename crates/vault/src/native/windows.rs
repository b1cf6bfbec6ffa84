//! Windows Credential Manager.

use std::error::Error as StdError;
use std::sync::Arc;

use keyring_core::CredentialStore;
use windows_native_keyring_store::Store;

use crate::error::KeyringError;

pub(crate) fn open() -> Result<Arc<CredentialStore>, KeyringError> {
    let store = Store::new().map_err(|error| KeyringError::Missing { why: error.to_string() })?;
    Ok(store)
}

/// It is open for as long as somebody is signed in.
pub(crate) const fn opens_unasked() -> bool {
    true
}

pub(crate) fn meaning(error: &(dyn StdError + Send + Sync + 'static)) -> Option<KeyringError> {
    let why = error.to_string();
    let form = format!("{error:?}");
    // PlatformError(code): ERROR_NO_SUCH_LOGON_SESSION, a service or a task without the user's credentials
    if form.contains("(1312)") {
        return Some(KeyringError::Missing { why });
    }
    // ERROR_ACCESS_DENIED, ERROR_LOGON_FAILURE
    (form.contains("(5)") || form.contains("(1326)")).then_some(KeyringError::Denied { why })
}
