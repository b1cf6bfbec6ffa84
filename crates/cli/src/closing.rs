//! A change around a Claude that runs: made beside it, with a word that it may be written over, or between quitting
//! Claude and starting it again.

use std::time::Duration;

use bridgekeeper_engine::Engine;
use bridgekeeper_engine::restart::{Ended, How, Kind, Restart, ServerOutcome};
use bridgekeeper_model::{Health, chain};

use crate::failure::Failure;
use crate::print;
use crate::progress::Progress;
use crate::restart::{Restarted, SERVERS};

/// What becomes of a Claude that runs while a change is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    /// It runs on.
    Running,
    /// It is closed and started again.
    Closed,
}

impl Meanwhile {
    pub(crate) fn closed_if(restart_claude: bool) -> Self {
        if restart_claude { Self::Closed } else { Self::Running }
    }
}

/// Claude around a change.
#[derive(Debug)]
pub(crate) struct Around {
    /// Whether it ran before; `None` where that could not be seen.
    pub(crate) running: Option<bool>,
    /// What ended and was started again.
    pub(crate) restarted: Option<Restarted>,
}

impl Around {
    /// Nothing is changed, so that Claude stays as it is.
    pub(crate) fn nothing(engine: &Engine) -> Self {
        Self { running: engine.claude_runs(), restarted: None }
    }

    /// Whether Claude or a server of it did not come back.
    pub(crate) fn leaves_something(&self) -> bool {
        self.restarted.as_ref().is_some_and(Restarted::leaves_something)
    }
}

/// Makes a change. Where Claude is closed meanwhile, it is started again whether or not the change could be made;
/// `change` then has to look at the files anew, for Claude may write them when it quits.
pub(crate) fn make<T>(
    engine: &Engine,
    meanwhile: Meanwhile,
    change: impl FnOnce() -> Result<T, Failure>,
) -> Result<(T, Around), Failure> {
    let closing = match meanwhile {
        Meanwhile::Running => None,
        Meanwhile::Closed => engine.plan_closing()?,
    };
    let Some(closing) = closing else {
        let around = Around::nothing(engine);
        return Ok((change()?, around));
    };
    let progress = Progress::on_terminal();
    let ended = engine.quit_claude(&closing, |moment| progress.show(moment.title()))?;
    let still = |end: &&Ended| end.how == Some(How::StillRuns);
    let Some(left) = ended.iter().find(still) else {
        let changed = match change() {
            Ok(changed) => changed,
            Err(failure) => {
                // Why nothing was changed is told at once; how the servers do is no news then
                let _ = engine.start_claude(&closing, Duration::ZERO, |moment| progress.show(moment.title()));
                return Err(failure);
            }
        };
        let (servers, trouble) = start(engine, &closing, &progress);
        drop(progress);
        let started = closing.starts().filter(|_| trouble.is_none());
        let restarted = Restarted { ended, started, servers, done: true, trouble };
        return Ok((changed, Around { running: Some(true), restarted: Some(restarted) }));
    };
    let message = format!("{} (process {}) did not end, so nothing was changed", left.name, left.process);
    if !ended.iter().filter(still).any(|end| matches!(end.kind, Kind::Claude | Kind::ClaudePart)) {
        // A server alone is left; its Claude comes back all the same.
        start(engine, &closing, &progress);
    }
    Err(Failure::new("claude-runs", message, Some("end it and run this again".to_owned())))
}

/// Refuses while Claude runs on, where it would undo the change at once.
pub(crate) fn refuse_beside_claude(
    engine: &Engine,
    meanwhile: Meanwhile,
    what_claude_does: &str,
) -> Result<(), Failure> {
    if meanwhile == Meanwhile::Closed || engine.claude_runs() != Some(true) {
        return Ok(());
    }
    Err(Failure::new(
        "claude-runs",
        format!("Claude Desktop is running and {what_claude_does}"),
        Some("add --restart-claude, or quit it, from its tray icon too, and run this again".to_owned()),
    ))
}

/// Starts Claude and waits for its servers; why not, where it could not be started.
fn start(engine: &Engine, closing: &Restart, progress: &Progress) -> (Vec<ServerOutcome>, Option<String>) {
    match engine.start_claude(closing, SERVERS, |moment| progress.show(moment.title())) {
        Ok(watching) => {
            let shown = watching.inspect(|look| progress.show(&print::coming_up(look)));
            (shown.last().unwrap_or_default(), None)
        }
        Err(error) => (vec![], Some(chain(&error))),
    }
}

impl Restarted {
    /// Whether Claude or a server of it did not come back.
    pub(crate) fn leaves_something(&self) -> bool {
        let is_up = |server: &ServerOutcome| server.state == Some(Health::Connected);
        self.trouble.is_some() || !self.servers.iter().all(is_up)
    }
}
