//! The system's own store, and what its errors mean.

#[cfg(target_os = "linux")]
#[path = "native/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "native/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "native/windows.rs"]
mod system;

pub(crate) use system::{open, opens_unasked};

use keyring_core::Error;

use crate::error::KeyringError;
use crate::file::FileError;

/// What a store's error means to a person.
pub(crate) fn meaning(error: Error) -> KeyringError {
    if let Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) = &error {
        if let Some(error) = cause.downcast_ref::<FileError>() {
            return error.meaning();
        }
        if let Some(meaning) = system::meaning(cause.as_ref()) {
            return meaning;
        }
    }
    KeyringError::Failed(error)
}
