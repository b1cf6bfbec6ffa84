//! `probe` as it is typed: the contract's JSON, the words for people, the exit status.

use std::io::{BufRead as _, BufReader};

use bridgekeeper_model::Os;
use bridgekeeper_testkit::mcp::{McpServer, Options};
use bridgekeeper_testkit::network::closed_port;
use bridgekeeper_testkit::oauth::{self, OAuthServer, browser};
use serde_json::{Value, json};

use crate::console::Console;

/// In alphabetical order.
fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn probe_has_the_shape_of_the_contract() {
    let server = McpServer::start(Options::default()).unwrap();
    let report = Console::empty(Os::Linux).json(&["probe", &server.url()]);
    assert_eq!(keys(&report), ["schema", "stages", "who"]);
    assert_eq!(report["schema"], 1);
    for stage in report["stages"].as_array().unwrap() {
        assert_eq!(keys(stage), ["findings", "message", "ms", "ok", "stage"]);
        assert!(stage["ok"].is_boolean() || stage["ok"].is_null());
        assert!(stage["ms"].is_u64());
    }
    for who in report["who"].as_array().unwrap() {
        assert_eq!(keys(who), ["as_of", "client", "ok", "why"]);
    }
}

#[test]
fn the_exit_status_says_how_it_went() {
    let console = Console::empty(Os::Linux);
    let server = McpServer::start(Options::default()).unwrap();
    assert_eq!(console.run(&["probe", &server.url()]).status, 0);
    let closed = format!("http://{}/mcp", closed_port().unwrap());
    assert_eq!(console.run(&["probe", &closed]).status, 1);
    assert_eq!(console.run(&["probe", "mcp.example.com"]).status, 2);
    assert_eq!(console.json(&["probe", "ftp://mcp.example.com/"])["error"]["code"], "not-a-server-address");
}

#[test]
fn a_token_is_given_or_got_and_not_both() {
    let words = ["probe", "https://mcp.example.com/", "--sign-in", "--header", "Authorization: Bearer x"];
    assert_eq!(Console::empty(Os::Linux).json(&words)["error"]["code"], "usage");
}

#[test]
fn who_signs_in_for_a_probe_is_asked_once_and_kept_nowhere() {
    let server = OAuthServer::start(oauth::Options::default()).unwrap();
    let console = Console::empty(Os::Linux);
    let mut child = console.begin(&["probe", &server.url(), "--sign-in", "--no-browser", "--json"]);
    let mut told = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut told).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["browser_opened"], false);
    browser::open(told["sign_in_at"].as_str().unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let tools = report["stages"].as_array().unwrap().iter().find(|stage| stage["stage"] == "tools").unwrap();
    assert_eq!(tools["ok"], true, "{report}");
    assert_eq!(server.counts().exchanges, 1);
    assert!(!console.home.path(".bridgekeeper/sign-ins").exists());
}

#[test]
fn a_header_is_sent_and_never_printed() {
    let console = Console::empty(Os::Linux);
    let token = "Bearer very-secret-token";
    let required_header = Some(("authorization".to_owned(), token.to_owned()));
    let server = McpServer::start(Options { required_header, ..Options::default() }).unwrap();
    let outcome = console.run(&["probe", &server.url(), "--header", &format!("Authorization: {token}")]);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let broken = console.run(&["probe", &server.url(), "--header", "very-secret-token"]);
    assert_eq!(broken.status, 2);
    for outcome in [outcome, broken] {
        assert!(!format!("{outcome:?}").contains("very-secret-token"), "{outcome:?}");
    }
}

#[test]
fn people_read_one_line_per_stage_and_a_reason_per_client() {
    let closed = closed_port().unwrap();
    let console = Console::empty(Os::Linux);
    let shown = console.shown(&["probe", &format!("http://{closed}/mcp")]);
    let shown = shown.replace(&closed.to_string(), "127.0.0.1:PORT");
    let line =
        |start: &str| shown.lines().find(|line| line.trim_start().starts_with(start)).unwrap_or_default();
    assert!(line("✗ failed      tcp").ends_with("Nothing accepts connections at 127.0.0.1:PORT."), "{shown}");
    assert!(line("? not checked initialize").ends_with("Skipped: tcp failed."), "{shown}");
    assert!(line("✗ Start the server").ends_with("[connection-refused]"), "{shown}");
    assert!(shown.contains("✗ no      Claude Desktop, claude_desktop_config.json\n"), "{shown}");
    assert!(shown.ends_with("--- exit 1\n"), "{shown}");
}

#[test]
fn every_finding_of_the_probe_can_be_explained() {
    let console = Console::empty(Os::Linux);
    let server = McpServer::start(Options::default()).unwrap();
    let report = console.json(&["probe", &format!("{}/wrong", server.url().trim_end_matches("/mcp"))]);
    let ids: Vec<_> = report["stages"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|stage| stage["findings"].as_array().unwrap())
        .map(|finding| finding["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, ["http-404"]);
    let fix = report["stages"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|stage| stage["findings"][0]["fixes"][0].as_object());
    assert_eq!(fix.unwrap()["id"], "correct-url");
    for id in ids.iter().map(String::as_str).chain(["tls-wrong-name", "sse-buffered", "html-page"]) {
        assert_eq!(console.json(&["explain", id])["id"], json!(id));
    }
}
