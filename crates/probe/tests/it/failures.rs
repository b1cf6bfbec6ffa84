use bridgekeeper_probe::{Stage, Status};
use bridgekeeper_testkit::network::closed_port;
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::world::{ids, letters, message, plain_server, probed};

#[tokio::test]
async fn a_name_without_addresses_ends_it() {
    let report = probed("https://no-such-host.invalid/mcp").await;
    assert_eq!(letters(&report), "F--------------");
    assert_eq!(ids(&report), ["dns-failure"]);
    assert_eq!(message(&report, Stage::Tools), "Skipped: dns failed.");
}

#[tokio::test]
async fn a_port_where_nobody_listens_ends_it() {
    let report = probed(&format!("http://{}/mcp", closed_port().unwrap())).await;
    assert_eq!(letters(&report), "pF-------------");
    assert_eq!(ids(&report), ["connection-refused"]);
}

#[tokio::test]
async fn a_web_page_is_no_server() {
    let server = ScriptedServer::start(|_| Reply::typed(200, "text/html; charset=utf-8", "<!doctype html>"));
    let report = probed(&format!("{}/", server.origin())).await;
    assert_eq!(letters(&report), "pp-F-----------");
    assert_eq!(ids(&report), ["html-page"]);
}

#[tokio::test]
async fn a_wrong_path_is_told_with_the_right_one() {
    let server = ScriptedServer::start(|request| match request.path() {
        "/mcp" => plain_server(request),
        _ => Reply::typed(404, "text/html", "<h1>Not Found</h1>"),
    });
    let report = probed(&format!("{}/api", server.origin())).await;
    assert_eq!(ids(&report), ["http-404"]);
    let http = report.stage(Stage::Http).unwrap();
    assert_eq!(http.status, Status::Failed);
    assert_eq!(http.details, [format!("MCP is spoken at {}/mcp", server.origin())]);
}

#[tokio::test]
async fn a_redirect_to_another_host_is_named_and_not_followed() {
    let other = ScriptedServer::start(plain_server);
    let target = format!("{}/mcp?token=hidden-9", other.origin());
    let server = ScriptedServer::start(move |_| Reply::status(308).with("Location", target.clone()));
    let report = probed(&server.url()).await;
    assert_eq!(ids(&report), ["http-redirect"]);
    assert!(message(&report, Stage::Http).contains(other.origin()), "{report:#?}");
    assert!(!message(&report, Stage::Http).contains("hidden-9"));
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn a_redirect_within_the_server_is_followed_and_named() {
    let server = ScriptedServer::start(|request| match request.path() {
        "/mcp" => Reply::status(307).with("Location", "/mcp/"),
        "/mcp/" => plain_server(request),
        _ => Reply::status(404),
    });
    let report = probed(&server.url()).await;
    assert!(report.is_clean(), "{report:#?}");
    assert!(message(&report, Stage::Http).ends_with("/mcp/."), "{report:#?}");
}

#[tokio::test]
async fn statuses_have_their_causes() {
    for (status, id) in [
        (403, "http-403"),
        (406, "http-406"),
        (421, "http-421"),
        (429, "http-429"),
        (502, "http-5xx"),
        (405, "http-405"),
    ] {
        let server = ScriptedServer::start(move |_| Reply::status(status));
        let report = probed(&server.url()).await;
        assert_eq!(ids(&report), [id]);
        assert_eq!(letters(&report), "pp-F-----------");
    }
}

#[tokio::test]
async fn a_revision_that_nobody_knows_fails_the_handshake() {
    let server = ScriptedServer::start(|request| match request.rpc_method() {
        "initialize" => Reply::result(request, &json!({"protocolVersion": "1999-01-01", "capabilities": {}})),
        _ => plain_server(request),
    });
    let report = probed(&server.url()).await;
    assert_eq!(ids(&report), ["protocol-version-mismatch"]);
    assert_eq!(letters(&report), "pp-p-----F-----");
}

#[tokio::test]
async fn an_answer_that_is_no_message_fails_the_handshake() {
    let server = ScriptedServer::start(|request| match request.method() {
        "POST" => Reply::typed(200, "application/json", r#"{"status":"ok"}"#),
        _ => Reply::status(404),
    });
    let report = probed(&server.url()).await;
    assert_eq!(ids(&report), ["invalid-jsonrpc-message"]);
}

#[tokio::test]
async fn a_connection_that_is_cut_is_told() {
    let server = ScriptedServer::start(|_| Reply::nothing().close());
    let report = probed(&server.url()).await;
    assert_eq!(ids(&report), ["connection-reset"]);
    assert_eq!(letters(&report), "pp-F-----------");
}
