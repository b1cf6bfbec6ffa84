//! The login keychain.

use std::error::Error as StdError;
use std::sync::Arc;

use apple_native_keyring_store::keychain::Store;
use keyring_core::CredentialStore;

use crate::error::KeyringError;

pub(crate) fn open() -> Result<Arc<CredentialStore>, KeyringError> {
    let store = Store::new().map_err(|error| KeyringError::Missing { why: error.to_string() })?;
    Ok(store)
}

/// Whether the keychain is locked cannot be told without unlocking it.
pub(crate) const fn opens_unasked() -> bool {
    false
}

/// By the numbers of `SecBase.h`, which the error's text ends with or its `Debug` form holds.
pub(crate) fn meaning(error: &(dyn StdError + Send + Sync + 'static)) -> Option<KeyringError> {
    let why = error.to_string();
    let form = format!("{error:?}");
    let is = |number: &str| form.contains(number);
    if is("-25308") {
        return Some(KeyringError::Locked { why }); // errSecInteractionNotAllowed
    }
    if is("-25293") || is("-128") || is("-25244") {
        return Some(KeyringError::Denied { why }); // errSecAuthFailed, userCanceledErr, errSecInvalidOwnerEdit
    }
    // errSecNotAvailable, errSecNoSuchKeychain, errSecInvalidKeychain
    (is("-25291") || is("-25294") || is("-25295")).then_some(KeyringError::Missing { why })
}
