//! Whatever the host writes, a request of it is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bridgekeeper_testkit::scripted::{Reply, ScriptedServer, event};
use serde_json::{Value, json};

use crate::{VERSION, bridge};

/// Beyond what is carried.
const TOO_LONG: usize = 65 << 20;

/// A server that asks the host for its roots in the middle of `tools/call`.
fn server() -> ScriptedServer {
    ScriptedServer::start(|request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request),
        ("POST", "tools/call") => {
            let id = request.message()["id"].clone();
            Reply::events()
                .and(event(&json!({ "jsonrpc": "2.0", "id": "roots-1", "method": "roots/list" })))
                .and(event(&json!({ "jsonrpc": "2.0", "id": id, "result": {} })))
                .close()
        }
        ("POST", "ping") => Reply::result(request, &json!({})),
        ("POST", _) => Reply::accepted(),
        _ => Reply::status(405),
    })
}

fn assert_refused(answer: &Value, words: &str) {
    assert_eq!(answer["error"]["code"], -32600, "{answer}");
    assert!(answer["error"]["message"].as_str().is_some_and(|message| message.contains(words)), "{answer}");
    assert!(answer["error"]["data"]["next"].as_str().is_some_and(|next| !next.is_empty()), "{answer}");
}

#[test]
fn a_request_beyond_the_limit_is_answered_and_the_next_is_carried() {
    let server = server();
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    let data = "x".repeat(TOO_LONG);
    // The id stands behind all that is not kept.
    host.send(&format!(
        r#"{{"jsonrpc":"2.0","method":"tools/call","params":{{"id":1,"a":"{data}"}},"id":7}}"#
    ));
    assert_refused(&host.answer(7), "longer than 64 MiB");
    assert_eq!(host.call(8, "ping", &json!({}))["result"], json!({}));
    assert!(server.seen().iter().all(|seen| seen.rpc_method() != "tools/call"));
    assert_eq!(host.rest(), Vec::<String>::new());
}

#[test]
fn a_server_that_asked_hears_that_the_hosts_answer_is_beyond_the_limit() {
    let server = server();
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    host.call(1, "tools/call", &json!({}));
    host.message("roots/list");
    let data = "x".repeat(TOO_LONG);
    host.send(&format!(r#"{{"jsonrpc":"2.0","id":"roots-1","result":{{"roots":"{data}"}}}}"#));
    let told = server.wait_for(|seen| seen.message()["id"] == "roots-1");
    assert_refused(told.message(), "longer than 64 MiB");
}

#[test]
fn a_request_that_is_no_json_is_answered_where_its_id_can_be_found() {
    let server = server();
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    host.send(r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"a":}}"#);
    assert_refused(&host.answer(3), "no message");
    for method in [r#""\ud800""#, "5"] {
        host.send(&format!(r#"{{"jsonrpc":"2.0","id":3,"method":{method}}}"#));
        assert_refused(&host.answer(3), "no message");
    }
    host.send("what is this");
    host.send(r#"[{"a":1},{"jsonrpc":"2.0","id":4,"method":"ping"},5]"#);
    assert_eq!(host.answer(4)["result"], json!({}));
    assert_eq!(host.rest(), Vec::<String>::new());
}

#[test]
fn of_very_many_requests_some_wait_and_all_are_answered() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let server = ScriptedServer::start({
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        move |request| match request.rpc_method() {
            "initialize" => Reply::initialized(request),
            "tools/call" => {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::yield_now();
                now.fetch_sub(1, Ordering::SeqCst);
                Reply::result(request, &json!({}))
            }
            _ if request.method() == "GET" => Reply::status(405),
            _ => Reply::accepted(),
        }
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    (1..=1000).for_each(|id| host.request(id, "tools/call", &json!({})));
    for id in 1..=1000 {
        assert_eq!(host.answer(id)["result"], json!({}));
    }
    assert!(most.load(Ordering::SeqCst) <= 200, "{most:?}");
}

/// As a program that macOS starts from its desktop, but with still fewer.
#[cfg(target_os = "linux")]
#[test]
fn a_system_that_lets_a_process_open_few_files_is_asked_for_more() {
    use std::process::Command;
    use std::sync::Barrier;

    use bridgekeeper_testkit::host::StdioHost;

    const CALLS: usize = 150;
    let all_there = Barrier::new(CALLS);
    let server = ScriptedServer::start(move |request| match request.rpc_method() {
        "initialize" => Reply::initialized(request),
        "tools/call" => {
            all_there.wait();
            Reply::result(request, &json!({}))
        }
        _ if request.method() == "GET" => Reply::status(405),
        _ => Reply::accepted(),
    });
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -Sn 64; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_mcp-bridge"), &server.url()]);
    shell.arg("--no-browser").env_remove("HOME").env_remove("DBUS_SESSION_BUS_ADDRESS");
    let mut host = StdioHost::start(shell);
    host.initialize(VERSION);
    (1..=CALLS as u64).for_each(|id| host.request(id, "tools/call", &json!({})));
    for id in 1..=CALLS as u64 {
        assert_eq!(host.answer(id)["result"], json!({}));
    }
}

/// A host may be behind for a while, but what it has not read must not fill the memory.
#[cfg(target_os = "linux")]
#[test]
fn a_host_that_reads_nothing_is_not_listened_to_for_ever() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::Stdio;
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::thread;
    use std::time::Duration;

    // Each is refused with a longer line, because there is nobody behind the port.
    const REQUESTS: usize = 100_000;
    let mut bridge = crate::command("http://127.0.0.1:1/mcp", &["--silent"]);
    let mut child = bridge.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the bridge");
    let mut input = child.stdin.take().expect("asked for");
    let (done, written) = channel();
    thread::spawn(move || {
        let lines = "{\"id\":1,\"method\":\"x\",\"params\":}\n".repeat(100);
        let all = (0..REQUESTS / 100).try_for_each(|_| input.write_all(lines.as_bytes()));
        let _ = done.send(all);
    });
    assert_eq!(
        written.recv_timeout(Duration::from_secs(3)).map(|all| all.is_ok()),
        Err(RecvTimeoutError::Timeout)
    );
    let read = BufReader::new(child.stdout.take().expect("asked for")).lines().take(REQUESTS).count();
    assert_eq!(read, REQUESTS, "nothing is lost");
    assert!(written.recv().expect("the thread says so").is_ok());
    assert!(child.wait().expect("an end").success());
}
