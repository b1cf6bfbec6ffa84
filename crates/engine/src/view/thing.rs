//! What acts that move files and end processes are shown as: a list.

use bridgekeeper_claude::Home;
use serde::Serialize;

use crate::change::{FileBack, Kept, Sort};
use crate::reset::{self, Action, Item};

/// One thing that an act concerns: a file, a folder, a process, a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ThingView {
    /// What it is, in one or two words.
    pub kind: String,
    /// Where it is.
    pub place: String,
    /// Its size, in words; `None` for what has none.
    pub size: Option<String>,
    /// How long ago it was written or started, in words.
    pub age: Option<String>,
    /// What becomes of it.
    pub fate: Fate,
    /// Whom else it concerns, why it stays.
    pub note: Option<String>,
}

/// What becomes of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is set aside and can come back.
    Goes,
    /// It is ended for good.
    Ends,
    /// It is stopped, and started again at the end.
    Restarts,
    /// It comes back.
    Returns,
    /// It was done, and is undone.
    Undone,
    /// It stays.
    Stays,
    /// It should go, and cannot.
    Cannot,
}

impl ThingView {
    pub(crate) fn of_item(item: &Item, home: &Home) -> Self {
        let others: Vec<String> = item.shared_with.iter().map(ToString::to_string).collect();
        let shared = (!others.is_empty()).then(|| format!("shared with {}", others.join(", ")));
        let remarks: Vec<String> = shared.into_iter().chain(item.note.clone()).collect();
        Self {
            kind: item.kind.title().to_owned(),
            place: home.shorten(&item.path),
            size: item.bytes.map(reset::size),
            age: item.age_s.map(reset::age),
            fate: match item.action {
                Action::Quarantine => Fate::Goes,
                Action::Stop => Fate::Ends,
                Action::Restart => Fate::Restarts,
                Action::Keep => Fate::Stays,
                Action::Skip => Fate::Cannot,
            },
            note: (!remarks.is_empty()).then(|| remarks.join("; ")),
        }
    }

    pub(crate) fn of_way_back(file: &FileBack, home: &Home) -> Option<Self> {
        let kept: &Kept = file.comes.as_ref().or(file.goes.as_ref())?;
        let swapped = file.comes.is_some() && file.goes.is_some();
        Some(Self {
            kind: if kept.sort == Sort::EmptyFolder { "folder" } else { "file" }.to_owned(),
            place: home.shorten(&file.path),
            size: (kept.sort != Sort::EmptyFolder).then(|| reset::size(kept.bytes)),
            age: None,
            fate: if file.comes.is_some() { Fate::Returns } else { Fate::Goes },
            note: swapped.then(|| "what stands there now is set aside".to_owned()),
        })
    }
}
