//! A set-up on a disk, changed as Claude and people change it.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use bridgekeeper_claude::Home;
use bridgekeeper_model::{Health, Os};
use tempfile::TempDir;

use super::Live;
use super::looking::Request;
use crate::context::Context;
use crate::engine::Engine;
use crate::guardian::LOST;
use crate::view::event::{ChangedBy, Event};
use crate::view::{Fate, MomentKind, Overall, Snapshot};

/// Less than the time between two looks at a folder that the system cannot watch.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How long a test waits before it fails: a loaded machine is no mistake of ours. How long the watching thread waits of its
/// own accord is bounded where those waits stand; `cargo xtask bench desktop` measures the whole way.
const PATIENCE: Duration = Duration::from_secs(20);

const CONFIG: &str = r#"{"mcpServers": {"notes": {"command": "npx", "args": ["-y", "notes-mcp@1.0.0"]}}}"#;
const START: &str = "2026-11-20T09:00:00.000Z [notes] [info] Initializing server...\n\
    2026-11-20T09:00:01.000Z [notes] [info] Server started and connected successfully\n\
    2026-11-20T09:00:01.100Z [notes] [info] Message from client: {\"method\":\"initialize\",\"params\":{},\"jsonrpc\":\"2.0\",\"id\":0}\n";
const ANSWER: &str = "2026-11-20T09:00:02.000Z [notes] [info] Message from server: {\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2025-06-18\"}}\n";
const END: &str = "2026-11-20T09:00:03.000Z [notes] [info] Server transport closed unexpectedly, this is likely due to the process exiting early.\n";

const INVALID_GRANT: &str =
    "{\"error\":\"invalid_grant\",\"error_description\":\"The refresh token has expired\"}\n";
const TOKENS: &str = ".mcp-auth/mcp-remote-v1/fcc436b0d1e0a1ed9a2b15bbd638eb13_tokens.json";

struct SetUp {
    live: Watching,
    folder: TempDir,
    snapshots: Receiver<Arc<Snapshot>>,
}

impl SetUp {
    /// A set-up that is watched, looked at once.
    fn watched(prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path());
        let home = Home::stand_in(folder.path(), Os::Linux);
        let live = Watching::start(Engine::new(Context::new(home)));
        let snapshots = live.subscribe();
        live.look();
        let set_up = Self { live, folder, snapshots };
        until_the_computer_was_looked_at(&set_up.live, &set_up.snapshots);
        set_up.heard();
        set_up
    }

    fn with_a_start() -> Self {
        Self::watched(|home| {
            write(&config(home), CONFIG);
            write(&log(home), START);
        })
    }

    fn home(&self) -> &Path {
        self.folder.path()
    }

    /// The snapshots that were told and not yet heard.
    fn heard(&self) -> Vec<Arc<Snapshot>> {
        self.snapshots.try_iter().collect()
    }

    /// Waits, without asking for a look, until a snapshot shows that state of `notes`; returns how long it took.
    fn until(&self, wanted: Health) -> Duration {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let snapshot = self.snapshots.recv_timeout(PATIENCE).expect("a change is told");
            if state(&snapshot) == Some(wanted) {
                return start.elapsed();
            }
        }
        panic!("{wanted:?} was never told; last it was {:?}", state(&self.live.snapshot()));
    }
}

impl SetUp {
    /// Waits, without asking for a look, until a snapshot tells of exactly these lost entries.
    fn until_lost(&self, names: &[&str]) {
        loop {
            let snapshot = self.snapshots.recv_timeout(PATIENCE).expect("a loss is told");
            let told = snapshot.setup_findings.iter().filter(|finding| finding.id == LOST);
            let told: Vec<&str> = told.map(|finding| finding.message.as_str()).collect();
            let all = names.iter().all(|name| told.iter().any(|message| message.contains(name)));
            if all && told.len() == names.len() {
                return;
            }
        }
    }
}

/// Watches until it is dropped, and not a moment longer: on Windows a folder that is removed while somebody watches it
/// stays there. It stands before the folder in whatever holds both.
pub(super) struct Watching(Live);

impl Watching {
    pub(super) fn start(engine: Engine) -> Self {
        Self(Live::start(engine))
    }
}

impl Deref for Watching {
    type Target = Live;

    fn deref(&self) -> &Live {
        &self.0
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It may have ended by itself
        let _ = self.0.watched.0.send(Request::End);
        self.0.look();
    }
}

fn until_the_computer_was_looked_at(live: &Live, snapshots: &Receiver<Arc<Snapshot>>) {
    let is_open = |snapshot: &Snapshot| {
        let open = ["waits for", "was not looked at yet"];
        snapshot.not_checked.iter().any(|one| open.iter().any(|word| one.why.starts_with(word)))
    };
    while is_open(&live.snapshot()) {
        snapshots.recv_timeout(PATIENCE).expect("the checks end and are told");
    }
}

fn state(snapshot: &Snapshot) -> Option<Health> {
    snapshot.servers.iter().find(|server| server.name == "notes").map(|server| server.state)
}

fn config(home: &Path) -> PathBuf {
    home.join(".config/Claude/claude_desktop_config.json")
}

fn log(home: &Path) -> PathBuf {
    home.join(".config/Claude/logs/mcp-server-notes.log")
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn append(path: &Path, text: &str) {
    OpenOptions::new().append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_server_of_a_broken_config_says_what_is_wrong_with_that() {
    let set_up = SetUp::watched(|home| write(&config(home), &CONFIG.replace("}}}", "}},}")));
    let snapshot = set_up.live.snapshot();
    let (state, summary) = (snapshot.servers[0].state, &snapshot.servers[0].summary);
    assert!(state == Health::Failing && summary.contains("comma with nothing after it"), "{summary}");
}

#[test]
fn a_bridge_is_followed_while_it_runs() {
    let config_text =
        r#"{"mcpServers": {"notes": {"command": "/b/mcp-bridge", "args": ["https://a.example/mcp"]}}}"#;
    let set_up = SetUp::watched(|home| write(&config(home), config_text));
    assert_eq!(state(&set_up.live.snapshot()), Some(Health::NeverSeen));
    let run = set_up.home().join(".bridgekeeper/run");
    let tell = |state: &str| {
        let status = format!(
            r#"{{"schema": 1, "pid": 7, "started": "2026-01-01T09:00:00Z", "version": "1",
            "server": "https://a.example/mcp", "state": "{state}", "since": "2026-01-01T09:00:01Z", "in_flight": 0}}"#
        );
        // A bridge replaces its file whole.
        write(&run.join(".new"), &status);
        fs::rename(run.join(".new"), run.join("7-1.json")).unwrap();
    };
    write(&run.join("7-1.lock"), "");
    let lock = File::open(run.join("7-1.lock")).unwrap();
    lock.lock().unwrap();
    for (word, wanted) in
        [("connecting", Health::Starting), ("connected", Health::Connected), ("failing", Health::Failing)]
    {
        tell(word);
        set_up.until(wanted);
    }
    fs::remove_file(run.join("7-1.json")).unwrap();
    set_up.until(Health::NeverSeen);
}

#[test]
fn a_line_in_a_log_is_told_unasked() {
    let set_up = SetUp::with_a_start();
    assert_eq!(state(&set_up.live.snapshot()), Some(Health::Starting));
    append(&log(set_up.home()), ANSWER);
    println!("it was told after {:?}", set_up.until(Health::Connected));
    let snapshot = set_up.live.snapshot();
    assert_eq!(snapshot.overall, Overall::Connected);
    let last = snapshot.servers[0].timeline.last().cloned().unwrap();
    assert_eq!((last.label.as_str(), last.kind), ("Answered", MomentKind::Good));
}

#[test]
fn a_line_written_in_two_halves_is_told_once_it_is_whole() {
    let set_up = SetUp::with_a_start();
    let (half, rest) = ANSWER.split_at(60);
    append(&log(set_up.home()), half);
    set_up.live.look();
    append(&log(set_up.home()), rest);
    set_up.live.look();
    assert_eq!(state(&set_up.live.snapshot()), Some(Health::Connected));
}

#[test]
fn a_rotated_log_is_read_anew() {
    let set_up = SetUp::with_a_start();
    let log = log(set_up.home());
    fs::rename(&log, log.with_file_name("mcp-server-notes.old.log")).unwrap();
    write(&log, &format!("{START}{ANSWER}"));
    set_up.until(Health::Connected);
}

#[test]
fn a_log_that_was_cut_and_written_again_says_only_what_stands_in_it() {
    let set_up = SetUp::watched(|home| {
        write(&config(home), CONFIG);
        write(&log(home), &format!("{START}{END}"));
    });
    assert_eq!(state(&set_up.live.snapshot()), Some(Health::Failing));
    write(&log(set_up.home()), START);
    set_up.until(Health::Starting);
}

#[test]
fn a_log_that_was_replaced_by_a_longer_one_says_only_what_stands_in_it() {
    let set_up = SetUp::watched(|home| {
        write(&config(home), CONFIG);
        write(&log(home), &format!("{START}{END}"));
    });
    let same_length = END.replace("closed unexpectedly, ", "closed (intentional s");
    write(&log(set_up.home()), &format!("{START}{same_length}{START}{ANSWER}"));
    set_up.until(Health::Connected);
    let labels: Vec<_> =
        set_up.live.snapshot().servers[0].timeline.iter().map(|one| one.label.clone()).collect();
    assert!(!labels.contains(&"Ended by itself".to_owned()), "{labels:?}");
}

#[test]
fn folders_that_appear_later_are_watched() {
    let set_up = SetUp::watched(|_| {});
    assert_eq!(set_up.live.snapshot().overall, Overall::Idle);
    assert!(!set_up.live.snapshot().claude.found);
    write(&config(set_up.home()), CONFIG);
    set_up.until(Health::NeverSeen);
    write(&log(set_up.home()), START);
    set_up.until(Health::Starting);
    append(&log(set_up.home()), ANSWER);
    set_up.until(Health::Connected);
}

#[test]
fn a_config_replaced_by_renaming_is_told() {
    let set_up = SetUp::with_a_start();
    let new = set_up.home().join("new.json");
    write(&new, &CONFIG.replace("notes", "calendar"));
    fs::rename(new, config(set_up.home())).unwrap();
    let named = loop {
        let snapshot = set_up.snapshots.recv_timeout(PATIENCE).unwrap();
        if snapshot.servers.iter().any(|server| server.name == "calendar") {
            break snapshot;
        }
    };
    assert!(named.generation > 1);
}

#[test]
fn each_wipe_is_told_unasked() {
    let set_up = SetUp::watched(|home| {
        fs::create_dir_all(home.join(".bridgekeeper")).unwrap();
        write(&config(home), CONFIG);
    });
    let mut slowest = Duration::ZERO;
    for round in 0..5 {
        let start = Instant::now();
        write(&config(set_up.home()), &format!("{{\"preferences\": {{\"n\": {round}}}}}"));
        set_up.until_lost(&["notes"]);
        slowest = slowest.max(start.elapsed());
        write(&config(set_up.home()), CONFIG);
        set_up.until_lost(&[]);
    }
    println!("the slowest of five wipes was told after {slowest:?}");
}

#[test]
fn nothing_is_told_while_nothing_new_can_be_seen() {
    let set_up = SetUp::with_a_start();
    set_up.live.look();
    write(&config(set_up.home()).with_file_name("Cookies"), "x");
    write(&config(set_up.home()), CONFIG);
    set_up.live.look();
    assert_eq!(set_up.heard(), []);
}

#[test]
fn reading_on_says_the_same_as_reading_all() {
    let whole = format!("{START}{ANSWER}{END}{}", format!("{START}{END}").repeat(3));
    let set_up = SetUp::watched(|home| {
        write(&config(home), CONFIG);
        write(&log(home), "");
    });
    for piece in whole.as_bytes().chunks(97) {
        append(&log(set_up.home()), std::str::from_utf8(piece).unwrap());
        set_up.live.look();
    }
    let fresh = Watching::start(Engine::new(Context::new(Home::stand_in(set_up.home(), Os::Linux))));
    fresh.look();
    until_the_computer_was_looked_at(&fresh, &fresh.subscribe());
    assert!(
        fresh.snapshot().shows_the_same(&set_up.live.snapshot()),
        "{:#?}\n{:#?}",
        fresh.snapshot(),
        set_up.live.snapshot()
    );
}

#[test]
fn a_reset_is_shown_made_and_taken_back() {
    let set_up = SetUp::watched(|home| {
        let entry = r#"{"command": "npx", "args": ["-y", "mcp-remote", "https://mcp.linear.app/mcp"]}"#;
        write(&config(home), &format!(r#"{{"mcpServers": {{"notes": {entry}}}}}"#));
        write(&log(home), &format!("{START}{INVALID_GRANT}"));
        write(&home.join(TOKENS), "tokens");
    });
    let live = &set_up.live;
    let tokens = set_up.home().join(TOKENS);
    let shown = live.preview_fix(Some("notes"), "oauth-invalid-grant", "reset-auth").unwrap();
    let [thing] = &shown.things[..] else { panic!("{:?}", shown.things) };
    assert_eq!((thing.kind.as_str(), thing.size.as_deref(), thing.fate), ("tokens", Some("6 B"), Fate::Goes));
    assert!(tokens.exists() && shown.lines.is_empty());

    let change = live.apply_fix(&shown.token).unwrap();
    assert!(!tokens.exists() && change.can_undo && change.left.is_empty(), "{change:?}");
    assert_eq!(live.history().unwrap(), std::slice::from_ref(&change));
    assert!(live.apply_fix(&shown.token).is_err(), "a token is good for one act");

    let back = live.preview_undo(&change.id).unwrap();
    assert_eq!(back.things.iter().map(|thing| thing.fate).collect::<Vec<_>>(), [Fate::Returns]);
    live.undo(&back.token).unwrap();
    assert_eq!(fs::read_to_string(&tokens).unwrap(), "tokens");
}

#[test]
fn an_act_that_was_never_shown_is_not_done() {
    let set_up = SetUp::with_a_start();
    let error = set_up.live.apply_fix("shown-1").unwrap_err();
    assert_eq!(error.to_string(), "the file was changed since this was shown");
    let error = set_up.live.preview_fix(Some("notes"), "nothing", "nothing").unwrap_err();
    assert!(error.to_string().contains("`nothing`"), "{error}");
    assert!(set_up.live.preview_undo("2026-11-20-1").is_err());
    assert_eq!(set_up.live.history().unwrap(), []);
}

#[test]
fn a_line_is_a_finding_and_a_state_at_once() {
    let set_up = SetUp::with_a_start();
    let log = log(set_up.home());
    // The fastest of several, and far more time than it takes: the machine may be busy with something else
    let fastest = (0..5)
        .map(|_| {
            let written = Instant::now();
            append(&log, END);
            set_up.until(Health::Failing);
            let took = written.elapsed();
            append(&log, &format!("{START}{ANSWER}"));
            set_up.until(Health::Connected);
            took
        })
        .min();
    println!("a line was told after {fastest:?}");
    assert!(fastest < Some(AT_ONCE), "{fastest:?}");
}

/// What the events say in short.
fn told(events: &Receiver<Event>) -> String {
    let event = events.recv_timeout(PATIENCE).expect("an event is told");
    let server = |server: &Option<String>| server.clone().unwrap_or_default();
    match event {
        Event::Watching { servers } => format!("watching {}", servers.len()),
        Event::ServerAppeared(state) => format!("appeared {}", state.server),
        Event::ServerGone { server } => format!("gone {server}"),
        Event::StateChanged { server, from, to, .. } => format!("{server} {from:?} {to:?}"),
        Event::FindingAppeared(news) => format!("found {} {}", server(&news.server), news.id),
        Event::FindingGone { id, server: of } => format!("settled {} {id}", server(&of)),
        Event::ConfigChanged(change) => format!(
            "{} {}",
            if change.by == ChangedBy::Bridgekeeper { "we" } else { "somebody" },
            change.changes.join(", ")
        ),
    }
}

#[test]
fn what_happens_is_told_one_by_one() {
    let set_up = SetUp::with_a_start();
    let (sender, events) = std::sync::mpsc::channel();
    set_up.live.hear(move |event| match sender.send(event.clone()) {
        Ok(()) => std::ops::ControlFlow::Continue(()),
        Err(_) => std::ops::ControlFlow::Break(()),
    });
    assert_eq!(told(&events), "watching 1");
    append(&log(set_up.home()), "spawn npx ENOENT\n");
    assert_eq!([told(&events), told(&events)], ["found notes spawn-enoent-node", "notes Starting Failing"]);
    append(&log(set_up.home()), &format!("{START}{ANSWER}"));
    assert_eq!(
        [told(&events), told(&events)],
        ["settled notes spawn-enoent-node", "notes Failing Connected"]
    );
}

#[test]
fn a_change_of_the_config_is_told_without_its_values() {
    let set_up = SetUp::with_a_start();
    let (sender, events) = std::sync::mpsc::channel();
    set_up.live.hear(move |event| match sender.send(event.clone()) {
        Ok(()) => std::ops::ControlFlow::Continue(()),
        Err(_) => std::ops::ControlFlow::Break(()),
    });
    assert_eq!(told(&events), "watching 1");
    let with_env =
        |value: &str| CONFIG.replace("]}}}", &format!("], \"env\": {{\"DEPTH\": \"{value}\"}}}}}}}}"));
    write(&config(set_up.home()), &with_env("1"));
    assert_eq!(told(&events), "somebody `notes`: the variable DEPTH is new");
    write(&config(set_up.home()), &with_env("2"));
    assert_eq!(told(&events), "somebody `notes`: the variable DEPTH has another value");
    write(&config(set_up.home()), "{\"preferences\": {}}");
    assert_eq!(told(&events), "somebody every entry is gone; there had been 1 entry");
}

#[test]
fn files_to_open_are_found_by_name() {
    let set_up = SetUp::with_a_start();
    assert_eq!(set_up.live.log_file("notes").unwrap(), log(set_up.home()));
    assert!(set_up.live.log_file("../../etc/passwd").is_err());
    assert_eq!(set_up.live.config_file().unwrap(), config(set_up.home()));
    assert_eq!(set_up.live.log_folder().unwrap(), log(set_up.home()).parent().unwrap());
}

#[test]
fn a_snapshot_is_told_in_the_language_that_is_spoken() {
    let set_up = SetUp::with_a_start();
    append(&log(set_up.home()), "spawn npx ENOENT\n");
    set_up.live.speak("de-AT");
    let german = set_up.live.snapshot();
    let server = &german.servers[0];
    assert_eq!(server.summary, "npx wurde nicht gefunden, wo Claude nach Programmen sucht");
    assert_eq!(server.timeline[0].label, "Gestartet");
    let titles: Vec<&str> = server.findings[0].fixes.iter().map(|fix| fix.title.as_str()).collect();
    assert!(titles.contains(&"Node 20 oder neuer installieren"), "{titles:?}");
    assert!(server.findings[0].why.starts_with("Claude durchsucht nicht"), "{}", server.findings[0].why);
    set_up.live.speak("en");
    assert_eq!(
        set_up.live.snapshot().servers[0].summary,
        "npx was not found where Claude looks for programs"
    );
}
