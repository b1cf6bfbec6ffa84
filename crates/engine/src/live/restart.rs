//! Claude restarted from a window or a tray.

use std::time::Duration;

use super::{ActError, Live};
use crate::restart::{How, Then};

impl Live {
    /// Quits Claude whole, if it runs, and starts it. Returns when it was started; how each server comes up is told by the
    /// snapshots.
    pub fn restart_claude(&self) -> Result<(), ActError> {
        let engine = &self.shared.engine;
        let restart = engine.plan_restart(Then::Start)?;
        let ended = engine.quit_claude(&restart, |_| ())?;
        if let Some(stubborn) = ended.iter().find(|process| process.how == Some(How::StillRuns)) {
            return Err(ActError::NotPossible {
                why: format!("{} (process {}) did not end", stubborn.name, stubborn.process),
                next_step: Some("End it by hand, then start Claude.".to_owned()),
            });
        }
        // Nobody waits for the servers here
        drop(engine.start_claude(&restart, Duration::ZERO, |_| ())?);
        self.look();
        Ok(())
    }
}
