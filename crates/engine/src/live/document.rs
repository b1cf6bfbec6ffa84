//! The live config while a window edits it: what was read, what stands in for its secrets, and how it is saved.
//!
//! The window holds the text; each call brings it along. Kept here is only what the window must not know, and what a
//! change on the disk is compared with. Saving is one more change with a diff, a token and a way back.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bridgekeeper_claude::{Content, Live as Reads, read_config};
use bridgekeeper_doctor::fixes::merge::merge as entries_of;
use bridgekeeper_doctor::fixes::{self, Moved, Selection};
use bridgekeeper_doctor::text::Language;
use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_formats::edit;
use bridgekeeper_formats::secrets;
use bridgekeeper_formats::text::{Encoding, LineIndex};
use bridgekeeper_model::{SecretName, ServerName};

use super::Live;
use super::acts::{ActError, live_config};
use super::telling::Told as _;
use crate::change::{Digest, Kind, Note};
use crate::diff::Secrets;
use crate::document::view::{
    ConflictView, Decoy, DocumentView, Examined, FormEdit, Mended, MergedDocument, Problem, Standing,
    TextEdit,
};
use crate::document::{self, LineEnds, StandIns, Units};
use crate::edits::{self, PlannedEdit};
use crate::engine::Engine;
use crate::offers::Offers;
use crate::report::PlacedFinding;
use crate::view::{FixView, Preview};
use crate::{check, fix, named_secrets};

/// The document that a window edits.
#[derive(Debug, Default)]
pub(super) struct Desk(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    read: Option<Read>,
    stand_ins: StandIns,
    /// What the window had last, where that is not what was read: its window may be closed at any time.
    draft: Option<String>,
    /// What fixes took out of the text. It goes into the keyring when a text that refers to it is saved.
    moved: Vec<Moved>,
}

/// The file as it was read last.
#[derive(Debug, Clone)]
struct Read {
    path: PathBuf,
    bytes: Option<Vec<u8>>,
    /// As the window was shown it.
    shown: String,
    line_ends: LineEnds,
}

impl Open {
    /// A text as the window is shown it: without secrets, and with the one line end that an editor knows.
    fn shown(&mut self, real: &str) -> (String, LineEnds) {
        LineEnds::taken_from(&self.stand_ins.put(real))
    }
}

impl Live {
    /// Reads the live config for a window to edit, with the changes that were not saved the last time.
    pub fn open_document(&self) -> Result<DocumentView, ActError> {
        let engine = &self.shared.engine;
        let path = live_config(engine)?;
        Ok(self.desk.open(engine, path).told(&self.language()))
    }

    /// Stands for the bytes that the live config has now.
    pub fn document_revision(&self) -> Result<String, ActError> {
        let path = live_config(&self.shared.engine)?;
        Ok(revision(edits::present(&path).as_deref()))
    }

    /// Forgets the changes that were not saved.
    pub fn discard_draft(&self) {
        self.desk.open_now().draft = None;
    }

    /// The servers of a text as forms, and what is wrong with it. The text is remembered until it is saved or discarded.
    pub fn examine_document(&self, text: &str) -> Examined {
        let engine = &self.shared.engine;
        let os = engine.context().home.os();
        let (signs_in, language) = (self.signs_in(), self.language());
        let mut desk = self.desk.open_now();
        desk.draft = desk.read.as_ref().is_some_and(|read| read.shown != text).then(|| text.to_owned());
        let real = desk.stand_ins.take(text);
        let file = ConfigFile::from(real.as_str());
        let facts = fix::facts(engine.context(), &file, Some(os), &signs_in);
        let checked = check::check(&file, Some(os), &mut Offers::of(&file, &facts));
        let lines = LineIndex::new(&real);
        let (of_real, of_shown) = (Units::of(&real), Units::of(text));
        let problem = |found: PlacedFinding| {
            let line = lines.start(found.line).unwrap_or_default();
            let from = of_real.unit(line) as usize + found.column.saturating_sub(1);
            let span = of_real.byte(from)..of_real.byte(from + found.length);
            let span = desk.stand_ins.shown_span(text, &span);
            told(&language, found, of_shown.unit(span.start), of_shown.unit(span.end))
        };
        let problems: Vec<Problem> = checked.findings.into_iter().map(problem).collect();
        let movable = |name: &str| {
            let of_it = problems.iter().filter(|problem| problem.server.as_deref() == Some(name));
            of_it.flat_map(|problem| &problem.fixes).any(|fix| fix.id == MOVE_SECRET)
        };
        let shown = ConfigFile::from(text);
        Examined {
            parses: checked.parses,
            can_add: shown.parsed().is_strict() && shown.root().is_some(),
            servers: document::servers(&shown, movable),
            problems,
        }
    }

    /// The edits of a text that a change in a form means.
    pub fn edit_document(&self, text: &str, change: &FormEdit) -> Result<Vec<TextEdit>, ActError> {
        let edits = document::edit(&ConfigFile::from(text), change);
        let edits = edits.map_err(|document::NotPossible(why)| ActError::not_possible(why))?;
        Ok(Units::of(text).edits(&edit::sorted(text, &edits)))
    }

    /// The edits of a text by which a fix mends it, for one server or all.
    pub fn fix_document(&self, text: &str, server: Option<&str>, id: &str) -> Result<Mended, ActError> {
        let context = self.shared.engine.context();
        let (signs_in, language) = (self.signs_in(), self.language());
        let mut desk = self.desk.open_now();
        let real = desk.stand_ins.take(text);
        let file = ConfigFile::from(real.as_str());
        let mut facts = fix::facts(context, &file, Some(context.home.os()), &signs_in);
        facts.secrets.extend(desk.moved.iter().map(|moved| moved.name.clone()));
        let mut selection = Selection::only([id]);
        if let Some(server) = server {
            selection = selection.for_server(ServerName::from(server));
        }
        let plan = fixes::plan(&file, &facts, &selection);
        let left = |skipped: &fixes::Skipped| skipped.why.clone();
        if plan.edits.is_empty() {
            let why =
                plan.skipped.first().map_or_else(|| "there is nothing to mend any more".to_owned(), left);
            return Err(ActError::not_possible(why));
        }
        desk.moved.extend(plan.secrets);
        let (after, _) = desk.shown(&plan.text);
        let notes = plan.applied.iter().filter_map(|applied| applied.note.clone());
        let mended = Mended {
            edits: Units::of(text).edits(&document::hunks(text, &after)),
            notes: notes.chain(plan.skipped.iter().map(left)).collect(),
        };
        Ok(mended.told(&language))
    }

    /// The edits of a text that add the entries of a file which Claude does not read.
    pub fn bring_into_document(&self, text: &str, decoy: &str) -> Result<Mended, ActError> {
        let home = &self.shared.engine.context().home;
        let found = home
            .configs()
            .into_iter()
            .find(|config| config.live == Reads::No && home.shorten(&config.path) == decoy);
        let bytes = found.and_then(|config| edits::present(&config.path));
        let bytes = bytes.ok_or_else(|| ActError::not_possible(format!("{decoy} is no longer there")))?;
        let mut desk = self.desk.open_now();
        let real = desk.stand_ins.take(text);
        let merged = entries_of(&ConfigFile::from(real.as_str()), &ConfigFile::read(&bytes));
        if merged.edits.is_empty() {
            let why =
                "nothing can be brought over: the texts must be valid JSON, and entries that are there stay";
            return Err(ActError::not_possible(why));
        }
        let (after, _) = desk.shown(&edit::apply(&real, &merged.edits));
        let stays =
            |name: &ServerName| format!("{name} stands in both files and differs; it stays as it is.");
        let mended = Mended {
            edits: Units::of(text).edits(&document::hunks(text, &after)),
            notes: merged.conflicting.iter().map(stays).collect(),
        };
        Ok(mended.told(&self.language()))
    }

    /// The one secret that a person asked to see.
    pub fn reveal(&self, number: u32) -> Result<String, ActError> {
        let desk = self.desk.open_now();
        let secret = usize::try_from(number).ok().and_then(|number| desk.stand_ins.secret(number));
        let secret = secret.ok_or_else(|| ActError::not_possible("this secret is not known any more"))?;
        Ok(secret.expose().to_owned())
    }

    /// Computes what saving a text would change in the file of that revision.
    pub fn preview_document(&self, text: &str, read: &str) -> Result<Preview, ActError> {
        let engine = &self.shared.engine;
        let planned = self.desk.save(engine, text, read)?;
        Ok(self.acts.preview_edit(engine, planned).told(&self.language()))
    }

    /// Brings a text together with what stands on the disk by now, which is what it is compared with from then on.
    pub fn merge_document(&self, text: &str) -> Result<MergedDocument, ActError> {
        let base = self.desk.open_now().read.as_ref().map(|read| read.shown.clone());
        let base = base.ok_or_else(|| ActError::not_possible("no config is open"))?;
        let document = self.open_document()?;
        let merged = document::merge(&base, &document.text, text);
        let units = Units::of(&merged.text);
        let conflict = |conflict: &document::Conflict| ConflictView {
            from: units.unit(conflict.span.start),
            to: units.unit(conflict.span.end),
            theirs: conflict.theirs.clone(),
        };
        let conflicts = merged.conflicts.iter().map(conflict).collect();
        Ok(MergedDocument { document, conflicts, text: merged.text })
    }

    fn signs_in(&self) -> BTreeSet<ServerName> {
        self.shared.told().signs_in.as_ref().clone()
    }
}

/// The fix that moves secrets into the keyring.
const MOVE_SECRET: &str = "move-secret";

impl Desk {
    fn open_now(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, engine: &Engine, path: PathBuf) -> DocumentView {
        let home = &engine.context().home;
        let (standing, why, bytes) = match read_config(&path) {
            Content::Read(bytes) if is_read_only(&path) => (Standing::ReadOnly, None, Some(bytes)),
            Content::Read(bytes) => (Standing::There, None, Some(bytes)),
            Content::Absent => (Standing::Absent, None, None),
            Content::Unreadable(why) => (Standing::Unreadable, Some(why), None),
        };
        let file = ConfigFile::read(bytes.as_deref().unwrap_or_default());
        let mut open = self.open_now();
        let (shown, line_ends) = open.shown(file.text());
        let read = open.read.as_ref().map(|read| read.shown.clone());
        let draft =
            open.draft.take().zip(read).map(|(draft, read)| document::merge(&read, &shown, &draft).text);
        open.draft = draft.filter(|draft| *draft != shown);
        let view = DocumentView {
            file: home.shorten(&path),
            revision: revision(bytes.as_deref()),
            text: shown.clone(),
            draft: open.draft.clone(),
            standing,
            why_unreadable: why,
            claude_running: engine.claude_runs(),
            off: edits::names_of_switched_off(&engine.changes()).iter().map(ToString::to_string).collect(),
            decoys: decoys(engine),
            flags: document::flags().to_vec(),
        };
        open.read = Some(Read { path, bytes, shown, line_ends });
        view
    }

    fn save(&self, engine: &Engine, text: &str, read: &str) -> Result<PlannedEdit, ActError> {
        let open = self.open_now();
        let Some(base) = open.read.as_ref().filter(|base| revision(base.bytes.as_deref()) == read) else {
            return Err(ActError::StalePreview);
        };
        if edits::present(&base.path) != base.bytes {
            return Err(ActError::StalePreview);
        }
        let before = ConfigFile::read(base.bytes.as_deref().unwrap_or_default());
        let edited = open.stand_ins.take(&base.line_ends.put_into(&base.shown, text));
        let after = ConfigFile::from(edited.as_str());
        let is_foreign = before.has_byte_order_mark() || before.encoding() != Encoding::Utf8;
        let bytes = edited.clone().into_bytes();
        if base.bytes.as_ref() == Some(&bytes) || (base.bytes.is_none() && edited.is_empty()) {
            return Err(ActError::not_possible("nothing was changed"));
        }
        let kept = named_secrets::names(engine.context());
        let referred: BTreeSet<SecretName> = after.servers().iter().flat_map(Entry::secrets).collect();
        let is_new = |moved: &&Moved| referred.contains(&moved.name) && !kept.contains(&moved.name);
        let moved: Vec<Moved> = open.moved.iter().filter(is_new).cloned().collect();
        let (title, servers) = title(&before, &after);
        let note = Note {
            secrets: moved.iter().map(|moved| moved.name.clone()).collect(),
            ..Note::new(Kind::Edit, title).about(servers)
        };
        let mut notes = Vec::new();
        if !after.parsed().is_strict() {
            let why = "Claude cannot read this text: it is not valid JSON, so Claude would start none of its servers.";
            notes.push(why.to_owned());
        }
        if is_foreign {
            notes
                .push("The file is saved as UTF-8 without a byte order mark, as Claude reads it.".to_owned());
        }
        if !moved.is_empty() {
            let names: Vec<&str> = moved.iter().map(|moved| moved.name.as_str()).collect();
            notes.push(format!("Goes into the keyring first: {}.", names.join(", ")));
        }
        let texts = (before.text().to_owned(), edited);
        let edits = document::hunks(&texts.0, &texts.1);
        let planned =
            PlannedEdit::of(base.path.clone(), base.bytes.clone(), bytes, texts, note, Secrets::Masked);
        Ok(engine.allowed(planned.by_hand(edits, notes, moved))?)
    }
}

fn told(language: &Language, found: PlacedFinding, from: u32, to: u32) -> Problem {
    let edits = found.fixes.into_iter().filter(|fix| fix::is_edit(&fix.id));
    Problem {
        id: found.id,
        severity: found.severity,
        server: found.server.map(|server| server.to_string()),
        message: secrets::mask(&language.say(&found.sentence)).into_owned(),
        from,
        to,
        line: u32::try_from(found.line).unwrap_or(u32::MAX),
        fixes: edits
            .map(|fix| FixView {
                id: fix.id,
                title: language.words(&fix.title).to_owned(),
                applicability: fix.applicability,
                price: None,
            })
            .collect(),
    }
}

fn revision(bytes: Option<&[u8]>) -> String {
    bytes.map_or_else(|| "absent".to_owned(), |bytes| Digest::of(bytes).as_str().to_owned())
}

fn is_read_only(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly())
}

fn decoys(engine: &Engine) -> Vec<Decoy> {
    let home = &engine.context().home;
    let unread = home.configs().into_iter().filter(|config| config.live == Reads::No);
    let decoys = unread.filter_map(|config| {
        let file = ConfigFile::read(&edits::present(&config.path)?);
        let servers: Vec<String> = file.servers().iter().map(|entry| entry.name.to_string()).collect();
        (!servers.is_empty()).then(|| Decoy { file: home.shorten(&config.path), servers })
    });
    decoys.collect()
}

/// What the change is, as an imperative sentence, and the servers whose entries it touches.
fn title(before: &ConfigFile, after: &ConfigFile) -> (String, Vec<ServerName>) {
    let entry = |file: &ConfigFile, name: &ServerName| {
        file.server(name.as_str()).map(|entry| file.text()[entry.span.clone()].to_owned())
    };
    let mut names: Vec<ServerName> =
        before.servers().iter().chain(after.servers()).map(|entry| entry.name.clone()).collect();
    names.sort();
    names.dedup();
    names.retain(|name| entry(before, name) != entry(after, name));
    let title = match names.as_slice() {
        [] => "Edit the config".to_owned(),
        [name] => match (entry(before, name), entry(after, name)) {
            (None, _) => format!("{name}: Add the server"),
            (_, None) => format!("{name}: Remove the server"),
            _ => format!("{name}: Edit the entry"),
        },
        several => format!("Edit {} servers", several.len()),
    };
    (title, names)
}

#[cfg(test)]
mod tests;
