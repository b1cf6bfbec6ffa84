//! The file by which others know how a bridge is doing.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, mpsc};
use std::thread::yield_now;
use std::time::{Duration, Instant};

use bridgekeeper_model::{BridgeState, BridgeStatus};
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::{VERSION, bridge_at};

fn files(home: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(home.join(".bridgekeeper").join(BridgeStatus::FOLDER));
    let paths = entries.into_iter().flatten().flatten().map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

/// Waits until the one status is as wanted.
fn wait_for(home: &Path, wanted: impl Fn(&BridgeStatus) -> bool) -> BridgeStatus {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let found = files(home, "json").first().and_then(|path| std::fs::read(path).ok());
        let status = found.and_then(|bytes| serde_json::from_slice::<BridgeStatus>(&bytes).ok());
        if let Some(status) = status.as_ref().filter(|status| wanted(status)) {
            return status.clone();
        }
        assert!(Instant::now() < deadline, "never came: {status:?}");
        yield_now();
    }
}

#[test]
fn it_follows_the_bridge_and_goes_with_it() {
    let home = tempfile::tempdir().expect("a folder");
    let server = ScriptedServer::start(|request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request).with_session("sekret-session"),
        ("POST", "tools/call") => Reply::nothing().stall(),
        ("GET", _) | ("POST", "server/discover") => Reply::status(405),
        _ => Reply::accepted(),
    });
    let url = server.url().replace("http://", "http://user:sekret@") + "?key=sekret";
    let mut host = bridge_at(home.path(), &url, &[]);
    let idle = wait_for(home.path(), |_| true);
    assert_eq!((idle.pid, idle.state), (host.id(), BridgeState::Idle));
    assert_eq!(idle.server, server.url());
    host.initialize(VERSION);
    let connected = wait_for(home.path(), |status| status.state == BridgeState::Connected);
    assert_eq!(connected.protocol.as_deref(), Some(VERSION));
    assert!(connected.session_since.is_some());
    host.request(1, "tools/call", &json!({}));
    wait_for(home.path(), |status| status.in_flight == 1);
    drop(server);
    host.answer(1);
    let failing = wait_for(home.path(), |status| status.state == BridgeState::Failing);
    let error = failing.last_error.clone().expect("the last error");
    assert_eq!(error.stage, "http");
    assert!(!format!("{failing:?}").contains("sekret"), "{failing:?}");
    assert!(host.finish().success());
    assert_eq!(files(home.path(), "json"), Vec::<PathBuf>::new());
    assert_eq!(files(home.path(), "lock"), Vec::<PathBuf>::new());
}

#[test]
fn a_server_that_wants_a_sign_in_or_refuses_the_handshake_is_not_called_connected() {
    let refusal =
        json!({ "jsonrpc": "2.0", "id": 0, "error": { "code": -32000, "message": "closed today" } });
    for (reply, state) in [
        (Reply::status(401), BridgeState::NeedsSignIn),
        (Reply::status(403), BridgeState::Failing),
        (Reply::json(&refusal), BridgeState::Failing),
    ] {
        let home = tempfile::tempdir().expect("a folder");
        let server = ScriptedServer::start(move |_| reply.clone());
        let mut host = bridge_at(home.path(), &server.url(), &["--protocol", "legacy"]);
        assert!(host.call(0, "initialize", &json!({ "protocolVersion": VERSION })).get("error").is_some());
        let status = wait_for(home.path(), |status| status.last_error.is_some());
        assert_eq!(status.state, state, "{status:?}");
    }
}

#[test]
fn what_could_not_be_written_is_written_when_it_can_be() {
    let home = tempfile::tempdir().expect("a folder");
    let (answer, answered) = mpsc::channel();
    let answered = Mutex::new(answered);
    let server = ScriptedServer::start(move |request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request),
        ("POST", "tools/call") => {
            answered.lock().expect("the test").recv().expect("the test");
            Reply::result(request, &json!({}))
        }
        ("GET", _) | ("POST", "server/discover") => Reply::status(405),
        _ => Reply::accepted(),
    });
    let log = home.path().join("bridge.log");
    let flags = ["--debug", "--log-file", log.to_str().expect("UTF-8")];
    let mut host = bridge_at(home.path(), &server.url(), &flags);
    host.initialize(VERSION);
    let is_idle = |status: &BridgeStatus| status.state == BridgeState::Connected && status.in_flight == 0;
    let before = wait_for(home.path(), is_idle);
    // No file takes a folder's place.
    let path = files(home.path(), "json").remove(0);
    std::fs::remove_file(&path).expect("the status file");
    std::fs::create_dir(&path).expect("a folder in its place");
    host.request(1, "tools/call", &json!({}));
    let deadline = Instant::now() + Duration::from_secs(30);
    while !std::fs::read_to_string(&log).is_ok_and(|log| log.contains("status file could not be written")) {
        assert!(Instant::now() < deadline, "it was never tried");
        yield_now();
    }
    // The status is the one that was written before, and its file is gone.
    answer.send(()).expect("the server");
    host.answer(1);
    std::fs::remove_dir(&path).expect("the folder");
    assert_eq!(wait_for(home.path(), is_idle), before);
}

#[test]
fn the_servers_clock_is_told() {
    let home = tempfile::tempdir().expect("a folder");
    let server = ScriptedServer::start(|_| Reply::status(403).with("Date", "Sat, 01 Jan 2000 00:00:00 GMT"));
    let mut host = bridge_at(home.path(), &server.url(), &["--protocol", "legacy"]);
    host.call(0, "initialize", &json!({ "protocolVersion": VERSION }));
    let status = wait_for(home.path(), |status| status.clock_ahead.is_some());
    assert!(status.clock_ahead > Some(20 * 365 * 24 * 3600), "{status:?}");
}

#[test]
fn what_a_killed_bridge_left_behind_is_removed_by_the_next() {
    let home = tempfile::tempdir().expect("a folder");
    // Nothing listens there, which does not matter.
    let url = "http://127.0.0.1:1/mcp";
    let killed = bridge_at(home.path(), url, &[]);
    let left = wait_for(home.path(), |_| true);
    drop(killed);
    assert_eq!(files(home.path(), "json").len(), 1, "it had no time to remove its file");
    let other = bridge_at(home.path(), url, &[]);
    let status = wait_for(home.path(), |status| status.pid != left.pid);
    assert_eq!(status.pid, other.id());
    assert_eq!(files(home.path(), "json").len(), 1);
    assert_eq!(files(home.path(), "lock").len(), 1);
}
