//! The calls that act on the computer: `restart-claude` and `firewall`.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use bridgekeeper_engine::Engine;
use bridgekeeper_engine::firewall::FirewallChange;
use bridgekeeper_engine::restart::{Ended, How, Restart, ServerOutcome, Then};
use serde::Serialize;

use crate::answer::{Answer, Left};
use crate::arguments::{Everywhere, FirewallCall, RestartClaude};
use crate::failure::Failure;
use crate::print;
use crate::progress::Progress;

/// How long the servers may take to come up. Claude gives each one minute.
pub(crate) const SERVERS: Duration = Duration::from_secs(75);

/// What a restart did.
#[derive(Debug, Serialize)]
pub(crate) struct Restarted {
    /// What ended.
    pub(crate) ended: Vec<Ended>,
    /// The program that was started.
    pub(crate) started: Option<String>,
    /// What became of each server.
    pub(crate) servers: Vec<ServerOutcome>,
    /// Whether anything was done.
    pub(crate) done: bool,
    /// Why Claude was not started again, although it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trouble: Option<String>,
}

/// Quits Claude, starts it, and tells what became of its servers.
pub(crate) fn restart(
    engine: &Engine,
    call: &RestartClaude,
    everywhere: &Everywhere,
) -> Result<Answer, Failure> {
    let then = if call.no_start { Then::StayClosed } else { Then::Start };
    let plan = engine.plan_restart(then)?;
    if call.dry_run || !may_begin(&plan, call, everywhere) {
        let planned = Restarted {
            ended: plan.ends.clone(),
            started: plan.starts(),
            servers: vec![],
            done: false,
            trouble: None,
        };
        return Ok(Answer::new(&planned, print::restarted(&planned), Left::Something)?);
    }
    let progress = Progress::on_terminal();
    let ended = engine.quit_claude(&plan, |moment| progress.show(moment.title()))?;
    let stays = ended.iter().any(|end| end.how == Some(How::StillRuns));
    let mut servers = Vec::new();
    if plan.starts().is_some() && !stays {
        for look in engine.start_claude(&plan, SERVERS, |moment| progress.show(moment.title()))? {
            progress.show(&print::coming_up(&look));
            servers = look;
        }
    }
    drop(progress);
    let started = plan.starts().filter(|_| !stays);
    let restarted = Restarted { ended, started, servers, done: true, trouble: None };
    let left = Left::when(stays || restarted.leaves_something());
    Ok(Answer::new(&restarted, print::restarted(&restarted), left)?)
}

/// Asks where somebody sits at a terminal. A script that calls this means it.
fn may_begin(plan: &Restart, call: &RestartClaude, everywhere: &Everywhere) -> bool {
    let asks = io::stdin().is_terminal() && io::stderr().is_terminal();
    if call.yes || everywhere.json || !asks || plan.ends.is_empty() {
        return true;
    }
    let question = format!("End {} processes of Claude and its servers? [y/N] ", plan.ends.len());
    let mut error = io::stderr();
    let mut said = String::new();
    let asked = error.write_all(question.as_bytes()).and_then(|()| error.flush());
    asked.and_then(|()| io::stdin().read_line(&mut said)).is_ok()
        && matches!(said.trim().to_lowercase().as_str(), "y" | "yes")
}

/// Shows the firewall's rules for Node, adds one or takes it away.
pub(crate) fn firewall(engine: &Engine, call: &FirewallCall) -> Result<Answer, Failure> {
    let told = match (call.add, call.remove) {
        (true, _) => engine.change_firewall(FirewallChange::Add)?,
        (_, true) => engine.change_firewall(FirewallChange::Remove)?,
        _ => engine.firewall()?,
    };
    Ok(Answer::new(&told, print::firewall(&told, engine.context().home.os()), Left::Nothing)?)
}
