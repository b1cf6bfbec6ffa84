use std::net::Ipv4Addr;
use std::sync::Arc;

use bridgekeeper_net::{Names, NetOptions};
use bridgekeeper_probe::{Stage, Status};
use bridgekeeper_testkit::mcp::{McpServer, Options, Replies};
use bridgekeeper_testkit::network::BufferingProxy;
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::world::{ids, letters, message, plain_server, probed, probed_with};

#[tokio::test]
async fn a_server_of_both_eras_passes_and_its_session_is_closed() {
    let server = McpServer::start(Options { replies: Replies::Sse, ..Options::default() }).unwrap();
    let report = probed(&server.url()).await;

    assert!(report.is_clean(), "{report:#?}");
    assert!(message(&report, Stage::Initialize).contains("speaks 2026-07-28 and 2025-"), "{report:#?}");
    assert_eq!(report.stage(Stage::Session).unwrap().status, Status::Passed);
    assert_eq!(report.stage(Stage::Streaming).unwrap().status, Status::Passed, "{report:#?}");
    assert!(message(&report, Stage::Tools).starts_with("2 tools"));

    let seen = server.seen();
    let opened = seen.iter().filter(|seen| seen.rpc_method() == "initialize").count();
    let closed: Vec<_> = seen.iter().filter(|seen| seen.method() == "DELETE").collect();
    assert_eq!((opened, closed.len()), (1, 1));
    assert!(closed[0].headers().contains_key("mcp-session-id"));
}

#[tokio::test]
async fn a_server_that_answers_with_json_passes() {
    let server = McpServer::start(Options { replies: Replies::Json, ..Options::default() }).unwrap();
    let report = probed(&server.url()).await;
    assert!(report.is_clean(), "{report:#?}");
    assert!(message(&report, Stage::Transport).contains("JSON"), "{report:#?}");
}

#[tokio::test]
async fn a_header_reaches_the_server_and_not_the_report() {
    let token = ("authorization", "Bearer secret-token-1");
    let server = McpServer::start(Options {
        required_header: Some((token.0.into(), token.1.into())),
        ..Options::default()
    })
    .unwrap();
    let report = probed_with(&server.url(), &[token], NetOptions::default()).await;
    assert!(report.is_clean(), "{report:#?}");

    let refused =
        probed_with(&server.url(), &[("authorization", "Bearer wrong-token-2")], NetOptions::default()).await;
    assert_eq!(refused.stage(Stage::Http).unwrap().status, Status::Failed);
    assert!(ids(&refused).contains(&"http-401"));
    for report in [report, refused] {
        let text = format!("{report:?}{}", serde_json::to_string(&report).unwrap());
        assert!(!text.contains("secret-token-1") && !text.contains("wrong-token-2"), "{text}");
    }
}

#[tokio::test]
async fn a_server_over_http_and_sse_passes() {
    let server = event_server("/messages");
    let report = probed(&format!("{}/sse", server.origin())).await;
    assert!(report.is_clean(), "{report:#?}");
    assert!(message(&report, Stage::Transport).contains("HTTP+SSE"));
    assert_eq!(ids(&report), ["transport-deprecated", "origin-unchecked"]);
}

#[tokio::test]
async fn an_event_stream_cannot_send_the_messages_to_another_host() {
    let thief = ScriptedServer::start(|_| Reply::status(200));
    let server = event_server(&format!("{}/messages", thief.origin()));
    let url = format!("{}/sse", server.origin());
    let report = probed_with(&url, &[("x-api-key", "secret-key-3")], NetOptions::default()).await;
    assert_eq!(report.stage(Stage::Initialize).unwrap().status, Status::Failed);
    assert!(message(&report, Stage::Initialize).contains("another origin"), "{report:#?}");
    assert!(thief.seen().is_empty());
}

#[tokio::test]
async fn a_proxy_that_buffers_is_noticed() {
    let server = McpServer::start(Options::default()).unwrap();
    let address = server.url().trim_start_matches("http://").trim_end_matches("/mcp").parse().unwrap();
    let proxy = BufferingProxy::start(address).unwrap();
    let report = probed(&format!("http://{}/mcp", proxy.address())).await;
    assert_eq!(report.stage(Stage::Initialize).unwrap().status, Status::Passed, "{report:#?}");
    assert_eq!(report.stage(Stage::Streaming).unwrap().status, Status::Failed, "{report:#?}");
    assert!(ids(&report).contains(&"sse-buffered"));
}

#[tokio::test]
async fn a_proxy_that_buffers_leaves_nothing_of_http_and_sse() {
    let server = event_server("/messages");
    let proxy = BufferingProxy::start(server.address()).unwrap();
    let report = probed(&format!("http://{}/sse", proxy.address())).await;
    assert_eq!(report.stage(Stage::Http).unwrap().status, Status::Failed, "{report:#?}");
    assert_eq!(ids(&report), ["sse-buffered"]);
}

#[tokio::test]
async fn a_long_tool_name_is_found() {
    let long = "a".repeat(65);
    let server = ScriptedServer::start(move |request| match request.rpc_method() {
        "tools/list" => {
            Reply::result(request, &json!({"tools": [{"name": long, "inputSchema": {"type": "object"}}]}))
        }
        _ => plain_server(request),
    });
    let report = probed(&server.url()).await;
    assert_eq!(report.stage(Stage::Tools).unwrap().status, Status::Failed);
    assert!(ids(&report).contains(&"tool-schema-invalid"));
    assert!(!report.is_clean());
}

#[tokio::test]
async fn every_stage_asks_for_the_same_name() {
    let server = ScriptedServer::start(plain_server);
    let names = Names::Asked(Arc::new(|name: &str| {
        let known = name == "mcp.example.com";
        Box::pin(async move { Ok(if known { vec![Ipv4Addr::LOCALHOST.into()] } else { vec![] }) })
    }));
    let options = NetOptions { names, ..NetOptions::default() };
    let url = format!("http://mcp.example.com:{}/mcp", server.address().port());
    let report = probed_with(&url, &[], options.clone()).await;
    assert_eq!(letters(&report), "pp-p-----ppp-pp", "{report:#?}");
    assert!(server.seen()[0].headers()["host"].starts_with("mcp.example.com:"));
    let nowhere = probed_with("http://elsewhere.example/mcp", &[], options).await;
    assert_eq!(ids(&nowhere), ["dns-failure"]);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told() {
    let server =
        ScriptedServer::start(|request| plain_server(request).with("Date", "Sun, 06 Nov 1994 08:49:37 GMT"));
    let report = probed(&server.url()).await;
    assert!(ids(&report).contains(&"clock-skew"), "{report:#?}");
    assert_eq!(report.stage(Stage::Http).unwrap().status, Status::Passed);
}

#[tokio::test]
async fn a_stream_that_stays_silent_proves_nothing() {
    let server = ScriptedServer::start(|request| match request.method() {
        "GET" if request.path() == "/mcp" => Reply::events().stall(),
        _ => plain_server(request),
    });
    let report = probed(&server.url()).await;
    assert_eq!(report.stage(Stage::Streaming).unwrap().status, Status::NotChecked);
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!(letters(&report), "pp-p-----pp".to_owned() + "p-pp");
}

/// HTTP+SSE by hand: the answers to what is posted go out on the stream.
fn event_server(messages: &str) -> ScriptedServer {
    let messages = messages.to_owned();
    let initialized = json!({
        "jsonrpc": "2.0", "id": "initialize",
        "result": {"protocolVersion": "2024-11-05", "capabilities": {"tools": {}}, "serverInfo": {"name": "old", "version": "1"}},
    });
    let tools = json!({"jsonrpc": "2.0", "id": "tools", "result": {"tools": []}});
    ScriptedServer::start(move |request| match (request.method(), request.path()) {
        ("GET", "/sse") => Reply::events()
            .and(format!("event: endpoint\ndata: {messages}\n\ndata: {initialized}\n\ndata: {tools}\n\n"))
            .stall(),
        ("POST", "/messages") => Reply::accepted(),
        _ => Reply::status(404),
    })
}
