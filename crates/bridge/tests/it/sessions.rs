//! Sessions that expire, and streams that break off.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bridgekeeper_testkit::scripted::{Reply, ScriptedServer, event};
use serde_json::json;

use crate::{VERSION, bridge};

#[test]
fn an_expired_session_is_renewed_with_the_hosts_own_handshake() {
    let sessions = AtomicUsize::new(0);
    let server = ScriptedServer::start(move |request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request)
            .with_session(format!("s{}", sessions.fetch_add(1, Ordering::SeqCst) + 1)),
        ("POST", "tools/call") if request.header("mcp-session-id") == Some("s1") => Reply::status(404),
        ("POST", "tools/call") => Reply::result(request, &json!({ "ok": true })),
        ("POST", _) => Reply::accepted(),
        _ => Reply::status(405),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    for id in 1..=20 {
        host.request(id, "tools/call", &json!({}));
    }
    for id in 1..=20 {
        assert_eq!(host.answer(id)["result"]["ok"], true);
    }
    assert_eq!(host.rest(), Vec::<String>::new(), "the second answer to initialize is not for the host");

    let seen = server.seen();
    let handshakes: Vec<_> = seen.iter().filter(|seen| seen.rpc_method() == "initialize").collect();
    assert_eq!(handshakes.len(), 2, "twenty calls renewed the session once");
    assert_eq!(handshakes[0].body(), handshakes[1].body());
    assert_eq!(handshakes[1].header("mcp-session-id"), None);
    let ready: Vec<_> = seen.iter().filter(|seen| seen.rpc_method() == "notifications/initialized").collect();
    assert_eq!(ready[1].header("mcp-session-id"), Some("s2"));
    assert_eq!(
        seen.last().map(|seen| (seen.method(), seen.header("mcp-session-id"))),
        Some(("DELETE", Some("s2")))
    );
}

#[test]
fn a_session_that_expires_again_and_again_under_load_fails_no_call() {
    let (session, calls) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let server = ScriptedServer::start(move |request| {
        let now = session.load(Ordering::SeqCst);
        let is_known = request.header("mcp-session-id") == Some(&format!("s{now}"));
        match (request.method(), request.rpc_method()) {
            ("POST", "initialize") => Reply::initialized(request)
                .with_session(format!("s{}", session.fetch_add(1, Ordering::SeqCst) + 1)),
            ("GET", _) => Reply::status(405),
            ("POST", "tools/call") if is_known => {
                if calls.fetch_add(1, Ordering::SeqCst) % 20 == 19 {
                    session.fetch_add(1, Ordering::SeqCst);
                }
                Reply::result(request, &json!({}))
            }
            ("POST", "tools/call") => Reply::status(404),
            _ => Reply::accepted(),
        }
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    (1..=100).for_each(|id| host.request(id, "tools/call", &json!({})));
    let answers = host.rest();
    assert_eq!(answers.iter().filter(|line| line.contains("\"result\"")).count(), 100, "{answers:#?}");
}

#[test]
fn a_session_that_is_refused_with_400_is_renewed_too() {
    let error = json!({
        "jsonrpc": "2.0",
        "id": null,
        "error": { "code": -32000, "message": "Bad Request: No valid session ID provided" },
    });
    is_renewed_after(Reply::json(&error).with_status(400));
    is_renewed_after(Reply::typed(400, "text/plain; charset=utf-8", "Invalid session ID\n"));
}

fn is_renewed_after(refusal: Reply) {
    let sessions = AtomicUsize::new(0);
    let server = ScriptedServer::start(move |request| {
        let known = format!("s{}", sessions.load(Ordering::SeqCst));
        match (request.method(), request.rpc_method()) {
            ("POST", "initialize") => Reply::initialized(request)
                .with_session(format!("s{}", sessions.fetch_add(1, Ordering::SeqCst) + 1)),
            // As if the server had been started anew in between.
            ("POST", "tools/call") if request.header("mcp-session-id") == Some("s1") => refusal.clone(),
            ("POST", "tools/call") => Reply::result(request, &json!({ "session": known })),
            ("POST", "broken") => Reply::status(400),
            ("POST", _) => Reply::accepted(),
            _ => Reply::status(405),
        }
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({}))["result"]["session"], "s2");
    assert_eq!(host.call(2, "broken", &json!({}))["error"]["data"]["status"], 400);
    assert_eq!(
        server.seen().iter().filter(|seen| seen.rpc_method() == "initialize").count(),
        2,
        "a 400 that does not speak of sessions begins no new one"
    );
}

#[test]
fn a_session_that_cannot_be_renewed_is_an_answer() {
    let sessions = AtomicUsize::new(0);
    let server = ScriptedServer::start(move |request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") if sessions.fetch_add(1, Ordering::SeqCst) == 0 => {
            Reply::initialized(request).with_session("s1")
        }
        ("POST", "notifications/initialized") => Reply::accepted(),
        ("POST", "tools/call") => Reply::status(404),
        ("POST", _) => Reply::status(500),
        _ => Reply::status(405),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({}))["error"]["data"]["status"], 500);
}

#[test]
fn a_reply_stream_is_taken_up_again_behind_its_last_event() {
    let server = ScriptedServer::start(|request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
        ("POST", "tools/call") => Reply::events().and("id: 7\nretry: 300\ndata:\n\n").close(),
        ("GET", _) if request.header("last-event-id") == Some("7") => Reply::events()
            .and("id: 8\n")
            .and(event(&json!({ "jsonrpc": "2.0", "id": 1, "result": "late" })))
            .close(),
        ("GET", _) => Reply::status(405),
        _ => Reply::accepted(),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({}))["result"], "late");
    let call = server.wait_for(|seen| seen.rpc_method() == "tools/call");
    let resumed = server.wait_for(|seen| seen.header("last-event-id").is_some());
    let waited = resumed.at() - call.at();
    assert!(
        waited >= Duration::from_millis(300),
        "it waited {waited:?} although the server asked for 300 ms"
    );
    assert_eq!(resumed.header("mcp-session-id"), Some("s1"));
}

#[test]
fn the_servers_own_stream_is_opened_again_for_as_long_as_it_takes() {
    let gets = AtomicUsize::new(0);
    let notice =
        |n: usize| event(&json!({ "jsonrpc": "2.0", "method": "notifications/n", "params": { "n": n } }));
    let server = ScriptedServer::start(move |request| match request.method() {
        "POST" if request.rpc_method() == "initialize" => Reply::initialized(request).with_session("s1"),
        // mcp-remote gives up after the second.
        "GET" => match gets.fetch_add(1, Ordering::SeqCst) {
            0 => Reply::events().and("retry: 50\nid: a\n").and(notice(0)).close(),
            1..5 => Reply::status(503),
            5 => Reply::events().and(notice(5)).reset(),
            _ => Reply::events().and(notice(6)).stall(),
        },
        _ => Reply::accepted(),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    for n in [0, 5, 6] {
        assert_eq!(host.message("notifications/n")["params"]["n"], n);
    }
    let seen = server.seen();
    let resumed: Vec<_> =
        seen.iter().filter(|seen| seen.method() == "GET").map(|seen| seen.header("last-event-id")).collect();
    assert_eq!(resumed[0], None);
    assert!(resumed[1..].iter().all(|id| *id == Some("a")), "{resumed:?}");
}

#[test]
fn a_request_waits_until_the_server_can_ask_the_host() {
    let (called, open) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let server = ScriptedServer::start(move |request| match request.method() {
        "POST" if request.rpc_method() == "initialize" => Reply::initialized(request).with_session("s1"),
        "POST" if request.rpc_method() == "tools/call" => {
            called.store(true, Ordering::SeqCst);
            Reply::result(request, &json!({ "open": open.load(Ordering::SeqCst) }))
        }
        "GET" => {
            // As slow as a server that is asked from far away.
            let deadline = Instant::now() + Duration::from_millis(100);
            while !called.load(Ordering::SeqCst) && Instant::now() < deadline {
                thread::yield_now();
            }
            open.store(true, Ordering::SeqCst);
            Reply::events().stall()
        }
        _ => Reply::accepted(),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    let answer = host.call(1, "tools/call", &json!({ "name": "asks" }));
    assert_eq!(answer["result"]["open"], true);
}

#[test]
fn a_server_that_says_nothing_on_its_own_stream_is_not_waited_for() {
    let server = ScriptedServer::start(|request| match request.method() {
        "POST" if request.rpc_method() == "initialize" => Reply::initialized(request).with_session("s1"),
        "POST" if request.rpc_method() == "tools/call" => Reply::result(request, &json!({})),
        "GET" => Reply::nothing().stall(),
        _ => Reply::accepted(),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    let start = Instant::now();
    assert!(host.call(1, "tools/call", &json!({})).get("result").is_some());
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn each_stream_is_taken_up_behind_its_own_last_event() {
    let server = ScriptedServer::start(|request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
        ("POST", "tools/call") => {
            let id = &request.message()["id"];
            Reply::events().and(format!("id: of-{id}\nretry: 50\ndata:\n\n")).close()
        }
        ("GET", _) => match request.header("last-event-id").and_then(|id| id.strip_prefix("of-")) {
            Some(id) => {
                let id: u64 = id.parse().expect("an id of ours");
                Reply::events()
                    .and(event(&json!({ "jsonrpc": "2.0", "id": id, "result": { "of": id } })))
                    .close()
            }
            None => Reply::status(405),
        },
        _ => Reply::accepted(),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    for id in 1..=8 {
        host.request(id, "tools/call", &json!({}));
    }
    for id in 1..=8 {
        assert_eq!(host.answer(id)["result"]["of"], id);
    }
    assert_eq!(host.rest(), Vec::<String>::new());
}

#[test]
fn a_renewal_that_is_answered_with_an_error_is_tried_again_with_the_next_request() {
    let handshakes = AtomicUsize::new(0);
    let server = ScriptedServer::start(move |request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => match handshakes.fetch_add(1, Ordering::SeqCst) {
            // As of a server that is there before what stands behind it.
            1 => Reply::json(&json!({
                "jsonrpc": "2.0",
                "id": request.message()["id"],
                "error": { "code": -32603, "message": "not yet" },
            })),
            n => Reply::initialized(request).with_session(format!("s{n}")),
        },
        ("POST", "tools/call") => match request.header("mcp-session-id") {
            Some("s0") => Reply::status(404),
            Some("s2") => Reply::result(request, &json!({})),
            _ => Reply::status(400),
        },
        ("POST", _) => Reply::accepted(),
        _ => Reply::status(405),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({}))["error"]["message"], "not yet");
    assert_eq!(host.call(2, "tools/call", &json!({}))["result"], json!({}));
}

#[test]
fn a_server_that_still_holds_the_stream_of_before_is_asked_for_it_again() {
    let gets = AtomicUsize::new(0);
    let notice = event(&json!({ "jsonrpc": "2.0", "method": "notifications/n" }));
    let server = ScriptedServer::start(move |request| match request.method() {
        "POST" if request.rpc_method() == "initialize" => Reply::initialized(request).with_session("s1"),
        "GET" if gets.fetch_add(1, Ordering::SeqCst) == 0 => Reply::status(409),
        "GET" => Reply::events().and(notice.as_str()).stall(),
        _ => Reply::accepted(),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    host.message("notifications/n");
}

#[test]
fn a_404_that_is_not_about_the_session_costs_no_session() {
    let server = ScriptedServer::start(|request| {
        match (request.method(), request.rpc_method()) {
            ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
            ("POST", "tools/call") => Reply::result(request, &json!({})),
            ("POST", "vendor/new") => {
                let error = json!({ "code": -32601, "message": "unknown" });
                let body = json!({ "jsonrpc": "2.0", "id": request.message()["id"], "error": error });
                Reply::json(&body).with_status(404)
            }
            ("POST", _) => Reply::accepted(),
            // As a router answers that knows the path with POST alone.
            _ => Reply::status(404).with_body("Not Found"),
        }
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    server.wait_for(|seen| seen.method() == "GET");
    assert_eq!(host.call(1, "vendor/new", &json!({}))["error"]["message"], "unknown");
    assert_eq!(host.call(2, "tools/call", &json!({}))["result"], json!({}));
    assert!(host.finish().success());
    let handshakes = server.seen().iter().filter(|seen| seen.rpc_method() == "initialize").count();
    assert_eq!(handshakes, 1);
}
