//! The configs as they were before Bridgekeeper: every change of theirs that still stands is taken back, the newest
//! first. It is what somebody does who removes the program.
//!
//! What was put back for Claude stays: it is the person's own, and Claude had lost it. So do the bridge's folder and the
//! keyring; entries that could not be taken back go on naming that bridge.

use crate::change::{Deed, Entry, Kind};
use crate::diff::Secrets;
use crate::engine::Engine;
use crate::error::EngineError;

/// What became of each change.
#[derive(Debug, Default)]
pub struct TakenBack {
    /// Taken back, in that order.
    pub done: Vec<Entry>,
    /// Still there, and why.
    pub left: Vec<(Entry, EngineError)>,
}

impl Engine {
    /// The changes of configs that still stand, newest first.
    pub fn changes_of_configs(&self) -> Vec<Entry> {
        let is_of_config = |entry: &Entry| {
            matches!(entry.deed, Deed::Text(_)) && !matches!(entry.kind, Kind::Undo | Kind::Restore)
        };
        let mut changes = self.undo_list();
        changes.retain(is_of_config);
        changes.reverse();
        changes
    }

    /// Takes each of them back; one that cannot be taken back keeps no other from it.
    pub fn take_back_changes_of_configs(&self) -> TakenBack {
        let mut all = TakenBack::default();
        for entry in self.changes_of_configs() {
            let way = self.way_back(Some(entry.id.as_str()), Secrets::Masked);
            match way.and_then(|(way, _)| self.take_back(&way)) {
                Ok(_) => all.done.push(entry),
                Err(error) => all.left.push((entry, error)),
            }
        }
        all
    }
}
