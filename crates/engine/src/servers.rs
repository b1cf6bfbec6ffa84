//! Every server that is listed somewhere, with its state.

use bridgekeeper_claude::{Extension, Home};
use bridgekeeper_doctor::health::{Listing, ServerFacts, health};
use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_model::{Finding, ServerName, ServerStatus, Severity, Source};

use crate::bridges::{Kinship, RunningBridge};
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
        (home, bridges): (&Home, &[RunningBridge]),
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
            if !listed.is_rotation(&server) {
                listed.add(server, source, Listing::LogsOnly);
            }
        }
        let files = configs.iter().filter(|config| config.counts()).filter_map(|config| config.file.as_ref());
        let entries: Vec<_> = files.flat_map(ConfigFile::servers).collect();
        listed.find_bridges(&entries, bridges, home);
        listed
    }

    /// Gives each row the bridge that runs for it, the one that started last. First those that were started just as
    /// an entry says; then those of one server, where one entry alone is left for them.
    fn find_bridges(&mut self, entries: &[&Entry], bridges: &[RunningBridge], home: &Home) {
        let mut strangers = Vec::new();
        for bridge in bridges {
            let names = |wanted: Kinship| {
                let related = |entry: &&&Entry| bridge.kinship(entry, home) == Some(wanted);
                let mut names: Vec<&ServerName> =
                    entries.iter().filter(related).map(|entry| &entry.name).collect();
                names.dedup();
                names
            };
            match (names(Kinship::SameStart), names(Kinship::SameServer)) {
                (same, _) if !same.is_empty() => self.give(bridge, &same),
                (_, maybe) => strangers.push((bridge, maybe)),
            }
        }
        for (bridge, mut maybe) in strangers {
            maybe.retain(|name| self.rows.iter().any(|row| row.waits_for_bridge(name)));
            if let [_] = maybe[..] {
                self.give(bridge, &maybe);
            }
        }
    }

    /// To the first of these entries that has none. Entries that are alike to the letter share their bridges: which is
    /// whose makes no difference.
    fn give(&mut self, bridge: &RunningBridge, names: &[&ServerName]) {
        let free = |row: &&mut Row| names.iter().any(|name| row.waits_for_bridge(name));
        if let Some(row) = self.rows.iter_mut().find(free) {
            row.bridge = Some(bridge.clone());
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

    /// Whether only a rotated log has this name: `mcp-server-notes1.log` is an older one of `notes`.
    fn is_rotation(&self, name: &ServerName) -> bool {
        let stem = name.as_str().trim_end_matches(|c: char| c.is_ascii_digit());
        let is_stem = |row: &Row| row.name.as_str() == stem && row.listing != Listing::LogsOnly;
        stem.len() < name.as_str().len() && self.rows.iter().any(is_stem)
    }

    fn add(&mut self, name: ServerName, source: Source, listing: Listing) {
        if !self.rows.iter().any(|row| row.name == name) {
            self.rows.push(Row { name, source, listing, bridge: None });
        }
    }
}

impl Row {
    /// Whether this is the entry of that name in the config, and no bridge has been found for it yet.
    fn waits_for_bridge(&self, name: &ServerName) -> bool {
        self.source == Source::Config && self.bridge.is_none() && self.name == *name
    }

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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use bridgekeeper_bridge::Fingerprint;
    use bridgekeeper_model::{BridgeState, BridgeStatus, Os};

    use super::*;

    /// A bridge that was started with these arguments and this token, `second` seconds after eight.
    fn bridge(second: u32, args: &[&str], token: &str, state: BridgeState) -> RunningBridge {
        let time = format!("2026-01-01T08:00:{second:02}Z").parse().unwrap();
        let mut status = BridgeStatus {
            state,
            ..BridgeStatus::at_start(second, time, "1".into(), "https://a.example/mcp".into())
        };
        let variable = |name: &str| (name == "TOKEN").then(|| token.to_owned());
        status.started_as = Some(Fingerprint::of(args, variable).digest(&status));
        RunningBridge { file: "/run/1.json".into(), status }
    }

    /// The state of each entry's bridge, by the entries' names; the newest bridge comes first.
    fn states(bridges: &[RunningBridge]) -> Vec<Option<BridgeState>> {
        let config = r#"{"mcpServers": {
            "mine": {"command": "mcp-bridge", "args": ["https://a.example/mcp", "--header", "X-Key:${TOKEN}"], "env": {"TOKEN": "m"}},
            "ours": {"command": "mcp-bridge", "args": ["https://a.example/mcp", "--header", "X-Key:${TOKEN}"], "env": {"TOKEN": "o"}},
            "work": {"command": "mcp-bridge", "args": ["https://a.example/mcp", "--account", "work"]}}}"#;
        let file = ConfigFile::read(config.as_bytes());
        let entries: Vec<&Entry> = file.servers().iter().collect();
        let mut listed = Listed { rows: Vec::new() };
        for entry in &entries {
            listed.add(entry.name.clone(), Source::Config, Listing::On);
        }
        listed.find_bridges(&entries, bridges, &Home::stand_in(Path::new("/nowhere"), Os::Linux));
        listed.rows.iter().map(|row| Some(row.bridge.as_ref()?.status.state)).collect()
    }

    #[test]
    fn each_entry_of_one_server_has_its_own_bridge() {
        let (url, header) =
            ("https://a.example/mcp", ["https://a.example/mcp", "--header", "X-Key:${TOKEN}"]);
        let all = [
            bridge(4, &header, "o", BridgeState::Connected),
            bridge(3, &[url, "--account", "work"], "", BridgeState::NeedsSignIn),
            bridge(2, &header, "m", BridgeState::Failing),
            bridge(1, &header, "o", BridgeState::Idle),
        ];
        let found = [BridgeState::Failing, BridgeState::Connected, BridgeState::NeedsSignIn].map(Some);
        assert_eq!(states(&all), found);
        assert_eq!(states(&all[1..]), [found[0], Some(BridgeState::Idle), found[2]]);
    }

    #[test]
    fn a_bridge_that_no_entry_started_belongs_to_the_one_that_is_left() {
        let header = ["https://a.example/mcp", "--header", "X-Key:${TOKEN}"];
        let changed = bridge(9, &["https://a.example/mcp", "--debug"], "", BridgeState::Connected);
        let known =
            [bridge(2, &header, "o", BridgeState::Failing), bridge(1, &header, "m", BridgeState::Failing)];
        assert_eq!(states(std::slice::from_ref(&changed)), [None, None, None], "it may be anybody's");
        let [second, first] = known;
        let failing = Some(BridgeState::Failing);
        assert_eq!(states(&[changed, second, first]), [failing, failing, Some(BridgeState::Connected)]);
    }
}
