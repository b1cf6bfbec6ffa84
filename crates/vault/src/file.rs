//! A keyring in one encrypted file, for whoever asks for it by name: `BRIDGEKEEPER_KEYRING=file:PATH`.
//!
//! The key comes from a passphrase (Argon2id, RFC 9106), the box around the values is XSalsa20-Poly1305. Every change
//! writes a whole new file beside the old one and puts it in its place, under a lock that other processes wait for.

mod form;
mod store;
#[cfg(windows)]
mod windows;

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bridgekeeper_model::Secret;

use self::form::{Key, Salt, Values};
pub(crate) use self::store::FileStore;
use crate::error::KeyringError;

/// What a passphrase is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To open a file that is there.
    Open,
    /// To make a file: it will be the only way in.
    Create,
}

/// Gives the passphrase; `None` where nobody can be asked.
pub type Passphrase = dyn Fn(Purpose) -> Option<Secret> + Send + Sync;

/// The file, and the key that opened it.
pub(crate) struct KeyringFile {
    path: PathBuf,
    passphrase: Arc<Passphrase>,
    /// Deriving one takes a while, so that guessing takes forever.
    key: Mutex<Option<(Salt, Key)>>,
}

/// Why the file gave or took nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("no passphrase was given for {}", .0.display())]
    NoPassphrase(PathBuf),
    #[error("the passphrase does not open {}", .0.display())]
    WrongPassphrase(PathBuf),
    #[error("{} is no keyring file, or it is damaged", .0.display())]
    Damaged(PathBuf),
    #[error("{} cannot be used: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("the system gives no random numbers")]
    NoRandom,
}

impl FileError {
    /// What it means to whoever wanted a value.
    pub(crate) fn meaning(&self) -> KeyringError {
        match self {
            Self::NoPassphrase(_) => KeyringError::Locked { why: self.to_string() },
            Self::WrongPassphrase(_) => KeyringError::Denied { why: self.to_string() },
            Self::Damaged(_) => KeyringError::Damaged,
            Self::Io { .. } | Self::NoRandom => KeyringError::Missing { why: self.to_string() },
        }
    }
}

impl KeyringFile {
    pub(crate) fn new(path: PathBuf, passphrase: Arc<Passphrase>) -> Self {
        Self { path, passphrase, key: Mutex::default() }
    }

    /// Makes sure that the passphrase is the right one.
    pub(crate) fn unlock(&self) -> Result<(), FileError> {
        self.values().map(drop)
    }

    /// Every value; none where there is no file yet.
    fn values(&self) -> Result<Values, FileError> {
        // Where no lock can be made nobody writes either.
        let lock = self.lock_file().ok();
        if let Some(lock) = &lock {
            lock.lock_shared().map_err(|source| self.io(source))?;
        }
        self.read()
    }

    /// Changes the values as one: whoever is killed in between leaves the file as it was.
    fn change(&self, change: impl FnOnce(&mut Values)) -> Result<(), FileError> {
        let lock = self.lock_file().map_err(|source| self.io(source))?;
        lock.lock().map_err(|source| self.io(source))?;
        let mut values = self.read()?;
        change(&mut values);
        let salt = match self.held().as_ref() {
            Some((salt, _)) => *salt,
            None => Salt::random()?,
        };
        let key = self.key_for(salt, Purpose::Create)?;
        let sealed = form::seal(&values, salt, &key)?;
        self.replace(&sealed).map_err(|source| self.io(source))
    }

    fn read(&self) -> Result<Values, FileError> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Values::default()),
            Err(source) => return Err(self.io(source)),
        };
        let damaged = || FileError::Damaged(self.path.clone());
        let sealed = form::Sealed::read(&bytes).ok_or_else(damaged)?;
        let key = self.key_for(sealed.salt, Purpose::Open)?;
        if !sealed.was_made_with(&key) {
            *self.held() = None;
            return Err(FileError::WrongPassphrase(self.path.clone()));
        }
        sealed.open(&key).ok_or_else(damaged)
    }

    /// The key, derived once for each salt.
    fn key_for(&self, salt: Salt, purpose: Purpose) -> Result<Key, FileError> {
        if let Some((of, key)) = &*self.held()
            && *of == salt
        {
            return Ok(key.clone());
        }
        let passphrase = (self.passphrase)(purpose).filter(|passphrase| !passphrase.expose().is_empty());
        let passphrase = passphrase.ok_or_else(|| FileError::NoPassphrase(self.path.clone()))?;
        let key = Key::derive(&passphrase, salt).ok_or_else(|| FileError::Damaged(self.path.clone()))?;
        *self.held() = Some((salt, key.clone()));
        Ok(key)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<(Salt, Key)>> {
        // A key is whole even where a thread that held it has panicked.
        self.key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_file(&self) -> io::Result<File> {
        let mut name = self.path.clone().into_os_string();
        name.push(".lock");
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(Path::new(&name))
    }

    /// For the user alone, and on the disk before it takes the old one's place.
    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".keyring-").tempfile_in(folder)?;
        // A disk that knows no access lists keeps it as it keeps everything; what stands in it is sealed.
        #[cfg(windows)]
        let _ = windows::keep_to_the_user(file.path());
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }

    fn io(&self, source: io::Error) -> FileError {
        FileError::Io { path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests;
