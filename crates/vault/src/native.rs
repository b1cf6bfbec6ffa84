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

pub(crate) use system::open;

use keyring_core::Error;

use crate::error::KeyringError;

/// What a store's error means to a person.
pub(crate) fn meaning(error: Error) -> KeyringError {
    match &error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => {
            system::meaning(cause.as_ref()).unwrap_or(KeyringError::Failed(error))
        }
        _ => KeyringError::Failed(error),
    }
}
