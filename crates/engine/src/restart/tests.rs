//! A program that stands in for Claude, with real processes: a shell by Claude's name that runs a script.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use bridgekeeper_claude::Home;
use bridgekeeper_machine::{Machine as _, Territory, ThisMachine, running_claudes};
use bridgekeeper_model::{Health, Os};
use tempfile::TempDir;

use super::{How, Kind, Then};
use crate::context::Context;
use crate::engine::Engine;

const PATIENCE: Duration = Duration::from_secs(30);
const CONFIG: &str = r#"{"mcpServers": {"notes": {"command": "sleep", "args": ["600"]}}}"#;
/// Starts its server, writes what Claude writes, and goes when it is asked.
const OBEYS: &str = r#"
log="$HOME/.config/Claude/logs/mcp-server-notes.log"
say() { echo "$(date -u +%Y-%m-%dT%H:%M:%S).000Z [notes] [info] $1" >> "$log"; }
sh -c 'touch "$HOME/served"; exec sleep 600' & server=$!
trap 'kill $server; exit 0' TERM
say 'Initializing server...'
say 'Server started and connected successfully'
say 'Message from client: {"method":"initialize","params":{},"jsonrpc":"2.0","id":0}'
say 'Message from server: {"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18"}}'
touch "$HOME/started"
wait
"#;
/// Does not react to being asked, and its server lives on without it.
const STUBBORN: &str = r#"
trap '' TERM
sh -c 'touch "$HOME/served"; exec sleep 600' &
touch "$HOME/started"
wait
"#;

struct World {
    folder: TempDir,
    engine: Engine,
}

impl World {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join(".config/Claude/logs")).unwrap();
        write(&root.join(".config/Claude/claude_desktop_config.json"), CONFIG);
        write(&root.join("claude.sh"), script);
        let program = root.join(".local/share/claude-desktop/claude-desktop");
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::copy("/bin/sh", &program).unwrap();
        let engine = Engine::new(Context::new(Home::stand_in(root, Os::Linux)));
        Self { folder, engine }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn start(&self) -> Child {
        let mut command = std::process::Command::new(self.path(".local/share/claude-desktop/claude-desktop"));
        command.arg(self.path("claude.sh")).env("HOME", self.folder.path());
        let child = command.stdin(Stdio::null()).spawn().unwrap();
        let begun = std::time::Instant::now();
        // Until its server runs a program of its own, that is one more process of Claude's
        while !["started", "served"].iter().all(|sign| self.path(sign).exists()) {
            assert!(begun.elapsed() < PATIENCE, "the stand-in starts");
            std::thread::yield_now();
        }
        child
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let machine = ThisMachine::new(Territory::Folder(self.folder.path().to_owned()));
        for process in machine.processes().unwrap_or_default() {
            let _ = machine.end(&process);
        }
    }
}

fn write(path: &Path, text: &str) {
    use std::io::Write as _;
    fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn claude_quits_with_its_servers_and_comes_back_with_them() {
    let world = World::new(OBEYS);
    let mut old = world.start();
    let restart = world.engine.plan_restart(Then::Start).unwrap();
    assert!(restart.claude_runs());
    let ends = world.engine.quit_claude(&restart, |_| ()).unwrap();
    let kinds: Vec<(Kind, Option<How>)> = ends.iter().map(|end| (end.kind, end.how)).collect();
    assert_eq!(kinds, [(Kind::Claude, Some(How::Quit)), (Kind::Server, Some(How::Quit))]);
    old.wait().unwrap();

    let watching = world.engine.start_claude(&restart, PATIENCE, |_| ()).unwrap();
    let outcome = watching.last().unwrap();
    assert_eq!(outcome.len(), 1);
    assert_eq!((outcome[0].name.as_str(), outcome[0].state), ("notes", Some(Health::Connected)));
    let processes = world.engine.context().machine.processes().unwrap();
    let running = running_claudes(&processes, Os::Linux);
    assert_eq!(running.len(), 1);
    assert_ne!(running[0].main.id.0, old.id());
}

#[test]
fn what_does_not_go_is_ended_with_its_servers() {
    let world = World::new(STUBBORN);
    let mut old = world.start();
    let mut restart = world.engine.plan_restart(Then::StayClosed).unwrap();
    restart.to_quit = Duration::from_millis(200);
    assert_eq!(restart.starts(), None);
    let ends = world.engine.quit_claude(&restart, |_| ()).unwrap();
    let kinds: Vec<(Kind, Option<How>)> = ends.iter().map(|end| (end.kind, end.how)).collect();
    assert_eq!(kinds, [(Kind::Claude, Some(How::Ended)), (Kind::Server, Some(How::Ended))]);
    old.wait().unwrap();
    assert_eq!(world.engine.context().machine.processes().unwrap(), []);
}

#[test]
fn nothing_is_ended_where_nothing_could_be_started() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::new(Context::new(Home::stand_in(folder.path(), Os::Linux)));
    let error = engine.plan_restart(Then::Start).unwrap_err();
    assert_eq!(error.code(), "no-claude");
}
