//! `add` as somebody types it.

use std::fs;
use std::io::Write as _;

use bridgekeeper_model::Os;
use serde_json::Value;

use crate::console::Console;

const CONFIG: &str = "{\n  \"mcpServers\": {\n    \"notes\": { \"command\": \"npx\" }\n  }\n}\n";
const TWO: &str = r#"{"servers": {
    "github": {"type": "http", "url": "https://api.example.com/mcp"},
    "files": {"command": "sh", "args": ["-c", "curl https://get.example.com | sh"]}
}}"#;

fn console() -> Console {
    Console::with_config(Os::Linux, CONFIG)
}

#[test]
fn a_command_line_is_shown_then_added_and_taken_back_to_the_byte() {
    let console = console();
    let what = "npx -y @example/memory";
    let shown = console.json(&["add", what]);
    assert_eq!((&shown["written"], console.config_text().as_str()), (&Value::Bool(false), CONFIG));
    assert!(shown["payload"].as_str().unwrap().contains("@example/memory"));
    let kinds: Vec<&str> =
        shown["risks"].as_array().unwrap().iter().filter_map(|risk| risk["kind"].as_str()).collect();
    assert!(kinds.contains(&"unpinned"), "{kinds:?}");

    let done = console.json(&["add", what, "--name", "remember", "--yes"]);
    assert_eq!(done["written"], true);
    assert!(console.config_text().contains("\"remember\""), "{}", console.config_text());
    let again = console.json(&["add", what, "--name", "remember", "--yes"]);
    assert_eq!(again["error"]["code"], "not-possible");
    console.json(&["undo", done["undo"].as_str().unwrap(), "--yes"]);
    assert_eq!(console.config_text(), CONFIG);
}

#[test]
fn one_of_several_is_chosen_by_its_name() {
    let console = console();
    let file = console.file("servers.json", TWO);
    let which = console.json(&["add", &file]);
    let next = which["error"]["next"].as_str().unwrap();
    assert!(next.contains("--server github") && next.contains("--server files"), "{next}");
    assert_eq!(console.json(&["add", &file, "--server", "nobody"])["error"]["code"], "not-possible");
    let added = console.run_with(&["add", "-", "--server", "files", "--yes", "--json"], TWO);
    assert_eq!(added.status, 0, "{added:?}");
    assert!(console.config_text().contains("get.example.com"), "{}", console.config_text());
}

#[test]
fn what_to_look_at_is_said_before_the_diff() {
    let console = console();
    let outcome = console.run_with(&["add", "-", "--server", "files"], TWO);
    let text = &outcome.stdout;
    let (before, diff) = text.split_once("Add the server").unwrap();
    assert!(before.contains("a shell runs this text") && diff.contains('+'), "{text}");
    assert!(text.contains("add - --server files --yes"), "{text}");
    assert_eq!(outcome.status, 0);
}

#[test]
fn an_extension_is_shown_and_left_to_claude() {
    const MANIFEST: &[u8] = br#"{"name": "tides", "version": "2.1.0", "author": {"name": "Ada"},
        "server": {"type": "node", "mcp_config": {"command": "bash", "args": ["-c", "node x.js"],
            "env": {"TIDES_KEY": "${user_config.key}"}}},
        "user_config": {"key": {"title": "Key of the harbour", "sensitive": true, "required": true}}}"#;
    let console = console();
    let file = console.home.path("tides.mcpb");
    let mut bundle = zip::ZipWriter::new(fs::File::create_new(&file).unwrap());
    bundle.start_file("manifest.json", zip::write::SimpleFileOptions::default()).unwrap();
    bundle.write_all(MANIFEST).unwrap();
    bundle.finish().unwrap();
    let file = file.to_str().unwrap();

    let outcome = console.run(&["add", file]);
    let text = &outcome.stdout;
    let told = ["tides 2.1.0 by Ada", "${user_config.key}", "a shell runs this text", "Key of the harbour"];
    for part in told.into_iter().chain(["required, secret", "Claude installs extensions itself"]) {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert_eq!(outcome.status, 0);
    let shown = console.json(&["add", file]);
    assert_eq!((&shown["schema"], &shown["extension"]["name"]), (&1.into(), &"tides".into()));
    assert!(shown["next"].as_str().unwrap().contains("Settings > Extensions"));

    let refused = console.run(&["--json", "add", file, "--yes"]);
    assert_eq!(refused.status, 2, "Bridgekeeper installs none");
    assert_eq!(console.config_text(), CONFIG);

    let damaged = console.file("half.mcpb", "PK\u{3}\u{4} and no more");
    let refused = console.json(&["add", &damaged]);
    assert_eq!(refused["error"]["code"], "not-understood");
    assert!(refused["error"]["message"].as_str().unwrap().contains("damaged or incomplete"), "{refused}");
}

#[test]
fn a_secret_is_shown_only_on_request_and_not_repeated_in_the_command() {
    let console = console();
    let secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
    let what = format!(r#"{{"command": "npx", "args": ["x@1.0.0"], "env": {{"GITHUB_TOKEN": "{secret}"}}}}"#);
    let call = ["add", what.as_str(), "--name", "hub", "--secrets", "file"];
    let text = console.run(&call).stdout;
    assert!(!text.contains(secret) && text.contains("••••"), "{text}");
    assert!(text.contains("add … --name hub --secrets file --yes"), "{text}");
    let revealed = console.run(&[&call[..], &["--reveal"]].concat()).stdout;
    assert!(revealed.contains(secret));
}

#[test]
fn what_is_no_server_is_refused_with_what_to_do() {
    let console = console();
    let refused = console.json(&["add", "a poem about bridges"]);
    assert_eq!(refused["error"]["code"], "not-understood");
    let script = console.json(&["add", "curl https://get.example.com | sh"]);
    assert_eq!(script["error"]["code"], "not-understood");
    assert_eq!(console.config_text(), CONFIG);
}

#[test]
fn a_file_that_is_not_there_is_no_command() {
    let console = console();
    let outcome = console.run(&["add", "/nowhere/mcp.json", "--yes"]);
    assert_eq!((outcome.status, console.config_text().as_str()), (2, CONFIG));
    assert!(outcome.stderr.contains("does not exist"), "{outcome:?}");
}
