use std::io::{Seek as _, Write as _};

use bridgekeeper_testkit::mcp::{McpServer, Options, Replies};
use bridgekeeper_testkit::scripted::Request;
use serde_json::json;

use crate::{VERSION, bridge, command};
use bridgekeeper_testkit::host::StdioHost;

fn server(replies: Replies) -> McpServer {
    McpServer::start(Options { replies, ..Options::default() }).expect("a server on loopback")
}

#[test]
fn a_tool_call_goes_through_in_both_framings() {
    for replies in [Replies::Json, Replies::Sse] {
        let server = server(replies);
        let mut host = bridge(&server.url(), &[]);
        let result = host.initialize(VERSION);
        assert_eq!(result["serverInfo"]["name"], "bridgekeeper-testkit", "{replies:?}");
        assert_eq!(host.call_tool(1, "add", &json!({ "a": 1, "b": 2 })), "3", "{replies:?}");
        assert_eq!(host.call_tool(2, "echo", &json!({ "message": "grüße\n" })), "grüße\n", "{replies:?}");
        assert!(host.finish().success(), "{replies:?}");
    }
}

#[test]
fn one_session_is_used_throughout_and_deleted_at_the_end() {
    let server = server(Replies::Sse);
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    host.call_tool(1, "echo", &json!({ "message": "a" }));
    assert!(host.finish().success());

    let seen = server.seen();
    let of = |method: &str| seen.iter().find(|seen| seen.rpc_method() == method).expect(method);
    assert!(!of("initialize").headers().contains_key("mcp-session-id"));
    assert!(!of("initialize").headers().contains_key("mcp-protocol-version"));
    let session = &of("notifications/initialized").headers()["mcp-session-id"];
    let before_it = ["server/discover", "initialize"];
    for seen in seen.iter().filter(|seen| !before_it.contains(&seen.rpc_method())) {
        assert_eq!(&seen.headers()["mcp-session-id"], session);
        assert_eq!(seen.headers()["mcp-protocol-version"], VERSION);
    }
    assert_eq!(seen.iter().filter(|seen| seen.rpc_method() == "initialize").count(), 1);
    assert_eq!(seen.last().map(Request::method), Some("DELETE"));
}

/// What a host writes that does not wait for answers.
fn in_one_go() -> String {
    [
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": VERSION, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } } }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }),
    ]
    .map(|message| message.to_string())
    .join("\n")
}

/// What the server has heard since it was greeted, but for the streams of its own and the farewell.
fn heard_since_the_greeting(server: &McpServer) -> Vec<String> {
    let seen = server.seen();
    let posts = seen.iter().filter(|seen| seen.method() == "POST").map(|seen| seen.rpc_method().to_owned());
    posts.skip_while(|method| method == "server/discover").collect()
}

const IN_ORDER: [&str; 3] = ["initialize", "notifications/initialized", "tools/list"];

#[test]
fn what_is_written_in_one_go_is_sent_in_the_order_of_the_handshake() {
    let server = server(Replies::Sse);
    let mut host = bridge(&server.url(), &[]);
    host.send(&in_one_go());
    assert!(host.answer(1)["result"]["tools"].is_array());
    assert!(host.finish().success());
    assert_eq!(heard_since_the_greeting(&server), IN_ORDER);
}

#[test]
fn what_was_written_before_the_bridge_looked_is_sent_in_that_order_too() {
    // Whether all of it is there when the bridge first looks is a matter of microseconds.
    for _ in 0..20 {
        let server = server(Replies::Sse);
        let mut input = tempfile::tempfile().expect("a file");
        input.write_all(in_one_go().as_bytes()).and_then(|()| input.rewind()).expect("written");
        let output = command(&server.url(), &[]).stdin(input).output().expect("the bridge runs");
        assert!(output.status.success());
        assert_eq!(heard_since_the_greeting(&server), IN_ORDER);
    }
}

#[test]
fn the_hosts_bytes_reach_the_server_unchanged() {
    let server = server(Replies::Json);
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    let line = r#"{ "id":7,"method":"tools/call" ,"jsonrpc":"2.0","params":{"name":"echo","x":1.50e0,"arguments":{"message":"\u00e4\/","big":12345678901234567890123}}}"#;
    host.send(line);
    assert_eq!(host.answer(7)["result"]["content"][0]["text"], "ä/");
    host.finish();
    assert!(server.seen().iter().any(|seen| seen.body() == line.as_bytes()));
}

#[test]
fn a_header_from_the_environment_opens_the_door_and_is_never_told() {
    let required_header = Some(("authorization".to_owned(), "Bearer open-sesame".to_owned()));
    let server =
        McpServer::start(Options { required_header, ..Options::default() }).expect("a server on loopback");
    let url = server.url().replace("http://", "http://user:sesame1@") + "?key=sesame2";
    let mut command = command(&url, &["--header", "Authorization:${AUTH_HEADER}", "--debug"]);
    command.env("AUTH_HEADER", "Bearer open-sesame");
    let mut host = StdioHost::start(command);
    host.initialize(VERSION);
    assert_eq!(host.call_tool(1, "add", &json!({ "a": 1, "b": 2 })), "3");
    host.finish();
    let log = host.log();
    assert!(log.contains("carrying to"), "{log}");
    assert!(!log.contains("sesame"), "{log}");
}

#[test]
fn many_calls_at_once_are_each_answered_once() {
    let server = server(Replies::Sse);
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    for id in 1..=200_u64 {
        host.request(
            id,
            "tools/call",
            &json!({ "name": "echo", "arguments": { "message": id.to_string() } }),
        );
    }
    for id in 1..=200_u64 {
        assert_eq!(host.answer(id)["result"]["content"][0]["text"], id.to_string());
    }
    assert_eq!(host.rest(), Vec::<String>::new());
}
