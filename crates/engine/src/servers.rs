//! Every server that is listed somewhere, with its state.

use bridgekeeper_claude::Extension;
use bridgekeeper_doctor::health::{Listing, ServerFacts, health};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_model::{Finding, ServerName, ServerStatus, Severity, Source};

use crate::bridges::RunningBridge;
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
    /// The bridge that runs for it now.
    bridge: Option<RunningBridge>,
}

impl Listed {
    pub(crate) fn new(
        configs: &[Config],
        extensions: &[Extension],
        logs: &HomeLogs,
        told: &[Finding],
        bridges: &[RunningBridge],
        switched_off: &[ServerName],
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
        for server in switched_off {
            listed.add(server.clone(), Source::Config, Listing::Off);
        }
        for (server, source) in logs.recent_servers(told) {
            listed.add(server, source, Listing::LogsOnly);
        }
        listed.find_bridges(configs, bridges);
        listed
    }

    /// Gives each row the bridge that runs for it, the one that started last. Where two entries name one server it
    /// cannot be told whose bridge it is.
    fn find_bridges(&mut self, configs: &[Config], bridges: &[RunningBridge]) {
        let files = configs.iter().filter(|config| config.counts()).filter_map(|config| config.file.as_ref());
        let entries: Vec<_> = files.flat_map(ConfigFile::servers).collect();
        for bridge in bridges {
            let mut names: Vec<&ServerName> =
                entries.iter().filter(|entry| bridge.is_of(entry)).map(|entry| &entry.name).collect();
            names.dedup();
            let [name] = names[..] else { continue };
            let row = self.rows.iter_mut().find(|row| row.name == *name && row.source == Source::Config);
            if let Some(row) = row.filter(|row| row.bridge.is_none()) {
                row.bridge = Some(bridge.clone());
            }
        }
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
            self.rows.push(Row { name, source, listing, bridge: None });
        }
    }
}

impl Row {
    fn status(&self, logs: &HomeLogs, history: &History, findings: &[Finding]) -> ServerStatus {
        let name = &self.name;
        // What the logs tell of an entry that was changed since is not what the entry does now.
        let track = logs.scan.track(name).filter(|_| history.unseen_change(name, logs).is_none());
        let report = health(&ServerFacts { name, listing: self.listing, track, findings });
        let about = |finding: &&Finding| match &finding.server {
            Some(server) => server == name && finding.severity != Severity::Info,
            // What is wrong with the whole set-up is wrong here, too
            None => self.source == Source::Config && finding.severity == Severity::Error,
        };
        let (state, since, evidence) = match &self.bridge {
            // A bridge that runs knows better than any log.
            Some(bridge) => (bridge.health(), Some(bridge.status.since), vec![bridge.evidence()]),
            // What a server prints carries no time; its session's own lines do.
            None => (
                report.state,
                report.since.or_else(|| track.and_then(|track| track.current.last()?.time)),
                report.evidence,
            ),
        };
        ServerStatus {
            name: name.clone(),
            source: self.source,
            state,
            since,
            evidence,
            findings: findings.iter().filter(about).map(|finding| finding.id.clone()).collect(),
            indicators: report.indicators,
        }
    }
}
