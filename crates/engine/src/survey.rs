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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use bridgekeeper_claude::Home;
    use bridgekeeper_model::Os;
    use bridgekeeper_testkit::home::{BrokenSetup, ClaudeHome};

    use super::*;
    use crate::context::Context;

    /// Ten times what a user may wait for it: this build is not optimised, and its machine has other work.
    /// `cargo xtask bench doctor` measures the program itself.
    const LIMIT: Duration = Duration::from_millis(1500);

    #[test]
    fn what_the_files_say_is_there_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let home = ClaudeHome::create(folder.path(), Os::Windows).unwrap();
        BrokenSetup::default().write(&home).unwrap();
        let engine = Engine::new(Context::new(Home::stand_in(home.root(), Os::Windows)));
        let look = || {
            let begun = Instant::now();
            assert!(!engine.survey().report().findings.is_empty());
            begun.elapsed()
        };
        let fastest = std::iter::repeat_with(look).take(5).min().unwrap();
        assert!(fastest < LIMIT, "{fastest:?}");
    }
}
