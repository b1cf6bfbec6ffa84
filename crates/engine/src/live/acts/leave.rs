//! Claude's configs put back as they were before Bridgekeeper, as an act that is shown first.

use std::collections::BTreeSet;

use super::{Act, ActError, Acts, change, changes};
use crate::change::{ChangeId, Entry};
use crate::engine::Engine;
use crate::reset;
use crate::view::{Change, Closing, Fate, Preview, ThingView};

impl Acts {
    /// Lists the changes that would be taken back, newest first.
    pub(in crate::live) fn preview_leave(&self, engine: &Engine, title: &str) -> Result<Preview, ActError> {
        let entries = engine.changes_of_configs();
        if entries.is_empty() {
            return Err(ActError::not_possible("no change of Bridgekeeper's stands in Claude's configs"));
        }
        let home = &engine.context().home;
        let files: BTreeSet<String> =
            entries.iter().flat_map(Entry::paths).map(|path| home.shorten(path)).collect();
        let claude_running = engine.claude_runs();
        Ok(Preview {
            file: files.into_iter().collect::<Vec<_>>().join(", "),
            fix_title: title.to_owned(),
            lines: vec![],
            things: entries.iter().map(|entry| thing(engine, entry)).collect(),
            notes: vec![],
            claude_running,
            closing: Closing::of_an_edit(claude_running),
            token: self.remember(Act::Leave(entries.into_iter().map(|entry| entry.id).collect())),
        })
    }
}

/// Takes them back. Where other changes stand by now than were shown, nothing is done.
pub(super) fn carry_out(engine: &Engine, shown: &[ChangeId]) -> Result<Change, ActError> {
    if !engine.changes_of_configs().iter().map(|entry| &entry.id).eq(shown) {
        return Err(ActError::StalePreview);
    }
    let back = engine.take_back_changes_of_configs();
    let left: Vec<String> =
        back.left.iter().map(|(entry, error)| format!("{}: {error}", entry.reason)).collect();
    let Some(last) = back.done.last() else { return Err(ActError::not_possible(left.join(". "))) };
    Ok(Change { left, ..change(engine, &changes(engine), last) })
}

fn thing(engine: &Engine, entry: &Entry) -> ThingView {
    let context = engine.context();
    let passed = (context.now)().duration_since(entry.time).as_secs();
    ThingView {
        kind: match entry.servers.as_slice() {
            [] => "config".to_owned(),
            [server] => server.to_string(),
            several => format!("{} servers", several.len()),
        },
        place: entry.reason.clone(),
        size: None,
        age: Some(reset::age(passed.unsigned_abs())),
        fate: Fate::Undone,
        note: None,
    }
}
