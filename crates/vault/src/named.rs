//! Secrets that the user named, which configs refer to as `${secret:NAME}`. One place says how the keyring calls them,
//! because one program keeps them and another reads them.

use bridgekeeper_model::{Secret, SecretName};

use crate::error::KeyringError;
use crate::keyring::Keyring;
use crate::secret::SecretBytes;

impl Keyring {
    /// The secret of this name; `None` where there is none.
    pub fn named_secret(&self, name: &SecretName) -> Result<Option<Secret>, KeyringError> {
        let Some(kept) = self.get_long(&entry(name))? else { return Ok(None) };
        let text = std::str::from_utf8(kept.reveal()).map_err(|_| KeyringError::Damaged)?;
        Ok(Some(Secret::new(text)))
    }

    /// Keeps a secret under a name, in the place of what was there.
    pub fn keep_named_secret(&self, name: &SecretName, secret: &Secret) -> Result<(), KeyringError> {
        self.set_long(&entry(name), &SecretBytes::from(secret.expose().as_bytes().to_vec()))
    }

    /// Removes the secret of this name, if there is one.
    pub fn remove_named_secret(&self, name: &SecretName) -> Result<(), KeyringError> {
        self.remove_long(&entry(name))
    }
}

fn entry(name: &SecretName) -> String {
    format!("secret {}", name.key())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use keyring_core::{CredentialStore, mock};

    use super::*;

    #[test]
    fn a_secret_is_found_however_its_name_is_written_until_it_goes() {
        let store: Arc<CredentialStore> = mock::Store::new().unwrap();
        let keyring = Keyring::opened_by(move || Ok(Arc::clone(&store)), Path::new("/h"));
        let name = |text: &str| text.parse::<SecretName>().unwrap();
        assert_eq!(keyring.named_secret(&name("token")).unwrap(), None);
        let long = Secret::new("é".repeat(4000));
        keyring.keep_named_secret(&name("Token"), &long).unwrap();
        assert_eq!(keyring.named_secret(&name("TOKEN")).unwrap(), Some(long));
        keyring.remove_named_secret(&name("token")).unwrap();
        assert_eq!(keyring.named_secret(&name("Token")).unwrap(), None);
    }
}
