//! Certificates of every kind. Under Wine the system's own verdict cannot be had, so what needs it runs elsewhere.

use std::path::Path;

use bridgekeeper_testkit::stages::{Answer, Asked};
use bridgekeeper_testkit::tls::{Certificate, TlsServer};
use serde_json::{Value, json};

use crate::{VERSION, bridge};

fn server(certificate: Certificate) -> TlsServer {
    TlsServer::start(certificate, |asked, _| answer(asked)).expect("a server on loopback")
}

fn answer(asked: &Asked) -> Answer {
    match asked.rpc_method().as_deref() {
        Some("initialize") => {
            Answer::result(asked, &json!({ "protocolVersion": VERSION, "capabilities": {} }))
        }
        Some("tools/call") => Answer::result(asked, &json!({ "ok": true })),
        Some("notifications/initialized") => Answer::status(202),
        _ => Answer::status(405),
    }
}

fn url(server: &TlsServer) -> String {
    format!("{}/mcp", server.server().origin())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn error(server: &TlsServer) -> Value {
    let mut host = bridge(&url(server), &["--ca-only", "--ca-file", text(server.authority())]);
    host.call(0, "initialize", &json!({}))["error"].clone()
}

#[test]
fn an_authority_of_ones_own_is_believed_alone() {
    let server = server(Certificate::Good);
    let mut host = bridge(&url(&server), &["--ca-only", "--ca-file", text(server.authority())]);
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({}))["result"]["ok"], true);
    assert!(host.finish().success());
}

#[test]
fn a_bad_certificate_is_named_with_its_next_step() {
    for (certificate, next) in [(Certificate::Expired, "clock"), (Certificate::OtherName, "for another name")]
    {
        let error = error(&server(certificate));
        assert_eq!(error["data"]["stage"], "tls", "{error}");
        assert!(error["data"]["next"].as_str().expect("text").contains(next), "{error}");
    }
}

#[test]
fn a_client_certificate_is_shown_to_a_server_that_asks() {
    let server = TlsServer::start_for_certified(|asked, _| answer(asked)).expect("a server on loopback");
    let trust = ["--ca-only", "--ca-file", text(server.authority())];
    let mut host = bridge(&url(&server), &[&trust[..], &["--client-cert", text(server.client())]].concat());
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({}))["result"]["ok"], true);

    let mut host = bridge(&url(&server), &trust);
    let error = &host.call(0, "initialize", &json!({}))["error"];
    assert_eq!(error["data"]["stage"], "tls", "{error}");

    let without_key = text(server.authority());
    let mut host = bridge(&url(&server), &[&trust[..], &["--client-cert", without_key]].concat());
    let error = &host.call(0, "initialize", &json!({}))["error"];
    assert!(error["message"].as_str().is_some_and(|text| text.contains("--client-cert")), "{error}");
}

#[test]
fn plain_http_on_the_port_is_named() {
    let server = bridgekeeper_testkit::fault::FaultServer::start(|_| unreachable!("no request can be read"));
    let url = server.url().replace("http:", "https:");
    let nobody = tempfile::NamedTempFile::new().expect("a file");
    let mut host = bridge(&url, &["--ca-only", "--ca-file", text(nobody.path())]);
    let answer = host.call(0, "initialize", &json!({}));
    assert_eq!(answer["error"]["data"]["stage"], "tls", "{answer}");
}

#[cfg(not(windows))]
#[test]
fn an_unknown_authority_is_refused_until_it_is_named() {
    let server = server(Certificate::Good);
    let mut host = bridge(&url(&server), &[]);
    let answer = host.call(0, "initialize", &json!({}));
    assert!(answer["error"]["message"].as_str().expect("text").contains("NODE_EXTRA_CA_CERTS"), "{answer}");

    let mut command = crate::command(&url(&server), &[]);
    command.env("NODE_EXTRA_CA_CERTS", server.authority());
    let mut host = bridgekeeper_testkit::host::StdioHost::start(command);
    host.initialize(VERSION);
}
