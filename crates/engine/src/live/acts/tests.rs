//! Changes that are made after Claude has quit, which is when it may have written its config once more.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bridgekeeper_claude::Home;
use bridgekeeper_machine::Machine as _;
use bridgekeeper_model::Os;
use bridgekeeper_testkit::machine::{StandInMachine, process};

use super::*;
use crate::context::Context;
use crate::reset::Extent;
use crate::view::Fate;

const CONFIG: &str = r#"{
  "mcpServers": {
    "notes": {"command": "npx", "args": ["-y", "notes-mcp"]},
    "files": {"command": "npx", "args": ["-y", "mcp-remote", "https://mcp.linear.app/mcp"]}
  },
  "preferences": {"menuBarEnabled": true}
}"#;
const TOKENS: &str = ".mcp-auth/mcp-remote-v1/fcc436b0d1e0a1ed9a2b15bbd638eb13_tokens.json";

/// A home with a Claude that runs until it is asked to quit.
struct World {
    folder: tempfile::TempDir,
    machine: Arc<StandInMachine>,
    engine: Engine,
    acts: Acts,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let claude = process(10, None, "/usr/lib/claude-desktop/claude-desktop", &[]);
        let machine = Arc::new(StandInMachine::default().with_process(claude));
        let home = Home::stand_in(folder.path(), Os::Linux);
        let engine = Engine::new(Context::new(home).with_machine(Arc::clone(&machine) as Arc<_>));
        let world = Self { folder, machine, engine, acts: Acts::default() };
        put(&world.config(), CONFIG);
        world
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join(".config/Claude/claude_desktop_config.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.config()).unwrap()
    }

    /// Claude quits and, as it does, writes its config once more from memory.
    fn claude_quits(&self, writing: &str) {
        put(&self.config(), writing);
        for claude in self.machine.processes().unwrap() {
            self.machine.ask_to_quit(&claude).unwrap();
        }
    }

    fn switch_off(&self, server: &str) -> Preview {
        self.acts.preview_switch(&self.engine, server, Switch::Off).unwrap()
    }
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_change_is_made_after_claude_has_written_its_preferences() {
    let world = World::new();
    let shown = world.switch_off("notes");
    assert_eq!(shown.closing, Closing::Offered);
    world.claude_quits(&CONFIG.replace("true", "false"));
    world.acts.apply_anew(&world.engine, &shown.token).unwrap();
    let text = world.text();
    assert!(!text.contains("notes-mcp") && text.contains("false"), "{text}");
    assert_eq!(world.switch_off("files").closing, Closing::Idle, "Claude has quit");
}

#[test]
fn a_change_is_taken_back_after_claude_has_quit() {
    let world = World::new();
    let made = world.acts.apply_fix(&world.engine, &world.switch_off("notes").token).unwrap();
    let back = world.acts.preview_undo(&world.engine, &made.id).unwrap();
    assert_eq!(back.closing, Closing::Offered);
    world.claude_quits(&world.text().replace("true", "false"));
    let undone = world.acts.apply_anew(&world.engine, &back.token).unwrap();
    assert!(undone.undone && undone.id == made.id);
    assert_eq!(world.text(), CONFIG.replace("true", "false"), "what Claude wrote meanwhile stays");
}

#[test]
fn what_claude_wrote_into_the_same_lines_is_not_written_over() {
    let world = World::new();
    let made = world.acts.apply_fix(&world.engine, &world.switch_off("notes").token).unwrap();
    let back = world.acts.preview_undo(&world.engine, &made.id).unwrap();
    let rewritten = world.text().replace("\"files\"", "\"notes\"");
    world.claude_quits(&rewritten);
    world.acts.apply_anew(&world.engine, &back.token).unwrap_err();
    assert_eq!(world.text(), rewritten);
}

#[test]
fn a_reset_comes_back_only_while_claude_is_closed() {
    let world = World::new();
    let tokens = world.folder.path().join(TOKENS);
    put(&tokens, "tokens");
    let scope = Scope { server: None, extent: Extent::SignIns };
    // The reset itself would start Claude again, whose program is not there; so it is closed for it
    world.claude_quits(CONFIG);
    let reset = world.acts.preview_reset(&world.engine, scope, "Reset").unwrap();
    let made = world.acts.apply_fix(&world.engine, &reset.token).unwrap();
    assert!(!tokens.exists());

    let again = process(11, None, "/usr/lib/claude-desktop/claude-desktop", &[]);
    let machine = Arc::new(StandInMachine::default().with_process(again));
    let home = Home::stand_in(world.folder.path(), Os::Linux);
    let world = World {
        engine: Engine::new(Context::new(home).with_machine(Arc::clone(&machine) as Arc<_>)),
        machine,
        ..world
    };
    let back = world.acts.preview_undo(&world.engine, &made.id).unwrap();
    assert_eq!(back.closing, Closing::Needed);
    let refused = world.acts.undo(&world.engine, &back.token).unwrap_err();
    assert!(refused.to_string().contains("Claude is running"), "{refused}");

    let back = world.acts.preview_undo(&world.engine, &made.id).unwrap();
    world.claude_quits(CONFIG);
    world.acts.apply_anew(&world.engine, &back.token).unwrap();
    assert_eq!(fs::read_to_string(&tokens).unwrap(), "tokens");
}

#[test]
fn all_changes_of_the_config_are_listed_and_taken_back() {
    let world = World::new();
    let nothing = world.acts.preview_leave(&world.engine, "Put back").unwrap_err();
    assert!(nothing.to_string().contains("no change"), "{nothing}");
    for server in ["notes", "files"] {
        world.acts.apply_fix(&world.engine, &world.switch_off(server).token).unwrap();
    }
    let shown = world.acts.preview_leave(&world.engine, "Put back").unwrap();
    let kinds: Vec<&str> = shown.things.iter().map(|thing| thing.kind.as_str()).collect();
    assert_eq!(kinds, ["files", "notes"], "the newest first");
    assert!(shown.things.iter().all(|thing| thing.fate == Fate::Undone));

    let done = world.acts.apply_anew(&world.engine, &shown.token).unwrap();
    assert_eq!((world.text().as_str(), done.left.len()), (CONFIG, 0));
}

#[test]
fn other_changes_than_were_listed_are_not_taken_back() {
    let world = World::new();
    world.acts.apply_fix(&world.engine, &world.switch_off("notes").token).unwrap();
    let shown = world.acts.preview_leave(&world.engine, "Put back").unwrap();
    world.acts.apply_fix(&world.engine, &world.switch_off("files").token).unwrap();
    let stale = world.acts.apply_fix(&world.engine, &shown.token).unwrap_err();
    assert!(matches!(stale, ActError::StalePreview));
    assert!(!world.text().contains("mcp-remote"));
}
