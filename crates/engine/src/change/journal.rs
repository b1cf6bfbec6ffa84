//! One entry per change, as a JSON file of its own. It says what happened and where the copies are; the bytes
//! themselves, which may hold secrets, are in the snapshots alone.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use bridgekeeper_formats::edit::Edit;
use bridgekeeper_model::{SecretName, ServerName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ChangeError;
use super::disk::{Access, Disk, private_folder};
use super::quarantine::Kept;
use super::snapshots::Digest;

/// Names one change: the day (UTC) and a number within it, such as `2026-11-21-3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeId(String);

impl fmt::Display for ChangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ChangeId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A change that was made, or was being made when the program was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub id: ChangeId,
    /// When it was made.
    pub time: Timestamp,
    /// What it was for.
    pub kind: Kind,
    /// Why, as an imperative sentence.
    pub reason: String,
    /// Ids of the fixes that it carried out.
    pub fixes: Vec<String>,
    /// The servers that it concerns.
    pub servers: Vec<ServerName>,
    /// What it did on the disk.
    #[serde(flatten)]
    pub deed: Deed,
    /// How far it came.
    pub state: State,
    /// The secrets that it moved from the file into the keyring.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub secrets: Vec<SecretName>,
    /// The change that this one took back.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undoes: Option<ChangeId>,
}

/// What a change was for. How it is taken back depends on its [`Deed`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Fixes of a config file.
    Fix,
    /// The config was edited by hand in our window.
    Edit,
    /// A server's entry left the config and is kept here.
    SwitchOff,
    /// An entry that was kept here went back into the config.
    SwitchOn,
    /// Entries of a file that Claude does not read were added to the one it reads.
    Merge,
    /// What Claude or somebody else had removed was put back.
    Restore,
    /// Sign-ins, locks and caches were set aside.
    Reset,
    /// Another change was taken back.
    Undo,
}

/// What a change did on the disk. Both forms name the state before and after, so that taking back is the same deed
/// with the sides exchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Deed {
    /// The text of one file was replaced.
    Text(TextChange),
    /// Files were set aside, or put back.
    Files(FilesChange),
}

/// A file whose text was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextChange {
    /// The file, as it was named.
    pub path: PathBuf,
    /// The bytes before; `None` where there was no file.
    pub before: Option<Digest>,
    /// The bytes after; `None` where the file was removed.
    pub after: Option<Digest>,
    /// Which parts of the text before were replaced, and by how much.
    pub edits: Vec<Replaced>,
    /// The entry that left the file, where a server was switched off.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub off: Option<Off>,
}

/// An entry that is kept while its server is switched off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Off {
    /// The text of its value.
    pub entry: Digest,
    /// The entry that stood before it, if one did.
    pub behind: Option<ServerName>,
}

/// Files that were set aside or put back, in the order in which it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesChange {
    /// One for each place.
    pub places: Vec<Exchanged>,
}

/// A place whose content was exchanged. `None` stands for nothing there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchanged {
    /// The place.
    pub path: PathBuf,
    /// What stood there before and is kept now.
    pub before: Option<Kept>,
    /// What was kept before and stands there now.
    pub after: Option<Kept>,
}

impl Entry {
    /// Whether all of it was done. Of files, a change that was cut off may have done a part.
    pub(crate) fn is_whole(&self) -> bool {
        self.state != State::Announced || matches!(self.deed, Deed::Text(_))
    }

    /// Every path that it changed.
    pub fn paths(&self) -> Vec<&Path> {
        match &self.deed {
            Deed::Text(text) => vec![&text.path],
            Deed::Files(files) => files.places.iter().map(|place| place.path.as_path()).collect(),
        }
    }
}

/// How far a change came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is announced; the file may be the old or the new one.
    Announced,
    /// It is made.
    Made,
    /// It is made, and the copies that taking it back needs were dropped to stay within the bound of size.
    CopiesDropped,
}

/// Bytes `at..at + removed` of the text before became `inserted` bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// Offset in the text before.
    pub at: usize,
    /// Bytes that went.
    pub removed: usize,
    /// Bytes that came.
    pub inserted: usize,
}

impl Replaced {
    pub(crate) fn all(edits: &[Edit]) -> Vec<Self> {
        let replaced =
            |edit: &Edit| Self { at: edit.span.start, removed: edit.span.len(), inserted: edit.text.len() };
        edits.iter().map(replaced).collect()
    }

    pub(crate) fn span(self) -> Range<usize> {
        self.at..self.at + self.removed
    }
}

/// The entries in their folder. What was read is kept and read again only where the folder lists it as written since:
/// a change looks at all of them, and there may be a thousand.
#[derive(Debug)]
pub(crate) struct Journal {
    folder: PathBuf,
    read: Mutex<BTreeMap<OsString, (Written, Entry)>>,
}

/// Length and time of an entry's file.
type Written = (u64, Option<SystemTime>);

impl Journal {
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self { folder, read: Mutex::default() }
    }

    /// Every entry that can be read, oldest first.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = std::mem::take(&mut *read);
        for file in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = file.file_name();
            if Path::new(&name).extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            // Looked at before it is read, so that a later text never counts as known
            let Ok(metadata) = file.metadata() else { continue };
            let written = (metadata.len(), metadata.modified().ok());
            let entry = match known.remove(&name) {
                Some((at, entry)) if at == written => Some(entry),
                _ => fs::read(file.path()).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()),
            };
            if let Some(entry) = entry {
                read.insert(name, (written, entry));
            }
        }
        let mut entries: Vec<Entry> = read.values().map(|(_, entry)| entry.clone()).collect();
        drop(read);
        entries.sort_by_key(|entry| (entry.time, number(&entry.id)));
        entries
    }

    /// A name that no entry has. To be called under the lock.
    pub(crate) fn next_id(&self, now: Timestamp) -> ChangeId {
        let day = now.strftime("%Y-%m-%d").to_string();
        let names = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let used = names.filter_map(|file| {
            let name = file.file_name().into_string().ok()?;
            name.strip_suffix(".json")?.strip_prefix(&day)?.strip_prefix('-')?.parse::<u32>().ok()
        });
        ChangeId(format!("{day}-{}", used.max().unwrap_or(0) + 1))
    }

    pub(crate) fn write(&self, disk: &Disk, entry: &Entry) -> Result<(), ChangeError> {
        private_folder(&self.folder)?;
        let path = self.path(&entry.id);
        self.forget(&path);
        let text = serde_json::to_vec_pretty(entry)
            .map_err(|error| ChangeError::io("write", &path)(std::io::Error::other(error)))?;
        disk.replace(&path, &text, Access::Private, || Ok(()))
    }

    pub(crate) fn remove(&self, id: &ChangeId) {
        let path = self.path(id);
        self.forget(&path);
        // An entry that stays is tried again at the next change.
        let _ = fs::remove_file(path);
    }

    /// Two texts of the same length may be written within one tick of the file system's clock.
    fn forget(&self, path: &Path) {
        if let Some(name) = path.file_name() {
            self.read.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        }
    }

    fn path(&self, id: &ChangeId) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }
}

fn number(id: &ChangeId) -> u32 {
    id.0.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
