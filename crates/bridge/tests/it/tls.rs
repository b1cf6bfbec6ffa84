//! Certificates of every kind. Wine, which runs what is built with GNU's tools, lets a program add no authority to the
//! system's, so what needs that is left out there and runs on Windows itself.

use std::io::Write as _;
use std::path::Path;

use bridgekeeper_testkit::scripted::Reply;
use bridgekeeper_testkit::tls::{Certificate, TlsServer};
use serde_json::{Value, json};

use crate::{VERSION, bridge};

fn server(certificate: Certificate) -> TlsServer {
    TlsServer::start(certificate, Reply::proper)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn error(server: &TlsServer) -> Value {
    let mut host = bridge(&server.url(), &["--ca-only", "--ca-file", text(server.authority())]);
    host.call(0, "initialize", &json!({}))["error"].clone()
}

#[test]
fn an_authority_of_ones_own_is_believed_alone() {
    let server = server(Certificate::Good);
    let mut host = bridge(&server.url(), &["--ca-only", "--ca-file", text(server.authority())]);
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({}))["result"]["ok"], true);
    assert!(host.finish().success());
}

#[test]
fn an_authority_is_found_among_whatever_else_stands_in_its_file() {
    let server = server(Certificate::Good);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("authorities.pem");
    let authority = std::fs::read_to_string(server.authority()).expect("an authority");
    let junk = "# ours\n-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n!\n";
    let with_another_label = authority.replace(" CERTIFICATE-----", " X509 CERTIFICATE-----");
    let in_utf16 = format!("\u{feff}{authority}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for content in [
        format!("\u{feff}{authority}").into_bytes(),
        format!("{authority}{junk}").into_bytes(),
        format!("{}\n-----END CERTIFICATE-----\n{authority}", junk.trim_end()).into_bytes(),
        with_another_label.replace('\n', "\r\n").into_bytes(),
        in_utf16,
    ] {
        std::fs::File::create(&path).and_then(|mut file| file.write_all(&content)).expect("written");
        let mut host = bridge(&server.url(), &["--ca-only", "--ca-file", text(&path)]);
        host.initialize(VERSION);
    }
    std::fs::File::create(&path).and_then(|mut file| file.write_all(junk.as_bytes())).expect("written");
    let mut host = bridge(&server.url(), &["--ca-only", "--ca-file", text(&path)]);
    let error = host.call(0, "initialize", &json!({}))["error"].clone();
    assert!(error["message"].as_str().is_some_and(|message| message.contains("authorities.pem")), "{error}");
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
    let server = TlsServer::start_for_certified(Reply::proper);
    let trust = ["--ca-only", "--ca-file", text(server.authority())];
    let mut host = bridge(&server.url(), &[&trust[..], &["--client-cert", text(server.client())]].concat());
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({}))["result"]["ok"], true);

    let mut host = bridge(&server.url(), &trust);
    let error = &host.call(0, "initialize", &json!({}))["error"];
    assert_eq!(error["data"]["stage"], "tls", "{error}");

    let without_key = text(server.authority());
    let mut host = bridge(&server.url(), &[&trust[..], &["--client-cert", without_key]].concat());
    let error = &host.call(0, "initialize", &json!({}))["error"];
    assert!(error["message"].as_str().is_some_and(|text| text.contains("--client-cert")), "{error}");
}

#[test]
fn plain_http_on_the_port_is_named() {
    let server =
        bridgekeeper_testkit::scripted::ScriptedServer::start(|_| unreachable!("no request can be read"));
    let url = server.url().replace("http:", "https:");
    let nobody = tempfile::NamedTempFile::new().expect("a file");
    let mut host = bridge(&url, &["--ca-only", "--ca-file", text(nobody.path())]);
    let answer = host.call(0, "initialize", &json!({}));
    assert_eq!(answer["error"]["data"]["stage"], "tls", "{answer}");
}

#[cfg(not(all(windows, target_env = "gnu")))]
#[test]
fn an_unknown_authority_is_refused_until_it_is_named() {
    let server = server(Certificate::Good);
    let mut host = bridge(&server.url(), &[]);
    let answer = host.call(0, "initialize", &json!({}));
    assert!(answer["error"]["message"].as_str().expect("text").contains("NODE_EXTRA_CA_CERTS"), "{answer}");

    let mut command = crate::command(&server.url(), &[]);
    command.env("NODE_EXTRA_CA_CERTS", server.authority());
    let mut host = bridgekeeper_testkit::host::StdioHost::start(command);
    host.initialize(VERSION);
}
