//! Sign-ins in the keyring of the system. Beside it, in Bridgekeeper's own folder, stands which accounts there are: no
//! secret, and readable while the keyring is locked. What is not listed there is not used: a reset sets the list's
//! file aside and leaves the keyring alone, so that undo brings the sign-in back.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use bridgekeeper_model::Secret;
use bridgekeeper_oauth::{Account, Credentials, StoreError};
use bridgekeeper_vault::{Keyring, KeyringError, SecretBytes};
use sha2::{Digest as _, Sha256};

use crate::folder;

/// How long the keyring may take, which may ask a person for a password meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);
/// The folder that says which accounts there are, in Bridgekeeper's own.
const FOLDER: &str = "sign-ins";

/// Sign-ins in a keyring.
#[derive(Debug)]
pub struct InKeyring {
    keyring: Keyring,
    folder: Option<PathBuf>,
}

impl InKeyring {
    /// The folder that lists the accounts, in Bridgekeeper's own.
    pub const LIST: &str = FOLDER;

    /// In the system's keyring, with names of its own for this home; in none where there is no home.
    pub fn of_home(home: Option<&std::path::Path>) -> Self {
        let keyring = home.map_or_else(Keyring::none, Keyring::of_system).with_patience(PATIENCE);
        Self { keyring, folder: home.map(|home| home.join(".bridgekeeper").join(FOLDER)) }
    }

    /// In the keyring that is handed in, with the same names for this home.
    pub fn of_keyring(keyring: Keyring, home: &std::path::Path) -> Self {
        Self { keyring, folder: Some(home.join(".bridgekeeper").join(FOLDER)) }
    }
}

impl InKeyring {
    /// Asks the keyring whether it works, so that nobody signs in for nothing.
    pub fn ready(&self) -> Result<(), StoreError> {
        self.keyring.get("sign-in").map(drop).map_err(meaning)
    }

    /// Whether the account is listed. A list that cannot be looked into does not take a sign-in away.
    fn lists(&self, account: &Account) -> bool {
        let is_there = |folder: &PathBuf| folder.join(file(account)).try_exists().unwrap_or(true);
        self.folder.as_ref().is_none_or(is_there)
    }
}

impl Credentials for InKeyring {
    fn read(&self, account: &Account) -> Result<Option<Secret>, StoreError> {
        if !self.lists(account) {
            // Whoever is about to sign in must know whether there is a place to keep it, for itself and for others
            return self.ready().map(|()| None);
        }
        let Some(kept) = self.keyring.get_long(&entry(account)).map_err(meaning)? else { return Ok(None) };
        let text = std::str::from_utf8(kept.reveal()).map_err(|_| StoreError::Damaged)?;
        Ok(Some(Secret::new(text)))
    }

    fn write(&self, account: &Account, kept: &Secret) -> Result<(), StoreError> {
        let bytes = SecretBytes::from(kept.expose().as_bytes().to_vec());
        self.keyring.set_long(&entry(account), &bytes).map_err(meaning)?;
        if let (Some(folder), Ok(listed)) = (&self.folder, serde_json::to_vec(account)) {
            folder::replace_patiently(&folder.join(file(account)), &listed)
                .map_err(|error| StoreError::Other(error.to_string()))?;
        }
        Ok(())
    }

    fn remove(&self, account: &Account) -> Result<(), StoreError> {
        self.keyring.remove_long(&entry(account)).map_err(meaning)?;
        if let Some(folder) = &self.folder {
            let _ = fs::remove_file(folder.join(file(account)));
        }
        Ok(())
    }

    fn list(&self) -> Result<Vec<Account>, StoreError> {
        let Some(folder) = &self.folder else { return Ok(Vec::new()) };
        // A folder that is not there lists nobody.
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        Ok(entries.filter_map(|entry| serde_json::from_slice(&fs::read(entry.path()).ok()?).ok()).collect())
    }
}

/// The name of an account's entry. The address may be long, and some keyrings show their names to everybody.
fn entry(account: &Account) -> String {
    format!("sign-in {}", hash(account))
}

fn file(account: &Account) -> String {
    format!("{}.json", hash(account))
}

fn hash(account: &Account) -> String {
    let text = format!("{}\n{}", account.server, account.name);
    Sha256::digest(text).iter().take(16).fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

fn meaning(error: KeyringError) -> StoreError {
    match error {
        KeyringError::Missing { why } => StoreError::Missing(why),
        KeyringError::Locked { .. } => StoreError::Locked,
        KeyringError::Denied { .. } => StoreError::Denied,
        KeyringError::Damaged => StoreError::Damaged,
        other @ (KeyringError::NoAnswer(_) | KeyringError::Failed(_)) => StoreError::Other(other.to_string()),
    }
}
