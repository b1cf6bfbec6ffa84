//! Doing what was shown: what writes there is stopped first, then everything is set aside as one change.

use std::time::Duration;

use bridgekeeper_machine::{Machine, PortState, Process};
use bridgekeeper_model::ServerName;

use super::item::{Action, Item, ItemKind, Outcome};
use super::{Extent, Reset, Scope};
use crate::change::{Aside, ChangeError, Entry, Kind, Ledger, Note, Sort};
use crate::context::Context;
use crate::error::EngineError;
use crate::restart::{Ended, How, Restart};

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
    let restart = match Restart::of_running(context) {
        // Without a list of processes there is none to be stopped; that it is missing was told with the items.
        Err(EngineError::Machine(_)) => None,
        restart => restart?,
    };
    if let Some(restart) = &restart
        && let Some(left) = left_of(&restart.quit(machine, |_| ())?)
    {
        // It would write again what is set aside.
        let why = format!("{} (process {}) did not end, so nothing was changed", left.name, left.process);
        claudes(&mut done.items).for_each(|item| item.fail(&why));
        return Ok(done);
    }
    stop_stray_bridges(machine, &mut done.items);
    let entry = set_aside(context, ledger, reset, &mut done.items);
    if let Some(restart) = &restart {
        start(restart, machine, &mut done.items);
    }
    done.entry = entry?;
    if done.holds_secrets() {
        done.kept_plain = ledger.seal().err().map(|error| error.to_string());
    }
    Ok(done)
}

fn left_of(ended: &[Ended]) -> Option<&Ended> {
    ended.iter().find(|end| end.how == Some(How::StillRuns))
}

fn start(restart: &Restart, machine: &dyn Machine, items: &mut [Item]) {
    match restart.start(machine, |_| ()) {
        Ok(()) => claudes(items).for_each(|item| item.result = Outcome::Done),
        Err(error) => {
            let why = format!("it was stopped, and could not be started again: {error}");
            claudes(items).for_each(|item| item.fail(&why));
        }
    }
}

fn claudes(items: &mut [Item]) -> impl Iterator<Item = &mut Item> {
    items.iter_mut().filter(|item| item.kind == ItemKind::Claude)
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
