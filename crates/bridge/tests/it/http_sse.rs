//! The transport of 2024-11-05.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use bridgekeeper_testkit::fault::{FaultServer, Incoming, Reply, event};
use serde_json::{Value, json};

use crate::{VERSION, bridge};

/// A server that speaks HTTP+SSE alone. `tools/call` ends the stream when its name is `end`.
fn server(endpoint: &'static str) -> FaultServer {
    let stream: Arc<Mutex<Option<Sender<Vec<u8>>>>> = Arc::default();
    FaultServer::start(move |request| {
        let send = |message: &Value| {
            if let Some(stream) = &*stream.lock().expect("not poisoned") {
                let _ = stream.send(event(message).into_bytes());
            }
        };
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/mcp") => {
                let (sender, events): (_, Receiver<Vec<u8>>) = channel();
                *stream.lock().expect("not poisoned") = Some(sender);
                Reply::events().and(format!("event: endpoint\ndata: {endpoint}\n\n")).and_each(events).close()
            }
            ("POST", "/messages?s=1") => {
                answer(request, &send, || *stream.lock().expect("not poisoned") = None);
                Reply::accepted()
            }
            _ => Reply::new(405, &[], ""),
        }
    })
}

fn answer(request: &Incoming, send: &dyn Fn(&Value), end: impl Fn()) {
    let message = request.message();
    let result = match request.rpc_method().as_str() {
        "initialize" => json!({ "protocolVersion": "2024-11-05", "capabilities": {} }),
        "tools/call" if message["params"]["name"] == "end" => return end(),
        "tools/call" => json!({ "ok": true }),
        _ => return,
    };
    send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
}

#[test]
fn it_is_found_where_the_newer_one_is_refused() {
    for flags in [&[][..], &["--transport", "sse-first"], &["--transport", "sse-only"]] {
        let server = server("/messages?s=1");
        let mut host = bridge(&server.url(), flags);
        assert_eq!(host.initialize(VERSION)["protocolVersion"], "2024-11-05", "{flags:?}");
        assert_eq!(host.call(1, "tools/call", &json!({ "name": "x" }))["result"]["ok"], true, "{flags:?}");
        assert!(host.finish().success(), "{flags:?}");
    }
}

#[test]
fn it_is_not_tried_where_that_is_forbidden() {
    let server = server("/messages?s=1");
    let mut host = bridge(&server.url(), &["--transport", "http-only"]);
    assert_eq!(host.call(0, "initialize", &json!({}))["error"]["data"]["status"], 405);
    assert!(server.seen().iter().all(|seen| seen.method != "GET"));
}

#[test]
fn an_address_on_another_origin_is_refused() {
    let server = server("http://127.0.0.2:1/messages?s=1");
    let mut host = bridge(&server.url(), &["--transport", "sse-only"]);
    let answer = host.call(0, "initialize", &json!({}));
    assert!(answer["error"]["message"].as_str().expect("text").contains("another address"), "{answer}");
}

#[test]
fn a_broken_stream_answers_its_requests_and_begins_a_new_session() {
    let server = server("/messages?s=1");
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    let lost = host.call(1, "tools/call", &json!({ "name": "end" }));
    assert!(lost["error"]["message"].as_str().expect("text").contains("ended the stream"), "{lost}");
    assert_eq!(host.call(2, "tools/call", &json!({ "name": "x" }))["result"]["ok"], true);
    let handshakes = |path: &str| {
        server.seen().iter().filter(|seen| seen.path == path && seen.rpc_method() == "initialize").count()
    };
    assert_eq!(handshakes("/messages?s=1"), 2);
    assert_eq!(host.rest(), Vec::<String>::new());
}
