//! Clearing what sign-ins leave behind, for one server or all: found, shown, set aside, and taken back.
//!
//! Everything is looked up in folders that have a name (`~/.mcp-auth`, npx's cache, Claude's logs), and nothing is
//! touched but what is known by its own name there. A link is never followed and nothing is removed: what goes is
//! moved into the quarantine, from where it comes back with every byte, permission and time.
//!
//! Deliberately absent: moving files (`change` does, with its journal) and knowing processes (`machine` does).

mod carry_out;
mod files;
mod item;
mod logs;
mod npx_cache;
mod own_sign_ins;
mod owners;
mod running;
mod sign_ins;
#[cfg(test)]
mod tests;
mod words;

use bridgekeeper_claude::LogKind;
use bridgekeeper_model::ServerName;
use jiff::Timestamp;

pub use carry_out::ResetDone;
pub use item::{Action, Item, ItemKind, Outcome};
pub use owners::Owner;
pub use words::{age, size};

use crate::context::Context;
use crate::error::EngineError;
use crate::view::NotChecked;
pub(crate) use carry_out::{aside, carry_out};
use owners::Entries;
use running::Running;

/// What is to be reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// One server, or all.
    pub server: Option<ServerName>,
    /// How far it goes.
    pub extent: Extent,
}

/// How far a reset goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Sign-ins, locks, held ports, stray bridges, and the bridge in npx's cache.
    SignIns,
    /// All that and Claude's logs of its servers.
    SignInsAndLogs,
    /// npx's cache alone: of the package that the server starts, else of the bridge.
    NpxCache,
}

impl Scope {
    /// What a fix resets, of the server that its finding is about; `None` for a fix of another kind.
    pub fn of_fix(id: &str, server: Option<ServerName>) -> Option<Self> {
        let extent = match id {
            "reset-auth" => Extent::SignIns,
            "clear-npx-cache" => Extent::NpxCache,
            _ => return None,
        };
        Some(Self { server, extent })
    }

    /// The fix that this is, as findings name it.
    pub fn fix(&self) -> &'static str {
        match self.extent {
            Extent::SignIns | Extent::SignInsAndLogs => "reset-auth",
            Extent::NpxCache => "clear-npx-cache",
        }
    }
}

/// What a reset finds, and what it will do with each.
#[derive(Debug, Clone)]
pub struct Reset {
    /// What was asked for.
    pub scope: Scope,
    /// What there is, in the order in which it is done.
    pub items: Vec<Item>,
    /// What could not be looked at.
    pub not_checked: Vec<NotChecked>,
}

impl Reset {
    /// Looks. Changes nothing.
    pub(crate) fn find(context: &Context, scope: Scope) -> Result<Self, EngineError> {
        let entries = Entries::of(&context.home);
        if let Some(server) = &scope.server {
            let has_log = || {
                let is_its = |kind: &LogKind| *kind == LogKind::Server(server.clone());
                context.home.log_files().files.iter().any(|log| is_its(&log.kind))
            };
            if !entries.servers.contains(server) && !has_log() {
                return Err(EngineError::NoSuchServer(server.clone()));
            }
        }
        let search = Search { context, entries: &entries, scope: &scope, now: (context.now)() };
        let mut not_checked = Vec::new();
        let running = Running::look(&search, &mut not_checked);
        let mut items = running.claude(&search);
        if scope.extent != Extent::NpxCache {
            let mut files = sign_ins::find(&search);
            running.say_who_wrote(&search, &mut files);
            let stray = running.stray_bridges(&search);
            let ports = running.ports(&search, &files, &stray);
            items.extend(stray.into_iter().chain(ports).chain(files));
            items.extend(own_sign_ins::find(&search));
        }
        items.extend(npx_cache::find(&search));
        if scope.extent == Extent::SignInsAndLogs {
            items.extend(logs::find(&search));
        }
        Ok(Self { scope, items, not_checked })
    }

    /// Bytes that will be set aside.
    pub fn bytes(&self) -> u64 {
        self.items.iter().filter(|item| item.goes()).filter_map(|item| item.bytes).sum()
    }

    /// Whether there is anything to do.
    pub fn goes(&self) -> bool {
        self.items.iter().any(Item::goes)
    }
}

/// The files of mcp-remote's sign-ins, of one server or all, as a reset would set them aside. Nothing is changed.
pub(crate) fn stored_sign_ins(context: &Context, server: Option<ServerName>) -> Vec<Item> {
    let entries = Entries::of(&context.home);
    let scope = Scope { server, extent: Extent::SignIns };
    sign_ins::find(&Search { context, entries: &entries, scope: &scope, now: (context.now)() })
}

/// What every look-up needs.
#[derive(Debug, Clone, Copy)]
struct Search<'a> {
    context: &'a Context,
    entries: &'a Entries,
    scope: &'a Scope,
    now: Timestamp,
}

impl Search<'_> {
    /// Whether what belongs to these servers is to be reset. What belongs to none goes only with all.
    fn wants(&self, owners: &[Owner]) -> bool {
        match &self.scope.server {
            Some(server) => owners.iter().any(|owner| owner.host.is_none() && owner.server == *server),
            None => true,
        }
    }

    /// Notes whom else a reset concerns: of one server the others, of all the other hosts.
    fn note_who_shares(&self, item: &mut Item) {
        let is_asked_for = |owner: &&Owner| match &self.scope.server {
            Some(server) => owner.host.is_none() && owner.server == *server,
            None => owner.host.is_none(),
        };
        item.shared_with = item.servers.iter().filter(|owner| !is_asked_for(owner)).cloned().collect();
    }
}
