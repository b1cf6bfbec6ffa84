//! The whole set-up, looked at once.

use std::path::Path;

use bridgekeeper_claude::{ConfigCandidate, Content, Live};
use bridgekeeper_doctor::config_check::{ConfigFinding, check_config};
use bridgekeeper_doctor::log_scan::Track;
use bridgekeeper_doctor::machine_check::{MachineFinding, check_machine};
use bridgekeeper_doctor::rule::{ConfigFacts, Detect, MachineView};
use bridgekeeper_doctor::{remedies, rules};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_model::machine::MachineFacts;
use bridgekeeper_model::{Applicability, Evidence, Finding, Fix, Sentence, ServerName, Severity};

use crate::bridges;
use jiff::{SignedDuration, Timestamp};

use crate::context::Context;
use crate::correlate::{ConfigCause, correlate};
use crate::fix;
use crate::history::History;
use crate::logs::{HomeLogs, crashed, unreadable};
use crate::offers::Offers;
use crate::policy::{self, Policy};
use crate::report::{ConfigReport, Report};
use crate::servers;
use crate::view::NotChecked;

/// The rule under which entries are reported that stand where Claude does not read.
const WRONG_LOCATION: &str = "config-wrong-location";
/// The log rule of a file that is no JSON.
const INVALID_JSON: &str = "config-json-invalid";
/// The fix that brings them where Claude reads.
pub(crate) const MERGE: &str = "merge-configs";

/// What our own notes add to what is seen.
#[derive(Debug, Default)]
pub(crate) struct Kept<'a> {
    /// The servers whose entries are kept here while they are off.
    pub(crate) switched_off: &'a [ServerName],
    /// What was lost of the config.
    pub(crate) losses: Vec<Finding>,
}

pub(crate) fn doctor(context: &Context, history: &History, logs: &HomeLogs, kept: Kept<'_>) -> Report {
    let installs = context.home.installs();
    let extensions = context.home.extensions();
    let configs: Vec<Config> = context.home.configs().into_iter().map(Config::read).collect();
    let diagnosis = logs.scan.diagnosis();

    let mut machine = context.computer.facts();
    machine.not_started = not_started(&machine, &configs, logs, (context.now)());
    let bridges = bridges::running(&context.home);
    machine.clock_ahead = bridges::clock_ahead(&bridges);
    let view = |config| MachineView { machine: &machine, config, os: context.home.os() };
    let mut causes: Vec<ConfigCause> = configs.iter().flat_map(|config| config.causes(context)).collect();
    let read: Vec<&Config> =
        configs.iter().filter(|config| config.counts() && config.file.is_some()).collect();
    // Where Claude finds a program is known by now
    let is_looked_up = |cause: &ConfigCause| {
        let server = cause.finding.server.as_ref().map(ServerName::as_str);
        cause.finding.id == "command-not-on-path"
            && machine.programs.iter().any(|program| Some(program.server.as_str()) == server)
    };
    causes.retain(|cause| !is_looked_up(cause));
    for config in &read {
        causes.extend(of_machine(&view(config.file.as_ref()), &config.report.path, logs));
    }
    if read.is_empty() {
        causes.extend(of_machine(&view(None), Path::new(""), logs));
    }
    let all_rules: Vec<_> = rules::ALL.iter().copied().collect();
    let listed = servers::Listed::new(
        &configs,
        &extensions.found,
        logs,
        &diagnosis.findings,
        (&context.home, &bridges),
        kept.switched_off,
    );
    let told =
        diagnosis.findings.into_iter().filter(|finding| listed.concerns(finding.server.as_ref())).collect();
    let mut findings = correlate(told, causes, &all_rules);
    findings.extend(misplaced(&configs));
    findings.extend(kept.losses);
    let policy = context.policy();
    let of_claude =
        read.iter().filter_map(|config| Some((config.report.path.as_path(), config.file.as_ref()?)));
    let of_policy = policy::findings(&policy, of_claude);
    history.settle(&mut findings, logs);
    // What keeps every server from starting stands before what is wrong with one
    let rank = |finding: &Finding| (finding.severity, finding.server.is_some());
    findings.sort_by_key(rank);
    put_fixes_right(context, &configs, logs, &mut findings);

    let servers = listed.statuses(logs, history, &findings);
    // What an organisation has set, or could not set, keeps no server from working
    findings.extend(of_policy);
    findings.sort_by_key(rank);
    let unread = installs.unreadable.iter().chain(&extensions.unreadable).map(unreadable);
    let mut not_checked: Vec<NotChecked> = unread.chain(diagnosis.crashed.iter().map(crashed)).collect();
    not_checked.extend(logs.not_read.iter().cloned());
    not_checked.extend(history.waiting(&servers));
    not_checked.extend(context.computer.not_checked(context.home.os()));
    not_checked.push(NotChecked {
        check: if machine.clock_ahead.is_some() { "remote servers" } else { "remote servers, clock" }
            .to_owned(),
        why: "no server was contacted; `bridgekeeper probe URL` asks one".to_owned(),
    });
    if installs.found.is_empty() && configs.is_empty() {
        let places: Vec<String> =
            installs.looked_in.iter().map(|place| context.home.shorten(place)).collect();
        not_checked.push(NotChecked {
            check: "Claude Desktop".to_owned(),
            why: format!("it was not found in {}", places.join(", ")),
        });
    }
    if logs.files.is_empty() && !installs.found.is_empty() {
        let folders: Vec<String> = logs.folders.iter().map(|folder| context.home.shorten(folder)).collect();
        not_checked.push(NotChecked {
            check: "logs".to_owned(),
            why: format!(
                "there are none in {}; Claude writes them when it starts a server",
                folders.join(", ")
            ),
        });
    }
    Report {
        installs: installs.found,
        looked_in: installs.looked_in,
        configs: configs.into_iter().map(|config| config.report).collect(),
        servers,
        findings,
        not_checked,
        policy: Some(policy).filter(Policy::is_set),
    }
}

/// Leaves to each finding the fixes that can be made here. The entry of an extension or a connector is in no config.
fn put_fixes_right(context: &Context, configs: &[Config], logs: &HomeLogs, findings: &mut [Finding]) {
    let signs_in = logs.signing_in();
    let read = configs.iter().filter(|config| config.counts()).filter_map(|config| config.file.as_ref());
    let files: Vec<&ConfigFile> = read.collect();
    let is_in = |file: &ConfigFile, finding: &Finding| match &finding.server {
        Some(server) => file.server(server.as_str()).is_some(),
        None => true,
    };
    for file in &files {
        let facts = fix::facts(context, file, Some(context.home.os()), &signs_in);
        let mut offers = Offers::of(file, &facts);
        for finding in findings.iter_mut().filter(|finding| is_in(file, finding)) {
            offers.put_right(finding.server.as_ref(), &mut finding.fixes);
        }
    }
    for finding in findings.iter_mut().filter(|finding| !files.iter().any(|file| is_in(file, finding))) {
        finding.fixes.retain(|fix| !fix::is_edit(&fix.id));
    }
}

/// How long a Claude that was started has to begin with its servers.
const STARTING: SignedDuration = SignedDuration::from_secs(30);

/// The entries that the running Claude has not started although it had the time.
fn not_started(
    machine: &MachineFacts,
    configs: &[Config],
    logs: &HomeLogs,
    now: Timestamp,
) -> Vec<ServerName> {
    let Some(since) = machine.claudes.iter().filter_map(|claude| claude.started).max() else { return vec![] };
    if now.duration_since(since) < STARTING {
        return vec![];
    }
    let last = |server: &ServerName| {
        let sessions = logs.scan.track(server).into_iter().flat_map(Track::sessions);
        sessions.filter_map(|session| session.last()?.time).max()
    };
    let read = configs.iter().filter(|config| config.live == Live::Yes);
    let servers: Vec<&ServerName> = read.flat_map(|config| &config.report.servers).collect();
    let started = |server: &&ServerName| last(server).is_some_and(|last| last >= since);
    // Where no server left a trace, its logs may be anywhere
    if !servers.iter().any(started) {
        return vec![];
    }
    servers.into_iter().filter(|server| !started(server)).cloned().collect()
}

/// What the facts about the computer show for one config. What a server proves by working is not doubted.
fn of_machine(view: &MachineView<'_>, config: &Path, logs: &HomeLogs) -> Vec<ConfigCause> {
    let works = |server: &ServerName| {
        let track = logs.scan.track(server);
        track.is_some_and(|track| track.success.as_ref().is_some_and(|(session, _)| *session == track.number))
    };
    let mut causes = Vec::new();
    for MachineFinding { mut finding, log_class } in check_machine(view) {
        let doubted = ["command-not-found", "old-node"].contains(&finding.id.as_str());
        if doubted && finding.server.as_ref().is_some_and(works) {
            continue;
        }
        for evidence in &mut finding.evidence {
            evidence.file = config.display().to_string();
        }
        causes.push(ConfigCause { finding, log_class });
    }
    causes
}

/// A config file, read.
pub(crate) struct Config {
    pub(crate) report: ConfigReport,
    pub(crate) live: Live,
    pub(crate) file: Option<ConfigFile>,
}

impl Config {
    fn read(candidate: ConfigCandidate) -> Self {
        let (file, error) = match &candidate.content {
            Content::Read(bytes) => (Some(ConfigFile::read(bytes)), None),
            Content::Absent => (None, None),
            Content::Unreadable(why) => (None, Some(why.clone())),
        };
        let servers = file.iter().flat_map(ConfigFile::servers).map(|entry| entry.name.clone()).collect();
        let live = match candidate.live {
            Live::Yes => Some(true),
            Live::No => Some(false),
            Live::Undecided => None,
        };
        let report = ConfigReport {
            path: candidate.path,
            live,
            why: candidate.why,
            parses: file.as_ref().map(ConfigFile::parses),
            servers,
            error,
        };
        Self { report, live: candidate.live, file }
    }

    /// Whether Claude reads it, or may read it.
    pub(crate) fn counts(&self) -> bool {
        self.live != Live::No
    }

    /// What is wrong in it, each with the log rule that is the same cause.
    fn causes(&self, context: &Context) -> Vec<ConfigCause> {
        if !self.counts() {
            return vec![];
        }
        let unreadable = self.report.error.iter().map(|why| unreadable_config(&self.report.path, why));
        let unreadable: Vec<ConfigCause> =
            unreadable.map(|finding| ConfigCause { finding, log_class: None }).collect();
        let Some(file) = &self.file else { return unreadable };
        let found = check_config(&ConfigFacts { file, os: Some(context.home.os()) });
        let cause = |ConfigFinding { mut finding, .. }: ConfigFinding| {
            for evidence in &mut finding.evidence {
                evidence.file = self.report.path.display().to_string();
            }
            let log_class = log_class(&finding.id);
            // Claude starts none of the servers of a file that it cannot parse
            if log_class == Some(INVALID_JSON) && finding.severity == Severity::Error && !file.parses() {
                finding.server = None;
            }
            ConfigCause { finding, log_class }
        };
        unreadable.into_iter().chain(found.into_iter().map(cause)).collect()
    }
}

/// A config rule and a log rule may share their id.
fn log_class(id: &str) -> Option<&'static str> {
    rules::ALL.iter().filter(|rule| rule.id == id).find_map(|rule| match rule.detect {
        Detect::Config { log_class, .. } => log_class,
        Detect::Log { .. } | Detect::Machine { .. } => None,
    })
}

fn unreadable_config(path: &Path, why: &str) -> Finding {
    let sentence =
        Sentence::of("The config cannot be read, and Claude says nothing about it: {why}.").with("why", why);
    Finding {
        id: "config-unreadable".to_owned(),
        severity: Severity::Error,
        server: None,
        message: sentence.in_english(),
        sentence,
        evidence: vec![Evidence {
            file: path.display().to_string(),
            line: 1,
            text: String::new(),
            time: None,
        }],
        fixes: vec![],
    }
}

/// Entries that stand only in a file which Claude does not read.
fn misplaced(configs: &[Config]) -> Vec<Finding> {
    let read: Vec<&ServerName> =
        configs.iter().filter(|config| config.counts()).flat_map(|config| &config.report.servers).collect();
    let mut findings = Vec::new();
    for config in configs.iter().filter(|config| !config.counts()) {
        let Some(file) = &config.file else { continue };
        for entry in file.servers().iter().filter(|entry| !read.contains(&&entry.name)) {
            let place = file.position(entry.name_span.start);
            let path = config.report.path.display().to_string();
            let sentence = Sentence::of("This entry stands in a file that Claude does not read: {why}.")
                .with("why", config.report.why.as_str());
            findings.push(Finding {
                id: WRONG_LOCATION.to_owned(),
                severity: Severity::Error,
                server: Some(entry.name.clone()),
                message: sentence.in_english(),
                sentence,
                evidence: vec![Evidence {
                    file: path,
                    line: u64::try_from(place.line).unwrap_or(u64::MAX),
                    text: format!("\"{}\"", entry.name),
                    time: None,
                }],
                fixes: remedies::describe(MERGE)
                    .map(|fix| Fix { applicability: Applicability::Ask, ..fix })
                    .into_iter()
                    .collect(),
            });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use bridgekeeper_claude::Home;
    use bridgekeeper_model::{Health, Os, Source};
    use bridgekeeper_testkit::files::put;
    use tempfile::TempDir;

    use super::*;

    struct World(TempDir);

    impl World {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn file(self, below: &str, text: &str) -> Self {
            put(below.split('/').fold(self.0.path().to_owned(), |path, name| path.join(name)), text);
            self
        }

        fn doctor(&self, os: Os) -> Report {
            let context = Context::new(Home::stand_in(self.0.path(), os));
            doctor(&context, &History::default(), &HomeLogs::read(&context), Kept::default())
        }
    }

    fn entry(name: &str) -> String {
        format!(r#"{{"mcpServers": {{"{name}": {{"command": "/opt/{name}", "args": []}}}}}}"#)
    }

    fn named(report: &Report) -> Vec<(&str, Option<&str>)> {
        let wrong = report.findings.iter().filter(|finding| finding.severity != Severity::Info);
        wrong.map(|finding| (finding.id.as_str(), finding.server.as_ref().map(ServerName::as_str))).collect()
    }

    #[test]
    fn entries_in_a_file_that_claude_does_not_read_are_told_with_their_place() {
        let world =
            World::new().file("AppData/Roaming/Claude/claude_desktop_config.json", &entry("mine")).file(
                "AppData/Local/Packages/Claude_x/LocalCache/Roaming/Claude/claude_desktop_config.json",
                "{}",
            );
        let report = world.doctor(Os::Windows);
        assert_eq!(named(&report), [(WRONG_LOCATION, Some("mine"))]);
        assert!(report.findings[0].evidence[0].file.contains("Roaming"));
        assert_eq!(report.servers, [], "Claude knows of no server");
    }

    #[test]
    fn a_config_that_cannot_be_read_is_told() {
        let world = World::new().file(".config/Claude/claude_desktop_config.json/x", "");
        let report = world.doctor(Os::Linux);
        assert_eq!(named(&report), [("config-unreadable", None)]);
        assert_eq!(report.configs[0].parses, None);
    }

    #[test]
    fn broken_json_is_one_cause_with_its_place() {
        let broken = entry("a").replace("[]", "[],");
        let report =
            World::new().file(".config/Claude/claude_desktop_config.json", &broken).doctor(Os::Linux);
        assert_eq!(named(&report)[0].0, "config-json-invalid");
        assert_eq!(report.configs[0].parses, Some(false));
        assert_eq!(report.servers[0].name, ServerName::from("a"));
    }

    #[test]
    fn extensions_have_rows_and_those_switched_off_say_so() {
        let extension = ".config/Claude/Claude Extensions/ant.dir.acme.maps";
        let world =
            World::new().file(&format!("{extension}/manifest.json"), r#"{"display_name": "Maps"}"#).file(
                ".config/Claude/Claude Extensions Settings/ant.dir.acme.maps.json",
                r#"{"isEnabled": false}"#,
            );
        let servers = world.doctor(Os::Linux).servers;
        assert_eq!(
            (&servers[0].name, servers[0].source, servers[0].state),
            (&ServerName::from("Maps"), Source::Extension, Health::Off)
        );
    }

    #[test]
    fn a_bridge_that_runs_knows_better_than_the_log() {
        let config =
            r#"{"mcpServers": {"maps": {"command": "/b/mcp-bridge", "args": ["https://a.example/mcp"]}}}"#;
        let log = "2026-01-01T08:00:00.000Z [maps] [error] Server disconnected.\n";
        let status = r#"{"schema": 1, "pid": 7, "started": "2026-01-01T09:00:00Z", "version": "1",
            "server": "https://a.example/mcp", "state": "connected", "since": "2026-01-01T09:00:01Z", "in_flight": 0,
            "clock_ahead": 7200}"#;
        let world = World::new()
            .file(".config/Claude/claude_desktop_config.json", config)
            .file(".config/Claude/logs/mcp-server-maps.log", log)
            .file(".bridgekeeper/run/7-1.json", status)
            .file(".bridgekeeper/run/7-1.lock", "");
        let lock = std::fs::File::open(world.0.path().join(".bridgekeeper/run/7-1.lock")).unwrap();
        lock.lock().unwrap();
        let report = world.doctor(Os::Linux);
        let running = &report.servers[0];
        assert_eq!(running.state, Health::Connected);
        assert!(named(&report).contains(&("clock-wrong", None)), "the bridge saw the server's clock");
        assert!(running.evidence[0].text.contains("is connected"), "{running:?}");
        drop(lock);
        assert_ne!(world.doctor(Os::Linux).servers[0].state, Health::Connected, "the bridge was killed");
    }

    #[test]
    fn a_finding_offers_only_fixes_that_change_its_entry() {
        let config = r#"{"mcpServers": {"files": {"command": "npx", "args": ["-y", "files-mcp"]}}}"#;
        let log = |name: &str| format!("2026-01-01T08:00:00.000Z [{name}] [error] spawn npx ENOENT\n");
        let world = World::new()
            .file(".config/Claude/claude_desktop_config.json", config)
            .file(".config/Claude/logs/mcp-server-files.log", &log("files"))
            .file(".config/Claude/logs/mcp-server-maps.log", &log("maps"));
        let report = world.doctor(Os::Linux);
        assert_eq!(
            named(&report),
            [("spawn-enoent-node", Some("files")), ("spawn-enoent-node", Some("maps"))]
        );
        for finding in report.findings.iter().filter(|finding| finding.severity == Severity::Error) {
            let edits: Vec<_> = finding.fixes.iter().filter(|fix| fix::is_edit(&fix.id)).collect();
            assert!(edits.is_empty(), "{:?} of a local server: {edits:?}", finding.server);
            assert!(finding.fixes.iter().any(|fix| fix.id == "install-node"));
        }
    }

    #[test]
    fn what_an_organisation_could_not_set_keeps_no_server_from_working() {
        let world = World::new()
            .file(".config/Claude/claude_desktop_config.json", &entry("notes"))
            .file(".bridgekeeper/policy.json", "{");
        let report = world.doctor(Os::Linux);
        assert_eq!(named(&report), [("policy-not-understood", None)]);
        assert_eq!((report.servers[0].state, report.servers[0].findings.len()), (Health::NeverSeen, 0));
    }

    #[test]
    fn a_rotated_log_is_no_server() {
        let log = "2026-01-01T08:00:00.000Z [notes] [info] Initializing server...\n";
        let world = World::new()
            .file(".config/Claude/claude_desktop_config.json", &entry("notes"))
            .file(".config/Claude/logs/mcp-server-notes.log", log)
            .file(".config/Claude/logs/mcp-server-notes1.log", log);
        let servers: Vec<String> =
            world.doctor(Os::Linux).servers.iter().map(|server| server.name.to_string()).collect();
        assert_eq!(servers, ["notes"]);
    }

    #[test]
    fn an_old_part_of_a_shared_log_is_history() {
        let log = "2024-01-01T08:00:00.000Z [error] [gone] spawn uvx ENOENT\n\
                   2026-01-01T08:00:00.000Z [error] [here] spawn uvx ENOENT\n";
        let world = World::new()
            .file(".config/Claude/claude_desktop_config.json", "{}")
            .file(".config/Claude/logs/mcp.log", log);
        assert_eq!(named(&world.doctor(Os::Linux)), [("spawn-enoent-uv", Some("here"))]);
    }
}
