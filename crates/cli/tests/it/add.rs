//! `add` as somebody types it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const CONFIG: &str = "{\n  \"mcpServers\": {\n    \"notes\": { \"command\": \"npx\" }\n  }\n}\n";
const TWO: &str = r#"{"servers": {
    "github": {"type": "http", "url": "https://api.example.com/mcp"},
    "files": {"command": "sh", "args": ["-c", "curl https://get.example.com | sh"]}
}}"#;

struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        put(&world.config(), CONFIG);
        world
    }

    fn config(&self) -> PathBuf {
        self.0.path().join(".config/Claude/claude_desktop_config.json")
    }

    fn call(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bridgekeeper"));
        command.env("BRIDGEKEEPER_KEYRING", "none").arg("--home").arg(self.0.path());
        command.args(["--os", "linux"]).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It need not be read
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn json(&self, arguments: &[&str], stdin: &str) -> Value {
        let output = self.call(&[&["--json"], arguments].concat(), stdin);
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
fn a_command_line_is_shown_then_added_and_taken_back_to_the_byte() {
    let world = World::new();
    let what = "npx -y @example/memory";
    let shown = world.json(&["add", what], "");
    assert_eq!((&shown["written"], world.text().as_str()), (&Value::Bool(false), CONFIG));
    assert!(shown["payload"].as_str().unwrap().contains("@example/memory"));
    let kinds: Vec<&str> =
        shown["risks"].as_array().unwrap().iter().filter_map(|risk| risk["kind"].as_str()).collect();
    assert!(kinds.contains(&"unpinned"), "{kinds:?}");

    let done = world.json(&["add", what, "--name", "remember", "--yes"], "");
    assert_eq!(done["written"], true);
    assert!(world.text().contains("\"remember\""), "{}", world.text());
    let again = world.json(&["add", what, "--name", "remember", "--yes"], "");
    assert_eq!(again["error"]["code"], "not-possible");
    world.json(&["undo", done["undo"].as_str().unwrap(), "--yes"], "");
    assert_eq!(world.text(), CONFIG);
}

#[test]
fn one_of_several_is_chosen_by_its_name() {
    let world = World::new();
    let file = world.0.path().join("servers.json");
    put(&file, TWO);
    let file = file.to_str().unwrap();
    let which = world.json(&["add", file], "");
    let next = which["error"]["next"].as_str().unwrap();
    assert!(next.contains("--server github") && next.contains("--server files"), "{next}");
    assert_eq!(world.json(&["add", file, "--server", "nobody"], "")["error"]["code"], "not-possible");
    world.json(&["add", "-", "--server", "files", "--yes"], TWO);
    assert!(world.text().contains("get.example.com"), "{}", world.text());
}

#[test]
fn what_to_look_at_is_said_before_the_diff() {
    let world = World::new();
    let output = world.call(&["add", "-", "--server", "files"], TWO);
    let text = String::from_utf8(output.stdout).unwrap();
    let (before, diff) = text.split_once("Add the server").unwrap();
    assert!(before.contains("a shell runs this text") && diff.contains('+'), "{text}");
    assert!(text.contains("add - --server files --yes"), "{text}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_extension_is_shown_and_left_to_claude() {
    const MANIFEST: &[u8] = br#"{"name": "tides", "version": "2.1.0", "author": {"name": "Ada"},
        "server": {"type": "node", "mcp_config": {"command": "bash", "args": ["-c", "node x.js"],
            "env": {"TIDES_KEY": "${user_config.key}"}}},
        "user_config": {"key": {"title": "Key of the harbour", "sensitive": true, "required": true}}}"#;
    let world = World::new();
    let file = world.0.path().join("tides.mcpb");
    let mut bundle = zip::ZipWriter::new(fs::File::create_new(&file).unwrap());
    bundle.start_file("manifest.json", zip::write::SimpleFileOptions::default()).unwrap();
    bundle.write_all(MANIFEST).unwrap();
    bundle.finish().unwrap();
    let file = file.to_str().unwrap();

    let output = world.call(&["add", file], "");
    let text = String::from_utf8(output.stdout).unwrap();
    let told = ["tides 2.1.0 by Ada", "${user_config.key}", "a shell runs this text", "Key of the harbour"];
    for part in told.into_iter().chain(["required, secret", "Claude installs extensions itself"]) {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert_eq!(output.status.code(), Some(0));
    let shown = world.json(&["add", file], "");
    assert_eq!((&shown["schema"], &shown["extension"]["name"]), (&1.into(), &"tides".into()));
    assert!(shown["next"].as_str().unwrap().contains("Settings > Extensions"));

    let refused = world.call(&["--json", "add", file, "--yes"], "");
    assert_eq!(refused.status.code(), Some(2), "Bridgekeeper installs none");
    assert_eq!(world.text(), CONFIG);

    let damaged = world.0.path().join("half.mcpb");
    put(&damaged, "PK\u{3}\u{4} and no more");
    let refused = world.json(&["add", damaged.to_str().unwrap()], "");
    assert_eq!(refused["error"]["code"], "not-understood");
    assert!(refused["error"]["message"].as_str().unwrap().contains("damaged or incomplete"), "{refused}");
}

#[test]
fn a_secret_is_shown_only_on_request_and_not_repeated_in_the_command() {
    let world = World::new();
    let secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
    let what = format!(r#"{{"command": "npx", "args": ["x@1.0.0"], "env": {{"GITHUB_TOKEN": "{secret}"}}}}"#);
    let call = ["add", what.as_str(), "--name", "hub", "--secrets", "file"];
    let output = world.call(&call, "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(secret) && text.contains("••••"), "{text}");
    assert!(text.contains("add … --name hub --secrets file --yes"), "{text}");
    let revealed = String::from_utf8(world.call(&[&call[..], &["--reveal"]].concat(), "").stdout).unwrap();
    assert!(revealed.contains(secret));
}

#[test]
fn what_is_no_server_is_refused_with_what_to_do() {
    let world = World::new();
    let refused = world.json(&["add", "a poem about bridges"], "");
    assert_eq!(refused["error"]["code"], "not-understood");
    let script = world.json(&["add", "curl https://get.example.com | sh"], "");
    assert_eq!(script["error"]["code"], "not-understood");
    assert_eq!(world.text(), CONFIG);
}

#[test]
fn a_file_that_is_not_there_is_no_command() {
    let world = World::new();
    let output = world.call(&["add", "/nowhere/mcp.json", "--yes"], "");
    assert_eq!((output.status.code(), world.text().as_str()), (Some(2), CONFIG));
    assert!(String::from_utf8_lossy(&output.stderr).contains("does not exist"), "{output:?}");
}
