//! Doing what was shown: what writes there is stopped first, then everything is set aside as one change.

use std::time::Duration;

use bridgekeeper_machine::{Machine, PortState, Process, RunningClaude, running_claudes};
use bridgekeeper_model::ServerName;

use super::item::{Action, Item, ItemKind, Outcome};
use super::{Extent, Reset, Scope};
use crate::change::{Aside, ChangeError, Entry, Kind, Ledger, Note, Sort};
use crate::claude_process;
use crate::context::Context;
use crate::error::EngineError;

/// How long a stray bridge may take to quit before it is ended.
const PATIENCE: Duration = Duration::from_secs(3);

/// What came of a reset.
#[derive(Debug, Clone)]
pub struct ResetDone {
    /// The items, each with how it went.
    pub items: Vec<Item>,
    /// The change that takes it back; `None` where nothing was set aside.
    pub entry: Option<Entry>,
    /// Why the secrets in quarantine are not encrypted; `None` where they are, or where there are none.
    pub kept_plain: Option<String>,
}

impl ResetDone {
    /// Whether something should have gone and is still there.
    pub fn leaves_something(&self) -> bool {
        self.items.iter().any(Item::is_left_over)
    }

    fn holds_secrets(&self) -> bool {
        let is_secret = |item: &Item| item.result == Outcome::Done && item.kind.sort() == Sort::SecretFile;
        self.items.iter().any(is_secret)
    }
}

pub(crate) fn carry_out(context: &Context, ledger: &Ledger, reset: &Reset) -> Result<ResetDone, EngineError> {
    let mut items = reset.items.clone();
    for item in &mut items {
        item.result = Outcome::Left;
    }
    let mut done = ResetDone { items, entry: None, kept_plain: None };
    if !reset.goes() {
        return Ok(done);
    }
    let machine = &*context.machine;
    let claudes = match stop_claude(context, &mut done.items) {
        Ok(claudes) => claudes,
        // It would write again what is set aside.
        Err(StillRuns) => return Ok(done),
    };
    stop_stray_bridges(machine, &mut done.items);
    let entry = set_aside(context, ledger, reset, &mut done.items);
    start_claude(context, &claudes, &mut done.items);
    done.entry = entry?;
    if done.holds_secrets() {
        done.kept_plain = ledger.seal().err().map(|error| error.to_string());
    }
    Ok(done)
}

/// Something of Claude did not end.
struct StillRuns;

fn stop_claude(context: &Context, items: &mut [Item]) -> Result<Vec<RunningClaude>, StillRuns> {
    let machine = &*context.machine;
    // Without a list of processes there is none that could be stopped; that it is missing was told with the items.
    let processes = machine.processes().unwrap_or_default();
    let claudes = running_claudes(&processes, context.home.os());
    let mut all_ended = true;
    for claude in &claudes {
        let left = claude_process::stop(machine, claude);
        let item = items.iter_mut().find(|item| is_of(item, claude));
        let Some(process) = left.first() else { continue };
        all_ended = false;
        if let Some(item) = item {
            item.fail(format!(
                "{} (process {}) did not end, so nothing was changed",
                process.name, process.id
            ));
        }
    }
    if all_ended { Ok(claudes) } else { Err(StillRuns) }
}

fn start_claude(context: &Context, claudes: &[RunningClaude], items: &mut [Item]) {
    for claude in claudes {
        let started = claude_process::start(&*context.machine, claude, context.home.os());
        let Some(item) = items.iter_mut().find(|item| is_of(item, claude)) else { continue };
        match started {
            Ok(()) => item.result = Outcome::Done,
            Err(error) => item.fail(format!("it was stopped, and could not be started again: {error}")),
        }
    }
}

fn is_of(item: &Item, claude: &RunningClaude) -> bool {
    item.kind == ItemKind::Claude && item.process.as_ref().is_some_and(|process| process.is(&claude.main))
}

fn stop_stray_bridges(machine: &dyn Machine, items: &mut [Item]) {
    let stray: Vec<Process> = items
        .iter()
        .filter(|item| item.action == Action::Stop)
        .filter_map(|item| item.process.clone())
        .collect();
    for process in &stray {
        // One that cannot be asked is ended below.
        let _ = machine.ask_to_quit(process);
    }
    let stubborn = if stray.is_empty() { vec![] } else { machine.wait(&stray, PATIENCE) };
    let refusals: Vec<(Process, String)> = stubborn
        .into_iter()
        .filter_map(|process| machine.end(&process).err().map(|error| (process, error.to_string())))
        .collect();
    for item in items.iter_mut().filter(|item| item.action == Action::Stop) {
        let refusal = item.process.as_ref().and_then(|stopped| {
            refusals.iter().find(|(process, _)| process.is(stopped)).map(|(_, why)| why.clone())
        });
        match (item.kind, refusal) {
            (ItemKind::Port, _) => settle_port(machine, item),
            (_, Some(why)) => item.fail(why),
            (_, None) => item.result = Outcome::Done,
        }
    }
}

/// A port is free once its holder has ended.
fn settle_port(machine: &dyn Machine, item: &mut Item) {
    let port = item.path.to_string_lossy().rsplit(':').next().and_then(|port| port.parse().ok());
    match port.map(|port| machine.port(port)) {
        Some(PortState::Free) => item.result = Outcome::Done,
        _ => item.fail("it is still held"),
    }
}

fn set_aside(
    context: &Context,
    ledger: &Ledger,
    reset: &Reset,
    items: &mut [Item],
) -> Result<Option<Entry>, EngineError> {
    let asides: Vec<Aside> = items.iter().filter_map(aside).collect();
    if asides.is_empty() {
        return Ok(None);
    }
    let note = Note::new(Kind::Reset, reason(&reset.scope)).about(servers(items));
    let note = Note { fixes: vec![reset.scope.fix().to_owned()], ..note };
    let done = ledger.set_aside(&asides, &note, (context.now)())?;
    for item in items.iter_mut().filter(|item| item.action == Action::Quarantine) {
        match done.left.iter().find(|left| left.path == item.path) {
            Some(left) => item.fail(why(&left.why)),
            None => item.result = Outcome::Done,
        }
    }
    Ok(done.entry)
}

/// How an item is set aside, where it is.
pub(crate) fn aside(item: &Item) -> Option<Aside> {
    let trusted = item.trusted.clone().filter(|_| item.action == Action::Quarantine)?;
    Some(Aside { path: item.path.clone(), trusted, sort: item.kind.sort() })
}

/// What the system said, and what that usually means.
fn why(error: &ChangeError) -> String {
    if let ChangeError::Io { source, .. } = error
        && is_in_use(source)
    {
        return format!("a program has it open, so it stays as it is ({source})");
    }
    error.to_string()
}

/// Windows moves no file that somebody has open without sharing it.
fn is_in_use(error: &std::io::Error) -> bool {
    const SHARING_VIOLATION: i32 = 32;
    const LOCK_VIOLATION: i32 = 33;
    cfg!(windows) && matches!(error.raw_os_error(), Some(SHARING_VIOLATION | LOCK_VIOLATION))
}

fn servers(items: &[Item]) -> Vec<ServerName> {
    let ours = items.iter().filter(|item| item.action == Action::Quarantine).flat_map(|item| &item.servers);
    let mut servers: Vec<ServerName> =
        ours.filter(|owner| owner.host.is_none()).map(|owner| owner.server.clone()).collect();
    servers.sort();
    servers.dedup();
    servers
}

fn reason(scope: &Scope) -> String {
    let what = match scope.extent {
        Extent::SignIns => "Reset the stored sign-ins",
        Extent::SignInsAndLogs => "Reset the stored sign-ins and set the logs aside",
        Extent::NpxCache => "Clear npx's cache",
    };
    match &scope.server {
        Some(server) => format!("{server}: {what}"),
        None => what.to_owned(),
    }
}
