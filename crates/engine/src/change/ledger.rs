use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bridgekeeper_formats::edit::Edit;
use bridgekeeper_model::{SecretName, ServerName};
use bridgekeeper_vault::Keyring;
use jiff::{SignedDuration, Timestamp};

use super::ChangeError;
use super::disk::{self, Access, Disk, private_folder};
use super::journal::{ChangeId, Deed, Entry, Journal, Kind, Off, Replaced, State, TextChange};
use super::quarantine::{Kept, Quarantine};
use super::sealed::{Copies, Sealer};
use super::snapshots::{Digest, Snapshots};

/// How long a change can be taken back.
pub const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many bytes of copies are kept at most. Beyond it the copies of the oldest changes go; those of the newest
/// change stay, whatever their size.
pub const KEPT_BYTES: u64 = 512 << 20;
/// How many changes are kept at most.
pub const KEPT_CHANGES: usize = 1000;

/// How long another writer is waited for, and how often it is looked.
const PATIENCE: Duration = Duration::from_millis(200);
const LOOK: Duration = Duration::from_millis(5);

/// Makes changes and takes them back. Its folder holds the lock, the journal, the snapshots and the quarantine.
#[derive(Debug)]
pub struct Ledger {
    folder: PathBuf,
    pub(super) disk: Disk,
    pub(super) journal: Journal,
    pub(super) snapshots: Snapshots,
    pub(super) quarantine: Quarantine,
    pub(super) sealer: Arc<Sealer>,
    kept_bytes: u64,
}

/// A change of a file's text as it was shown, ready to be made.
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
    /// What else the journal says of it.
    pub note: Note,
    /// The entry that leaves the file, where a server is switched off.
    pub off: Option<Parked<'a>>,
}

/// What the journal says of a change besides what it did.
#[derive(Debug, Clone)]
pub struct Note {
    /// What it is for.
    pub kind: Kind,
    /// Why, as an imperative sentence.
    pub reason: String,
    /// Ids of the fixes that it carries out.
    pub fixes: Vec<String>,
    /// The servers that it concerns.
    pub servers: Vec<ServerName>,
    /// The secrets that it moves from the file into the keyring.
    pub secrets: Vec<SecretName>,
    /// The change that this one takes back.
    pub undoes: Option<ChangeId>,
}

/// An entry that is to be kept while its server is switched off.
#[derive(Debug, Clone)]
pub struct Parked<'a> {
    /// The text of its value.
    pub entry: &'a str,
    /// The entry that stood before it, if one did.
    pub behind: Option<ServerName>,
}

impl Note {
    /// A note without fixes and servers.
    pub fn new(kind: Kind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), fixes: vec![], servers: vec![], secrets: vec![], undoes: None }
    }

    /// Concerning these servers.
    #[must_use]
    pub fn about(mut self, servers: Vec<ServerName>) -> Self {
        self.servers = servers;
        self
    }
}

impl Ledger {
    /// The ledger in that folder, which is made at the first change.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self::with_disk(folder.into(), Disk::default())
    }

    pub(crate) fn with_disk(folder: PathBuf, disk: Disk) -> Self {
        Self { disk, ..Self::sealed_by(Keyring::none(), folder) }
    }

    /// The ledger in that folder, whose copies are sealed with a key from that keyring.
    pub fn sealed_by(keyring: Keyring, folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        let sealer = Arc::new(Sealer::new(&folder, keyring));
        Self {
            journal: Journal::in_folder(folder.join("journal")),
            snapshots: Snapshots::in_folder(folder.join("snapshots"), Arc::clone(&sealer)),
            quarantine: Quarantine::in_folder(folder.join("quarantine"), Arc::clone(&sealer)),
            disk: Disk::default(),
            kept_bytes: KEPT_BYTES,
            sealer,
            folder,
        }
    }

    /// What seals this ledger's copies, for others that keep copies beside it.
    pub(crate) fn sealer(&self) -> Arc<Sealer> {
        Arc::clone(&self.sealer)
    }

    /// How copies are kept now.
    pub fn copies(&self) -> Copies {
        self.sealer.copies()
    }

    /// Makes the key in the keyring, if it is not there yet, and seals every copy that is still plain.
    pub fn seal(&self) -> Result<(), ChangeError> {
        let _lock = self.lock()?;
        self.sealer.make_key(&self.disk)?;
        self.snapshots.seal(&self.disk)?;
        kept_in(&self.journal.entries()).try_for_each(|kept| self.quarantine.seal(&self.disk, kept))
    }

    /// Every change that happened, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        self.journal.entries().into_iter().filter_map(|entry| self.as_it_happened(entry)).collect()
    }

    /// Whether the change was taken back, and that was not taken back in turn.
    pub fn is_undone(entries: &[Entry], id: &ChangeId) -> bool {
        let undoing = entries.iter().filter(|entry| entry.undoes.as_ref() == Some(id) && entry.is_whole());
        undoing.into_iter().any(|entry| !Self::is_undone(entries, &entry.id))
    }

    /// Makes a change of a file's text, if the file still is what the change was computed from.
    pub fn make(&self, proposed: &Proposed<'_>, now: Timestamp) -> Result<Entry, ChangeError> {
        let target = disk::resolve(proposed.path);
        let _lock = self.lock()?;
        if let Some(folder) = target.parent() {
            if proposed.read.is_none() {
                // Claude makes its folder when it starts for the first time
                fs::create_dir_all(folder).map_err(ChangeError::io("make the folder", folder))?;
            }
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
        let off = |parked: &Parked<'_>| {
            let entry = self.snapshots.keep(&self.disk, parked.entry.as_bytes())?;
            Ok::<_, ChangeError>(Off { entry, behind: parked.behind.clone() })
        };
        let deed = Deed::Text(TextChange {
            path: absolute(proposed.path),
            before: keep(proposed.read)?,
            after: keep(proposed.after)?,
            edits: Replaced::all(proposed.edits),
            off: proposed.off.as_ref().map(off).transpose()?,
        });
        let mut entry = self.announce(&proposed.note, deed, now)?;
        let access = metadata.as_ref().map_or(Access::Private, Access::As);
        let made = match proposed.after {
            Some(bytes) => self.disk.replace(&target, bytes, access, unchanged),
            None => fs::remove_file(&target).map_err(ChangeError::io("remove", &target)),
        };
        if let Err(error) = made {
            self.journal.remove(&entry.id);
            return Err(error);
        }
        self.conclude(&mut entry, now);
        Ok(entry)
    }

    /// Writes what is about to be done. To be called under the lock.
    pub(super) fn announce(&self, note: &Note, deed: Deed, now: Timestamp) -> Result<Entry, ChangeError> {
        let entry = Entry {
            id: self.journal.next_id(now),
            time: now,
            kind: note.kind,
            reason: note.reason.clone(),
            fixes: note.fixes.clone(),
            servers: note.servers.clone(),
            secrets: note.secrets.clone(),
            deed,
            state: State::Announced,
            undoes: note.undoes.clone(),
        };
        self.journal.write(&self.disk, &entry)?;
        Ok(entry)
    }

    /// Writes that it is done, and makes room. An entry that stays announced is known by what is on the disk.
    pub(super) fn conclude(&self, entry: &mut Entry, now: Timestamp) {
        entry.state = State::Made;
        let _ = self.journal.write(&self.disk, entry);
        for kept in kept_in(std::slice::from_ref(entry)) {
            // What cannot be sealed stays as it is, for the user alone.
            let _ = self.quarantine.seal(&self.disk, kept);
        }
        self.make_room(now);
    }

    pub(crate) fn lock(&self) -> Result<Held, ChangeError> {
        private_folder(&self.folder)?;
        let path = self.folder.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(ChangeError::io("open", &path))?;
        let until = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Held(file)),
                Err(TryLockError::WouldBlock) if Instant::now() < until => thread::sleep(LOOK),
                Err(TryLockError::WouldBlock) => return Err(ChangeError::Busy),
                Err(TryLockError::Error(source)) => return Err(ChangeError::io("lock", &path)(source)),
            }
        }
    }

    /// An announced change that was cut off, as far as it came; `None` where it never began.
    fn as_it_happened(&self, mut entry: Entry) -> Option<Entry> {
        if entry.state != State::Announced {
            return Some(entry);
        }
        let began = match &mut entry.deed {
            Deed::Text(text) => {
                !read(&text.path).is_ok_and(|bytes| bytes.as_deref().map(Digest::of) == text.before)
            }
            Deed::Files(files) => {
                files.places.retain(|place| {
                    place.before.as_ref().is_some_and(|kept| self.was_taken(&place.path, kept))
                });
                !files.places.is_empty()
            }
        };
        began.then_some(entry)
    }

    /// Drops what is too old, then the copies of the oldest changes until the bounds are kept, then what no entry
    /// needs. Entries of servers that are still off stay: they are all that is left of the server.
    fn make_room(&self, now: Timestamp) {
        let mut entries = self.journal.entries();
        let still_off: BTreeSet<ChangeId> = entries
            .iter()
            .filter(|entry| entry.kind == Kind::SwitchOff && !Self::is_undone(&entries, &entry.id))
            .map(|entry| entry.id.clone())
            .collect();
        let surplus = surplus(&entries);
        entries.retain(|entry| {
            let stays = !surplus.contains(&entry.id) && now.duration_since(entry.time) <= KEPT;
            let stays = stays || still_off.contains(&entry.id);
            if !stays {
                self.journal.remove(&entry.id);
            }
            stays
        });
        for at in 0..entries.len().saturating_sub(1) {
            if self.size(&entries) <= self.kept_bytes {
                break;
            }
            let entry = &mut entries[at];
            if entry.state == State::Made && !still_off.contains(&entry.id) {
                entry.state = State::CopiesDropped;
                let _ = self.journal.write(&self.disk, entry);
            }
        }
        let (digests, names) = wanted(&entries);
        self.snapshots.keep_only(&digests);
        self.quarantine.keep_only(&names);
    }

    /// Bytes of all copies that these entries need.
    fn size(&self, entries: &[Entry]) -> u64 {
        let (digests, _) = wanted(entries);
        let snapshots: u64 = digests.iter().map(|digest| self.snapshots.size(digest)).sum();
        snapshots + kept_in(entries).map(|kept| self.quarantine.size(kept)).sum::<u64>()
    }
}

/// The lock of one writer, until it is dropped.
#[derive(Debug)]
pub(crate) struct Held(File);

impl Drop for Held {
    /// A program that this one starts meanwhile has a copy of the handle until it runs; closing ours would leave it held.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// The changes beyond the bound, never the newest: first those that were taken back, with what took them back, then
/// those that stand; the oldest first.
fn surplus(entries: &[Entry]) -> BTreeSet<ChangeId> {
    let number = entries.len().saturating_sub(KEPT_CHANGES);
    if number == 0 {
        return BTreeSet::new();
    }
    let older = &entries[..entries.len() - 1];
    let (cancelled, standing): (Vec<&Entry>, Vec<&Entry>) =
        older.iter().partition(|entry| entry.kind == Kind::Undo || Ledger::is_undone(entries, &entry.id));
    cancelled.into_iter().chain(standing).take(number).map(|entry| entry.id.clone()).collect()
}

/// The copies that entries need, snapshots and names in quarantine.
fn wanted(entries: &[Entry]) -> (BTreeSet<&Digest>, BTreeSet<&str>) {
    let mut digests = BTreeSet::new();
    for entry in entries.iter().filter(|entry| entry.state != State::CopiesDropped) {
        if let Deed::Text(text) = &entry.deed {
            digests.extend(text.before.iter().chain(&text.after));
            digests.extend(text.off.as_ref().map(|off| &off.entry));
        }
    }
    (digests, kept_in(entries).map(|kept| kept.name.as_str()).collect())
}

fn kept_in(entries: &[Entry]) -> impl Iterator<Item = &Kept> {
    let with_copies = entries.iter().filter(|entry| entry.state != State::CopiesDropped);
    with_copies
        .filter_map(|entry| match &entry.deed {
            Deed::Files(files) => Some(&files.places),
            Deed::Text(_) => None,
        })
        .flatten()
        .flat_map(|place| place.before.iter().chain(&place.after))
}

pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, ChangeError> {
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
mod crash_tests;
#[cfg(test)]
mod random_tests;
#[cfg(test)]
mod tests;
