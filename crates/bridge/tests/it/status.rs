//! The file by which others know how a bridge is doing.

use std::path::{Path, PathBuf};
use std::thread::yield_now;
use std::time::{Duration, Instant};

use bridgekeeper_model::{BridgeState, BridgeStatus};
use bridgekeeper_testkit::fault::{FaultServer, Reply};
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
    let server =
        FaultServer::start(|request| match (request.method.as_str(), request.rpc_method().as_str()) {
            ("POST", "initialize") => Reply::initialized(request, "sekret-session"),
            ("POST", "tools/call") => Reply::default().stall(),
            ("GET", _) | ("POST", "server/discover") => Reply::new(405, &[], ""),
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
        (Reply::new(401, &[], ""), BridgeState::NeedsSignIn),
        (Reply::new(403, &[], ""), BridgeState::Failing),
        (Reply::json(&refusal), BridgeState::Failing),
    ] {
        let home = tempfile::tempdir().expect("a folder");
        let server = FaultServer::start(move |_| reply.clone());
        let mut host = bridge_at(home.path(), &server.url(), &["--protocol", "legacy"]);
        assert!(host.call(0, "initialize", &json!({ "protocolVersion": VERSION })).get("error").is_some());
        let status = wait_for(home.path(), |status| status.last_error.is_some());
        assert_eq!(status.state, state, "{status:?}");
    }
}

#[test]
fn the_servers_clock_is_told() {
    let home = tempfile::tempdir().expect("a folder");
    let server = FaultServer::start(|_| Reply::new(403, &[("Date", "Sat, 01 Jan 2000 00:00:00 GMT")], ""));
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
