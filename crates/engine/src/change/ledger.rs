use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use bridgekeeper_formats::edit::{self, Edit};
use bridgekeeper_formats::text::{self, ByteOrderMark};
use bridgekeeper_model::ServerName;
use jiff::{SignedDuration, Timestamp};

use super::disk::{self, Access, Disk, private_folder};
use super::journal::{ChangeId, Entry, Journal, Replaced, State};
use super::snapshots::{Digest, Snapshots};
use super::{ChangeError, lines, members};

/// How long a change can be taken back.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Makes changes and takes them back. Its folder holds the lock, the journal and the snapshots.
#[derive(Debug)]
pub struct Ledger {
    folder: PathBuf,
    disk: Disk,
    journal: Journal,
    snapshots: Snapshots,
}

/// A change as it was shown, ready to be made.
#[derive(Debug, Clone)]
pub struct Proposed<'a> {
    /// The file, as it was named; a link is followed.
    pub path: &'a Path,
    /// The bytes that the change was computed from; `None` where there was no file.
    pub read: Option<&'a [u8]>,
    /// The bytes to write; `None` removes the file.
    pub after: Option<&'a [u8]>,
    /// The change as edits of the decoded text, for taking it back after somebody else's change.
    pub edits: &'a [Edit],
    /// Why, as an imperative sentence.
    pub reason: String,
    /// Ids of the fixes that it carries out.
    pub fixes: Vec<String>,
    /// The servers whose entries it changes.
    pub servers: Vec<ServerName>,
}

/// How a change will be taken back, computed and not yet done.
#[derive(Debug, Clone)]
pub struct WayBack {
    /// The change.
    pub entry: Entry,
    /// Exactly, or around what others wrote since.
    pub way: Way,
    /// The bytes there are now; `None` where there is no file.
    pub present: Option<Vec<u8>>,
    /// The bytes there will be; `None` removes the file.
    pub restored: Option<Vec<u8>>,
    edits: Vec<Edit>,
}

/// How exact the way back is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The file is as we left it: the old bytes come back, all of them.
    Exact,
    /// Somebody wrote the file since: only what the change did is taken out again.
    Inverse,
}

impl Ledger {
    /// The ledger in that folder, which is made at the first change.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self::with_disk(folder.into(), Disk::default())
    }

    pub(crate) fn with_disk(folder: PathBuf, disk: Disk) -> Self {
        let journal = Journal::in_folder(folder.join("journal"));
        let snapshots = Snapshots::in_folder(folder.join("snapshots"));
        Self { folder, disk, journal, snapshots }
    }

    /// Makes the change, if the file still is what the change was computed from.
    pub fn make(&self, proposed: &Proposed<'_>, now: Timestamp) -> Result<Entry, ChangeError> {
        self.make_as(proposed, now, None)
    }

    /// Every change that happened, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries = self.journal.entries();
        entries.retain(|entry| entry.state == State::Made || !never_happened(entry));
        entries
    }

    /// Whether the change was taken back, and that was not taken back in turn.
    pub fn is_undone(entries: &[Entry], id: &ChangeId) -> bool {
        let undoing = entries.iter().filter(|entry| entry.undoes.as_ref() == Some(id));
        undoing.into_iter().any(|entry| !Self::is_undone(entries, &entry.id))
    }

    /// Computes how to take back a change; without an id the last one that was not taken back.
    pub fn way_back(&self, id: Option<&str>) -> Result<WayBack, ChangeError> {
        let entries = self.entries();
        let open = |entry: &&Entry| entry.undoes.is_none() && !Self::is_undone(&entries, &entry.id);
        let entry = match id {
            Some(id) => entries
                .iter()
                .find(|entry| entry.id.as_str() == id)
                .ok_or_else(|| ChangeError::NoSuchChange(id.to_owned()))?,
            None => entries.iter().rev().find(open).ok_or(ChangeError::NothingToUndo)?,
        };
        if Self::is_undone(&entries, &entry.id) {
            return Err(ChangeError::AlreadyUndone(entry.id.clone()));
        }
        let present = read(&entry.path)?;
        if present.as_deref().map(Digest::of) == entry.after {
            let restored = entry.before.as_ref().map(|digest| self.snapshot(entry, digest)).transpose()?;
            let edits = Vec::new();
            return Ok(WayBack { entry: entry.clone(), way: Way::Exact, present, restored, edits });
        }
        self.inverse(entry, present)
    }

    /// Takes the change back as computed, if the file still is what it was computed from.
    pub fn take_back(&self, way: &WayBack, now: Timestamp) -> Result<Entry, ChangeError> {
        let proposed = Proposed {
            path: &way.entry.path,
            read: way.present.as_deref(),
            after: way.restored.as_deref(),
            edits: &way.edits,
            reason: format!("Take back: {}", way.entry.reason),
            fixes: vec![],
            servers: way.entry.servers.clone(),
        };
        self.make_as(&proposed, now, Some(way.entry.id.clone()))
    }

    fn inverse(&self, entry: &Entry, present: Option<Vec<u8>>) -> Result<WayBack, ChangeError> {
        let changed_again = |what: &str| ChangeError::ChangedAgain {
            id: entry.id.clone(),
            path: entry.path.clone(),
            what: what.to_owned(),
        };
        let (Some(before), Some(after)) = (&entry.before, &entry.after) else {
            return Err(changed_again("it made or removed the whole file"));
        };
        let bytes = present.as_deref().ok_or_else(|| changed_again("the file is gone"))?;
        let before = text::decode(&self.snapshot(entry, before)?).text;
        let after = text::decode(&self.snapshot(entry, after)?).text;
        let now = text::decode(bytes);
        // By lines first: that keeps every byte of what others wrote. By members where the layout is another.
        let edits = lines::inverse_on(&before, &after, &entry.edits, &now.text)
            .map_or_else(|| members::inverse_on(&before, &after, &now.text), Ok)
            .map_err(|place| changed_again(&place))?;
        let restored = edit::apply(&now.text, &edits);
        let mark = if now.bom { ByteOrderMark::Written } else { ByteOrderMark::Absent };
        let restored = text::encode(&restored, now.encoding, mark)
            .ok_or_else(|| changed_again("its new encoding has no such characters"))?;
        Ok(WayBack { entry: entry.clone(), way: Way::Inverse, present, restored: Some(restored), edits })
    }

    fn snapshot(&self, entry: &Entry, digest: &Digest) -> Result<Vec<u8>, ChangeError> {
        self.snapshots.get(digest).ok_or_else(|| ChangeError::SnapshotLost {
            id: entry.id.clone(),
            path: self.snapshots.path(digest),
        })
    }

    fn make_as(
        &self,
        proposed: &Proposed<'_>,
        now: Timestamp,
        undoes: Option<ChangeId>,
    ) -> Result<Entry, ChangeError> {
        let target = disk::resolve(proposed.path);
        let _lock = self.lock()?;
        if let Some(folder) = target.parent() {
            disk::sweep_unfinished(folder);
        }
        let unchanged = || {
            if read(&target)?.as_deref() == proposed.read {
                return Ok(());
            }
            Err(ChangeError::ChangedSinceRead { path: proposed.path.to_owned() })
        };
        unchanged()?;
        let metadata = fs::metadata(&target).ok();
        if metadata.as_ref().is_some_and(|metadata| metadata.permissions().readonly()) {
            return Err(ChangeError::ReadOnly { path: proposed.path.to_owned() });
        }
        let keep =
            |bytes: Option<&[u8]>| bytes.map(|bytes| self.snapshots.keep(&self.disk, bytes)).transpose();
        let mut entry = Entry {
            id: self.journal.next_id(now),
            time: now,
            path: absolute(proposed.path),
            reason: proposed.reason.clone(),
            fixes: proposed.fixes.clone(),
            servers: proposed.servers.clone(),
            before: keep(proposed.read)?,
            after: keep(proposed.after)?,
            edits: Replaced::all(proposed.edits),
            state: State::Announced,
            undoes,
        };
        self.journal.write(&self.disk, &entry)?;
        let access = metadata.as_ref().map_or(Access::Private, Access::As);
        let made = match proposed.after {
            Some(bytes) => self.disk.replace(&target, bytes, access, unchanged),
            None => fs::remove_file(&target).map_err(ChangeError::io("remove", &target)),
        };
        if let Err(error) = made {
            self.journal.remove(&entry.id);
            return Err(error);
        }
        entry.state = State::Made;
        // The change is made; an entry that stays announced is known by the file's own bytes.
        let _ = self.journal.write(&self.disk, &entry);
        self.forget_old(now);
        Ok(entry)
    }

    fn lock(&self) -> Result<File, ChangeError> {
        private_folder(&self.folder)?;
        let path = self.folder.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(ChangeError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(ChangeError::Busy),
            Err(TryLockError::Error(source)) => Err(ChangeError::io("lock", &path)(source)),
        }
    }

    /// Drops entries that are too old, and the copies that no entry needs.
    fn forget_old(&self, now: Timestamp) {
        let (old, kept): (Vec<Entry>, Vec<Entry>) =
            self.journal.entries().into_iter().partition(|entry| now.duration_since(entry.time) > KEPT);
        for entry in &old {
            self.journal.remove(&entry.id);
        }
        let wanted: BTreeSet<&Digest> =
            kept.iter().flat_map(|entry| entry.before.iter().chain(&entry.after)).collect();
        self.snapshots.keep_only(&wanted);
    }
}

/// An announced change whose file still holds the bytes from before was cut off in time.
fn never_happened(entry: &Entry) -> bool {
    read(&entry.path).is_ok_and(|bytes| bytes.as_deref().map(Digest::of) == entry.before)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, ChangeError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ChangeError::io("read", path)(error)),
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests;
