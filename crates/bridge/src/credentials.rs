//! Sign-ins in the keyring of the system. Beside it, in Bridgekeeper's own folder, stands which accounts there are: no
//! secret, and readable while the keyring is locked. What is not listed there is not used: a reset sets the list's
//! file aside and leaves the keyring alone, so that undo brings the sign-in back.
//!
//! The list also says why the last renewal came to nothing, and which file of mcp-remote's shares the sign-in.

mod shared;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bridgekeeper_formats::secrets;
use bridgekeeper_model::Secret;
use bridgekeeper_oauth::{Account, Credentials, FailedRenewal, StoreError};
use bridgekeeper_vault::{Keyring, KeyringError, SecretBytes};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use self::shared::StoredTokens;
use crate::folder;
use crate::options::Options;

/// How long the keyring may take, which may ask a person for a password meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);
/// The folder that says which accounts there are, in Bridgekeeper's own.
const FOLDER: &str = "sign-ins";

/// What is listed of one account. No secret.
#[derive(Serialize, Deserialize)]
struct Listed {
    #[serde(flatten)]
    account: Account,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<FailedRenewal>,
    /// The file of mcp-remote's that holds the same tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shared_with: Option<PathBuf>,
}

/// Sign-ins in a keyring.
#[derive(Debug)]
pub struct InKeyring {
    keyring: Keyring,
    folder: Option<PathBuf>,
}

impl InKeyring {
    /// The folder that lists the accounts, in Bridgekeeper's own.
    pub const LIST: &str = FOLDER;

    /// In the keyring of a bridge.
    pub(crate) fn of_bridge(options: &Options) -> Self {
        let keyring = options.keyring.clone().with_patience(PATIENCE);
        Self { keyring, folder: options.folder().map(|folder| folder.join(FOLDER)) }
    }

    /// In the keyring that is handed in, with the same names for this home.
    pub fn of_keyring(keyring: Keyring, home: &Path) -> Self {
        Self { keyring, folder: Some(home.join(".bridgekeeper").join(FOLDER)) }
    }
}

impl InKeyring {
    /// Asks the keyring whether it works, so that nobody signs in for nothing.
    pub fn ready(&self) -> Result<(), StoreError> {
        self.keyring.get("sign-in").map(drop).map_err(meaning)
    }

    /// Why the last renewal of this account came to nothing; `None` where it did not. Asks no keyring.
    pub fn last_failure(&self, account: &Account) -> Option<FailedRenewal> {
        self.listed(account)?.failure
    }

    /// The file of mcp-remote's that the account shares its tokens with. Asks no keyring.
    pub fn shared_with(&self, account: &Account) -> Option<PathBuf> {
        self.listed(account)?.shared_with
    }

    /// Has an account that is kept share its tokens with mcp-remote from now on: what one gets, the other uses.
    pub fn share(&self, account: &Account, tokens: &Path) -> Result<(), StoreError> {
        self.change(account, |listed| listed.shared_with = Some(tokens.to_owned()))
    }

    fn listed(&self, account: &Account) -> Option<Listed> {
        let path = self.folder.as_ref()?.join(file(account));
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// Changes what is listed of an account, if it is listed.
    fn change(&self, account: &Account, change: impl FnOnce(&mut Listed)) -> Result<(), StoreError> {
        let Some(mut listed) = self.listed(account) else { return Ok(()) };
        change(&mut listed);
        self.list_as(&listed)
    }

    fn list_as(&self, listed: &Listed) -> Result<(), StoreError> {
        let (Some(folder), Ok(text)) = (&self.folder, serde_json::to_vec(listed)) else { return Ok(()) };
        folder::replace_patiently(&folder.join(file(&listed.account)), &text)
            .map_err(|error| StoreError::Other(error.to_string()))
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
        let kept = Secret::new(std::str::from_utf8(kept.reveal()).map_err(|_| StoreError::Damaged)?);
        let newer = self.shared_with(account).and_then(|file| shared::newer(&kept, &file));
        Ok(Some(newer.unwrap_or(kept)))
    }

    fn write(&self, account: &Account, kept: &Secret) -> Result<(), StoreError> {
        let bytes = SecretBytes::from(kept.expose().as_bytes().to_vec());
        self.keyring.set_long(&entry(account), &bytes).map_err(meaning)?;
        // A file that is gone, or that takes nothing, has nobody left to share with.
        let shared_with = self.shared_with(account).filter(|file| shared::write_back(kept, file).is_ok());
        self.list_as(&Listed { account: account.clone(), failure: None, shared_with })
    }

    fn remove(&self, account: &Account) -> Result<(), StoreError> {
        self.keyring.remove_long(&entry(account)).map_err(meaning)?;
        if let Some(folder) = &self.folder {
            let _ = fs::remove_file(folder.join(file(account)));
        }
        Ok(())
    }

    fn note_failure(&self, account: &Account, failure: &FailedRenewal) -> Result<(), StoreError> {
        // The issuer's own words stand in it.
        let why = secrets::mask(&failure.why).into_owned();
        self.change(account, |listed| listed.failure = Some(FailedRenewal { at: failure.at, why }))
    }

    fn list(&self) -> Result<Vec<Account>, StoreError> {
        let Some(folder) = &self.folder else { return Ok(Vec::new()) };
        // A folder that is not there lists nobody.
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        Ok(entries.filter_map(|entry| serde_json::from_slice(&fs::read(entry.path()).ok()?).ok()).collect())
    }

    fn lease(&self, account: &Account) -> Option<PathBuf> {
        shared::lease(&self.shared_with(account)?)
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
