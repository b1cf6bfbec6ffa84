//! The bridge against servers that other people wrote.

use serde_json::json;

use crate::bridge_servers::{Server, bridge};

const VERSION: &str = "2025-11-25";

#[test]
fn server_everything_lists_and_calls_its_tools() {
    let server = Server::everything("streamableHttp");
    let mut host = bridge(&server.url("/mcp"), &[]);
    host.initialize(VERSION);
    let tools = host.call(1, "tools/list", &json!({}));
    assert!(tools["result"]["tools"].as_array().expect("tools").len() > 3, "{tools}");
    assert_eq!(host.call_tool(2, "echo", &json!({ "message": "hello" })), "Echo: hello");
    assert!(host.finish().success());
}

#[test]
fn server_everything_reports_progress_while_it_works() {
    let server = Server::everything("streamableHttp");
    let mut host = bridge(&server.url("/mcp"), &[]);
    host.initialize(VERSION);
    host.request(
        1,
        "tools/call",
        &json!({
            "name": "trigger-long-running-operation",
            "arguments": { "duration": 1, "steps": 2 },
            "_meta": { "progressToken": "p" },
        }),
    );
    assert_eq!(host.message("notifications/progress")["params"]["progressToken"], "p");
    assert!(host.answer(1)["result"]["content"].is_array());
    assert!(host.finish().success());
}

#[test]
fn server_everything_asks_the_host_and_gets_its_answer() {
    let server = Server::everything("streamableHttp");
    let mut host = bridge(&server.url("/mcp"), &[]);
    host.call(
        0,
        "initialize",
        &json!({
            "protocolVersion": VERSION,
            "capabilities": { "sampling": {} },
            "clientInfo": { "name": "test", "version": "1" },
        }),
    );
    host.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    host.request(
        1,
        "tools/call",
        &json!({ "name": "trigger-sampling-request", "arguments": { "prompt": "say yes", "maxTokens": 5 } }),
    );
    let question = host.message("sampling/createMessage");
    host.send(
        &json!({
            "jsonrpc": "2.0",
            "id": question["id"],
            "result": { "role": "assistant", "model": "none", "content": { "type": "text", "text": "yes-from-the-host" } },
        })
        .to_string(),
    );
    let answer = host.answer(1);
    assert!(answer.to_string().contains("yes-from-the-host"), "{answer}");
    assert!(host.finish().success());
}

#[test]
fn server_everything_is_reached_over_the_older_transport() {
    let server = Server::everything("sse");
    let mut host = bridge(&server.url("/sse"), &[]);
    host.initialize("2024-11-05");
    assert_eq!(host.call_tool(1, "echo", &json!({ "message": "over HTTP+SSE" })), "Echo: over HTTP+SSE");
    assert!(host.finish().success());
}

#[test]
fn fastmcp_answers_in_both_framings() {
    for flags in [&[][..], &["--json"]] {
        let server = Server::fastmcp(flags);
        let mut host = bridge(&server.url("/mcp"), &[]);
        let result = host.initialize(VERSION);
        assert_eq!(result["serverInfo"]["name"], "bridgekeeper-fixture", "{flags:?}");
        assert_eq!(host.call_tool(1, "add", &json!({ "a": 20, "b": 22 })), "42", "{flags:?}");
        assert!(host.finish().success(), "{flags:?}");
    }
}

#[test]
fn fastmcp_is_found_behind_its_own_redirect() {
    let server = Server::fastmcp(&[]);
    // It answers /mcp/ with a redirect to /mcp.
    let mut host = bridge(&server.url("/mcp/"), &[]);
    host.initialize(VERSION);
    assert_eq!(host.call_tool(1, "add", &json!({ "a": 1, "b": 2 })), "3");
    assert!(host.finish().success());
}
