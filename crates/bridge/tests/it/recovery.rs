//! What is sent again, and what is not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::{VERSION, bridge};

/// Replies to the first request of the given method with `first`, and properly from then on.
fn once(method: &'static str, first: Reply) -> ScriptedServer {
    let asked = AtomicUsize::new(0);
    ScriptedServer::start(move |request| {
        if request.rpc_method() == method && asked.fetch_add(1, Ordering::SeqCst) == 0 {
            return first.clone();
        }
        Reply::proper(request)
    })
}

fn times(server: &ScriptedServer, method: &str) -> usize {
    server.seen().iter().filter(|seen| seen.rpc_method() == method).count()
}

#[test]
fn a_busy_server_is_asked_again_when_it_says_so() {
    for status in [429, 503] {
        let server = once("tools/list", Reply::status(status).with("Retry-After", "1"));
        let mut host = bridge(&server.url(), &[]);
        host.initialize(VERSION);
        assert!(host.call(1, "tools/list", &json!({})).get("result").is_some());
        let asked: Vec<_> =
            server.seen().into_iter().filter(|seen| seen.rpc_method() == "tools/list").collect();
        assert!(asked[1].at() - asked[0].at() >= Duration::from_secs(1), "{status}");
    }
}

#[test]
fn the_date_to_come_back_at_is_by_the_servers_own_clock() {
    // Both lie in the past of this machine.
    let later = Reply::status(429)
        .with("Date", "Sun, 01 Nov 2020 10:00:00 GMT")
        .with("Retry-After", "Sun, 01 Nov 2020 10:00:01 GMT");
    let server = once("tools/list", later);
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    assert!(host.call(1, "tools/list", &json!({})).get("result").is_some());
    let asked: Vec<_> = server.seen().into_iter().filter(|seen| seen.rpc_method() == "tools/list").collect();
    assert!(asked[1].at() - asked[0].at() >= Duration::from_secs(1));
}

#[test]
fn a_tool_is_never_called_twice() {
    for reply in [Reply::status(503).with("Retry-After", "0"), Reply::nothing().reset()] {
        let server = once("tools/call", reply);
        let mut host = bridge(&server.url(), &[]);
        host.initialize(VERSION);
        assert!(host.call(1, "tools/call", &json!({})).get("error").is_some());
        assert_eq!(times(&server, "tools/call"), 1);
    }
}

#[test]
fn what_only_reads_is_sent_again_when_its_connection_breaks() {
    let server = once("tools/list", Reply::nothing().reset());
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    assert!(host.call(1, "tools/list", &json!({})).get("result").is_some());
    assert_eq!(times(&server, "tools/list"), 2);
}

#[test]
fn a_server_that_starts_again_is_waited_for() {
    let server = ScriptedServer::start(Reply::proper);
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    // The answer proves that the notification before it has been taken.
    host.call(1, "tools/list", &json!({}));
    let address = server.address();
    drop(server);
    host.request(2, "tools/call", &json!({}));
    let _server = ScriptedServer::start_at(address, Reply::proper);
    assert!(host.answer(2).get("result").is_some());
}

#[test]
fn a_cookie_is_sent_back_and_can_be_refused() {
    let server = || {
        ScriptedServer::start(|request| match request.rpc_method() {
            "initialize" => {
                let result = json!({ "jsonrpc": "2.0", "id": 0, "result": { "protocolVersion": VERSION } });
                Reply::json(&result).with("Set-Cookie", "node=7; Path=/; HttpOnly")
            }
            _ => Reply::proper(request),
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
