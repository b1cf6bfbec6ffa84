//! Every server that is listed somewhere, with its state.

use bridgekeeper_claude::Extension;
use bridgekeeper_doctor::log_scan::{End, Session};
use bridgekeeper_model::{Evidence, Finding, Health, ServerName, ServerStatus, Severity, Source};

use crate::doctor::Config;
use crate::history::History;
use crate::logs::HomeLogs;

/// The servers that this set-up has: the config's, the extensions', and those that only a recent log knows.
#[derive(Debug)]
pub(crate) struct Listed {
    rows: Vec<(ServerName, Source)>,
}

impl Listed {
    pub(crate) fn new(configs: &[Config], extensions: &[Extension], logs: &HomeLogs) -> Self {
        let mut listed = Self { rows: Vec::new() };
        for config in configs.iter().filter(|config| config.counts()) {
            for server in &config.report.servers {
                listed.add(server.clone(), Source::Config);
            }
        }
        for extension in extensions {
            listed.add(ServerName::new(extension.display_name.clone()), Source::Extension);
        }
        for server in logs.recent_servers() {
            listed.add(server.clone(), Source::Extension);
        }
        listed
    }

    /// Whether a finding about this server, or about the set-up as a whole, belongs into the report. A log of a
    /// server that is gone does not.
    pub(crate) fn concerns(&self, server: Option<&ServerName>) -> bool {
        server.is_none_or(|server| self.rows.iter().any(|(name, _)| name == server))
    }

    pub(crate) fn statuses(
        &self,
        logs: &HomeLogs,
        history: &History,
        findings: &[Finding],
    ) -> Vec<ServerStatus> {
        self.rows.iter().map(|(name, source)| status(name, *source, logs, history, findings)).collect()
    }

    fn add(&mut self, name: ServerName, source: Source) {
        if !self.rows.iter().any(|(known, _)| *known == name) {
            self.rows.push((name, source));
        }
    }
}

fn status(
    name: &ServerName,
    source: Source,
    logs: &HomeLogs,
    history: &History,
    findings: &[Finding],
) -> ServerStatus {
    let about =
        |finding: &&Finding| finding.server.as_ref() == Some(name) && finding.severity != Severity::Info;
    let ids = findings.iter().filter(about).map(|finding| finding.id.clone()).collect();
    let broken = findings.iter().filter(about).find(|finding| finding.severity == Severity::Error);
    let track = logs.scan.track(name).filter(|_| history.unseen_change(name, logs).is_none());
    let (mut state, mut evidence) = track.map_or((Health::NeverSeen, vec![]), |track| state(&track.current));
    if let (Some(broken), Health::Starting | Health::Stopped | Health::NeverSeen) = (broken, state) {
        state = Health::Failing;
        evidence.clone_from(&broken.evidence);
    }
    let since = evidence.iter().rev().find_map(|evidence| evidence.time);
    ServerStatus { name: name.clone(), source, state, since, evidence, findings: ids }
}

/// The state that a session's lines prove, and those lines.
fn state(session: &Session) -> (Health, Vec<Evidence>) {
    let steps = |health, lines: [&Option<Evidence>; 2]| {
        (health, lines.into_iter().flatten().cloned().collect::<Vec<_>>())
    };
    match &session.end {
        Some((End::Intentional, line)) => (Health::Stopped, vec![line.clone()]),
        Some((End::Closed | End::Unexpected, line)) => (Health::Failing, vec![line.clone()]),
        None if session.success().is_some() => {
            steps(Health::Connected, [&session.bridged, &session.answered])
        }
        None if session.sign_in.is_some() => steps(Health::NeedsSignIn, [&session.sign_in, &None]),
        None if session.first().is_some() => steps(Health::Starting, [&session.started, &session.initialize]),
        None => (Health::NeverSeen, vec![]),
    }
}
