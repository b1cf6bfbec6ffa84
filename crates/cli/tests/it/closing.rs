//! Changes while Claude runs, with a shell by its name that does what Claude does: it writes its config from memory
//! when it quits, and reads it when it starts.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bridgekeeper_model::Os;
use serde_json::json;

use crate::console::Console;

const PATIENCE: Duration = Duration::from_secs(30);
const CONFIG: &str = r#"{"mcpServers": {"notes": {"command": "sleep", "args": ["600"]}}}"#;
const TOKENS: &str = ".mcp-auth/mcp-remote-v1/452282f47054a8a06a3561004028c616_tokens.json";
/// With each start it writes down how many lines of its config name the server.
const CLAUDE: &str = r#"
config="$HOME/.config/Claude/claude_desktop_config.json"
log="$HOME/.config/Claude/logs/mcp-server-notes.log"
say() { echo "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ) [notes] [info] $1" >> "$log"; }
memory=$(sed 's/^{/{"preferences": {"seen": true}, /' "$config")
trap 'kill $server; echo "$memory" > "$config"; exit 0' TERM
say 'Initializing server...'
say 'Server started and connected successfully'
say 'Message from client: {"method":"initialize","params":{},"jsonrpc":"2.0","id":0}'
say 'Message from server: {"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18"}}'
sleep 600 & server=$!
grep -c notes "$config" >> "$HOME/starts"
wait
"#;

/// A home in which Claude runs.
struct World(Console);

impl World {
    fn new() -> Self {
        let world = Self(Console::with_config(Os::Linux, CONFIG));
        let home = &world.0.home;
        home.write_log("main.log", "").unwrap();
        home.file(TOKENS, "{\"secret\": 1}").unwrap();
        home.file("claude.sh", CLAUDE).unwrap();
        let program = world.path(".local/share/claude-desktop/claude-desktop");
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::copy("/bin/sh", &program).unwrap();
        let mut claude = Command::new(program);
        claude.arg(world.path("claude.sh")).env("HOME", world.0.home.root());
        let mut child =
            claude.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Nothing else takes note of its end, and one that has ended and was not taken note of is still listed
        std::thread::spawn(move || child.wait());
        world.until_starts_are("1\n");
        world
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.home.path(below)
    }

    fn until_starts_are(&self, starts: &str) {
        let begun = Instant::now();
        while fs::read_to_string(self.path("starts")).unwrap_or_default() != starts {
            assert!(begun.elapsed() < PATIENCE, "{:?}", fs::read_to_string(self.path("starts")));
            std::thread::yield_now();
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.0.run(&["restart-claude", "--no-start", "--yes"]);
    }
}

#[test]
fn a_change_is_made_between_quitting_and_starting() {
    let world = World::new();
    let shown = world.0.run(&["switch", "notes", "--off"]);
    assert!(shown.stdout.contains("add --restart-claude"), "{shown:?}");
    let beside = world.0.json(&["switch", "notes", "--off", "--yes"]);
    assert_eq!((&beside["claude_running"], &beside["written"]), (&json!(true), &json!(true)));
    let undone = world.0.json(&["undo", "--yes"]);
    assert_eq!(undone["claude_running"], json!(true));

    let done = world.0.json(&["switch", "notes", "--off", "--yes", "--restart-claude"]);
    assert_eq!(done["written"], json!(true), "{done}");
    assert_eq!(done["restarted"]["ended"][0]["how"], "quit", "{done}");
    world.until_starts_are("1\n0\n");
    assert!(
        world.0.config_text().contains("\"seen\"") && !world.0.config_text().contains("notes"),
        "{}",
        world.0.config_text()
    );

    let back = world.0.json(&["undo", "--yes", "--restart-claude"]);
    assert_eq!(back["restarted"]["servers"][0]["state"], "connected", "{back}");
    world.until_starts_are("1\n0\n1\n");
}

#[test]
fn what_claude_lost_comes_back_only_while_it_is_closed() {
    let world = World::new();
    world.0.json(&["switch", "notes", "--off", "--yes"]);
    world.0.json(&["switch", "notes", "--on", "--yes"]);
    world.0.home.write_config("{}").unwrap();
    let refused = world.0.run(&["restore", "--yes"]);
    assert_eq!(refused.status, 2, "{refused:?}");
    assert!(refused.stderr.contains("--restart-claude"), "{refused:?}");
    assert_eq!(world.0.config_text(), "{}");
    // What it writes when it quits is what it read, so that nothing is lost by then
    let nothing = world.0.run(&["restore", "--yes", "--restart-claude"]);
    assert!(nothing.stderr.contains("nothing of Claude's config is lost"), "{nothing:?}");
    world.until_starts_are("1\n1\n");
    assert!(world.0.config_text().contains("notes"));
}

#[test]
fn sign_ins_come_back_only_while_claude_is_closed() {
    let world = World::new();
    let reset = world.0.json(&["reset-auth", "--yes"]);
    assert!(!world.path(TOKENS).exists(), "{reset}");
    world.until_starts_are("1\n1\n");
    let refused = world.0.run(&["undo", "--yes"]);
    assert!(refused.stderr.contains("its bridges would write over what comes back"), "{refused:?}");
    assert!(!world.path(TOKENS).exists());
    let back = world.0.json(&["undo", "--yes", "--restart-claude"]);
    assert_eq!(back["written"], json!(true), "{back}");
    assert!(world.path(TOKENS).exists());
    world.until_starts_are("1\n1\n1\n");
}
