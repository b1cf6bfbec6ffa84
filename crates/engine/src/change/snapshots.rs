//! Copies of files by the hash of their bytes. They may hold secrets, so they are sealed where there is a key, and
//! only the user may read them in any case.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use bridgekeeper_vault::OpenError;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::ChangeError;
use super::disk::{Disk, private_folder};
use super::sealed::{SealError, Sealer, plain_name, sealed_path};

/// SHA-256 of a file's bytes, 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut hexadecimal = String::with_capacity(64);
        for byte in Sha256::digest(bytes) {
            // Writing to a String cannot fail.
            let _ = write!(hexadecimal, "{byte:02x}");
        }
        Self(hexadecimal)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug)]
pub(crate) struct Snapshots {
    folder: PathBuf,
    sealer: Arc<Sealer>,
}

impl Snapshots {
    pub(crate) fn in_folder(folder: PathBuf, sealer: Arc<Sealer>) -> Self {
        Self { folder, sealer }
    }

    pub(crate) fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(&digest.0)
    }

    /// Keeps a copy; the same bytes are kept once.
    pub(crate) fn keep(&self, disk: &Disk, bytes: &[u8]) -> Result<Digest, ChangeError> {
        let digest = Digest::of(bytes);
        let path = self.path(&digest);
        let plain_and_whole = || fs::read(&path).is_ok_and(|there| there == bytes);
        if !sealed_path(&path).is_file() && !plain_and_whole() {
            private_folder(&self.folder)?;
            self.sealer.write(disk, &path, bytes)?;
        }
        Ok(digest)
    }

    /// The copy; `None` where it is gone or damaged.
    pub(crate) fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, SealError> {
        match self.sealer.read(&self.path(digest)) {
            Ok(bytes) => Ok(bytes.filter(|bytes| Digest::of(bytes) == *digest)),
            Err(SealError::Open(OpenError::Damaged | OpenError::NotSealed)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Bytes that the copy takes.
    pub(crate) fn size(&self, digest: &Digest) -> u64 {
        let path = self.path(digest);
        let metadata = fs::metadata(&path).or_else(|_| fs::metadata(sealed_path(&path)));
        metadata.map_or(0, |metadata| metadata.len())
    }

    /// Seals every copy that is plain.
    pub(crate) fn seal(&self, disk: &Disk) -> Result<(), ChangeError> {
        let names = self.names();
        let mut plain = names.iter().filter(|name| plain_name(name) == name.as_str());
        plain.try_for_each(|name| self.sealer.seal(disk, &self.folder.join(name)))
    }

    /// Removes every copy that is not among `wanted`.
    pub(crate) fn keep_only(&self, wanted: &BTreeSet<&Digest>) {
        for name in self.names() {
            if !wanted.contains(&Digest(plain_name(&name).to_owned())) {
                // One copy too many is no harm.
                let _ = fs::remove_file(self.folder.join(name));
            }
        }
    }

    /// The names of all copies, as they stand in the folder.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| plain_name(name).len() == 64).collect()
    }
}
