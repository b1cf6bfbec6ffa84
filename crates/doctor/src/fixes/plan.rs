//! Several fixes as one change.

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit::style::Style;
use bridgekeeper_formats::edit::{Draft, Edit};
use bridgekeeper_formats::text::Encoding;
use bridgekeeper_model::{Applicability, ServerName};

use super::{ALL, Fix, FixFacts, Make, Moved, Occasion, Offer, Target, repair_json};

/// Which fixes are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Ids of the fixes; `None` for all that need no question.
    pub only: Option<Vec<String>>,
    /// The servers that may change; `None` for all.
    pub servers: Option<Vec<ServerName>>,
}

impl Selection {
    /// All fixes that need no question.
    pub fn automatic() -> Self {
        Self::default()
    }

    /// These fixes, also those that ask.
    pub fn only<S: Into<String>>(ids: impl IntoIterator<Item = S>) -> Self {
        Self { only: Some(ids.into_iter().map(Into::into).collect()), servers: None }
    }

    /// For one server alone. What concerns the file as a whole stays.
    #[must_use]
    pub fn for_server(mut self, server: ServerName) -> Self {
        self.servers.get_or_insert_default().push(server);
        self
    }

    fn wants(&self, fix: &Fix) -> bool {
        self.only.as_ref().is_none_or(|ids| ids.iter().any(|id| id == fix.id))
    }

    fn concerns(&self, server: &ServerName) -> bool {
        self.servers.as_ref().is_none_or(|servers| servers.contains(server))
    }

    fn allows(&self, occasion: Occasion) -> bool {
        occasion == Occasion::Plain || self.only.is_some()
    }
}

/// What a selection of fixes makes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The change, as edits of the file's text. Empty when there is nothing to do.
    pub edits: Vec<Edit>,
    /// The text afterwards: strict JSON, unless nothing was applied.
    pub text: String,
    /// Whether the file must be written as UTF-8 without a byte order mark, whatever it was.
    pub to_utf8: bool,
    /// What is done, in order.
    pub applied: Vec<AppliedFix>,
    /// What is not done, and why.
    pub skipped: Vec<Skipped>,
    /// What must stand in the keyring before the file is written.
    pub secrets: Vec<Moved>,
    /// What could be done, and is not because nobody asked for it: the fix and its entry.
    pub on_request: Vec<(&'static str, Option<ServerName>)>,
}

impl Plan {
    /// Whether the file would change.
    pub fn changes(&self) -> bool {
        self.to_utf8 || !self.edits.is_empty()
    }

    /// The file's bytes afterwards: in its own encoding, or in UTF-8 where the plan says so or the encoding lacks
    /// a character.
    pub fn bytes(&self, file: &ConfigFile) -> Vec<u8> {
        let kept = if self.to_utf8 { None } else { file.encode(&self.text) };
        kept.unwrap_or_else(|| self.text.clone().into_bytes())
    }
}

/// A fix that is part of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedFix {
    /// Its id.
    pub id: &'static str,
    /// What it changes.
    pub title: &'static str,
    /// The entry it changes; `None` for the file as a whole.
    pub server: Option<ServerName>,
    /// Whether it could be made without asking.
    pub applicability: Applicability,
    /// What the person should know before.
    pub note: Option<String>,
}

/// A fix that is not part of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its id, as it was asked for.
    pub id: String,
    /// The entry it would change.
    pub server: Option<ServerName>,
    /// Why it is left out, as a sentence.
    pub why: String,
    /// What it would cost, where that is why it is left out.
    pub price: Option<String>,
}

/// Puts the selected fixes together. A file that is no strict JSON is repaired first, whatever was selected: no
/// other fix can be made safely before.
pub fn plan(file: &ConfigFile, facts: &FixFacts, selection: &Selection) -> Plan {
    let mut planner = Planner {
        draft: Draft::new(file.text()),
        now: Strict::of(file.text()),
        facts,
        selection,
        applied: Vec::new(),
        skipped: Vec::new(),
        secrets: Vec::new(),
        on_request: Vec::new(),
    };
    for id in selection.only.iter().flatten().filter(|id| super::named(id).is_none()) {
        planner.skipped.push(Skipped {
            id: id.clone(),
            server: None,
            why: "There is no fix of this name.".to_owned(),
            price: None,
        });
    }
    let broken = !file.parsed().is_strict();
    for fix in ALL.iter().copied() {
        let first = fix.id == repair_json::REPAIR_JSON.id && broken;
        if !first && !selection.wants(fix) {
            continue;
        }
        planner.make(fix);
        if first && !planner.now.file.parsed().is_strict() {
            break;
        }
    }
    let to_utf8 = is_foreign(file)
        && planner.now.file.parsed().is_strict()
        && (selection.wants(&repair_json::REPAIR_JSON) || !planner.applied.is_empty());
    if to_utf8 && !planner.applied.iter().any(|fix| fix.id == repair_json::REPAIR_JSON.id) {
        let note = Some("The file is saved as UTF-8 without a byte order mark.".to_owned());
        planner.applied.insert(0, applied(&repair_json::REPAIR_JSON, None, Applicability::Automatic, note));
    }
    let edits = planner.draft.edits();
    let text = planner.draft.text().to_owned();
    Plan {
        edits,
        text,
        to_utf8,
        applied: planner.applied,
        skipped: planner.skipped,
        secrets: planner.secrets,
        on_request: planner.on_request,
    }
}

/// Whether Claude cannot read the bytes, whatever the text.
pub(super) fn is_foreign(file: &ConfigFile) -> bool {
    file.has_byte_order_mark() || file.encoding() != Encoding::Utf8
}

/// A file as it is by now, with its habits.
#[derive(Debug)]
pub(super) struct Strict {
    pub(super) file: ConfigFile,
    style: Style,
}

impl Strict {
    pub(super) fn of(text: &str) -> Self {
        let file = ConfigFile::from(text);
        let style = Style::of(file.text(), file.parsed());
        Self { file, style }
    }

    pub(super) fn offer(&self, make: fn(&Target<'_>) -> Offer, facts: &FixFacts, name: &ServerName) -> Offer {
        let file = &self.file;
        let entry = file.server(name.as_str()).filter(|entry| entry.node.as_object().is_some());
        match entry.filter(|_| file.parsed().is_strict()) {
            Some(entry) => make(&Target { file, entry, facts, style: &self.style }),
            None => Offer::Nothing,
        }
    }
}

struct Planner<'p> {
    draft: Draft<'p>,
    now: Strict,
    facts: &'p FixFacts,
    selection: &'p Selection,
    applied: Vec<AppliedFix>,
    skipped: Vec<Skipped>,
    secrets: Vec<Moved>,
    on_request: Vec<(&'static str, Option<ServerName>)>,
}

impl Planner<'_> {
    fn make(&mut self, fix: &'static Fix) {
        match fix.make {
            Make::File(make) => {
                let offer = make(&self.now.file, self.facts);
                self.take(fix, None, offer);
            }
            Make::Entry(make) => {
                for name in self.names() {
                    let offer = self.now.offer(make, self.facts, &name);
                    self.take(fix, Some(name), offer);
                }
            }
        }
    }

    /// The entries that Claude reads and the selection concerns.
    fn names(&self) -> Vec<ServerName> {
        let Some(inside) = self.now.file.servers_node().map(|node| node.span.clone()) else {
            return Vec::new();
        };
        let listed = self.now.file.servers().iter().filter(|entry| inside.contains(&entry.span.start));
        listed.map(|entry| entry.name.clone()).filter(|name| self.selection.concerns(name)).collect()
    }

    fn take(&mut self, fix: &'static Fix, server: Option<ServerName>, offer: Offer) {
        let mut price = None;
        let why = match offer {
            Offer::Nothing => return,
            Offer::Refused(why) => why,
            Offer::Edits { occasion, note, .. } if !self.selection.allows(occasion) => match (occasion, note)
            {
                (Occasion::Priced, Some(note)) => {
                    self.on_request.push((fix.id, server.clone()));
                    let why = format!("On request: {}. {note}", fix.title);
                    price = Some(note);
                    why
                }
                _ => return self.on_request.push((fix.id, server)),
            },
            Offer::Edits { edits, occasion, note, secrets } => {
                let mut tried = self.draft.clone();
                tried.apply(&edits);
                let then = Strict::of(tried.text());
                if then.file.parsed().is_strict() {
                    (self.draft, self.now) = (tried, then);
                    self.secrets.extend(secrets);
                    self.applied.push(applied(fix, server, occasion.applicability(), note));
                    return;
                }
                "The file would not be strict JSON afterwards.".to_owned()
            }
        };
        self.skipped.push(Skipped { id: fix.id.to_owned(), server, why, price });
    }
}

fn applied(
    fix: &'static Fix,
    server: Option<ServerName>,
    applicability: Applicability,
    note: Option<String>,
) -> AppliedFix {
    AppliedFix { id: fix.id, title: fix.title, server, applicability, note }
}
