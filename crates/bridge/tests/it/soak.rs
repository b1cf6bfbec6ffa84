//! Many calls under faults of every kind: each id is answered, and answered once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer, event};
use serde_json::{Value, json};

use crate::{VERSION, bridge};

/// How many calls are on their way at once.
const AT_ONCE: u64 = 64;

fn calls() -> u64 {
    if std::env::var_os("BRIDGEKEEPER_LONG_TESTS").is_some() { 100_000 } else { 3_000 }
}

#[test]
fn every_id_is_answered_once() {
    let sessions = AtomicUsize::new(1);
    let server = ScriptedServer::start(move |request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => {
            Reply::initialized(request).with_session(format!("s{}", sessions.load(Ordering::SeqCst)))
        }
        ("POST", "tools/call") => call(request, &sessions),
        ("POST", "server/discover") | ("GET", _) => Reply::status(405),
        _ => Reply::accepted(),
    });
    let mut host = bridge(&server.url(), &["--timeout", "2", "--silent"]);
    host.initialize(VERSION);
    let mut answers: HashMap<u64, u32> = HashMap::new();
    let mut next = 1;
    let total = calls();
    while (answers.len() as u64) < total {
        while next <= total && next - (answers.len() as u64) <= AT_ONCE {
            host.request(next, "tools/call", &json!({ "name": "x" }));
            next += 1;
        }
        let answer: Value = serde_json::from_str(&host.line()).expect("a message");
        *answers.entry(answer["id"].as_u64().expect("an id of ours")).or_default() += 1;
    }
    assert_eq!(host.rest(), Vec::<String>::new());
    assert!(answers.values().all(|&times| times == 1));
}

/// One fault in three calls, by the id, so that a failed run can be repeated.
fn call(request: &Request, sessions: &AtomicUsize) -> Reply {
    let message = request.message();
    let id = message["id"].as_u64().unwrap_or_default();
    let answer = json!({ "jsonrpc": "2.0", "id": id, "result": {} });
    let session = format!("s{}", sessions.load(Ordering::SeqCst));
    if request.header("mcp-session-id") != Some(&session) {
        return Reply::status(404);
    }
    match id % 30 {
        0 => Reply::nothing().reset(),
        1 => Reply::nothing().close(),
        2 => Reply::events().close(),
        3 => Reply::events().and(&event(&answer).as_bytes()[..10]).reset(),
        4 => Reply::events().and(event(&answer)).reset(),
        5 => Reply::typed(500, "text/html", "<html>"),
        6 => Reply::json(&json!([answer])),
        7 => Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{").close(),
        8 => Reply::events().and(": here\n\n").and(event(&answer)).close(),
        9 if id % 300 == 9 => {
            sessions.fetch_add(1, Ordering::SeqCst);
            Reply::status(404)
        }
        10 if id % 600 == 10 => Reply::nothing().stall(),
        _ => Reply::json(&answer),
    }
}
