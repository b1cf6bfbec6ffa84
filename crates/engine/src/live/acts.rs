//! What a window can have done: each act is shown first, and made by the token of what was shown.

mod leave;

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use bridgekeeper_doctor::fixes::Selection;
use bridgekeeper_model::ServerName;

use crate::add::{KeepSecrets, OfferedServer};
use crate::change::{Back, ChangeError, ChangeId, Entry, Kind, Ledger, Way, WayBack};
use crate::diff::Secrets;
use crate::doctor;
use crate::edits::{self, PlannedEdit, Switch};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::fix::{self, ConfigFix};
use crate::guardian;
use crate::reset::{Action, Item, Reset, ResetDone, Scope};
use crate::view::{Change, Closing, DiffKind, Preview, Snapshot, ThingView, difference};

/// Previews that are remembered. A window shows one; a person may open a few before coming back to the first.
const REMEMBERED: usize = 16;

/// Why an act was not done. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// What the token stands for is no longer what would happen.
    #[error("the file was changed since this was shown")]
    StalePreview,
    /// What was asked for does not exist or does not apply now.
    #[error("{why}")]
    NotPossible {
        /// Why.
        why: String,
        /// What to do instead.
        next_step: Option<String>,
    },
    /// The engine could not do it.
    #[error(transparent)]
    Engine(EngineError),
}

impl ActError {
    pub(super) fn not_possible(why: impl Into<String>) -> Self {
        Self::NotPossible { why: why.into(), next_step: None }
    }

    /// What to do next, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::StalePreview => Some("Look at the change again; it is computed anew.".to_owned()),
            Self::NotPossible { next_step, .. } => next_step.clone(),
            Self::Engine(error) => error.next_step().map(ToString::to_string),
        }
    }
}

impl From<EngineError> for ActError {
    fn from(error: EngineError) -> Self {
        match &error {
            EngineError::Change(ChangeError::ChangedSinceRead { .. }) => Self::StalePreview,
            EngineError::NoSuchFile { .. }
            | EngineError::NoSuchFix(_)
            | EngineError::NotPossible(_)
            | EngineError::NothingLost
            | EngineError::NothingToMerge
            | EngineError::NotAllowed { .. }
            | EngineError::NoSuchServer(_)
            | EngineError::Publish(_)
            | EngineError::Change(
                ChangeError::NoSuchChange(_)
                | ChangeError::NothingToUndo
                | ChangeError::AlreadyUndone(_)
                | ChangeError::CopiesDropped(_)
                | ChangeError::ChangedAgain { .. },
            ) => Self::NotPossible {
                why: error.to_string(),
                next_step: error.next_step().map(ToString::to_string),
            },
            EngineError::Unreadable { .. }
            | EngineError::BrokeOff { .. }
            | EngineError::NothingToExplain(_)
            | EngineError::Encoding { .. }
            | EngineError::Machine(_)
            | EngineError::NoClaude
            | EngineError::NoNode
            | EngineError::FirewallUnchanged
            | EngineError::ForeignHome { .. }
            | EngineError::NotWritten { .. }
            | EngineError::Keyring(_)
            | EngineError::NothingToStart(_)
            | EngineError::Change(_) => Self::Engine(error),
        }
    }
}

/// What was shown and may be done.
#[derive(Debug, Default)]
pub(super) struct Acts(Mutex<Shown>);

#[derive(Debug, Default)]
struct Shown {
    count: u64,
    acts: VecDeque<(String, Act)>,
}

#[derive(Debug)]
enum Act {
    Fix(Box<ConfigFix>, Selection),
    Edit(Box<PlannedEdit>, Option<Recipe>),
    Reset(Box<Reset>),
    Undo(Box<WayBack>),
    /// Every change of a config, by their ids as they were shown.
    Leave(Vec<ChangeId>),
}

/// How an edit is computed anew.
#[derive(Debug)]
pub(super) enum Recipe {
    Switch(String, Switch),
    Merge,
    Restore,
    Add { name: String, server: OfferedServer, keep: KeepSecrets },
}

impl Acts {
    pub(super) fn preview_fix(
        &self,
        engine: &Engine,
        snapshot: &Snapshot,
        signs_in: &BTreeSet<ServerName>,
        server: Option<&str>,
        finding: &str,
        fix_id: &str,
    ) -> Result<Preview, ActError> {
        let offered = snapshot
            .servers
            .iter()
            .flat_map(|server| &server.findings)
            .chain(&snapshot.setup_findings)
            .filter(|one| one.id == finding && one.server.as_deref() == server)
            .flat_map(|one| &one.fixes)
            .find(|one| one.id == fix_id);
        let offered = offered.ok_or_else(|| {
            ActError::not_possible(format!(
                "the problem `{finding}` is no longer there, or `{fix_id}` does not mend it"
            ))
        })?;
        if let Some(scope) = Scope::of_fix(fix_id, server.map(ServerName::from)) {
            return self.preview_reset(engine, scope, &offered.title);
        }
        let recipe = match fix_id {
            doctor::MERGE => Some(Recipe::Merge),
            guardian::RESTORE => Some(Recipe::Restore),
            _ => None,
        };
        if let Some(recipe) = recipe {
            return self.preview_recipe(engine, recipe);
        }
        let path = live_config(engine)?;
        let os = engine.context().home.os();
        let mut selection = Selection::only([fix_id]);
        if let Some(server) = server {
            selection = selection.for_server(ServerName::from(server));
        }
        let planned = fix::select(engine.context(), &path, &selection, Some(os), signs_in, Secrets::Masked)?;
        if !planned.changes() {
            let why = planned.skipped.first().map(|skipped| skipped.why.clone());
            return Err(ActError::not_possible(
                why.unwrap_or_else(|| "there is nothing to change any more".to_owned()),
            ));
        }
        let notes = planned.applied.iter().filter_map(|applied| applied.note.clone());
        let left = planned.skipped.iter().map(|skipped| match &skipped.server {
            Some(server) => format!("{server} stays as it is: {}", skipped.why),
            None => format!("Left out: {}", skipped.why),
        });
        let (before, after) = planned.texts();
        let claude_running = engine.claude_runs();
        Ok(Preview {
            file: engine.context().home.shorten(&path),
            fix_title: offered.title.clone(),
            lines: difference::lines(&before, &after),
            things: vec![],
            notes: notes.chain(left).collect(),
            claude_running,
            closing: Closing::of_an_edit(claude_running),
            token: self.remember(Act::Fix(Box::new(planned), selection)),
        })
    }

    /// Computes how a server is switched off or on.
    pub(super) fn preview_switch(
        &self,
        engine: &Engine,
        server: &str,
        switch: Switch,
    ) -> Result<Preview, ActError> {
        self.preview_recipe(engine, Recipe::Switch(server.to_owned(), switch))
    }

    /// Shows an edit of a text, made as it is shown or not at all.
    pub(super) fn preview_edit(&self, engine: &Engine, planned: PlannedEdit) -> Preview {
        self.preview_planned(engine, planned, None)
    }

    pub(super) fn preview_recipe(&self, engine: &Engine, recipe: Recipe) -> Result<Preview, ActError> {
        Ok(self.preview_planned(engine, recipe.plan(engine)?, Some(recipe)))
    }

    fn preview_planned(&self, engine: &Engine, planned: PlannedEdit, recipe: Option<Recipe>) -> Preview {
        let claude_running = engine.claude_runs();
        Preview {
            file: engine.context().home.shorten(&planned.path),
            fix_title: planned.title.clone(),
            lines: difference::lines(&planned.texts.0, &planned.texts.1),
            things: vec![],
            notes: planned.notes.clone(),
            claude_running,
            closing: Closing::of_an_edit(claude_running),
            token: self.remember(Act::Edit(Box::new(planned), recipe)),
        }
    }

    /// Looks for what a reset concerns.
    pub(super) fn preview_reset(
        &self,
        engine: &Engine,
        scope: Scope,
        title: &str,
    ) -> Result<Preview, ActError> {
        let home = &engine.context().home;
        let reset = engine.find_reset(scope)?;
        if !reset.goes() {
            return Err(ActError::not_possible("nothing is stored that could be reset"));
        }
        let unseen =
            reset.not_checked.iter().map(|one| format!("Could not look at {}: {}", one.check, one.why));
        let restarts = reset.items.iter().any(|item| item.action == Action::Restart);
        Ok(Preview {
            file: home.shorten(&home.bridgekeeper_folder().join("quarantine")),
            fix_title: title.to_owned(),
            lines: vec![],
            things: reset.items.iter().map(|item| ThingView::of_item(item, home)).collect(),
            notes: unseen.collect(),
            claude_running: if restarts { Some(true) } else { engine.claude_runs() },
            closing: Closing::Idle,
            token: self.remember(Act::Reset(Box::new(reset))),
        })
    }

    pub(super) fn apply_fix(&self, engine: &Engine, token: &str) -> Result<Change, ActError> {
        let act = self.take(token).ok_or(ActError::StalePreview)?;
        Self::carry_out(engine, act)
    }

    /// Makes what was shown after computing it anew, for a file that may have been written since. What would now change
    /// other lines is not made.
    pub(super) fn apply_anew(&self, engine: &Engine, token: &str) -> Result<Change, ActError> {
        let act = match self.take(token).ok_or(ActError::StalePreview)? {
            Act::Fix(shown, selection) => {
                let context = engine.context();
                let signs_in = fix::signing_in_of(context, &shown.path);
                let os = Some(context.home.os());
                let now = fix::select(context, &shown.path, &selection, os, &signs_in, Secrets::Masked)?;
                same(&shown.texts(), &now.texts())?;
                Act::Fix(Box::new(now), selection)
            }
            Act::Edit(shown, Some(recipe)) => {
                let now = recipe.plan(engine)?;
                same(&shown.texts, &now.texts)?;
                Act::Edit(Box::new(now), Some(recipe))
            }
            Act::Edit(shown, None) => {
                let texts = shown.texts.clone();
                let now = shown.anew().ok_or(ActError::StalePreview)?;
                same(&texts, &now.texts)?;
                Act::Edit(Box::new(now), None)
            }
            Act::Undo(shown) => {
                let (now, _) = engine.way_back(Some(shown.entry.id.as_str()), Secrets::Masked)?;
                if let (Back::Text(shown), Back::Text(now)) = (&shown.back, &now.back) {
                    same(&shown.texts(), &now.texts())?;
                }
                engine.take_back(&now)?;
                return Ok(change(engine, &changes(engine), &now.entry));
            }
            as_shown @ (Act::Reset(_) | Act::Leave(_)) => as_shown,
        };
        Self::carry_out(engine, act)
    }

    fn carry_out(engine: &Engine, act: Act) -> Result<Change, ActError> {
        match act {
            Act::Fix(fix, _) => {
                let made = engine.write_fixes(&fix)?;
                let entry =
                    made.ok_or_else(|| ActError::not_possible("there is nothing to change any more"))?;
                Ok(change(engine, &changes(engine), &entry))
            }
            Act::Edit(planned, _) => {
                let entry = engine.make_edit(&planned)?;
                Ok(change(engine, &changes(engine), &entry))
            }
            Act::Reset(reset) => {
                let done = engine.reset(&reset)?;
                let left = left(engine, &done);
                match &done.entry {
                    Some(entry) => Ok(Change { left, ..change(engine, &changes(engine), entry) }),
                    None if left.is_empty() => {
                        Err(ActError::not_possible("what held the port has ended; no file had to be moved"))
                    }
                    None => Err(ActError::not_possible(left.join(". "))),
                }
            }
            Act::Leave(shown) => leave::carry_out(engine, &shown),
            Act::Undo(_) => Err(ActError::StalePreview),
        }
    }

    pub(super) fn preview_undo(&self, engine: &Engine, id: &str) -> Result<Preview, ActError> {
        let (way, _) = engine.way_back(Some(id), Secrets::Masked)?;
        let home = &engine.context().home;
        let (lines, notes) = match &way.back {
            Back::Text(back) => {
                let (before, after) = back.texts();
                let around = "The file was changed since. Only what this change did is taken out again.";
                let notes = (way.way == Way::Inverse).then(|| around.to_owned());
                (difference::lines(&before, &after), notes.into_iter().collect())
            }
            Back::Files(_) => (vec![], vec![]),
        };
        let things = match &way.back {
            Back::Text(_) => vec![],
            Back::Files(files) => {
                files.iter().filter_map(|file| ThingView::of_way_back(file, home)).collect()
            }
        };
        let claude_running = engine.claude_runs();
        let closing = match &way.back {
            Back::Text(_) => Closing::of_an_edit(claude_running),
            // Its bridges would write over what comes back
            Back::Files(_) if claude_running == Some(true) => Closing::Needed,
            Back::Files(_) => Closing::Idle,
        };
        Ok(Preview {
            file: file_of(engine, &way.entry),
            fix_title: way.entry.reason.clone(),
            lines,
            things,
            notes,
            claude_running,
            closing,
            token: self.remember(Act::Undo(Box::new(way))),
        })
    }

    pub(super) fn undo(&self, engine: &Engine, token: &str) -> Result<Change, ActError> {
        let Some(Act::Undo(way)) = self.take(token) else { return Err(ActError::StalePreview) };
        if matches!(way.back, Back::Files(_)) && engine.claude_runs() == Some(true) {
            return Err(ActError::NotPossible {
                why: "Claude is running, and its bridges would write over what comes back".to_owned(),
                next_step: Some("Quit Claude first, from its tray icon too.".to_owned()),
            });
        }
        engine.take_back(&way)?;
        Ok(change(engine, &changes(engine), &way.entry))
    }

    fn remember(&self, act: Act) -> String {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.count += 1;
        let token = format!("shown-{}", shown.count);
        shown.acts.push_back((token.clone(), act));
        if shown.acts.len() > REMEMBERED {
            shown.acts.pop_front();
        }
        token
    }

    /// A token is good for one act.
    fn take(&self, token: &str) -> Option<Act> {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = shown.acts.iter().position(|(known, _)| known == token)?;
        shown.acts.remove(at).map(|(_, act)| act)
    }
}

impl Recipe {
    /// The edit, computed now.
    fn plan(&self, engine: &Engine) -> Result<PlannedEdit, EngineError> {
        match self {
            Self::Switch(server, switch) => engine.plan_switch(server, *switch, Secrets::Masked),
            Self::Merge => engine.plan_merge(None, Secrets::Masked),
            Self::Restore => engine.plan_restore(Secrets::Masked),
            Self::Add { name, server, keep } => engine.plan_add(name, server, *keep, Secrets::Masked),
        }
    }
}

/// Refuses a change that is not the one that was shown.
fn same(shown: &(String, String), now: &(String, String)) -> Result<(), ActError> {
    let changed = |(before, after): &(String, String)| -> Vec<(DiffKind, String)> {
        let lines = difference::lines(before, after).into_iter();
        lines
            .filter(|line| matches!(line.kind, DiffKind::Add | DiffKind::Remove))
            .map(|line| (line.kind, line.text))
            .collect()
    };
    if changed(shown) == changed(now) { Ok(()) } else { Err(ActError::StalePreview) }
}

impl Closing {
    fn of_an_edit(claude_running: Option<bool>) -> Self {
        if claude_running == Some(true) { Self::Offered } else { Self::Idle }
    }
}

/// The config file that Claude reads, or else the first that it may read.
pub(super) fn live_config(engine: &Engine) -> Result<PathBuf, ActError> {
    Ok(edits::live_config(engine.context())?)
}

/// What should have gone and is still there, a sentence each.
fn left(engine: &Engine, done: &ResetDone) -> Vec<String> {
    let home = &engine.context().home;
    let is_left = done.items.iter().filter(|item| item.is_left_over());
    let sentence = |item: &Item| {
        let why = item.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
        format!("{} stays{why}", home.shorten(&item.path))
    };
    is_left.map(sentence).collect()
}

/// The file that a change concerns; of several, the first with their number.
fn file_of(engine: &Engine, entry: &Entry) -> String {
    let paths = entry.paths();
    let first = paths.first().map(|path| engine.context().home.shorten(path)).unwrap_or_default();
    match paths.len() {
        0 | 1 => first,
        number => format!("{first} and {} more", number - 1),
    }
}

/// Every change, newest first. Taking one back is told with it and not as a change of its own.
pub(super) fn history(engine: &Engine) -> Vec<Change> {
    let entries = changes(engine);
    let own = entries.iter().rev().filter(|entry| entry.kind != Kind::Undo);
    own.map(|entry| change(engine, &entries, entry)).collect()
}

/// Every change that happened, oldest first.
pub(super) fn changes(engine: &Engine) -> Vec<Entry> {
    engine.changes()
}

fn change(engine: &Engine, entries: &[Entry], entry: &Entry) -> Change {
    let undone = Ledger::is_undone(entries, &entry.id);
    let obstacle =
        if undone { None } else { engine.way_back(Some(entry.id.as_str()), Secrets::Masked).err() };
    Change {
        id: entry.id.to_string(),
        at: entry.time.to_string(),
        title: entry.reason.clone(),
        file: file_of(engine, entry),
        server: match entry.servers.as_slice() {
            [server] => Some(server.to_string()),
            _ => None,
        },
        undone,
        can_undo: !undone && obstacle.is_none(),
        why_not: obstacle.map(|error| error.to_string()),
        left: vec![],
    }
}

#[cfg(test)]
mod tests;
