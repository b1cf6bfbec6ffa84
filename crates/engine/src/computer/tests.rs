//! The checks on a computer that a test hands in.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use bridgekeeper_claude::Home;
use bridgekeeper_model::Os;
use bridgekeeper_testkit::home::ClaudeHome;
#[cfg(unix)]
use bridgekeeper_testkit::machine::Deed;
use bridgekeeper_testkit::machine::{Question, StandInMachine, process};
use tempfile::TempDir;

use super::{Check, Subject, begin};
use crate::context::Context;
use crate::engine::Engine;

/// Longer than any check takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_mins(1);
const CLAUDE: &str = r"C:\Program Files\WindowsApps\Claude_1.2.3.0_x64__pzs8sxrjxfjjc\app\Claude.exe";
const CONFIG: &str = r#"{"mcpServers": {
    "maps": {"command": "npx", "args": ["mcp-remote", "https://maps.example/mcp", "3334"]},
    "notes": {"command": "npx", "args": ["-y", "notes-mcp"]}}}"#;
const RESERVED: &str = "\r\nStart Port    End Port\r\n----------    --------\r\n      3300        3399\r\n";
const RULES: &str = "    {1}    REG_SZ    v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|App=C:\\node\\node.exe|Name=Node|\r\n";
const SETTINGS: &str =
    "    ProxyEnable    REG_DWORD    0x1\r\n    ProxyServer    REG_SZ    proxy.example:8080\r\n";

const NETSH: &str = "excludedportrange protocol=tcp";
const FIREWALL: &str = "FirewallRules";
const INTERNET: &str = "Internet Settings";

/// A Windows computer on which Claude runs and a stranger holds a callback port. What `left_out` names fails.
fn windows(left_out: &str) -> StandInMachine {
    let stranger = process(9, None, r"C:\tools\stranger.exe", &[]);
    let mut machine = StandInMachine::default()
        .with_process(process(7, None, CLAUDE, &[]))
        .with_listener(3334, &stranger)
        .with_process(stranger);
    for (ends, says) in [(NETSH, RESERVED), (FIREWALL, RULES), (INTERNET, SETTINGS)] {
        if ends != left_out {
            machine = machine.with_output(ends, says);
        }
    }
    machine
}

fn world(os: Os, config: &str, machine: StandInMachine) -> (TempDir, Arc<StandInMachine>, Context) {
    let folder = tempfile::tempdir().unwrap();
    let home = ClaudeHome::create(folder.path().join("home"), os).unwrap();
    home.write_config(config).unwrap();
    let machine = Arc::new(machine);
    let context =
        Context::new(Home::stand_in(home.root(), os)).with_machine(Arc::<StandInMachine>::clone(&machine));
    (folder, machine, context)
}

fn look(context: &Context) {
    assert_eq!(begin(context, Subject::of(context), PATIENCE, || {}).count(), Check::ALL.len());
}

/// The checks that came to nothing, without those that ask files of another system.
fn failed(context: &Context) -> Vec<(Check, String)> {
    let needs_windows = [Check::Programs, Check::Certificates];
    let state = context.computer.state();
    state
        .failed
        .iter()
        .filter(|(check, _)| cfg!(windows) || !needs_windows.contains(check))
        .map(|(check, why)| (*check, why.clone()))
        .collect()
}

#[test]
fn a_check_that_fails_leaves_the_others_alone() {
    let whole = world(Os::Windows, CONFIG, windows(""));
    look(&whole.2);
    assert_eq!(failed(&whole.2), []);
    let told = whole.2.computer.facts();
    assert_eq!(told.claudes.len(), 1);
    assert_eq!(told.ports[0].holder.as_deref(), Some("`stranger.exe` (process 9)"));
    assert_eq!(told.reserved_ports.len(), 1);
    assert_eq!(told.node_firewall_rules.len(), 1);
    assert_eq!(told.proxy.system.as_deref(), Some("http://proxy.example:8080"));

    let cases = [
        (windows("").without(Question::Listeners), vec![Check::Ports]),
        // Whose port it is cannot be told without them
        (windows("").without(Question::Processes), vec![Check::Processes, Check::Ports]),
        (windows(NETSH), vec![Check::ReservedPorts]),
        (windows(INTERNET), vec![Check::Proxy]),
        (windows(FIREWALL), vec![Check::Firewall]),
    ];
    for (machine, expected) in cases {
        let (_folder, _, context) = world(Os::Windows, CONFIG, machine);
        look(&context);
        let failures = failed(&context);
        assert_eq!(failures.iter().map(|(check, _)| *check).collect::<Vec<_>>(), expected);
        let facts = context.computer.facts();
        let is_whole = |check: Check| match check {
            Check::Processes => facts.claudes == told.claudes,
            Check::Ports => facts.ports == told.ports,
            Check::ReservedPorts => facts.reserved_ports == told.reserved_ports,
            Check::Proxy => facts.proxy == told.proxy,
            Check::Firewall => facts.node_firewall_rules == told.node_firewall_rules,
            Check::Programs | Check::Docker | Check::Certificates => true,
        };
        for check in Check::ALL.into_iter().filter(|check| !expected.contains(check)) {
            assert!(is_whole(check), "{check:?} suffers with {expected:?}");
        }
        let not_checked = context.computer.not_checked(Os::Windows);
        for (check, why) in failures {
            let said = not_checked.iter().find(|one| one.check.contains(check.name()));
            assert_eq!(said.map(|one| &one.why), Some(&why), "it is said, and why");
        }
    }
}

#[test]
fn a_check_that_hangs_is_named_with_what_it_waits_for_until_it_ends() {
    let (leave, until) = channel();
    let (_folder, _, context) = world(Os::Windows, CONFIG, windows("").holding(Question::Listeners, until));
    let (told, ended) = channel();
    let mut looking = begin(&context, Subject::of(&context), Duration::ZERO, move || {
        // The test may be over
        let _ = told.send(());
    });
    let said = |context: &Context| {
        let of_ports = |check: &str| check.contains(Check::Ports.name());
        context
            .computer
            .not_checked(Os::Windows)
            .into_iter()
            .find(|one| of_ports(&one.check))
            .map(|one| one.why)
    };
    assert_eq!(said(&context).as_deref(), Some("waits for the list of ports"));
    while looking.next().is_some() {}
    let late = "it still waited for the list of ports when the time was over";
    assert_eq!(said(&context).as_deref(), Some(late));
    drop(leave);
    for _ in Check::ALL {
        ended.recv_timeout(PATIENCE).unwrap();
    }
    assert_eq!(said(&context), None, "late is better than never");
    assert_eq!(context.computer.facts().ports.len(), 1);
}

#[test]
fn what_was_told_is_asked_once() {
    let (_folder, machine, context) = world(Os::Windows, CONFIG, windows(""));
    look(&context);
    let asked = machine.deeds().len();
    assert!(asked >= 3, "the programs of Windows were asked");
    let engine = Engine::new(context);
    let first = engine.doctor();
    assert!(first.findings.iter().any(|finding| finding.id == "port-in-use"), "{:?}", first.findings);
    assert_eq!(engine.doctor().findings, first.findings);
    assert_eq!(machine.deeds().len(), asked);
}

const ON_LINUX: &str = "/usr/lib/claude-desktop/claude-desktop";
/// A line that a server left half a minute after the stand-in's processes started.
const STARTED: &str = "2026-01-01T00:00:30.000Z [maps] [info] Initializing server...\n";
/// One that it left the day before.
const EARLIER: &str = "2025-12-31T08:00:00.000Z [maps] [info] Initializing server...\n";

/// The entries that are said not to be started.
fn not_started(machine: StandInMachine, log: &str, now: &str) -> Vec<String> {
    let (folder, _, mut context) = world(Os::Linux, CONFIG, machine);
    let now = now.parse().unwrap();
    context.now = Arc::new(move || now);
    let home = ClaudeHome::create(folder.path().join("home"), Os::Linux).unwrap();
    home.write_server_log("maps", log).unwrap();
    begin(&context, Subject::of(&context), PATIENCE, || {}).for_each(drop);
    let findings = Engine::new(context).doctor().findings;
    let found = findings.into_iter().filter(|finding| finding.id == "entry-not-started");
    found.filter_map(|finding| Some(finding.server?.to_string())).collect()
}

#[test]
fn an_entry_that_the_running_claude_does_not_know_is_named() {
    let claude = || StandInMachine::default().with_process(process(7, None, ON_LINUX, &[]));
    let later = "2026-01-01T01:00:00Z";
    assert_eq!(not_started(claude(), STARTED, later), ["notes"]);
    assert!(not_started(StandInMachine::default(), STARTED, later).is_empty(), "Claude does not run");
    assert!(not_started(claude(), STARTED, "2026-01-01T00:00:20Z").is_empty(), "Claude still starts");
    assert!(
        not_started(claude(), EARLIER, later).is_empty(),
        "no server left a trace: its logs may be anywhere"
    );
}

#[cfg(unix)]
const DOCKER: &str = r#"{"mcpServers": {"maps": {"command": "CMD", "args": ["run", "-i", "maps"]}}}"#;

/// What is found where that answers `docker version`, with how often Docker was asked.
#[cfg(unix)]
fn docker(command: &str, machine: StandInMachine) -> (Vec<String>, usize) {
    let os = Os::current();
    // Any program will do: what it says is handed in
    let (_folder, machine, context) = world(os, &DOCKER.replace("CMD", command), machine);
    begin(&context, Subject::of(&context), PATIENCE, || {}).for_each(drop);
    let deeds = machine.deeds();
    let of_docker = |deed: &&Deed| matches!(deed, Deed::Ran(line) if line.contains("version --format"));
    let asked = deeds.iter().filter(of_docker).count();
    let findings = Engine::new(context).doctor().findings;
    (findings.into_iter().map(|finding| finding.id).filter(|id| id.starts_with("docker-")).collect(), asked)
}

#[cfg(unix)]
#[test]
fn docker_is_asked_for_its_engine_only_where_an_entry_needs_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("docker");
    std::fs::File::create(&program).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = program.display().to_string();
    let asks = "version --format {{.Server.Version}}";
    let answers = StandInMachine::default().with_output(asks, "27.3.1\n");
    assert_eq!(docker(&program, answers), (vec![], 1));
    // It prints nothing where no engine is
    let silent = StandInMachine::default().with_output(asks, "");
    assert_eq!(docker(&program, silent), (vec!["docker-daemon-down".to_owned()], 1));
    assert_eq!(docker("/bin/cat", StandInMachine::default()), (vec![], 0));
}
