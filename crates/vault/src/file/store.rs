//! The file in the shape that every other keyring has.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use keyring_core::api::{CredentialApi, CredentialStoreApi};
use keyring_core::{Credential, Entry, Error, Result};

use super::{FileError, KeyringFile};
use crate::secret::SecretBytes;

/// The file as a store.
#[derive(Debug)]
pub(crate) struct FileStore(pub(crate) Arc<KeyringFile>);

/// One value in it.
#[derive(Debug)]
struct FileCredential {
    file: Arc<KeyringFile>,
    service: String,
    user: String,
}

impl CredentialStoreApi for FileStore {
    fn vendor(&self) -> String {
        "Bridgekeeper's encrypted file".to_owned()
    }

    fn id(&self) -> String {
        self.0.path.display().to_string()
    }

    fn build(&self, service: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        Ok(Entry::new_with_credential(Arc::new(FileCredential {
            file: Arc::clone(&self.0),
            service: service.to_owned(),
            user: user.to_owned(),
        })))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl CredentialApi for FileCredential {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        let value = SecretBytes::from(secret.to_vec());
        self.file.change(|values| drop(values.insert(self.user.clone(), value))).map_err(failed)
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        let values = self.file.values().map_err(failed)?;
        values.get(&self.user).map(|value| value.reveal().to_vec()).ok_or(Error::NoEntry)
    }

    fn delete_credential(&self) -> Result<()> {
        if !self.file.values().map_err(failed)?.contains_key(&self.user) {
            return Err(Error::NoEntry);
        }
        self.file.change(|values| drop(values.remove(&self.user))).map_err(failed)
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        self.get_secret().map(|_| None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        Some((self.service.clone(), self.user.clone()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn failed(error: FileError) -> Error {
    Error::PlatformFailure(Box::new(error))
}

impl fmt::Debug for KeyringFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringFile").field("path", &self.path).finish_non_exhaustive()
    }
}
