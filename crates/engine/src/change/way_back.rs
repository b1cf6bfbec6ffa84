//! How a change is taken back: computed and shown first, done then.

use std::path::PathBuf;

use bridgekeeper_formats::edit::{self, Edit};
use bridgekeeper_formats::text::{self, ByteOrderMark};
use jiff::Timestamp;

use super::journal::{Deed, Entry, Exchanged, FilesChange, Kind, State, TextChange};
use super::ledger::{Ledger, Note, Proposed, read};
use super::quarantine::{Kept, Sort, exists};
use super::snapshots::Digest;
use super::{ChangeError, lines, members};

/// How a change will be taken back, computed and not yet done.
#[derive(Debug, Clone)]
pub struct WayBack {
    /// The change.
    pub entry: Entry,
    /// Exactly, or around what others did since.
    pub way: Way,
    /// What will be done.
    pub back: Back,
}

/// How exact the way back is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// All is as we left it: what was before comes back, every byte of it.
    Exact,
    /// Somebody was there since: only what the change did is taken back, and what they did is kept.
    Inverse,
}

/// What taking back does.
#[derive(Debug, Clone)]
pub enum Back {
    /// A file gets another text.
    Text(TextBack),
    /// Files come back to their places, or leave them again.
    Files(Vec<FileBack>),
}

/// A file that gets another text.
#[derive(Debug, Clone)]
pub struct TextBack {
    /// The file.
    pub path: PathBuf,
    /// The bytes there are now; `None` where there is no file.
    pub present: Option<Vec<u8>>,
    /// The bytes there will be; `None` removes the file.
    pub restored: Option<Vec<u8>>,
    edits: Vec<Edit>,
}

impl TextBack {
    /// The text now and as it will be, empty where there is no file.
    pub fn texts(&self) -> (String, String) {
        let text = |bytes: &Option<Vec<u8>>| {
            bytes.as_deref().map(|bytes| text::decode(bytes).text).unwrap_or_default()
        };
        (text(&self.present), text(&self.restored))
    }
}

/// A place whose content is exchanged.
#[derive(Debug, Clone)]
pub struct FileBack {
    /// The place.
    pub path: PathBuf,
    /// What comes back; `None` where nothing stood there.
    pub comes: Option<Kept>,
    /// What is set aside for it, because it stands there now.
    pub goes: Option<Kept>,
}

impl Ledger {
    /// Computes how to take back a change; without an id the last one that was not taken back.
    pub fn way_back(&self, id: Option<&str>) -> Result<WayBack, ChangeError> {
        let entries = self.entries();
        let open = |entry: &&Entry| entry.kind != Kind::Undo && !Self::is_undone(&entries, &entry.id);
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
        if entry.state == State::CopiesDropped {
            return Err(ChangeError::CopiesDropped(entry.id.clone()));
        }
        let (way, back) = match &entry.deed {
            Deed::Text(text) => self.text_back(entry, text).map(|(way, back)| (way, Back::Text(back)))?,
            Deed::Files(files) => {
                self.files_back(entry, files).map(|(way, back)| (way, Back::Files(back)))?
            }
        };
        Ok(WayBack { entry: entry.clone(), way, back })
    }

    /// Takes the change back as computed, if everything still is what it was computed from.
    pub fn take_back(&self, way: &WayBack, now: Timestamp) -> Result<Entry, ChangeError> {
        let note = Note {
            undoes: Some(way.entry.id.clone()),
            ..Note::new(Kind::Undo, format!("Take back: {}", way.entry.reason))
                .about(way.entry.servers.clone())
        };
        match &way.back {
            Back::Text(text) => {
                let proposed = Proposed {
                    path: &text.path,
                    read: text.present.as_deref(),
                    after: text.restored.as_deref(),
                    edits: &text.edits,
                    note,
                    off: None,
                };
                self.make(&proposed, now)
            }
            Back::Files(files) => self.put_back(files, &note, now),
        }
    }

    fn text_back(&self, entry: &Entry, text: &TextChange) -> Result<(Way, TextBack), ChangeError> {
        let present = read(&text.path)?;
        let path = text.path.clone();
        if present.as_deref().map(Digest::of) == text.after {
            let restored = text.before.as_ref().map(|digest| self.copy(entry, digest)).transpose()?;
            return Ok((Way::Exact, TextBack { path, present, restored, edits: vec![] }));
        }
        let (edits, restored) = self.around(entry, text, present.as_deref())?;
        Ok((Way::Inverse, TextBack { path, present, restored: Some(restored), edits }))
    }

    /// The change taken out of a text that somebody wrote since.
    fn around(
        &self,
        entry: &Entry,
        text: &TextChange,
        present: Option<&[u8]>,
    ) -> Result<(Vec<Edit>, Vec<u8>), ChangeError> {
        let changed_again = |what: &str| ChangeError::ChangedAgain {
            id: entry.id.clone(),
            path: text.path.clone(),
            what: what.to_owned(),
        };
        let (Some(before), Some(after)) = (&text.before, &text.after) else {
            return Err(changed_again("it made or removed the whole file"));
        };
        let bytes = present.ok_or_else(|| changed_again("the file is gone"))?;
        let before = text::decode(&self.copy(entry, before)?).text;
        let after = text::decode(&self.copy(entry, after)?).text;
        let now = text::decode(bytes);
        // By lines first: that keeps every byte of what others wrote. By members where the layout is another.
        let edits = lines::inverse_on(&before, &after, &text.edits, &now.text)
            .map_or_else(|| members::inverse_on(&before, &after, &now.text), Ok)
            .map_err(|place| changed_again(&place))?;
        let restored = edit::apply(&now.text, &edits);
        let mark = if now.bom { ByteOrderMark::Written } else { ByteOrderMark::Absent };
        let restored = text::encode(&restored, now.encoding, mark)
            .ok_or_else(|| changed_again("its new encoding has no such characters"))?;
        Ok((edits, restored))
    }

    fn files_back(&self, entry: &Entry, files: &FilesChange) -> Result<(Way, Vec<FileBack>), ChangeError> {
        let mut back = Vec::new();
        let mut way = Way::Exact;
        // What was done last comes first: a folder must be there before its files.
        for Exchanged { path, before, after } in files.places.iter().rev() {
            let lost = before.as_ref().filter(|kept| !self.quarantine.holds(kept));
            match lost {
                // Of a taking-back that was cut off, this part was done.
                Some(kept) if kept.stands_at(path) => continue,
                Some(kept) => {
                    let path = self.quarantine.path(kept);
                    return Err(ChangeError::SnapshotLost { id: entry.id.clone(), path });
                }
                None => {}
            }
            if before.as_ref().is_some_and(|kept| kept.sort == Sort::EmptyFolder) && path.is_dir() {
                // Somebody made the folder anew; what is in it is theirs.
                continue;
            }
            let is_ours = after.as_ref().map_or(!exists(path), |kept| kept.stands_at(path));
            let goes = if is_ours {
                // Under its old name again, by which the change that set it aside first still knows it.
                after.clone()
            } else {
                way = Way::Inverse;
                let trusted = before.as_ref().or(after.as_ref()).map(|kept| kept.trusted.as_path());
                let stands = exists(path).then_some(trusted).flatten();
                stands.map(|trusted| Kept::whatever_stands_at(path, trusted)).transpose()?
            };
            if goes.is_some() || before.is_some() {
                back.push(FileBack { path: path.clone(), comes: before.clone(), goes });
            }
        }
        Ok((way, back))
    }

    /// A copy that a change needs.
    pub(crate) fn copy(&self, entry: &Entry, digest: &Digest) -> Result<Vec<u8>, ChangeError> {
        self.snapshots.get(digest)?.ok_or_else(|| ChangeError::SnapshotLost {
            id: entry.id.clone(),
            path: self.snapshots.path(digest),
        })
    }
}
