//! The server's process is killed in the middle of its work and started again.

use std::env;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::{VERSION, bridge};

/// Tells this program, started again, where to serve.
const ADDRESS: &str = "BRIDGEKEEPER_TEST_SERVER";

/// Tells it how many calls it takes before it answers any more.
const HOLDS_BACK: &str = "BRIDGEKEEPER_TEST_HOLDS_BACK";

/// A server in a process of its own.
struct ServerProcess(Child);

impl ServerProcess {
    fn start(address: SocketAddr, holds_back: bool) -> Self {
        let mut command = Command::new(env::current_exe().expect("this program"));
        command
            .args(["--exact", "killed::serve", "--ignored", "--nocapture"])
            .env(ADDRESS, address.to_string());
        if holds_back {
            command.env(HOLDS_BACK, "1");
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(child.expect("this program starts again"))
    }

    /// SIGKILL, or `TerminateProcess`: it has no time for a word.
    fn kill(mut self) {
        self.0.kill().expect("our own child");
        self.0.wait().expect("our own child");
    }
}

#[test]
#[ignore = "the other process of the test below"]
fn serve() {
    let address = env::var(ADDRESS).expect("an address").parse().expect("an address");
    let holds_back = env::var_os(HOLDS_BACK).is_some();
    let session = format!("s{}", std::process::id());
    let taken = AtomicUsize::new(0);
    let server = ScriptedServer::start_at(address, move |request| {
        let known = request.header("mcp-session-id") == Some(&session);
        match (request.method(), request.rpc_method()) {
            ("POST", "initialize") => Reply::initialized(request).with_session(&session),
            ("POST", "server/discover") | ("GET", _) => Reply::status(405),
            _ if !known => Reply::status(404),
            ("POST", "test/taken") => {
                Reply::result(request, &json!({ "taken": taken.load(Ordering::SeqCst) }))
            }
            ("POST", "tools/call" | "resources/read") if holds_back => {
                taken.fetch_add(1, Ordering::SeqCst);
                Reply::nothing().stall()
            }
            ("POST", "tools/call" | "resources/read") => Reply::result(request, &json!({ "ok": true })),
            _ => Reply::accepted(),
        }
    });
    server.wait_for(|request| request.rpc_method() == "test/never");
}

#[test]
fn every_call_is_answered_when_the_server_is_killed_in_the_middle() {
    let address =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let server = ServerProcess::start(address, true);
    let url = format!("http://{address}/mcp");
    // It takes a moment to start: a host tries again, too.
    let mut host = bridge(&url, &[]);
    let params = json!({ "protocolVersion": VERSION, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    while host.call(0, "initialize", &params).get("result").is_none() {}
    host.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    for id in 1..=64 {
        host.request(id, if id % 2 == 0 { "tools/call" } else { "resources/read" }, &json!({ "name": "x" }));
    }
    let mut polls = 100..;
    while host.call(polls.next().expect("an id"), "test/taken", &json!({}))["result"]["taken"] != 64 {}
    server.kill();
    let server = ServerProcess::start(address, false);
    for id in 1..=64 {
        let answer = host.answer(id);
        // What may have had an effect is not done twice; what only reads is.
        assert_eq!(answer.get("error").is_some(), id % 2 == 0, "{answer}");
    }
    assert_eq!(host.call(65, "tools/call", &json!({ "name": "x" }))["result"]["ok"], true);
    assert_eq!(host.rest(), Vec::<String>::new());
    server.kill();
}
