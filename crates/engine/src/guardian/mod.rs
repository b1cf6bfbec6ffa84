//! Notices when entries of Claude's config are lost, and knows how to put them back.
//!
//! Claude rewrites its whole config from memory: an edit that was made while it ran is gone at its next write, and
//! after a failed load only a stub is left. So every version of the file is kept by the hash of its bytes, with a
//! note of who wrote it and what its entries were. The note holds names and hashes alone; the bytes are sealed like
//! every copy, so that noticing a loss asks the keyring nothing and only putting back does.
//!
//! Nothing is ever written by itself: what was lost is told, and put back when somebody asks. Versions are kept for
//! 30 days, at most 200 of one file; the newest ones and those that a loss needs always stay.
//!
//! Deliberately absent: taking sides. What anybody but Claude removed on purpose is no loss, and what others wrote
//! since stays when something is put back.

mod author;
mod history;
mod restore;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bridgekeeper_claude::Live;
use serde::{Deserialize, Serialize};

use crate::change::{Access, ChangeError, Deed, Digest, Disk, Entry, Sealer, Snapshots, private_folder};
use crate::engine::Engine;

pub(crate) use author::Author;
pub(crate) use history::{FileHistory, Loss, Lost, Seen};
pub(crate) use restore::{LOST, PAGE, RESTORE};

/// The versions of the configs of one home.
#[derive(Debug)]
pub(crate) struct Guardian {
    folder: PathBuf,
    disk: Disk,
    versions: Snapshots,
}

/// The notes on every config, by its path.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Index {
    files: BTreeMap<String, FileHistory>,
}

impl Guardian {
    pub(crate) fn in_folder(data: &Path, sealer: Arc<Sealer>) -> Self {
        let folder = data.join("guardian");
        let versions = Snapshots::in_folder(folder.join("versions"), sealer);
        Self { folder, disk: Disk::default(), versions }
    }

    /// What is lost of a config, as far as its notes and its present bytes tell. Writes nothing.
    pub(crate) fn losses(&self, path: &Path, seen: &Seen<'_>) -> Vec<Loss> {
        let mut history = self.index().files.remove(&key(path)).unwrap_or_default();
        history.see(seen);
        history.losses
    }

    /// Keeps the version that a config has now, where it is another than the last one.
    pub(crate) fn observe(&self, path: &Path, seen: &Seen<'_>) -> Result<(), ChangeError> {
        private_folder(&self.folder)?;
        let _lock = self.lock()?;
        let mut index = self.index();
        let history = index.files.entry(key(path)).or_default();
        if !history.see(seen) {
            return Ok(());
        }
        if let Some(bytes) = seen.bytes {
            self.versions.keep(&self.disk, bytes)?;
        }
        history.forget_old(seen.now);
        let text = serde_json::to_vec(&index)
            .map_err(|error| ChangeError::io("write", self.path())(std::io::Error::other(error)))?;
        self.disk.replace(&self.path(), &text, Access::Private, || Ok(()))?;
        let wanted: BTreeSet<&Digest> = index.files.values().flat_map(FileHistory::digests).collect();
        self.versions.keep_only(&wanted);
        Ok(())
    }

    /// Seals every version that is kept plain.
    pub(crate) fn seal(&self) -> Result<(), ChangeError> {
        self.versions.seal(&self.disk)
    }

    pub(crate) fn version(&self, digest: &Digest) -> Result<Vec<u8>, ChangeError> {
        let lost = || ChangeError::VersionLost { path: self.versions.path(digest) };
        self.versions.get(digest)?.ok_or_else(lost)
    }

    /// Notes that cannot be read are none: the next look begins them anew.
    fn index(&self) -> Index {
        let bytes = fs::read(self.path()).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    fn path(&self) -> PathBuf {
        self.folder.join("index.json")
    }

    /// Waits: whoever holds it is done within milliseconds.
    fn lock(&self) -> Result<File, ChangeError> {
        let path = self.folder.join("lock");
        let open = File::options().create(true).truncate(false).write(true).open(&path);
        let file = open.map_err(ChangeError::io("open", &path))?;
        file.lock().map_err(ChangeError::io("lock", &path))?;
        Ok(file)
    }
}

impl Engine {
    /// Begins to keep the versions of Claude's configs. A home in which Bridgekeeper never changed anything is left
    /// alone until this is called, or until a first change.
    pub fn begin_to_guard(&self) -> Result<(), crate::EngineError> {
        Ok(private_folder(&self.context.home.bridgekeeper_folder())?)
    }

    /// Keeps the version that each config of Claude's has now, where versions are kept.
    pub(crate) fn guard_all(&self) {
        let configs = self.context.home.configs();
        configs.iter().filter(|config| config.live != Live::No).for_each(|config| self.guard(&config.path));
    }

    /// Keeps the version that a file has now, if it is one that Claude reads.
    pub(crate) fn guard_if_claudes(&self, path: &Path) {
        let configs = self.context.home.configs();
        if configs.iter().any(|config| config.live != Live::No && key(&config.path) == key(path)) {
            self.guard(path);
        }
    }

    /// Keeps the version that one config has now, where versions are kept and the person has not chosen otherwise.
    pub(crate) fn guard(&self, path: &Path) {
        if !self.context.home.bridgekeeper_folder().is_dir() || !self.settings().settings().guardian {
            return;
        }
        let bytes = crate::edits::present(path);
        let entries = self.ledger.entries();
        let seen = self.seen(bytes.as_deref(), &entries);
        // A version that cannot be kept now is kept at the next look.
        let _ = self.guardian.observe(path, &seen);
    }

    /// What is lost of a config of Claude's.
    pub(crate) fn losses(&self, path: &Path) -> Vec<Loss> {
        let bytes = crate::edits::present(path);
        self.guardian.losses(path, &self.seen(bytes.as_deref(), &self.ledger.entries()))
    }

    fn seen<'a>(&self, bytes: Option<&'a [u8]>, entries: &[Entry]) -> Seen<'a> {
        let digest = bytes.map(Digest::of);
        let is_ours = entries.iter().any(|entry| match &entry.deed {
            Deed::Text(text) => text.after == digest,
            Deed::Files(_) => false,
        });
        Seen { bytes, digest, is_ours, now: (self.context.now)() }
    }
}

/// Where the notes on a config stand.
fn key(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

#[cfg(test)]
mod tests;
