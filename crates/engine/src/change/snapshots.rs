//! Copies of files by the hash of their bytes. They may hold secrets, so only the user may read them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::ChangeError;
use super::disk::{Access, Disk, private_folder};

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
}

#[derive(Debug)]
pub(crate) struct Snapshots {
    folder: PathBuf,
}

impl Snapshots {
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(&digest.0)
    }

    /// Keeps a copy; the same bytes are kept once.
    pub(crate) fn keep(&self, disk: &Disk, bytes: &[u8]) -> Result<Digest, ChangeError> {
        let digest = Digest::of(bytes);
        if self.get(&digest).is_none() {
            private_folder(&self.folder)?;
            disk.replace(&self.path(&digest), bytes, Access::Private, || Ok(()))?;
        }
        Ok(digest)
    }

    /// The copy, where it is there and whole.
    pub(crate) fn get(&self, digest: &Digest) -> Option<Vec<u8>> {
        fs::read(self.path(digest)).ok().filter(|bytes| Digest::of(bytes) == *digest)
    }

    /// Bytes that the copy takes.
    pub(crate) fn size(&self, digest: &Digest) -> u64 {
        fs::metadata(self.path(digest)).map_or(0, |metadata| metadata.len())
    }

    /// Removes every copy that is not among `wanted`.
    pub(crate) fn keep_only(&self, wanted: &BTreeSet<&Digest>) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = Digest(entry.file_name().to_string_lossy().into_owned());
            if name.0.len() == 64 && !wanted.contains(&name) {
                // One copy too many is no harm.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
