//! Changes of the live config that are no repairs: a server switched off or on, entries brought over from a file
//! that Claude does not read, and what was lost put back. Each is computed and shown first, then made like a fix.

use std::path::{Path, PathBuf};

use bridgekeeper_claude::{Content, Live, read_config};
use bridgekeeper_doctor::fixes::merge::merge;
use bridgekeeper_doctor::fixes::{Moved, SwitchedOff, switch_off, switch_on};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit::{self, Edit};
use bridgekeeper_model::{Applicability, Fix, ServerName};
use serde::Deserialize;

use crate::change::{Deed, Entry, Kind, Ledger, Note, Parked, Proposed};
use crate::check;
use crate::context::Context;
use crate::diff::{Diff, Secrets};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::{computer, doctor, document, fix, guardian};

/// A change of a config file, computed from its bytes as they were read.
#[derive(Debug, Clone)]
pub struct PlannedEdit {
    /// The file.
    pub path: PathBuf,
    /// What it does, as an imperative sentence.
    pub title: String,
    /// The servers that it concerns.
    pub servers: Vec<ServerName>,
    /// What the person must know.
    pub notes: Vec<String>,
    /// The change as text.
    pub diff: Diff,
    pub(crate) texts: (String, String),
    before: Option<Vec<u8>>,
    after: Vec<u8>,
    edits: Vec<Edit>,
    note: Note,
    off: Option<SwitchedOff>,
    /// What goes into the keyring first.
    pub(crate) moved: Vec<Moved>,
}

/// Which way a server is switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// Its entry leaves the config and is kept, every byte of it.
    Off,
    /// Its entry goes back where it stood.
    On,
}

/// A config file that was read and can be edited.
pub(crate) struct Readable {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) file: ConfigFile,
}

impl Readable {
    /// The file that Claude reads, if it is strict JSON.
    pub(crate) fn live(context: &Context) -> Result<Self, EngineError> {
        let path = live_config(context)?;
        let bytes = check::read(&path)?;
        let file = ConfigFile::read(&bytes);
        if !file.parsed().is_strict() {
            return Err(EngineError::NotPossible(format!(
                "{} is not valid JSON; repair it first with fix-config",
                context.home.shorten(&path)
            )));
        }
        Ok(Self { path, bytes, file })
    }

    /// The file with these edits made.
    pub(crate) fn edited(
        self,
        edits: Vec<Edit>,
        note: Note,
        secrets: Secrets,
    ) -> Result<PlannedEdit, EngineError> {
        let text = edit::apply(self.file.text(), &edits);
        let encoding = || EngineError::Encoding { path: self.path.clone() };
        let after = self.file.encode(&text).ok_or_else(encoding)?;
        let texts = (self.file.text().to_owned(), text);
        Ok(PlannedEdit { edits, ..PlannedEdit::of(self.path, Some(self.bytes), after, texts, note, secrets) })
    }
}

impl PlannedEdit {
    /// A file written whole.
    pub(crate) fn of(
        path: PathBuf,
        before: Option<Vec<u8>>,
        after: Vec<u8>,
        texts: (String, String),
        note: Note,
        secrets: Secrets,
    ) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self {
            diff: Diff::between(&name, &texts.0, &texts.1, secrets),
            title: note.reason.clone(),
            servers: note.servers.clone(),
            notes: vec![],
            edits: vec![],
            off: None,
            moved: vec![],
            path,
            texts,
            before,
            after,
            note,
        }
    }

    /// As a person made it: the same change as edits of the text, for taking it back after somebody else's change, what
    /// must be known, and what goes into the keyring first.
    pub(crate) fn by_hand(self, edits: Vec<Edit>, notes: Vec<String>, moved: Vec<Moved>) -> Self {
        Self { notes, edits, moved, ..self }
    }

    /// The same change of the file as it stands now, which somebody may have written since. `None` where both changed the
    /// same part of it.
    pub(crate) fn anew(self) -> Option<Self> {
        let before = present(&self.path);
        if before == self.before {
            return Some(self);
        }
        let now = ConfigFile::read(before.as_deref().unwrap_or_default()).text().to_owned();
        let merged = document::merge(&self.texts.0, &now, &self.texts.1);
        if !merged.conflicts.is_empty() {
            return None;
        }
        Some(Self {
            edits: document::hunks(&now, &merged.text),
            after: merged.text.clone().into_bytes(),
            texts: (now, merged.text),
            before,
            ..self
        })
    }

    fn proposed(&self) -> Proposed<'_> {
        let parked = |off: &SwitchedOff| off.after.clone();
        Proposed {
            path: &self.path,
            read: self.before.as_deref(),
            after: Some(&self.after),
            edits: &self.edits,
            note: self.note.clone(),
            off: self.off.as_ref().map(|off| Parked { entry: &off.entry, behind: parked(off) }),
        }
    }
}

impl Engine {
    /// Computes how to switch a server of the live config off or on.
    pub fn plan_switch(
        &self,
        name: &str,
        switch: Switch,
        secrets: Secrets,
    ) -> Result<PlannedEdit, EngineError> {
        let server = ServerName::from(name);
        let live = Readable::live(&self.context)?;
        match switch {
            Switch::Off => {
                let (edits, kept) = switch_off(&live.file, &server).ok_or_else(|| {
                    EngineError::NotPossible(format!("Claude's config has no server `{name}` to switch off"))
                })?;
                let note =
                    Note::new(Kind::SwitchOff, format!("{name}: Switch the server off")).about(vec![server]);
                Ok(PlannedEdit { off: Some(kept), ..live.edited(edits, note, secrets)? })
            }
            Switch::On => {
                let (entry, kept) = self.kept_while_off(&server)?;
                let edits = switch_on(&live.file, &kept).ok_or_else(|| {
                    EngineError::NotPossible(format!("a server `{name}` stands in Claude's config already"))
                })?;
                let note = Note {
                    undoes: Some(entry.id),
                    ..Note::new(Kind::SwitchOn, format!("{name}: Switch the server on")).about(vec![server])
                };
                self.allowed(live.edited(edits, note, secrets)?)
            }
        }
    }

    /// The change as it was computed, unless an organisation does not allow what it adds.
    pub(crate) fn allowed(&self, planned: PlannedEdit) -> Result<PlannedEdit, EngineError> {
        self.refuse_what_is_not_allowed(&planned.proposed())?;
        Ok(planned)
    }

    /// Computes how to bring the entries of a file that Claude does not read into the one it does. Without a file
    /// it is the one that has such entries; where several have, one must be named.
    pub fn plan_merge(&self, from: Option<&Path>, secrets: Secrets) -> Result<PlannedEdit, EngineError> {
        let live = Readable::live(&self.context)?;
        let home = &self.context.home;
        let candidates = if let Some(path) = from {
            vec![path.to_owned()]
        } else {
            let unread = home.configs().into_iter().filter(|config| config.live == Live::No);
            unread.map(|config| config.path).collect()
        };
        let mut sources = Vec::new();
        for path in candidates {
            let merged = merge(&live.file, &ConfigFile::read(&check::read(&path)?));
            if !merged.edits.is_empty() {
                sources.push((path, merged));
            }
        }
        let (path, merged) = match sources.len() {
            0 => return Err(EngineError::NothingToMerge),
            1 => sources.remove(0),
            _ => {
                let files: Vec<String> = sources.iter().map(|(path, _)| home.shorten(path)).collect();
                let several = format!("several files have entries; name one of {}", files.join(", "));
                return Err(EngineError::NotPossible(several));
            }
        };
        let from = home.shorten(&path);
        let note =
            Note::new(Kind::Merge, format!("Bring the entries of {from} into the config that Claude reads"))
                .about(merged.added.clone());
        let mut planned = live.edited(merged.edits, note, secrets)?;
        planned.notes = merged
            .conflicting
            .iter()
            .map(|name| format!("{name} stands in both files and differs; Claude's own stays as it is."))
            .collect();
        self.allowed(planned)
    }

    /// Makes a change as it was computed, if the file still is what it was computed from; puts the bridge at its
    /// place first where an entry will name it.
    pub fn make_edit(&self, planned: &PlannedEdit) -> Result<Entry, EngineError> {
        let proposed = planned.proposed();
        let names_bridge = |bytes: Option<&[u8]>| {
            bytes.is_some_and(|bytes| fix::names_bridge(&self.context, &ConfigFile::read(bytes)))
        };
        let needs_bridge = names_bridge(proposed.after) && !names_bridge(proposed.read);
        self.carry_out(&proposed, needs_bridge, &planned.moved)
    }

    /// Whether Claude runs now and so may write over a change; `None` where that could not be seen.
    pub fn claude_runs(&self) -> Option<bool> {
        computer::look_at_processes(&self.context);
        self.context.computer.claude_runs()
    }

    pub(crate) fn kept_while_off(&self, server: &ServerName) -> Result<(Entry, SwitchedOff), EngineError> {
        let entries = self.ledger.entries();
        let off = still_off(&entries).filter(|entry| entry.servers.contains(server)).last();
        let not_off = || EngineError::NotPossible(format!("no server `{server}` is switched off"));
        let entry = off.ok_or_else(not_off)?.clone();
        let Deed::Text(text) = &entry.deed else { return Err(not_off()) };
        let kept = text.off.as_ref().ok_or_else(not_off)?;
        let bytes = self.ledger.copy(&entry, &kept.entry)?;
        let kept = SwitchedOff {
            name: server.clone(),
            entry: String::from_utf8_lossy(&bytes).into_owned(),
            after: kept.behind.clone(),
        };
        Ok((entry, kept))
    }
}

/// The console's call that makes the fix of this id, where it is one of these changes.
pub fn call_for(fix: &Fix) -> Option<&'static str> {
    match fix.id.as_str() {
        guardian::RESTORE => Some("restore"),
        doctor::MERGE if fix.applicability == Applicability::Ask => Some("merge"),
        _ => None,
    }
}

/// The config file that Claude reads, or else the first that it may read.
pub(crate) fn live_config(context: &Context) -> Result<PathBuf, EngineError> {
    let configs = context.home.configs();
    let live = configs.iter().find(|config| config.live == Live::Yes);
    let live = live.or_else(|| configs.iter().find(|config| config.live == Live::Undecided));
    live.map(|config| config.path.clone())
        .ok_or_else(|| EngineError::NotPossible("no config file of Claude was found".to_owned()))
}

/// The bytes of a config, where there is a file that can be read.
pub(crate) fn present(path: &Path) -> Option<Vec<u8>> {
    match read_config(path) {
        Content::Read(bytes) => Some(bytes),
        Content::Absent | Content::Unreadable(_) => None,
    }
}

/// The servers that are switched off.
pub(crate) fn names_of_switched_off(entries: &[Entry]) -> Vec<ServerName> {
    still_off(entries).filter_map(|entry| entry.servers.first().cloned()).collect()
}

/// The changes that switched a server off which is off still.
fn still_off(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(|entry| entry.kind == Kind::SwitchOff && !Ledger::is_undone(entries, &entry.id))
}
