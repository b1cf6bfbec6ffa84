//! The calls that run on, as programs read them.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use bridgekeeper_model::Os;
use serde_json::{Value, json};

use crate::console::Console;

/// Longer than any line takes on a loaded machine; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A call that runs on, and what it prints.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(console: &Console, words: &[&str]) -> Self {
        let mut child = command(console, words).stdout(Stdio::piped()).spawn().unwrap();
        let lines = lines(child.stdout.take().unwrap());
        Self { child, lines }
    }

    #[track_caller]
    fn next(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line is printed")
    }

    /// The next object in which that member has that value.
    #[track_caller]
    fn until(&self, member: &str, value: &str) -> Value {
        loop {
            let object: Value = serde_json::from_str(&self.next()).unwrap();
            assert_eq!(object["schema"], 1, "{object}");
            if object[member] == value {
                return object;
            }
        }
    }

    #[track_caller]
    fn exit(&mut self) -> Option<i32> {
        self.ended().expect("it ends").code()
    }

    /// How it ended; `None` where it does not.
    fn ended(&mut self) -> Option<ExitStatus> {
        let end = Instant::now() + PATIENCE;
        std::iter::repeat_with(|| self.child.try_wait().unwrap())
            .take_while(|_| Instant::now() < end)
            .inspect(|_| std::thread::yield_now())
            .flatten()
            .next()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(console: &Console, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bridgekeeper"));
    command.args(words).arg("--home").arg(console.home.root());
    command
        .args(["--os", console.home.os().as_str()])
        .env("TZ", "UTC")
        .env("BRIDGEKEEPER_KEYRING", "none")
        .stdin(Stdio::null());
    command
}

fn lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn append(console: &Console, log: &str, text: &str) {
    let path = console.home.log_folder().join(log);
    let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

const FILES: &str = "mcp-server-files.log";
const CRASH: &str = "2026-11-21T09:00:00.000Z [files] [info] Initializing server...\nspawn npx ENOENT\n";
const MENDED: &str = "2026-11-21T09:01:00.000Z [files] [info] Initializing server...\n\
    2026-11-21T09:01:01.000Z [files] [info] Message from client: {\"method\":\"initialize\",\"params\":{},\"jsonrpc\":\"2.0\",\"id\":0}\n\
    2026-11-21T09:01:02.000Z [files] [info] Message from server: {\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2025-06-18\"}}\n";

/// Less than the time between two looks at a folder that the system cannot watch.
const AT_ONCE: Duration = Duration::from_secs(1);

#[test]
fn a_line_becomes_a_finding_on_watch_at_once() {
    let console = Console::broken(Os::Windows);
    let watch = Running::start(&console, &["watch", "--json"]);
    let first: Value = serde_json::from_str(&watch.next()).unwrap();
    assert_eq!((&first["event"], first["servers"].as_array().unwrap().len()), (&json!("watching"), 6));
    // The fastest of several, and far more time than it takes: the machine may be busy with something else
    let fastest = (0..5)
        .map(|_| {
            let written = Instant::now();
            append(&console, FILES, CRASH);
            let news = loop {
                let news = watch.until("event", "finding-appeared");
                if news["server"] == "files" {
                    break news;
                }
            };
            let took = written.elapsed();
            assert_eq!(news["id"], "spawn-enoent-node");
            append(&console, FILES, MENDED);
            let mended = watch.until("to", "connected");
            assert_eq!(mended["from"], "failing");
            took
        })
        .min();
    println!("a line was a finding on watch after {fastest:?}");
    assert!(fastest < Some(AT_ONCE), "{fastest:?}");
}

#[test]
fn watch_tells_who_changed_the_config_and_no_value() {
    let console = Console::broken(Os::Windows);
    let watch = Running::start(&console, &["watch", "--json"]);
    watch.until("event", "watching");
    let text = console.config_text();
    console.home.write_config(&text.replace("demo-token-4fb1c2", "other-token-77aa")).unwrap();
    let change = watch.until("event", "config-changed");
    assert_eq!(change["by"], "somebody-else");
    assert_eq!(change["changes"], json!(["`team-notes`: other arguments"]));
    let fixed = console.run(&["fix-config", &console.config(), "--write"]);
    assert_eq!(fixed.status, 0, "{fixed:?}");
    assert_eq!(watch.until("event", "config-changed")["by"], "bridgekeeper");
}

#[test]
fn logs_are_followed_as_objects() {
    let console = Console::broken(Os::Windows);
    let follow =
        Running::start(&console, &["logs", "--follow", "--server", "files", "--lines", "1", "--json"]);
    while !follow.next().contains("inputSchema") {}
    append(&console, FILES, "Authorization: Bearer k29f3aa81c\n");
    let line: Value = serde_json::from_str(&follow.next()).unwrap();
    assert_eq!((&line["text"], &line["server"]), (&json!("Authorization: Bearer ••••"), &json!("files")));
}

/// Wine now and then deadlocks in a process that it ends while the threads of it are at work, as `watch` is right after its
/// start. A call that did not want to end would not do so the next time either.
const TRIES: usize = if cfg!(windows) { 3 } else { 1 };

#[test]
fn a_call_that_runs_on_ends_when_nobody_reads() {
    let console = Console::broken(Os::Windows);
    for words in [&["watch"][..], &["logs", "--follow"]] {
        let ended = std::iter::repeat_with(|| end_of_one_that_nobody_reads(&console, words)).take(TRIES);
        assert_eq!(ended.flatten().next(), Some((Some(0), String::new())), "{words:?}");
    }
}

/// Its status and what it said to standard error; `None` where it does not end.
fn end_of_one_that_nobody_reads(console: &Console, words: &[&str]) -> Option<(Option<i32>, String)> {
    // So that the crash is news
    append(console, FILES, MENDED);
    let mut child = command(console, words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    drop(stdout);
    // Where the system does not tell it, the next line does
    append(console, FILES, CRASH);
    let mut running = Running { child, lines: channel().1 };
    let status = running.ended()?;
    let mut said = String::new();
    running.child.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
    Some((status.code(), said))
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_call_that_runs_on() {
    let console = Console::broken(Os::Linux);
    for words in [&["watch"][..], &["logs", "--follow"]] {
        let mut running = Running::start(&console, words);
        running.next();
        let pid = running.child.id().to_string();
        assert!(Command::new("sh").args(["-c", &format!("kill -INT {pid}")]).status().unwrap().success());
        assert_eq!(running.exit(), Some(0), "{words:?}");
    }
}

/// Where the process table tells it: the ticks that a program has used.
#[cfg(target_os = "linux")]
#[test]
fn watching_costs_nothing_while_nothing_happens() {
    if std::env::var_os("BRIDGEKEEPER_LONG_TESTS").is_none() {
        println!("skipped: takes ten seconds; set BRIDGEKEEPER_LONG_TESTS to run it");
        return;
    }
    let console = Console::broken(Os::Linux);
    for words in [&["watch"][..], &["logs", "--follow"]] {
        let running = Running::start(&console, words);
        running.next();
        // What it does at its start is done when nothing more is printed
        while running.lines.recv_timeout(Duration::from_secs(2)).is_ok() {}
        let ticks = || -> u64 {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", running.child.id())).unwrap();
            let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
            fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
        };
        let before = ticks();
        let _ = running.lines.recv_timeout(Duration::from_secs(5));
        let used = ticks() - before;
        println!("{words:?}: {used} ticks in 5 s");
        assert_eq!(used, 0, "{words:?}");
    }
}
