//! A simulated Claude against the guardian: all the ways in which it rewrites and wipes its config.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use bridgekeeper_claude::Home;
use bridgekeeper_model::Os;
use bridgekeeper_testkit::files::put;
use serde_json::{Map, Value, json};

use crate::change::Kind;
use crate::diff::Secrets;
use crate::edits::Switch;
use crate::engine::Engine;
use crate::{Context, EngineError};

/// Claude as the config sees it: it reads once, and writes what it has in memory.
struct Claude {
    path: PathBuf,
    memory: Map<String, Value>,
}

impl Claude {
    /// Reads the config. What it cannot read counts as an empty one.
    fn start(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let memory = serde_json::from_str(&text).unwrap_or_default();
        Self { path, memory }
    }

    /// Writes the whole file from memory, with a preference that changed.
    fn write(&mut self, preference: &str) {
        self.memory.insert("preferences".to_owned(), json!({ "sidebarMode": preference }));
        put(&self.path, serde_json::to_string_pretty(&self.memory).unwrap());
    }
}

const FIRST: &str = "{\n\t\"mcpServers\": {\n\t\t\"notes\": { \"command\": \"npx\", \"args\": [\"-y\", \"notes-mcp\"] }\n\t}\n}\n";

struct World {
    _folder: tempfile::TempDir,
    engine: Engine,
    config: PathBuf,
}

impl World {
    /// A config with one server, looked at once.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join(".config/Claude/claude_desktop_config.json");
        put(&config, FIRST);
        let mut context = Context::new(Home::stand_in(folder.path(), Os::Linux));
        context.now = Arc::new(|| "2026-11-21T12:00:00Z".parse().unwrap());
        let engine = Engine::new(context);
        engine.begin_to_guard().unwrap();
        engine.guard_all();
        Self { _folder: folder, engine, config }
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.config).unwrap()
    }

    fn value(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    /// A person adds a server by hand, and somebody looks.
    fn add_by_hand(&self, name: &str) {
        let mut value = self.value();
        value["mcpServers"][name] = json!({ "command": name, "env": { "TOKEN": "s3cr3t" } });
        put(&self.config, format!("{}\n", serde_json::to_string_pretty(&value).unwrap()));
        self.engine.guard_all();
    }

    /// The names of what is lost, as `doctor` tells them.
    fn lost(&self) -> Vec<String> {
        let report = self.engine.doctor();
        let findings = report.findings.iter().filter(|finding| finding.id == super::LOST);
        findings.map(|finding| finding.sentence.value("names").unwrap().in_english().into_owned()).collect()
    }

    fn restore(&self) {
        let planned = self.engine.plan_restore(Secrets::Masked).unwrap();
        let entry = self.engine.make_edit(&planned).unwrap();
        assert_eq!(entry.kind, Kind::Restore);
        assert_eq!(self.lost(), Vec::<String>::new());
        let nothing = self.engine.plan_restore(Secrets::Masked).unwrap_err();
        assert!(matches!(nothing, EngineError::NothingLost), "{nothing}");
    }
}

#[test]
fn a_hand_edit_that_claude_writes_over_is_told_and_put_back() {
    let world = World::new();
    let mut claude = Claude::start(world.config.clone());
    world.add_by_hand("search");
    claude.write("left");
    assert_eq!(world.lost(), ["`search`"], "at the next look, without anybody watching");
    world.engine.guard_all();
    assert_eq!(world.lost(), ["`search`"]);
    world.restore();
    let value = world.value();
    assert_eq!(value["mcpServers"]["search"]["env"]["TOKEN"], "s3cr3t");
    assert_eq!(value["preferences"]["sidebarMode"], "left", "what Claude wrote stays");
    assert_eq!(value["mcpServers"]["notes"]["command"], "npx");
}

#[test]
fn a_stub_after_a_failed_load_is_told_with_everything_that_vanished() {
    let world = World::new();
    world.add_by_hand("search");
    let good = world.text();
    put(&world.config, good.replacen('}', "},", 1).replace("\"-y\"", "\"-y\",,"));
    world.engine.guard_all();
    let mut claude = Claude::start(world.config.clone());
    assert!(claude.memory.is_empty());
    claude.write("left");
    world.engine.guard_all();
    assert_eq!(world.lost(), ["`notes`, `search`"]);
    world.restore();
    let servers = &world.value()["mcpServers"];
    assert_eq!(servers["notes"]["args"][1], "notes-mcp");
    assert_eq!(servers["search"]["command"], "search");
}

#[test]
fn an_entry_that_claude_takes_back_to_its_old_value_is_told() {
    let world = World::new();
    let mut claude = Claude::start(world.config.clone());
    let edited = world.text().replace("notes-mcp", "notes-mcp@2");
    put(&world.config, &edited);
    world.engine.guard_all();
    claude.write("left");
    world.engine.guard_all();
    assert_eq!(world.lost(), ["`notes`"]);
    world.restore();
    assert_eq!(world.value()["mcpServers"]["notes"]["args"][1], "notes-mcp@2");
}

#[test]
fn our_own_repair_that_claude_writes_over_is_told() {
    let world = World::new();
    let mut claude = Claude::start(world.config.clone());
    let off = world.engine.plan_switch("notes", Switch::Off, Secrets::Masked).unwrap();
    world.engine.make_edit(&off).unwrap();
    let on = world.engine.plan_switch("notes", Switch::On, Secrets::Masked).unwrap();
    world.engine.make_edit(&on).unwrap();
    assert_eq!(world.text(), FIRST, "off and on leave no trace");
    assert_eq!(world.lost(), Vec::<String>::new());
    world.add_by_hand("search");
    claude.write("left");
    world.engine.guard_all();
    assert_eq!(world.lost(), ["`search`"]);
}

#[test]
fn a_config_that_vanished_comes_back_whole() {
    let world = World::new();
    fs::remove_file(&world.config).unwrap();
    put(world.config.with_file_name("Preferences"), "{}");
    world.engine.guard(&world.config);
    let losses = world.engine.losses(&world.config);
    assert_eq!(losses.len(), 1);
    put(&world.config, "");
    world.restore();
    assert_eq!(world.text(), FIRST);
}

#[test]
fn what_somebody_removed_on_purpose_is_no_loss() {
    let world = World::new();
    world.add_by_hand("search");
    let mut value = world.value();
    value["mcpServers"].as_object_mut().unwrap().remove("notes");
    put(&world.config, format!("{}\n", serde_json::to_string_pretty(&value).unwrap()));
    world.engine.guard_all();
    assert_eq!(world.lost(), Vec::<String>::new());
}

#[test]
fn what_somebody_else_wrote_meanwhile_is_never_lost() {
    let world = World::new();
    let mut claude = Claude::start(world.config.clone());
    world.add_by_hand("search");
    claude.write("left");
    world.engine.guard_all();
    let planned = world.engine.plan_restore(Secrets::Masked).unwrap();
    world.add_by_hand("calendar");
    let refused = world.engine.make_edit(&planned).unwrap_err();
    assert_eq!(refused.code(), "changed-since-read");
    world.restore();
    let servers = world.value()["mcpServers"].as_object().unwrap().clone();
    assert_eq!(servers.keys().collect::<Vec<_>>(), ["calendar", "notes", "search"]);
}

#[test]
fn an_entry_that_was_made_anew_by_hand_is_no_longer_lost() {
    let world = World::new();
    let mut claude = Claude::start(world.config.clone());
    world.add_by_hand("search");
    claude.write("left");
    world.engine.guard_all();
    put(
        &world.config,
        world
            .text()
            .replace("\"mcpServers\": {", "\"mcpServers\": { \"search\": { \"command\": \"other\" },"),
    );
    world.engine.guard_all();
    assert_eq!(world.lost(), Vec::<String>::new());
}

#[test]
fn a_home_that_nothing_was_changed_in_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join(".config/Claude/claude_desktop_config.json");
    put(&config, FIRST);
    let engine = Engine::new(Context::new(Home::stand_in(folder.path(), Os::Linux)));
    engine.guard_all();
    engine.doctor();
    assert!(!folder.path().join(".bridgekeeper").exists());
}

#[test]
fn the_notes_hold_no_secret() {
    let world = World::new();
    world.add_by_hand("search");
    let notes =
        fs::read_to_string(world.engine.context().home.bridgekeeper_folder().join("guardian/index.json"));
    let notes = notes.unwrap();
    assert!(notes.contains("search") && !notes.contains("s3cr3t"), "{notes}");
}

#[test]
fn thirty_rewrites_and_wipes_in_a_row_lose_nothing() {
    let world = World::new();
    for round in 0..30 {
        let mut claude = Claude::start(world.config.clone());
        if round % 3 == 2 {
            claude.memory = Map::new();
        }
        let name = format!("server-{round}");
        world.add_by_hand(&name);
        claude.write(if round % 2 == 0 { "left" } else { "right" });
        world.engine.guard_all();
        assert!(world.lost().concat().contains(&format!("`{name}`")), "round {round}");
        world.restore();
        assert_eq!(world.value()["mcpServers"].as_object().unwrap().len(), round + 2, "round {round}");
    }
}

#[test]
fn keeps_nothing_and_tells_nothing_where_the_person_wants_no_guardian() {
    let world = World::new();
    let mut claude = Claude::start(world.config.clone());
    world.engine.settings().change(|settings| settings.guardian = false).unwrap();
    world.add_by_hand("search");
    claude.write("left");
    assert_eq!(world.lost(), Vec::<String>::new());
    world.engine.settings().change(|settings| settings.guardian = true).unwrap();
    world.engine.guard_all();
    assert_eq!(world.lost(), Vec::<String>::new(), "what was never kept cannot be missed");
}
