//! The bridge while a real server dies under it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::bridge_servers::{Server, bridge};

/// How many calls are on their way when the server is killed.
const CALLS: u64 = 64;

#[test]
fn every_call_is_answered_when_the_server_is_killed_and_comes_back() {
    let server = Server::everything("streamableHttp");
    let mut host = bridge(&server.url("/mcp"), &[]);
    host.initialize("2025-11-25");
    for id in 1..=CALLS {
        // Every other one is still at work when the first is done.
        let (name, arguments) = if id % 2 == 0 {
            ("echo", json!({ "message": id.to_string() }))
        } else {
            ("trigger-long-running-operation", json!({ "duration": 60, "steps": 60 }))
        };
        host.request(id, "tools/call", &json!({ "name": name, "arguments": arguments }));
    }
    let mut answers: BTreeMap<u64, u32> = BTreeMap::new();
    let mut results = 0;
    let note = |line: &str, answers: &mut BTreeMap<u64, u32>| {
        let message: Value = serde_json::from_str(line).expect("a message");
        if message.get("method").is_none() {
            *answers.entry(message["id"].as_u64().expect("an id of ours")).or_default() += 1;
        }
        message.get("result").is_some()
    };
    while answers.is_empty() {
        results += u32::from(note(&host.line(), &mut answers));
    }
    let port = server.kill();
    let server = Server::everything_at(port, "streamableHttp");
    while answers.len() < usize::try_from(CALLS).expect("few calls") {
        results += u32::from(note(&host.line(), &mut answers));
    }
    assert!(results >= 1, "at least the first was answered by the server");
    assert!(answers.values().all(|&times| times == 1), "{answers:?}");
    assert_eq!(host.call_tool(1_000, "echo", &json!({ "message": "again" })), "Echo: again");
    let answered_later = host.rest();
    assert!(answered_later.iter().all(|line| line.contains("\"method\"")), "{answered_later:?}");
    drop(server);
}
