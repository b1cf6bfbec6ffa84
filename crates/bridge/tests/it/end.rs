use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::{bridge, command};

#[test]
fn it_ends_when_the_host_closes_its_end_before_any_message() {
    let mut host = bridge("http://127.0.0.1:1/mcp", &[]);
    assert!(host.finish().success());
}

#[test]
fn what_was_asked_before_the_end_is_still_answered() {
    let server = bridgekeeper_testkit::mcp::McpServer::start(bridgekeeper_testkit::mcp::Options::default())
        .expect("a server on loopback");
    let mut host = bridge(&server.url(), &[]);
    host.initialize(crate::VERSION);
    host.request(1, "tools/call", &json!({ "name": "add", "arguments": { "a": 20, "b": 22 } }));
    host.close_input();
    assert_eq!(host.answer(1)["result"]["content"][0]["text"], "42");
    assert!(host.ended().success());
}

#[test]
fn a_server_that_never_answers_does_not_hold_the_end() {
    // Connections are taken by the system; nobody reads them.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut host = bridge(&format!("http://{}/mcp", listener.local_addr().expect("an address")), &[]);
    host.request(0, "initialize", &json!({}));
    host.close_input();
    let answer = host.answer(0);
    assert!(
        answer["error"]["message"].as_str().expect("text").contains("closed before the answer"),
        "{answer}"
    );
    assert!(host.ended().success());
}

#[test]
fn a_usage_error_is_told_on_standard_error_alone() {
    let mut host = bridge("example.com/mcp", &[]);
    assert_eq!(host.rest(), Vec::<String>::new());
    assert_eq!(host.ended().code(), Some(2));
    assert!(host.log().contains("is not an http or https URL"));
}

#[test]
fn open_streams_do_not_hold_the_end() {
    use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};

    let flags: [&[&str]; 2] = [&[], &["--transport", "sse-only"]];
    for flags in flags {
        let server = ScriptedServer::start(|request| {
            match (request.method(), request.rpc_method()) {
                ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
                // For HTTP+SSE it is no answer: that one is waited for when the host goes.
                ("GET", _) => Reply::events().and("event: endpoint\ndata: /mcp\n\n").stall(),
                _ => Reply::accepted(),
            }
        });
        let mut host = bridge(&server.url(), flags);
        host.request(0, "initialize", &json!({ "protocolVersion": crate::VERSION }));
        host.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        server.wait_for(|seen| seen.method() == "GET");
        assert!(host.finish().success(), "{flags:?}");
    }
}

#[test]
fn a_host_that_reads_no_more_is_the_end_of_the_session_too() {
    use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};

    let server = ScriptedServer::start(|request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
        ("POST", "tools/call") => Reply::result(request, &json!({})),
        ("GET", _) => Reply::status(405),
        _ => Reply::accepted(),
    });
    let mut bridge = command(&server.url(), &["--silent"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the bridge starts");
    let mut input = bridge.stdin.take().expect("a pipe");
    let mut output = BufReader::new(bridge.stdout.take().expect("a pipe"));
    let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": { "protocolVersion": crate::VERSION } });
    writeln!(input, "{hello}").expect("the bridge reads");
    output.read_line(&mut String::new()).expect("the bridge answers");
    drop(output);
    // Its answer reaches nobody.
    writeln!(input, r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call"}}"#).expect("the bridge reads");
    server.wait_for(|seen| seen.method() == "DELETE");
    assert!(bridge.wait().expect("our own child").success());
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_before_the_server_has_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut host = bridge(&format!("http://{}/mcp", listener.local_addr().expect("an address")), &[]);
    host.request(0, "initialize", &json!({}));
    let _held = listener.accept().expect("the bridge connects");
    terminate(&host);
    assert!(host.answer(0).get("error").is_some());
    assert!(host.ended().success());
}

#[cfg(unix)]
fn terminate(host: &bridgekeeper_testkit::host::StdioHost) {
    // The shell has `kill` built in; a small system has no program of that name
    let signalled = Command::new("sh").args(["-c", &format!("kill {}", host.id())]).status();
    assert!(signalled.expect("a shell is there").success());
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_after_the_answers_and_the_session() {
    use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};

    let server = ScriptedServer::start(|request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
        ("POST", "tools/call") => Reply::nothing().stall(),
        ("GET", _) => Reply::status(405),
        _ => Reply::accepted(),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(crate::VERSION);
    host.request(1, "tools/call", &json!({}));
    server.wait_for(|seen| seen.rpc_method() == "tools/call");
    terminate(&host);
    assert!(host.answer(1).get("error").is_some());
    assert!(host.ended().success());
    assert_eq!(server.wait_for(|seen| seen.method() == "DELETE").header("mcp-session-id"), Some("s1"));
}

#[test]
#[ignore = "the program between in the test below"]
fn start_a_bridge() {
    // Its pipes are those of the test, which outlive this program.
    let mut bridge = command("http://127.0.0.1:1/mcp", &["--silent"]).spawn().expect("the bridge starts");
    bridge.wait().expect("our own child");
}

#[test]
fn it_ends_when_the_program_that_started_it_is_gone_though_the_pipes_stand() {
    let mut between = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "end::start_a_bridge", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this program starts again");
    let mut input = between.stdin.take().expect("a pipe");
    let output = BufReader::new(between.stdout.take().expect("a pipe"));
    let (sender, lines) = channel();
    thread::spawn(move || output.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
    let limit = Duration::from_mins(1);
    input.write_all(b"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\"}\n").expect("the bridge reads");
    while !lines.recv_timeout(limit).expect("the bridge answers").starts_with("{\"jsonrpc\"") {}
    between.kill().expect("our own child");
    between.wait().expect("our own child");
    // The bridge alone holds the other ends now.
    let end = loop {
        if let Err(end) = lines.recv_timeout(limit) {
            break end;
        }
    };
    assert_eq!(end, RecvTimeoutError::Disconnected, "it has outlived the program that started it");
    drop(input);
}
