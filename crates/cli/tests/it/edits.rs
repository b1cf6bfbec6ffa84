//! `switch`, `merge` and `restore` as somebody types them.

use std::fs;

use bridgekeeper_model::Os;
use serde_json::Value;

use crate::console::Console;

const CONFIG: &str = "{\r\n    \"mcpServers\": {\r\n        \"notes\": { \"command\": \"npx\",  \"args\": [\"-y\", \"notes\"] },\r\n        \"search\": {\"command\":\"uvx\"}\r\n    }\r\n}\r\n";

fn console() -> Console {
    Console::with_config(Os::Windows, CONFIG)
}

#[test]
fn a_server_goes_off_and_on_without_losing_a_byte() {
    let console = console();
    let shown = console.json(&["switch", "notes", "--off"]);
    assert_eq!((&shown["written"], console.config_text().as_str()), (&Value::Bool(false), CONFIG));
    assert!(shown["diff"].as_str().unwrap().contains("-        \"notes\""));
    let done = console.json(&["switch", "notes", "--off", "--yes"]);
    assert_eq!((&done["written"], &done["claude_running"]), (&Value::Bool(true), &Value::Bool(false)));
    assert!(!console.config_text().contains("notes"));
    let servers = console.json(&["servers"]);
    let notes = servers["servers"].as_array().unwrap().iter().find(|server| server["name"] == "notes");
    assert_eq!(notes.unwrap()["state"], "off");
    assert_eq!(console.json(&["switch", "notes", "--off"])["error"]["code"], "not-possible");
    console.json(&["switch", "notes", "--on", "--yes"]);
    assert_eq!(console.config_text(), CONFIG);
    assert_eq!(console.json(&["switch", "notes", "--on"])["error"]["code"], "not-possible");
    console.json(&["undo", "--yes"]);
    assert!(!console.config_text().contains("notes"), "off again");
    console.json(&["undo", "--yes"]);
    assert_eq!(console.config_text(), CONFIG);
}

#[test]
fn entries_of_an_unread_file_come_into_the_live_one() {
    let console = console();
    let before = "{\n  \"mcpServers\": {\n    \"search\": {\n      \"command\": \"mine\"\n    }\n  }\n}\n";
    let live = "AppData/Local/Packages/Claude_x/LocalCache/Roaming/Claude/claude_desktop_config.json";
    console.home.file(live, before).unwrap();
    // The packaged Claude is the only one
    fs::remove_dir_all(console.home.path("AppData/Local/AnthropicClaude")).unwrap();
    let live = console.home.path(live);
    let offered = console.json(&["doctor"]);
    assert!(offered.to_string().contains("merge-configs"), "{offered}");
    let done = console.json(&["merge", "--yes"]);
    assert_eq!(done["servers"], serde_json::json!(["notes"]), "{done}");
    assert!(done["notes"][0].as_str().unwrap().starts_with("search stands in both"));
    let merged = fs::read_to_string(&live).unwrap();
    assert!(
        merged.contains("{ \"command\": \"npx\",  \"args\": [\"-y\", \"notes\"] }")
            && merged.contains("mine")
    );
    assert_eq!(console.config_text(), CONFIG, "the other file is not changed");
    let again = console.json(&["merge"]);
    assert_eq!((&again["written"], &again["path"]), (&Value::Bool(false), &Value::Null), "{again}");
    console.json(&["undo", done["undo"].as_str().unwrap(), "--yes"]);
    assert_eq!(fs::read_to_string(&live).unwrap(), before);
}

#[test]
fn what_claude_wrote_over_our_change_comes_back() {
    let console = console();
    console.json(&["switch", "search", "--off", "--yes"]);
    console.json(&["switch", "search", "--on", "--yes"]);
    console.home.write_config("{\n  \"preferences\": {\n    \"sidebarMode\": \"left\"\n  }\n}").unwrap();
    let doctor = console.json(&["doctor"]);
    let lost = doctor["findings"].as_array().unwrap().iter().find(|one| one["id"] == "config-entries-lost");
    let message = lost.expect("the loss is told")["message"].as_str().unwrap();
    assert!(message.starts_with("Claude rewrote") && message.contains("`notes`, `search`"), "{message}");
    assert_eq!(console.json(&["explain", "config-entries-lost"])["kind"], "finding");
    let done = console.json(&["restore", "--yes"]);
    assert_eq!(done["servers"], serde_json::json!(["notes", "search"]));
    assert!(
        console.config_text().contains("sidebarMode")
            && console.config_text().contains("\"args\": [\"-y\", \"notes\"]")
    );
    assert_eq!(console.json(&["restore"])["title"], "nothing of Claude's config is lost");
    assert_eq!(console.run(&["restore", "--yes"]).status, 0, "there is nothing left to do");
}

#[test]
fn every_change_of_a_config_goes_back_at_once() {
    let console = console();
    console.json(&["switch", "notes", "--off", "--yes"]);
    console.json(&["switch", "search", "--off", "--yes"]);
    let shown = console.json(&["undo", "--all"]);
    assert_eq!((shown["changes"].as_array().unwrap().len(), &shown["written"]), (2, &Value::Bool(false)));
    assert!(!console.config_text().contains("notes"));
    let done = console.json(&["undo", "--all", "--yes"]);
    assert_eq!((&done["written"], &done["left"]), (&Value::Bool(true), &serde_json::json!([])));
    assert_eq!(console.config_text(), CONFIG, "byte for byte, the newest change first");
    let again = console.run(&["undo", "--all", "--yes"]);
    assert_eq!(again.status, 0, "nothing is left to take back: {again:?}");
    assert_eq!(console.config_text(), CONFIG);
}

#[test]
fn a_change_that_cannot_go_back_keeps_no_other_from_it() {
    let console = console();
    let off = console.json(&["switch", "notes", "--off", "--yes"]);
    let url = "{\"mcpServers\": {\"far\": {\"command\": \"npx\", \"args\": [\"-y\", \"mcp-remote\", \"https://example.com/mcp\", \"--header\", \"A: b c\"]}}}";
    let elsewhere = console.file("other.json", url);
    let fixed = console.json(&["fix-config", &elsewhere, "--write"]);
    assert_eq!(fixed["written"], true, "{fixed}");
    fs::remove_file(&elsewhere).unwrap();
    let outcome = console.run(&["undo", "--all", "--yes", "--json"]);
    let done: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(outcome.status, 1, "{done}");
    assert_eq!(done["changes"][0]["change"], off["undo"], "{done}");
    assert!(done["left"][0]["why"].as_str().unwrap().contains("the file is gone"), "{done}");
    assert_eq!(console.config_text(), CONFIG);
}
