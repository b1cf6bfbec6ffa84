//! What changed between two snapshots, one event each.

use bridgekeeper_model::{Health, Severity};
use serde::Serialize;

use super::{EvidenceView, FindingView, FixView, ServerView, Snapshot};

/// Something that happened while a set-up was watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Event {
    /// The first look is done: how things are.
    Watching {
        /// Every server and its state.
        servers: Vec<ServerState>,
    },
    /// A server is listed that was not.
    ServerAppeared(ServerState),
    /// A server is listed no more.
    ServerGone {
        /// Its name.
        server: String,
    },
    /// A server does better or worse.
    StateChanged {
        /// Its name.
        server: String,
        /// Its state before.
        from: Health,
        /// Its state now.
        to: Health,
        /// Since when, where the log says so.
        since: Option<String>,
        /// One sentence: the cause where something is wrong, else what it is.
        summary: String,
    },
    /// Something was found.
    FindingAppeared(News),
    /// Something that was found is there no more, or is only a note now.
    FindingGone {
        /// Id of the rule.
        id: String,
        /// The server it concerned.
        server: Option<String>,
    },
    /// The config that Claude reads was changed.
    ConfigChanged(ConfigChange),
}

/// A server and its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerState {
    /// Its name.
    pub server: String,
    /// Its state.
    pub state: Health,
    /// One sentence: the cause where something is wrong, else what it is.
    pub summary: String,
}

/// A finding, without its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct News {
    /// Id of the rule.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// The server it concerns.
    pub server: Option<String>,
    /// The cause in one sentence.
    pub message: String,
    /// The lines that prove it.
    pub evidence: Vec<EvidenceView>,
    /// What can be done, best first.
    pub fixes: Vec<FixView>,
}

/// What became of a config file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigChange {
    /// The file.
    pub file: String,
    /// Who changed it.
    pub by: ChangedBy,
    /// Whether Claude can parse it now; `None` where it is gone or cannot be read.
    pub parses: Option<bool>,
    /// What is different, one short sentence each, without any value.
    pub changes: Vec<String>,
    /// Whether an entry came, went or is another one, so that a Claude that runs works from older ones.
    pub entries_differ: bool,
}

/// Who changed a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangedBy {
    /// This program or another of ours: the journal has the change.
    Bridgekeeper,
    /// Claude, an editor, a person.
    SomebodyElse,
}

/// What happened between two snapshots, causes before states.
pub(crate) fn between(old: &Snapshot, new: &Snapshot) -> Vec<Event> {
    let states = |server: &ServerView| ServerState {
        server: server.name.clone(),
        state: server.state,
        summary: server.summary.clone(),
    };
    let mut events = Vec::new();
    let is_first = old.generation == 0;
    if is_first {
        events.push(Event::Watching { servers: new.servers.iter().map(states).collect() });
    }
    let found = |snapshot: &Snapshot| -> Vec<FindingView> {
        let findings =
            snapshot.setup_findings.iter().chain(snapshot.servers.iter().flat_map(|s| &s.findings));
        // A note comes and goes with every start; nobody waits for it
        findings.filter(|finding| finding.severity != Severity::Info).cloned().collect()
    };
    let (before, now) = (found(old), found(new));
    let gone = before.iter().filter(|finding| !now.iter().any(|other| is_same(finding, other)));
    events.extend(
        gone.map(|finding| Event::FindingGone { id: finding.id.clone(), server: finding.server.clone() }),
    );
    let came = now.iter().filter(|finding| !before.iter().any(|other| is_same(finding, other)));
    events.extend(came.map(|finding| Event::FindingAppeared(News::of(finding))));
    if is_first {
        return events;
    }
    let server =
        |snapshot: &Snapshot, name: &str| snapshot.servers.iter().find(|one| one.name == name).cloned();
    let names = old.servers.iter().filter(|one| server(new, &one.name).is_none()).map(|one| one.name.clone());
    events.extend(names.map(|server| Event::ServerGone { server }));
    for one in &new.servers {
        match server(old, &one.name) {
            None => events.push(Event::ServerAppeared(states(one))),
            Some(before) if before.state != one.state => events.push(Event::StateChanged {
                server: one.name.clone(),
                from: before.state,
                to: one.state,
                since: one.since.clone(),
                summary: one.summary.clone(),
            }),
            Some(_) => {}
        }
    }
    events
}

/// One cause of one server, as bad as before.
fn is_same(a: &FindingView, b: &FindingView) -> bool {
    (&a.id, &a.server, a.severity) == (&b.id, &b.server, b.severity)
}

impl News {
    fn of(finding: &FindingView) -> Self {
        Self {
            id: finding.id.clone(),
            severity: finding.severity,
            server: finding.server.clone(),
            message: finding.message.clone(),
            evidence: finding.evidence.clone(),
            fixes: finding.fixes.clone(),
        }
    }
}
