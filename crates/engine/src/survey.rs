//! One look at a set-up, in two parts: what the files say at once, and what the computer tells behind it.

use std::time::Duration;

use crate::change::Entry;
use crate::computer::{self, Looking, Subject};
use crate::engine::Engine;
use crate::logs::HomeLogs;
use crate::report::Report;

/// A set-up whose files were read once. Writes nothing.
pub struct Survey<'e> {
    engine: &'e Engine,
    journal: Vec<Entry>,
    logs: HomeLogs,
}

impl std::fmt::Debug for Survey<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Survey").finish_non_exhaustive()
    }
}

impl<'e> Survey<'e> {
    pub(crate) fn of(engine: &'e Engine) -> Self {
        Self { engine, journal: engine.changes(), logs: HomeLogs::read(engine.context()) }
    }

    /// What is known by now.
    pub fn report(&self) -> Report {
        self.engine.report(&self.journal, &self.logs)
    }

    /// Begins the checks of the computer. What they tell stands in every report from then on; those that have not
    /// ended after `limit` count as not checked.
    pub fn look_at_computer(&self, limit: Duration) -> Looking {
        let context = self.engine.context();
        computer::begin(context, Subject::of(context), limit, || {})
    }
}
