//! What is sent again, and what is not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bridgekeeper_testkit::fault::{FaultServer, Incoming, Reply};
use serde_json::json;

use crate::{VERSION, bridge};

/// Replies to the first request of the given method with `first`, and properly from then on.
fn once(method: &'static str, first: Reply) -> FaultServer {
    let asked = AtomicUsize::new(0);
    FaultServer::start(move |request| {
        if request.rpc_method() == method && asked.fetch_add(1, Ordering::SeqCst) == 0 {
            return first.clone();
        }
        proper(request)
    })
}

fn proper(request: &Incoming) -> Reply {
    match (request.method.as_str(), request.rpc_method().as_str()) {
        ("POST", "initialize") => Reply::initialized(request, ""),
        ("POST", "notifications/initialized") => Reply::accepted(),
        ("POST", _) => Reply::result(request, &json!({})),
        _ => Reply::new(405, &[], ""),
    }
}

fn times(server: &FaultServer, method: &str) -> usize {
    server.seen().iter().filter(|seen| seen.rpc_method() == method).count()
}

#[test]
fn a_busy_server_is_asked_again_when_it_says_so() {
    for status in [429, 503] {
        let server = once("tools/list", Reply::new(status, &[("Retry-After", "1")], ""));
        let mut host = bridge(&server.url(), &[]);
        host.initialize(VERSION);
        assert!(host.call(1, "tools/list", &json!({})).get("result").is_some());
        let asked: Vec<_> =
            server.seen().into_iter().filter(|seen| seen.rpc_method() == "tools/list").collect();
        assert!(asked[1].at - asked[0].at >= Duration::from_secs(1), "{status}");
    }
}

#[test]
fn the_date_to_come_back_at_is_by_the_servers_own_clock() {
    // Both lie in the past of this machine.
    let headers =
        [("Date", "Sun, 01 Nov 2020 10:00:00 GMT"), ("Retry-After", "Sun, 01 Nov 2020 10:00:01 GMT")];
    let server = once("tools/list", Reply::new(429, &headers, ""));
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    assert!(host.call(1, "tools/list", &json!({})).get("result").is_some());
    let asked: Vec<_> = server.seen().into_iter().filter(|seen| seen.rpc_method() == "tools/list").collect();
    assert!(asked[1].at - asked[0].at >= Duration::from_secs(1));
}

#[test]
fn a_tool_is_never_called_twice() {
    for reply in [Reply::new(503, &[("Retry-After", "0")], ""), Reply::default().reset()] {
        let server = once("tools/call", reply);
        let mut host = bridge(&server.url(), &[]);
        host.initialize(VERSION);
        assert!(host.call(1, "tools/call", &json!({})).get("error").is_some());
        assert_eq!(times(&server, "tools/call"), 1);
    }
}

#[test]
fn what_only_reads_is_sent_again_when_its_connection_breaks() {
    let server = once("tools/list", Reply::default().reset());
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    assert!(host.call(1, "tools/list", &json!({})).get("result").is_some());
    assert_eq!(times(&server, "tools/list"), 2);
}

#[test]
fn a_server_that_starts_again_is_waited_for() {
    let server = FaultServer::start(proper);
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    // The answer proves that the notification before it has been taken.
    host.call(1, "tools/list", &json!({}));
    let address = server.address();
    drop(server);
    host.request(2, "tools/call", &json!({}));
    let _server = FaultServer::start_at(address, proper);
    assert!(host.answer(2).get("result").is_some());
}

#[test]
fn a_cookie_is_sent_back_and_can_be_refused() {
    let server = || {
        FaultServer::start(|request| match request.rpc_method().as_str() {
            "initialize" => {
                let result = json!({ "jsonrpc": "2.0", "id": 0, "result": { "protocolVersion": VERSION } });
                let headers =
                    [("Content-Type", "application/json"), ("Set-Cookie", "node=7; Path=/; HttpOnly")];
                Reply::new(200, &headers, result.to_string())
            }
            _ => proper(request),
        })
    };
    for (flags, expected) in [(&[][..], Some("node=7")), (&["--disable-cookies"], None)] {
        let server = server();
        let mut host = bridge(&server.url(), flags);
        host.initialize(VERSION);
        host.call(1, "tools/list", &json!({}));
        let list = server.wait_for(|seen| seen.rpc_method() == "tools/list");
        assert_eq!(list.header("cookie"), expected);
    }
}
