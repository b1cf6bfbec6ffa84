//! The transport of 2024-11-05.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer, event};
use serde_json::{Value, json};

use crate::{VERSION, bridge};

/// A server that speaks HTTP+SSE alone. `tools/call` ends the stream when its name is `end`; with the name `slow` it says
/// something else for 3 s before it answers, with `stuck` it never answers, and with `untaken` it answers on the stream alone.
fn server(endpoint: &'static str) -> ScriptedServer {
    let stream: Arc<Mutex<Option<Sender<Vec<u8>>>>> = Arc::default();
    ScriptedServer::start(move |request| {
        let send = {
            let stream = Arc::clone(&stream);
            move |message: &Value| {
                if let Some(stream) = &*stream.lock().expect("not poisoned") {
                    let _ = stream.send(event(message).into_bytes());
                }
            }
        };
        match (request.method(), request.target()) {
            ("GET", "/mcp") => {
                let (sender, events): (_, Receiver<Vec<u8>>) = channel();
                *stream.lock().expect("not poisoned") = Some(sender);
                Reply::events().and(format!("event: endpoint\ndata: {endpoint}\n\n")).and_each(events).close()
            }
            ("POST", "/messages?s=1") => {
                answer(request, send, || *stream.lock().expect("not poisoned") = None);
                let is_untaken = request.message()["params"]["name"] == "untaken";
                if is_untaken { Reply::nothing().stall() } else { Reply::accepted() }
            }
            _ => Reply::status(405),
        }
    })
}

fn answer(request: &Request, send: impl Fn(&Value) + Send + 'static, end: impl Fn()) {
    let message = request.message();
    let answer = |id: &Value, result: Value| json!({ "jsonrpc": "2.0", "id": id, "result": result });
    let result = match (request.rpc_method(), message["params"]["name"].as_str()) {
        ("initialize", _) => json!({ "protocolVersion": "2024-11-05", "capabilities": {} }),
        ("tools/call", Some("end")) => return end(),
        ("tools/call", Some("slow")) => {
            let params = json!({ "progressToken": 1, "progress": 1 });
            let progress = json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params });
            return say_for_a_while(send, progress, Some(answer(&message["id"], json!({ "ok": true }))));
        }
        ("tools/call", Some("stuck")) => {
            return say_for_a_while(send, answer(&json!("another"), json!({})), None);
        }
        ("tools/call", _) => json!({ "ok": true }),
        _ => return,
    };
    send(&answer(&message["id"], result));
}

/// Every 200 ms for 3 s, and something else at the end.
fn say_for_a_while(send: impl Fn(&Value) + Send + 'static, said: Value, last: Option<Value>) {
    thread::spawn(move || {
        let (_never, clock) = channel::<()>();
        for _ in 0..15 {
            send(&said);
            let _ = clock.recv_timeout(Duration::from_millis(200));
        }
        last.iter().for_each(send);
    });
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
    assert!(server.seen().iter().all(|seen| seen.method() != "GET"));
}

#[test]
fn an_address_on_another_origin_is_refused() {
    for flags in [&[][..], &["--transport", "sse-first"], &["--transport", "sse-only"]] {
        let server = server("http://127.0.0.2:1/messages?s=1");
        let mut host = bridge(&server.url(), flags);
        let answer = host.call(0, "initialize", &json!({}));
        let message = answer["error"]["message"].as_str().expect("text");
        assert!(message.contains("wants its messages at http://127.0.0.2:1, another address"), "{answer}");
    }
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
        server.seen().iter().filter(|seen| seen.target() == path && seen.rpc_method() == "initialize").count()
    };
    assert_eq!(handshakes("/messages?s=1"), 2);
    assert_eq!(host.rest(), Vec::<String>::new());
}

#[test]
fn a_server_that_tells_its_progress_is_not_silent() {
    let server = server("/messages?s=1");
    let mut host = bridge(&server.url(), &["--timeout", "2"]);
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({ "name": "slow" }))["result"]["ok"], true);
}

#[test]
fn answers_to_others_are_no_progress_and_the_server_hears_that_nobody_waits() {
    let server = server("/messages?s=1");
    let mut host = bridge(&server.url(), &["--timeout", "1"]);
    host.initialize(VERSION);
    let lost = host.call(1, "tools/call", &json!({ "name": "stuck" }));
    assert!(lost["error"]["message"].as_str().expect("text").contains("sent nothing for 1 s"), "{lost}");
    let cancelled = server.wait_for(|seen| seen.rpc_method() == "notifications/cancelled");
    assert_eq!(cancelled.message()["params"]["requestId"], 1);
}

#[test]
fn a_request_that_is_answered_is_not_taken_back() {
    let server = server("/messages?s=1");
    let mut host = bridge(&server.url(), &["--timeout", "2"]);
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({ "name": "untaken" }))["result"]["ok"], true);
    // Takes longer than the bridge waits for the server to take the first.
    assert_eq!(host.call(2, "tools/call", &json!({ "name": "slow" }))["result"]["ok"], true);
    assert!(host.finish().success());
    assert!(server.seen().iter().all(|seen| seen.rpc_method() != "notifications/cancelled"));
}

#[test]
fn a_server_that_ends_each_stream_is_asked_less_and_less_often() {
    let (tell, opened) = channel();
    let tell = Mutex::new(tell);
    let server = ScriptedServer::start(move |request| match (request.method(), request.target()) {
        ("GET", "/mcp") => {
            let _ = tell.lock().expect("not poisoned").send(Instant::now());
            let answer = json!({ "protocolVersion": "2024-11-05", "capabilities": {} });
            let answer = event(&json!({ "jsonrpc": "2.0", "id": 0, "result": answer }));
            Reply::events().and("event: endpoint\ndata: /messages\n\n").and(answer).close()
        }
        _ => Reply::accepted(),
    });
    let mut host = bridge(&server.url(), &["--transport", "sse-only"]);
    host.initialize(VERSION);
    let opened: Vec<Instant> = opened.iter().take(3).collect();
    assert!(opened[2] - opened[1] >= Duration::from_secs(2), "{opened:?}");
}
