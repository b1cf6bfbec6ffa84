//! `bridgekeeper probe` on reference servers.

use std::process::Command;

use bridgekeeper_testkit::mcp::{McpServer, Options};
use serde_json::Value;

use bridgekeeper_tests::program;

use crate::bridge_servers::Server;
use crate::nginx::Nginx;

/// The report, and the exit status.
fn probe(url: &str) -> (Value, Option<i32>) {
    let home = tempfile::tempdir().expect("a folder");
    let output = Command::new(program("bridgekeeper"))
        .args(["probe", url, "--json", "--home"])
        .arg(home.path())
        .output()
        .expect("the program starts");
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (report, output.status.code())
}

fn stage<'a>(report: &'a Value, name: &str) -> &'a Value {
    let stages = report["stages"].as_array().expect("stages");
    stages.iter().find(|stage| stage["stage"] == name).unwrap_or_else(|| panic!("{name} in {report}"))
}

fn message<'a>(report: &'a Value, name: &str) -> &'a str {
    stage(report, name)["message"].as_str().expect("a message")
}

#[test]
fn server_everything_over_streamable_http() {
    let server = Server::everything("streamableHttp");
    let (report, status) = probe(&server.url("/mcp"));
    assert_eq!(status, Some(0), "{report:#}");
    assert!(message(&report, "transport").starts_with("Streamable HTTP"));
    assert!(message(&report, "initialize").contains("Everything"), "{report:#}");
    assert_eq!(stage(&report, "tools")["ok"], true);
    assert_eq!(stage(&report, "pkce")["ok"], Value::Null);
}

#[test]
fn server_everything_over_http_and_sse() {
    let server = Server::everything("sse");
    let (report, status) = probe(&server.url("/sse"));
    assert_eq!(status, Some(0), "{report:#}");
    assert!(message(&report, "transport").starts_with("HTTP+SSE"));
    assert_eq!(stage(&report, "tools")["ok"], true);
}

#[test]
fn the_wrong_path_of_server_everything() {
    let server = Server::everything("streamableHttp");
    let (report, status) = probe(&server.url("/sse"));
    assert_eq!(status, Some(1), "{report:#}");
    assert_eq!(stage(&report, "http")["findings"][0]["id"], "http-404");
    assert_eq!(stage(&report, "initialize")["ok"], Value::Null);
}

#[test]
fn fastmcp_speaks_both_eras() {
    let server = Server::fastmcp(&[]);
    let (report, status) = probe(&server.url("/mcp"));
    assert_eq!(status, Some(0), "{report:#}");
    assert!(message(&report, "initialize").contains("2026-07-28 and 2025-11-25"), "{report:#}");
    assert!(message(&report, "tools").starts_with("3 tools"), "{report:#}");
}

#[test]
fn fastmcp_with_oauth_is_followed_up_to_the_sign_in() {
    let server = Server::fastmcp(&["--oauth"]);
    let (report, status) = probe(&server.url("/mcp"));
    assert_eq!(status, Some(1), "the handshake was not seen: {report:#}");
    for name in
        ["http", "resource-metadata", "authorization-server", "registration", "pkce", "resource-indicator"]
    {
        assert_eq!(stage(&report, name)["ok"], true, "{name}: {report:#}");
    }
    assert_eq!(stage(&report, "initialize")["ok"], Value::Null);
    let desktop = report["who"]
        .as_array()
        .expect("who")
        .iter()
        .find(|who| who["client"].as_str().is_some_and(|name| name.contains("config.json")));
    assert_eq!(desktop.expect("it is listed")["ok"], true, "{report:#}");
}

#[test]
fn nginx_with_its_default_settings_holds_http_and_sse_back() {
    let server = Server::everything("sse");
    let Some(nginx) = Nginx::before(server.address(), "") else { return };
    let (report, status) = probe(&nginx.url("/sse"));
    assert_eq!(status, Some(1), "{report:#}");
    let http = stage(&report, "http");
    assert_eq!(http["findings"][0]["id"], "sse-buffered", "{report:#}");
    assert_eq!(http["findings"][0]["fixes"][0]["id"], "stop-buffering");
    for who in report["who"].as_array().expect("who") {
        assert_eq!(who["ok"], false, "{who}");
    }
}

#[test]
fn nginx_before_streamable_http_is_seen_where_the_server_must_speak() {
    // The SDK asks nginx not to buffer, which the second of these does not heed.
    for (settings, arrives) in [("", true), ("proxy_ignore_headers X-Accel-Buffering;", false)] {
        let server = McpServer::start(Options::default()).expect("loopback is there");
        let address = server.url().trim_start_matches("http://").trim_end_matches("/mcp").parse();
        let Some(nginx) = Nginx::before(address.expect("an address"), settings) else { return };
        let (report, _) = probe(&nginx.url("/mcp"));
        assert_eq!(stage(&report, "initialize")["ok"], true, "{report:#}");
        let streaming = stage(&report, "streaming");
        assert_eq!(streaming["ok"], arrives, "{settings}: {report:#}");
        let held_back = streaming["findings"][0]["id"] == "sse-buffered";
        assert_eq!(held_back, !arrives, "{report:#}");
    }
}

#[test]
fn a_silent_stream_behind_nginx_proves_nothing_and_says_whom_to_ask() {
    let server = Server::everything("streamableHttp");
    let Some(nginx) = Nginx::before(server.address(), "") else { return };
    let (report, status) = probe(&nginx.url("/mcp"));
    assert_eq!(status, Some(0), "{report:#}");
    let streaming = stage(&report, "streaming");
    assert_eq!(streaming["ok"], Value::Null);
    assert!(message(&report, "streaming").contains("nginx"), "{streaming:#}");
}
