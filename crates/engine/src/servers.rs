//! Every server that is listed somewhere, with its state.

use bridgekeeper_claude::Extension;
use bridgekeeper_doctor::health::{Listing, ServerFacts, health};
use bridgekeeper_model::{Finding, ServerName, ServerStatus, Severity, Source};

use crate::doctor::Config;
use crate::history::History;
use crate::logs::HomeLogs;

/// The servers that this set-up has: the config's, the extensions', and those that only a recent log knows.
#[derive(Debug)]
pub(crate) struct Listed {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: ServerName,
    source: Source,
    listing: Listing,
}

impl Listed {
    pub(crate) fn new(
        configs: &[Config],
        extensions: &[Extension],
        logs: &HomeLogs,
        told: &[Finding],
    ) -> Self {
        let mut listed = Self { rows: Vec::new() };
        for config in configs.iter().filter(|config| config.counts()) {
            for server in &config.report.servers {
                listed.add(server.clone(), Source::Config, Listing::On);
            }
        }
        for extension in extensions {
            let listing = if extension.enabled == Some(false) { Listing::Off } else { Listing::On };
            listed.add(ServerName::new(extension.display_name.clone()), Source::Extension, listing);
        }
        for (server, source) in logs.recent_servers(told) {
            listed.add(server, source, Listing::LogsOnly);
        }
        listed
    }

    /// Whether a finding about this server, or about the set-up as a whole, belongs into the report. A log of a
    /// server that is gone does not.
    pub(crate) fn concerns(&self, server: Option<&ServerName>) -> bool {
        server.is_none_or(|server| self.rows.iter().any(|row| row.name == *server))
    }

    pub(crate) fn statuses(
        &self,
        logs: &HomeLogs,
        history: &History,
        findings: &[Finding],
    ) -> Vec<ServerStatus> {
        self.rows.iter().map(|row| row.status(logs, history, findings)).collect()
    }

    fn add(&mut self, name: ServerName, source: Source, listing: Listing) {
        if !self.rows.iter().any(|row| row.name == name) {
            self.rows.push(Row { name, source, listing });
        }
    }
}

impl Row {
    fn status(&self, logs: &HomeLogs, history: &History, findings: &[Finding]) -> ServerStatus {
        let name = &self.name;
        // What the logs tell of an entry that was changed since is not what the entry does now.
        let track = logs.scan.track(name).filter(|_| history.unseen_change(name, logs).is_none());
        let report = health(&ServerFacts { name, listing: self.listing, track, findings });
        let about =
            |finding: &&Finding| finding.server.as_ref() == Some(name) && finding.severity != Severity::Info;
        ServerStatus {
            name: name.clone(),
            source: self.source,
            state: report.state,
            // What a server prints carries no time; its session's own lines do.
            since: report.since.or_else(|| track.and_then(|track| track.current.last()?.time)),
            evidence: report.evidence,
            findings: findings.iter().filter(about).map(|finding| finding.id.clone()).collect(),
        }
    }
}
