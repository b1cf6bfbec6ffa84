//! What runs: Claude, which would write again what is set aside; bridges whose Claude is gone; and callback ports
//! that somebody holds.

use std::collections::BTreeMap;

use bridgekeeper_machine::{
    Listener, PortState, Process, Role, RunningClaude, descendants, orphaned_bridges, role, running_claudes,
};
use bridgekeeper_mcp_remote::{CommandLine, Invocation};

use super::Search;
use super::item::{Action, Item, ItemKind};
use super::owners::Owner;
use crate::view::NotChecked;

/// What runs that a reset concerns.
#[derive(Debug, Default)]
pub(super) struct Running {
    processes: Vec<Process>,
    claudes: Vec<RunningClaude>,
    listeners: Vec<Listener>,
}

impl Running {
    pub(super) fn look(search: &Search<'_>, not_checked: &mut Vec<NotChecked>) -> Self {
        let machine = &search.context.machine;
        let mut told = |check: &str, why: String| {
            not_checked.push(NotChecked { check: check.to_owned(), why });
        };
        let processes = machine.processes().unwrap_or_else(|error| {
            told("running bridges", error.to_string());
            vec![]
        });
        let listeners = machine.listeners().unwrap_or_else(|error| {
            told("who holds the callback ports", error.to_string());
            vec![]
        });
        let claudes = running_claudes(&processes, search.context.home.os());
        Self { processes, claudes, listeners }
    }

    /// Claude, where it runs: it and its servers are stopped for the reset and started again.
    pub(super) fn claude(&self, search: &Search<'_>) -> Vec<Item> {
        let item = |claude: &RunningClaude| {
            let mut item = of_process(search, &claude.main, ItemKind::Claude, Action::Restart);
            let servers = claude.servers(search.context.home.os()).count();
            if servers > 0 {
                item.remark(format!("with what it started: {servers} processes of its servers"));
            }
            item
        };
        self.claudes.iter().map(item).collect()
    }

    /// Bridges whose Claude is gone; of one server those that were started for it.
    pub(super) fn stray_bridges(&self, search: &Search<'_>) -> Vec<Item> {
        let stray = orphaned_bridges(&self.processes, search.context.home.os());
        let items = stray.iter().filter_map(|process| {
            let owners = owners_of(search, process);
            if !search.wants(&owners) {
                return None;
            }
            let mut item = of_process(search, process, ItemKind::Process, Action::Stop);
            item.remark(format!("process {}, whose Claude is gone", process.id));
            item.servers = owners;
            search.note_who_shares(&mut item);
            Some(item)
        });
        items.collect()
    }

    /// The callback ports that somebody holds, of the servers that are reset.
    pub(super) fn ports(&self, search: &Search<'_>, files: &[Item], stopped: &[Item]) -> Vec<Item> {
        let mut ports: BTreeMap<u16, Vec<Owner>> = BTreeMap::new();
        let of_entries = search.entries.ports.iter().filter(|(_, owners)| search.wants(owners));
        ports.extend(of_entries.map(|(port, owners)| (*port, owners.clone())));
        for item in files {
            if let Some(port) = item.record.port {
                ports.entry(port).or_insert_with(|| item.servers.clone());
            }
        }
        ports.into_iter().filter_map(|(port, owners)| self.port(search, port, owners, stopped)).collect()
    }

    fn port(&self, search: &Search<'_>, port: u16, owners: Vec<Owner>, stopped: &[Item]) -> Option<Item> {
        let held = |listener: &&Listener| listener.address.port() == port && listener.is_reached_from_here();
        let holder = self.listeners.iter().find(held);
        let (action, note) = match (search.context.machine.port(port), holder) {
            (PortState::Taken, Some(holder)) => {
                let named = format!("held by {} (process {})", holder.name, holder.process);
                if self.is_stopped(holder, stopped) {
                    (Action::Stop, named)
                } else {
                    (Action::Keep, format!("{named}, which is none of Claude's bridges"))
                }
            }
            (PortState::Taken, None) => {
                (Action::Keep, "held by a process that does not belong to this home".to_owned())
            }
            (PortState::Reserved, _) => (Action::Keep, "the system keeps it to itself".to_owned()),
            (PortState::Free | PortState::Unknown, _) => return None,
        };
        Some(Item {
            kind: ItemKind::Port,
            path: format!("127.0.0.1:{port}").into(),
            servers: owners,
            action,
            note: Some(note),
            ..Item::planned(ItemKind::Port)
        })
    }

    /// Whether the holder ends with Claude or is one of the stray bridges.
    fn is_stopped(&self, holder: &Listener, stopped: &[Item]) -> bool {
        let below_claude = self.claudes.iter().flat_map(|claude| &claude.below);
        let stray = stopped.iter().filter_map(|item| item.process.as_ref());
        let with_stray = stray.clone().flat_map(|process| descendants(&self.processes, process));
        below_claude.chain(stray).any(|process| process.id == holder.process)
            || with_stray.into_iter().any(|process| process.id == holder.process)
    }

    /// Whether the process that wrote a lock or a lease still runs as a bridge.
    pub(super) fn say_who_wrote(&self, search: &Search<'_>, files: &mut [Item]) {
        for item in files {
            let Some(writer) = item.record.process else { continue };
            let running = self.processes.iter().find(|process| process.id.0 == writer);
            match running.filter(|process| role(process, search.context.home.os()).is_bridge()) {
                Some(_) => item.remark(format!("its bridge runs (process {writer})")),
                None => item.remark("stale: its bridge has ended"),
            }
        }
    }
}

fn of_process(search: &Search<'_>, process: &Process, kind: ItemKind, action: Action) -> Item {
    let path = process.exe.clone().unwrap_or_else(|| process.name.clone().into());
    let age = search.now.duration_since(process.started).as_secs();
    Item {
        path,
        age_s: u64::try_from(age).ok(),
        action,
        process: Some(process.clone()),
        ..Item::planned(kind)
    }
}

/// The servers that a bridge was started for, by its command line.
fn owners_of(search: &Search<'_>, process: &Process) -> Vec<Owner> {
    let program = process.exe.as_ref().map_or(process.name.clone(), |exe| exe.to_string_lossy().into_owned());
    let line = match role(process, search.context.home.os()) {
        Role::McpBridge => Some(CommandLine::parse(&process.args)),
        Role::McpRemote => Invocation::recognise(&program, &process.args).map(|invocation| invocation.line),
        Role::Claude | Role::ClaudePart | Role::Other => None,
    };
    let hashes = line.map(|line| line.server_hashes()).unwrap_or_default();
    let mut owners: Vec<Owner> =
        hashes.iter().flat_map(|hash| search.entries.files.of_hash(hash)).cloned().collect();
    owners.sort();
    owners.dedup();
    owners
}
