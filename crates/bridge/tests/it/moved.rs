//! The network changes under the bridge.
//!
//! Each test runs in a network of its own, where it may change what it likes: this program starts itself again in a
//! namespace that holds nothing but loopback.

use std::env;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer, event};
use serde_json::{Value, json};

use crate::{VERSION, bridge};

/// Where the server is: not on loopback as far as its address tells.
const SERVER: &str = "10.77.0.1";

/// Runs a hidden test in a network of its own, where the server's address is there and two more are.
fn in_own_network(test: &str) {
    let set_up = format!(
        "ip link set lo up && ip addr add {SERVER}/32 dev lo && ip addr add 10.77.0.2/32 dev lo && echo ready \
         && exec \"$0\" --exact {test} --ignored --nocapture"
    );
    let run = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "sh", "-c", &set_up])
        .arg(env::current_exe().expect("this program"))
        .output();
    match run {
        Ok(run) if run.stdout.starts_with(b"ready") => {
            let told = String::from_utf8_lossy(&run.stdout);
            assert!(run.status.success(), "{told}{}", String::from_utf8_lossy(&run.stderr));
        }
        run => println!("skipped: no network of its own can be made here: {run:?}"),
    }
}

/// From now on the server is reached from another address.
fn move_away() {
    let change =
        format!("route change local {SERVER} dev lo table local proto kernel scope host src 10.77.0.2");
    let status = Command::new("ip").args(change.split(' ')).status();
    assert!(status.expect("ip is there").success());
}

fn address() -> SocketAddr {
    SocketAddr::new(SERVER.parse().expect("an address"), 0)
}

#[test]
fn the_servers_own_stream_is_opened_again() {
    in_own_network("moved::streamable_http");
}

#[test]
#[ignore = "runs in the network of the test above"]
fn streamable_http() {
    let server =
        ScriptedServer::start_at(address(), |request| match (request.method(), request.rpc_method()) {
            ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
            ("POST", "tools/call") => Reply::result(request, &json!({ "ok": true })),
            ("POST", "server/discover") => Reply::status(405),
            ("GET", _) => Reply::events().and(": here\n\n").stall(),
            _ => Reply::accepted(),
        });
    let mut host = bridge(&server.url(), &["--allow-http"]);
    host.initialize(VERSION);
    let first = server.wait_for(|seen| seen.method() == "GET");
    move_away();
    server.wait_for(|seen| seen.method() == "GET" && seen.at() > first.at());
    assert_eq!(host.call(1, "tools/call", &json!({ "name": "x" }))["result"]["ok"], true);
    assert!(host.finish().success());
    assert!(host.log().contains("the network is another one"), "{}", host.log());
}

#[test]
fn a_stream_that_carries_everything_is_opened_again() {
    in_own_network("moved::http_sse");
}

#[test]
#[ignore = "runs in the network of the test above"]
fn http_sse() {
    let stream: Mutex<Option<Sender<Vec<u8>>>> = Mutex::default();
    let server = ScriptedServer::start_at(address(), move |request| {
        let mut stream = stream.lock().expect("not poisoned");
        match request.method() {
            "GET" => {
                let (events, coming) = channel();
                *stream = Some(events);
                Reply::events().and("event: endpoint\ndata: /messages\n\n").and_each(coming)
            }
            "POST" if request.path() == "/messages" => {
                if let (Some(events), Some(answer)) = (&*stream, answer_to(request)) {
                    events.send(event(&answer).into_bytes()).expect("the stream is read");
                }
                Reply::accepted()
            }
            _ => Reply::status(405),
        }
    });
    let mut host = bridge(&server.url(), &["--allow-http", "--transport", "sse-only"]);
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({ "name": "x" }))["result"]["ok"], true);
    let first = server.wait_for(|seen| seen.rpc_method() == "initialize");
    move_away();
    server.wait_for(|seen| seen.rpc_method() == "initialize" && seen.at() > first.at());
    assert_eq!(host.call(2, "tools/call", &json!({ "name": "x" }))["result"]["ok"], true);
    assert!(host.finish().success());
}

fn answer_to(request: &Request) -> Option<Value> {
    let message = request.message();
    let result = match request.rpc_method() {
        "initialize" => json!({ "protocolVersion": "2024-11-05", "capabilities": {} }),
        "tools/call" => json!({ "ok": true }),
        _ => return None,
    };
    Some(json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }))
}
