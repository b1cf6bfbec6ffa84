//! Copies that only the key in the keyring opens.
//!
//! Making one needs the public key alone, which lies beside the journal, so that a repair asks the keyring nothing.
//! Where there is no such key yet, copies are plain files that only the user may read, like the config itself; they
//! are sealed as soon as somebody who may ask the keyring makes the key.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bridgekeeper_vault::{Keyring, KeyringError, OpenError, OpeningKey, SealingKey};

use super::ChangeError;
use super::disk::{Access, Disk};

/// What the private key is called in the keyring.
const KEY: &str = "copies";
/// The file with the public key, 64 hexadecimal digits.
const PUBLIC_KEY: &str = "sealing-key";
/// How the names of sealed copies end.
const ENDING: &str = "sealed";

/// Why a sealed copy could not be read, or no key could be made.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The keyring gave nothing.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The keyring has no key of ours.
    #[error("the key that opens them is no longer in the keyring")]
    KeyLost,
    /// The copy was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// How copies are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// Encrypted; the key is in the keyring.
    Sealed,
    /// As they are, readable by the user alone.
    Plain,
}

/// Seals and opens copies.
#[derive(Debug)]
pub(crate) struct Sealer {
    public_key: PathBuf,
    keyring: Keyring,
    opened: Mutex<Option<OpeningKey>>,
}

impl Sealer {
    pub(crate) fn new(folder: &Path, keyring: Keyring) -> Self {
        Self { public_key: folder.join(PUBLIC_KEY), keyring, opened: Mutex::default() }
    }

    /// How a copy that is made now is kept.
    pub(crate) fn copies(&self) -> Copies {
        if self.sealing_key().is_some() { Copies::Sealed } else { Copies::Plain }
    }

    /// Writes a copy to `path`, or sealed beside it.
    pub(crate) fn write(&self, disk: &Disk, path: &Path, bytes: &[u8]) -> Result<(), ChangeError> {
        match self.sealing_key().and_then(|key| key.seal(bytes)) {
            Some(sealed) => disk.replace(&sealed_path(path), &sealed, Access::Private, || Ok(())),
            None => disk.replace(path, bytes, Access::Private, || Ok(())),
        }
    }

    /// The copy at `path`, or sealed beside it; `None` where there is neither.
    pub(crate) fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, SealError> {
        if let Ok(bytes) = fs::read(path) {
            return Ok(Some(bytes));
        }
        let Ok(sealed) = fs::read(sealed_path(path)) else { return Ok(None) };
        Ok(Some(self.opening_key()?.open(&sealed)?))
    }

    /// Seals the copy at `path`, if it is plain and there is a key.
    pub(crate) fn seal(&self, disk: &Disk, path: &Path) -> Result<(), ChangeError> {
        if self.copies() == Copies::Plain || !path.is_file() {
            return Ok(());
        }
        let bytes = fs::read(path).map_err(ChangeError::io("read", path))?;
        self.write(disk, path, &bytes)?;
        if sealed_path(path).is_file() {
            fs::remove_file(path).map_err(ChangeError::io("remove", path))?;
        }
        Ok(())
    }

    /// Makes the sealed copy beside `path` a plain one again.
    pub(crate) fn unseal(&self, disk: &Disk, path: &Path) -> Result<(), ChangeError> {
        let sealed = sealed_path(path);
        let bytes = fs::read(&sealed).map_err(ChangeError::io("read", &sealed))?;
        let opened = self.opening_key()?.open(&bytes).map_err(SealError::from)?;
        disk.replace(path, &opened, Access::Private, || Ok(()))?;
        fs::remove_file(&sealed).map_err(ChangeError::io("remove", sealed))
    }

    /// Makes sure that there is a key, in the keyring and here. To be called under the lock.
    pub(crate) fn make_key(&self, disk: &Disk) -> Result<(), ChangeError> {
        let key = match self.opening_key() {
            Ok(key) => key,
            Err(SealError::KeyLost) => self.new_key()?,
            Err(error) => return Err(error.into()),
        };
        let public = key.sealing_key();
        if self.sealing_key().as_ref() != Some(&public) {
            let text = format!("{}\n", public.to_hexadecimal());
            disk.replace(&self.public_key, text.as_bytes(), Access::Private, || Ok(()))?;
        }
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
        Ok(())
    }

    /// A key that the keyring keeps, proved by reading it back.
    fn new_key(&self) -> Result<OpeningKey, SealError> {
        let key = OpeningKey::generate();
        self.keyring.set(KEY, &key.to_secret())?;
        let kept = self.keyring.get(KEY)?.and_then(|secret| OpeningKey::from_secret(&secret));
        kept.filter(|kept| kept.sealing_key() == key.sealing_key()).ok_or(SealError::KeyLost)
    }

    fn sealing_key(&self) -> Option<SealingKey> {
        SealingKey::from_hexadecimal(&fs::read_to_string(&self.public_key).ok()?)
    }

    fn opening_key(&self) -> Result<OpeningKey, SealError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = &*opened {
            return Ok(key.clone());
        }
        let secret = self.keyring.get(KEY)?.ok_or(SealError::KeyLost)?;
        let key = OpeningKey::from_secret(&secret).ok_or(SealError::KeyLost)?;
        *opened = Some(key.clone());
        Ok(key)
    }
}

/// The name of a copy without the ending that says it is sealed.
pub(crate) fn plain_name(name: &str) -> &str {
    name.strip_suffix(ENDING).and_then(|name| name.strip_suffix('.')).unwrap_or(name)
}

/// Where the sealed form of a copy stands.
pub(crate) fn sealed_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ENDING);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests;
