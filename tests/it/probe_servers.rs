//! `bridgekeeper probe` on reference servers.

use std::process::Command;

use serde_json::Value;

use bridgekeeper_tests::program;

use crate::bridge_servers::Server;

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
    assert!(message(&report, "tools").starts_with("2 tools"), "{report:#}");
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
