//! What becomes of each server after a start, read from the logs.

use std::time::{Duration, Instant};

use bridgekeeper_doctor::log_scan::Track;
use bridgekeeper_model::{Health, Sentence, ServerName, Source};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::context::Context;
use crate::doctor::{self, Kept};
use crate::history::History;
use crate::live::FollowedLogs;

/// How often the logs are read on.
const LOOK: Duration = Duration::from_millis(250);
/// How long a failure must last: Claude starts a server, closes it and starts it again within a second or two.
const LASTING: Duration = Duration::from_secs(3);

/// What became of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerOutcome {
    /// Its name.
    pub name: ServerName,
    /// Its state; `None` where its log says nothing since the start.
    pub state: Option<Health>,
    /// The cause, where one is known.
    pub why: Option<Sentence>,
}

/// The servers of a Claude that was started.
pub struct Watching<'e> {
    context: &'e Context,
    history: History,
    logs: FollowedLogs,
    since: Timestamp,
    until: Instant,
    failing_since: Option<Instant>,
    looked: bool,
    over: bool,
}

impl std::fmt::Debug for Watching<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watching").field("since", &self.since).finish_non_exhaustive()
    }
}

impl<'e> Watching<'e> {
    /// Watches what happens from now on, for `limit` at most.
    pub(crate) fn begin(context: &'e Context, history: History, limit: Duration) -> Self {
        Self {
            context,
            history,
            logs: FollowedLogs::new(context),
            // Logs tell whole seconds at times
            since: (context.now)() - SignedDuration::from_secs(1),
            until: Instant::now() + limit,
            failing_since: None,
            looked: false,
            over: false,
        }
    }

    fn look(&mut self) -> Vec<ServerOutcome> {
        self.logs.catch_up(self.context);
        let logs = self.logs.logs();
        let report = doctor::doctor(self.context, &self.history, logs, Kept::default());
        let is_new = |server: &ServerName| {
            let sessions = logs.scan.track(server).into_iter().flat_map(Track::sessions);
            sessions.filter_map(|session| session.last()?.time).any(|last| last >= self.since)
        };
        let servers = report.servers.iter().filter(|server| server.source == Source::Config);
        servers
            .filter(|server| server.state != Health::Off)
            .map(|server| {
                let cause = report
                    .findings
                    .iter()
                    .find(|finding| finding.server.as_ref() == Some(&server.name))
                    .filter(|_| matches!(server.state, Health::Failing | Health::NeedsSignIn));
                let is_new = is_new(&server.name);
                ServerOutcome {
                    name: server.name.clone(),
                    state: is_new.then_some(server.state),
                    why: cause.filter(|_| is_new).map(|finding| finding.sentence.clone()),
                }
            })
            .collect()
    }

    fn is_settled(&mut self, servers: &[ServerOutcome]) -> bool {
        let is_known = |server: &ServerOutcome| {
            matches!(server.state, Some(Health::Connected | Health::NeedsSignIn | Health::Failing))
        };
        if !servers.iter().all(is_known) {
            self.failing_since = None;
            return false;
        }
        if servers.iter().all(|server| server.state != Some(Health::Failing)) {
            return true;
        }
        self.failing_since.get_or_insert_with(Instant::now).elapsed() >= LASTING
    }
}

/// The servers each time that the logs were read on, until each one is up or its failure is known, or the time is
/// over.
impl Iterator for Watching<'_> {
    type Item = Vec<ServerOutcome>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        if self.looked {
            std::thread::sleep(LOOK);
        }
        self.looked = true;
        let servers = self.look();
        self.over = self.is_settled(&servers) || Instant::now() >= self.until;
        Some(servers)
    }
}
