//! A host that does not want an answer any more.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::{VERSION, bridge};

#[test]
fn the_server_is_told_and_nothing_more_is_waited_for_or_said() {
    // Many servers never end the stream of a call that was cancelled.
    let (stream, events) = channel();
    let events: Mutex<Option<Receiver<Vec<u8>>>> = Mutex::new(Some(events));
    let server = ScriptedServer::start(move |request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
        ("POST", "tools/call") => {
            let events = events.lock().expect("not poisoned").take().expect("one call");
            Reply::events().and(": here\n\n").and_each(events).close()
        }
        ("POST", _) => Reply::accepted(),
        _ => Reply::status(405),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    host.request(1, "tools/call", &json!({}));
    server.wait_for(|seen| seen.rpc_method() == "tools/call");
    let line =
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"no"}}"#;
    host.send(line);
    let told = server.wait_for(|seen| seen.rpc_method() == "notifications/cancelled");
    assert_eq!(told.body(), line.as_bytes());
    let deadline = Instant::now() + Duration::from_secs(30);
    while stream.send(b": still here\n\n".to_vec()).is_ok() {
        assert!(Instant::now() < deadline, "the stream of the cancelled call is still read");
        std::thread::yield_now();
    }
    assert_eq!(host.rest(), Vec::<String>::new());
    assert!(host.ended().success());
}
