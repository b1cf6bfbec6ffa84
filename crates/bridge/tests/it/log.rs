//! What the bridge says about itself.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::{Value, json};

use crate::{VERSION, command};

fn server() -> ScriptedServer {
    ScriptedServer::start(|request| match request.rpc_method() {
        "tools/call" => Reply::status(500),
        _ => Reply::proper(request),
    })
}

#[test]
fn a_host_that_does_not_read_its_log_is_answered_all_the_same() {
    let server = server();
    let mut bridge = command(&server.url(), &["--debug"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Nobody reads this pipe, and it holds 64 KiB: a warning of more than 100 bytes for each call fills it.
        .stderr(Stdio::piped())
        .spawn()
        .expect("the bridge starts");
    let mut input = bridge.stdin.take().expect("a pipe");
    let mut answers = BufReader::new(bridge.stdout.take().expect("a pipe")).lines();
    let mut ask = |id: u64, method: &str| {
        let message =
            json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": { "protocolVersion": VERSION } });
        writeln!(input, "{message}").expect("the bridge reads");
        let answer: Value =
            serde_json::from_str(&answers.next().expect("an answer").expect("text")).expect("a message");
        assert_eq!(answer["id"], id);
    };
    ask(0, "initialize");
    for id in 1..=1500 {
        ask(id, "tools/call");
    }
    drop(input);
    assert!(bridge.wait().expect("our own child").success());
}

#[test]
fn a_log_file_gets_what_standard_error_gets_even_when_that_is_silent() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bridge.log");
    let server = server();
    let file = path.to_str().expect("UTF-8");
    let mut host = StdioHost::start(command(&server.url(), &["--silent", "--log-file", file]));
    host.initialize(VERSION);
    host.call(1, "tools/call", &json!({}));
    assert!(host.finish().success());
    assert_eq!(host.log(), "");
    let log = std::fs::read_to_string(path).expect("the log file");
    assert!(log.contains("carrying to"), "{log}");
    assert!(log.contains("500 Internal Server Error"), "{log}");
}
