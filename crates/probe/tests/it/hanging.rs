//! A server that hangs at each stage: the stage says what it waited for, and nothing after it passes.

use std::sync::Arc;
use std::time::Instant;

use bridgekeeper_net::{Names, NetOptions};
use bridgekeeper_probe::{Report, Stage, Status};
use bridgekeeper_testkit::network::Mute;
use bridgekeeper_testkit::oauth::{OAuthServer, Options, Placement};
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::world::{QUICK, letters, message, plain_server, probed, probed_with};

/// A server that never answers one JSON-RPC method.
async fn hanging_at(method: &'static str) -> Report {
    let server = ScriptedServer::start(move |request| match request.rpc_method() {
        asked if asked == method => Reply::nothing().stall(),
        _ => plain_server(request),
    });
    probed(&server.url()).await
}

fn assert_hangs(report: &Report, stage: Stage, waits_for: &str) {
    let hanging = report.stage(stage).expect("every stage is there");
    assert_eq!(hanging.status, Status::Failed, "{report:#?}");
    assert!(hanging.message.contains(waits_for), "{}", hanging.message);
    assert!(hanging.elapsed >= QUICK / 2 && hanging.elapsed < QUICK * 3, "{:?}", hanging.elapsed);
}

#[tokio::test]
async fn dns() {
    let names = Names::Asked(Arc::new(|_| Box::pin(std::future::pending())));
    let options = NetOptions { names, ..NetOptions::default() };
    let report = probed_with("https://mcp.example.com/mcp", &[], options).await;
    assert_hangs(&report, Stage::Dns, "the addresses of mcp.example.com");
    assert_eq!(letters(&report), "F--------------");
}

#[tokio::test]
async fn tls() {
    let server = Mute::start().unwrap();
    let report = probed(&format!("https://{}/mcp", server.address())).await;
    assert_hangs(&report, Stage::Tls, "the TLS handshake");
    assert_eq!(letters(&report), "ppF------------");
}

#[tokio::test]
async fn http() {
    let server = Mute::start().unwrap();
    let began = Instant::now();
    let report = probed(&format!("http://{}/mcp", server.address())).await;
    assert_hangs(&report, Stage::Http, "an answer of http://127.0.0.1");
    assert_eq!(letters(&report), "pp-F-----------");
    assert!(began.elapsed() < QUICK * 3);
}

#[tokio::test]
async fn resource_metadata() {
    let server =
        OAuthServer::start(Options { resource_metadata: Placement::Hanging, ..Options::default() }).unwrap();
    let report = probed(&server.url()).await;
    assert_eq!(letters(&report), "pp-pF----------", "{report:#?}");
    let details = &report.stage(Stage::ResourceMetadata).unwrap().details;
    assert!(details[0].contains("oauth-protected-resource/mcp: no complete answer within"), "{details:?}");
    assert_eq!(message(&report, Stage::AuthorizationServer), "Skipped: resource-metadata failed.");
}

#[tokio::test]
async fn authorization_server() {
    let server =
        OAuthServer::start(Options { server_metadata: Placement::Hanging, ..Options::default() }).unwrap();
    let report = probed(&server.url()).await;
    assert_eq!(letters(&report), "pp-ppF--p------", "{report:#?}");
    assert_eq!(message(&report, Stage::Pkce), "Skipped: authorization-server failed.");
}

#[tokio::test]
async fn initialize() {
    let report = hanging_at("initialize").await;
    assert_hangs(&report, Stage::Initialize, "the MCP handshake");
    assert_eq!(letters(&report), "pp-p-----F-----");
}

#[tokio::test]
async fn tools() {
    let report = hanging_at("tools/list").await;
    assert_hangs(&report, Stage::Tools, "the list of tools");
    assert_eq!(letters(&report), "pp-p-----ppp-Fp");
}

#[tokio::test]
async fn the_stream() {
    let server = ScriptedServer::start(|request| match (request.method(), request.path()) {
        ("GET", "/mcp") => Reply::nothing().stall(),
        _ => plain_server(request),
    });
    let report = probed(&server.url()).await;
    assert_eq!(report.stage(Stage::Streaming).unwrap().status, Status::Failed, "{report:#?}");
}

#[tokio::test]
async fn the_session() {
    let server = ScriptedServer::start(|request| match request.rpc_method() {
        "initialize" => Reply::result(request, &json!({"protocolVersion": "2025-11-25", "capabilities": {}}))
            .with_session("one"),
        "ping" if request.header("mcp-session-id").is_some_and(|id| id != "one") => Reply::nothing().stall(),
        _ => plain_server(request),
    });
    let report = probed(&server.url()).await;
    assert_hangs(&report, Stage::Session, "unknown session");
    let closed = server
        .seen()
        .iter()
        .any(|request| request.method() == "DELETE" && request.headers()["mcp-session-id"] == "one");
    assert!(closed, "the session is closed whatever failed");
}

/// A socket whose queue is full: Linux drops what comes after, so that a connection hangs.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn tcp() {
    let server = bridgekeeper_testkit::network::FullQueue::start().unwrap();
    let report = probed(&format!("http://{}/mcp", server.address().unwrap())).await;
    assert_eq!(letters(&report), "pF-------------", "{report:#?}");
    assert!(message(&report, Stage::Tcp).contains("Nothing accepts connections"));
}
