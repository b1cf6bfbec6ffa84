//! `switch`, `merge` and `restore` as somebody types them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const CONFIG: &str = "{\r\n    \"mcpServers\": {\r\n        \"notes\": { \"command\": \"npx\",  \"args\": [\"-y\", \"notes\"] },\r\n        \"search\": {\"command\":\"uvx\"}\r\n    }\r\n}\r\n";

struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        put(&world.config(), CONFIG);
        world
    }

    fn config(&self) -> PathBuf {
        self.0.path().join("AppData/Roaming/Claude/claude_desktop_config.json")
    }

    fn call(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bridgekeeper"));
        command
            .env("BRIDGEKEEPER_KEYRING", "none")
            .arg("--home")
            .arg(self.0.path())
            .args(["--os", "windows", "--json"])
            .args(arguments);
        command.output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.call(arguments);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }

    fn text(&self) -> String {
        fs::read_to_string(self.config()).unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "the file of a test's own")]
fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn a_server_goes_off_and_on_without_losing_a_byte() {
    let world = World::new();
    let shown = world.json(&["switch", "notes", "--off"]);
    assert_eq!((&shown["written"], world.text().as_str()), (&Value::Bool(false), CONFIG));
    assert!(shown["diff"].as_str().unwrap().contains("-        \"notes\""));
    let done = world.json(&["switch", "notes", "--off", "--yes"]);
    assert_eq!((&done["written"], &done["claude_running"]), (&Value::Bool(true), &Value::Bool(false)));
    assert!(!world.text().contains("notes"));
    let servers = world.json(&["servers"]);
    let notes = servers["servers"].as_array().unwrap().iter().find(|server| server["name"] == "notes");
    assert_eq!(notes.unwrap()["state"], "off");
    assert_eq!(world.json(&["switch", "notes", "--off"])["error"]["code"], "not-possible");
    world.json(&["switch", "notes", "--on", "--yes"]);
    assert_eq!(world.text(), CONFIG);
    assert_eq!(world.json(&["switch", "notes", "--on"])["error"]["code"], "not-possible");
    world.json(&["undo", "--yes"]);
    assert!(!world.text().contains("notes"), "off again");
    world.json(&["undo", "--yes"]);
    assert_eq!(world.text(), CONFIG);
}

#[test]
fn entries_of_an_unread_file_come_into_the_live_one() {
    let world = World::new();
    let live = world
        .0
        .path()
        .join("AppData/Local/Packages/Claude_x/LocalCache/Roaming/Claude/claude_desktop_config.json");
    put(&live, "{\n  \"mcpServers\": {\n    \"search\": {\n      \"command\": \"mine\"\n    }\n  }\n}\n");
    let before = fs::read_to_string(&live).unwrap();
    let offered = world.json(&["doctor"]);
    assert!(offered.to_string().contains("merge-configs"), "{offered}");
    let done = world.json(&["merge", "--yes"]);
    assert_eq!(done["servers"], serde_json::json!(["notes"]), "{done}");
    assert!(done["notes"][0].as_str().unwrap().starts_with("search stands in both"));
    let merged = fs::read_to_string(&live).unwrap();
    assert!(
        merged.contains("{ \"command\": \"npx\",  \"args\": [\"-y\", \"notes\"] }")
            && merged.contains("mine")
    );
    assert_eq!(world.text(), CONFIG, "the other file is not changed");
    assert_eq!(world.json(&["merge"])["error"]["code"], "not-possible");
    world.json(&["undo", done["undo"].as_str().unwrap(), "--yes"]);
    assert_eq!(fs::read_to_string(&live).unwrap(), before);
}

#[test]
fn what_claude_wrote_over_our_change_comes_back() {
    let world = World::new();
    world.json(&["switch", "search", "--off", "--yes"]);
    world.json(&["switch", "search", "--on", "--yes"]);
    put(&world.config(), "{\n  \"preferences\": {\n    \"sidebarMode\": \"left\"\n  }\n}");
    let doctor = world.json(&["doctor"]);
    let lost = doctor["findings"].as_array().unwrap().iter().find(|one| one["id"] == "config-entries-lost");
    let message = lost.expect("the loss is told")["message"].as_str().unwrap();
    assert!(message.starts_with("Claude rewrote") && message.contains("`notes`, `search`"), "{message}");
    assert_eq!(world.json(&["explain", "config-entries-lost"])["kind"], "finding");
    let done = world.json(&["restore", "--yes"]);
    assert_eq!(done["servers"], serde_json::json!(["notes", "search"]));
    assert!(world.text().contains("sidebarMode") && world.text().contains("\"args\": [\"-y\", \"notes\"]"));
    assert_eq!(world.json(&["restore"])["error"]["code"], "not-possible");
    assert_eq!(world.call(&["restore"]).status.code(), Some(2));
}

#[test]
fn every_change_of_a_config_goes_back_at_once() {
    let world = World::new();
    world.json(&["switch", "notes", "--off", "--yes"]);
    world.json(&["switch", "search", "--off", "--yes"]);
    let shown = world.json(&["undo", "--all"]);
    assert_eq!((shown["changes"].as_array().unwrap().len(), &shown["written"]), (2, &Value::Bool(false)));
    assert!(!world.text().contains("notes"));
    let done = world.json(&["undo", "--all", "--yes"]);
    assert_eq!((&done["written"], &done["left"]), (&Value::Bool(true), &serde_json::json!([])));
    assert_eq!(world.text(), CONFIG, "byte for byte, the newest change first");
    let again = world.call(&["undo", "--all", "--yes"]);
    assert_eq!(again.status.code(), Some(0), "nothing is left to take back: {again:?}");
    assert_eq!(world.text(), CONFIG);
}

#[test]
fn a_change_that_cannot_go_back_keeps_no_other_from_it() {
    let world = World::new();
    let off = world.json(&["switch", "notes", "--off", "--yes"]);
    let elsewhere = world.0.path().join("other.json");
    let url = "{\"mcpServers\": {\"far\": {\"command\": \"npx\", \"args\": [\"-y\", \"mcp-remote\", \"https://example.com/mcp\", \"--header\", \"A: b c\"]}}}";
    put(&elsewhere, url);
    let fixed = world.json(&["fix-config", &elsewhere.to_string_lossy(), "--write"]);
    assert_eq!(fixed["written"], true, "{fixed}");
    fs::remove_file(&elsewhere).unwrap();
    let output = world.call(&["undo", "--all", "--yes"]);
    let done: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{done}");
    assert_eq!(done["changes"][0]["change"], off["undo"], "{done}");
    assert!(done["left"][0]["why"].as_str().unwrap().contains("the file is gone"), "{done}");
    assert_eq!(world.text(), CONFIG);
}
