//! `try` with servers of a few lines of shell.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use bridgekeeper_model::Os;
use serde_json::{Value, json};

use crate::console::Console;

/// Answers in the old era, and says so of the new one.
const ANSWERS: &str = r#"
while read -r line; do
  case "$line" in
    *server/discover*) echo '{"jsonrpc":"2.0","id":"discover","error":{"code":-32601,"message":"no"}}' ;;
    *'"initialize"'*) echo '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"shell","version":"1.2"}}}' ;;
    *notifications/initialized*) initialized=1 ;;
    *'"cursor"'*) echo '{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"second"}]}}' ;;
    *tools/list*) test "$initialized" && echo '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"first"}],"nextCursor":"p2"}}' ;;
  esac
done
"#;
const STATELESS: &str = r#"
while read -r line; do
  case "$line" in
    *'"discover"'*) echo '{"jsonrpc":"2.0","id":"discover","result":{}}' ;;
    *server/discover*) echo '{"jsonrpc":"2.0","id":0,"result":{"supportedVersions":["2026-07-28"],"capabilities":{},"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"new","version":"3"}}}}' ;;
    *tools/list*) echo '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"only"}]}}' ;;
  esac
done
"#;

fn with_server(script: &str, env: &Value) -> Console {
    let console = Console::new(Os::current());
    console.home.file("server.sh", &format!("#!/bin/sh\n{script}")).unwrap();
    let path = console.home.path("server.sh");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let config = json!({"mcpServers": {"notes": {"command": path, "args": ["--token", "s3cr3t-t0k3n-1234"], "env": env}}});
    console.home.write_config(&config.to_string()).unwrap();
    console
}

fn ids(trial: &Value) -> Vec<&str> {
    trial["findings"].as_array().unwrap().iter().map(|finding| finding["id"].as_str().unwrap()).collect()
}

#[test]
fn a_server_that_works_shakes_hands_and_lists_its_tools() {
    let console = with_server(&format!("echo ready >&2\n{ANSWERS}"), &json!({"DEPTH": "2"}));
    let outcome = console.run(&["try", "notes", "--json"]);
    let trial: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(
        (outcome.status, &trial["verdict"], &trial["exit"]),
        (0, &json!("ok"), &Value::Null),
        "{trial}"
    );
    let handshake = &trial["handshake"];
    assert_eq!((&handshake["era"], &handshake["name"]), (&json!("initialize"), &json!("shell")));
    assert_eq!(trial["tools"], json!(["first", "second"]));
    assert_eq!(trial["printed"], json!([{"stream": "stderr", "text": "ready"}]));
    assert_eq!(trial["start"]["environment"], json!(["DEPTH", "HOME", "PATH"]));
    assert!(!outcome.stdout.contains("s3cr3t"), "{}", outcome.stdout);
}

#[test]
fn a_server_of_the_new_era_is_asked_in_it() {
    let trial = with_server(STATELESS, &json!({})).json(&["try", "notes"]);
    assert_eq!(
        (&trial["handshake"]["era"], &trial["handshake"]["name"]),
        (&json!("stateless"), &json!("new"))
    );
    assert_eq!(trial["tools"], json!(["only"]));
}

#[test]
fn what_breaks_a_server_has_the_same_name_as_in_a_log() {
    let python = "echo \"ModuleNotFoundError: No module named 'acme'\" >&2\nexit 1";
    let trial = with_server(python, &json!({})).json(&["try", "notes"]);
    assert_eq!((ids(&trial), &trial["exit"]["code"]), (vec!["python-module-missing"], &json!(1)), "{trial}");
    assert_eq!((&trial["handshake"], &trial["verdict"]), (&Value::Null, &json!("problem")));

    let console = with_server(&format!("echo Starting server\n{ANSWERS}"), &json!({}));
    let trial = console.json(&["try", "notes"]);
    assert_eq!(trial["printed"], json!([{"stream": "not-protocol", "text": "Starting server"}]));
    assert!(ids(&trial).contains(&"stdout-pollution"), "{trial}");

    let trial = with_server("cat >/dev/null", &json!({})).json(&["try", "notes", "--timeout", "1"]);
    assert_eq!(ids(&trial), ["initialize-timeout"], "{trial}");
}

#[test]
fn a_server_that_asks_without_end_and_reads_nothing_is_ended_all_the_same() {
    let asks = "exec yes '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}'";
    let trial = with_server(asks, &json!({})).json(&["try", "notes", "--timeout", "1"]);
    assert_eq!((&trial["handshake"], &trial["exit"]), (&Value::Null, &Value::Null), "{trial}");
    assert_eq!(ids(&trial), ["initialize-timeout"], "{trial}");
}

#[test]
fn a_command_that_is_not_there_is_named_and_nothing_runs() {
    let console = Console::new(Os::current());
    console.home.write_config(r#"{"mcpServers": {"notes": {"command": "no-such-program-x"}}}"#).unwrap();
    let trial = console.json(&["try", "notes"]);
    assert!(trial["not_run"].as_str().unwrap().contains("no-such-program-x"));
    assert_eq!(ids(&trial), ["spawn-enoent-other"]);
    assert_eq!(console.run(&["try", "other", "--json"]).status, 2);
}

#[test]
fn what_a_server_started_ends_with_it() {
    let console = with_server(
        &format!("sleep 600 >/dev/null 2>&1 &\necho $! >> \"$HOME/pids\"\n{ANSWERS}"),
        &json!({}),
    );
    assert_eq!(console.json(&["try", "notes"])["verdict"], "ok");
    let pids = fs::read_to_string(console.home.path("pids")).unwrap();
    assert_eq!(pids.lines().count(), 2, "the era's copy and the one that is spoken with");
    let mut alive = String::new();
    for pid in pids.lines() {
        let status =
            std::process::Command::new("sh").args(["-c", &format!("kill -0 {pid} 2>/dev/null")]).status();
        // A dead child that nobody has asked for yet is no process any more
        let is_zombie =
            fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "));
        if status.unwrap().success() && !is_zombie {
            write!(alive, "{pid} ").unwrap();
        }
    }
    assert_eq!(alive, "");
}

#[test]
fn the_rules_of_windows_show_what_breaks() {
    let console = Console::broken(Os::Windows);
    let trial = console.json(&["try", "team-notes"]);
    let line = trial["start"]["command_line"].as_str().unwrap();
    let expected = r#"cmd.exe /C "C:\Program Files\nodejs\npx.cmd" -y mcp-remote@latest"#;
    assert!(line.contains(expected) && line.contains("Authorization: Bearer ••••"), "{line}");
    assert_eq!(ids(&trial), ["windows-path-space"]);
    insta::assert_snapshot!(console.shown(&["try", "team-notes"]));
}

/// Says that it is of the old era, and then prints without end.
const FLOODS: &str = r#"
while read -r line; do
  case "$line" in
    *server/discover*) echo '{"jsonrpc":"2.0","id":"discover","error":{"code":-32601,"message":"no"}}' ;;
    *) while :; do echo listening; done ;;
  esac
done
"#;

#[test]
fn a_server_that_prints_without_end_is_ended_in_time() {
    let began = std::time::Instant::now();
    let trial = with_server(FLOODS, &json!({})).json(&["try", "notes", "--timeout", "1"]);
    assert!(began.elapsed().as_secs() < 30, "took {:?}", began.elapsed());
    assert_eq!((&trial["handshake"], trial["printed"].as_array().unwrap().len()), (&Value::Null, 1000));
    assert!(ids(&trial).contains(&"stdout-pollution"), "{:?}", ids(&trial));
}

#[test]
fn a_file_that_may_not_be_run_is_not_said_to_be_missing() {
    let console = with_server("", &json!({}));
    fs::set_permissions(console.home.path("server.sh"), fs::Permissions::from_mode(0o644)).unwrap();
    let trial = console.json(&["try", "notes"]);
    assert_eq!(ids(&trial), ["permission-denied"], "{trial}");
    assert!(trial["not_run"].as_str().unwrap().contains("may be run"), "{trial}");
}

#[test]
fn a_trial_offers_no_fix_that_would_change_nothing() {
    let trial = with_server("sleep 600", &json!({})).json(&["try", "notes", "--timeout", "1"]);
    let fixes = trial["findings"][0]["fixes"].as_array().unwrap();
    let offered: Vec<&str> = fixes.iter().map(|fix| fix["id"].as_str().unwrap()).collect();
    assert_eq!(ids(&trial), ["initialize-timeout"]);
    let said = trial["findings"][0]["message"].as_str().unwrap();
    assert!(!said.contains("60 seconds"), "one second was waited: {said}");
    assert!(offered.contains(&"run-in-terminal") && !offered.contains(&"use-bridge"), "{offered:?}");
}
