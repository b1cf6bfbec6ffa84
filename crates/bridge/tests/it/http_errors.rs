use std::net::TcpListener;

use bridgekeeper_testkit::mcp::{McpServer, Options};
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::bridge;

#[test]
fn a_server_that_does_not_run_is_an_answer_with_a_next_step() {
    // The port was free a moment ago, and nobody listens on it.
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let mut host = bridge(&format!("http://127.0.0.1:{port}/mcp"), &[]);
    let answer = host.call(0, "initialize", &json!({}));
    let error = &answer["error"];
    assert_eq!(error["data"]["stage"], "connect", "{answer}");
    assert_eq!(error["data"]["origin"], format!("http://127.0.0.1:{port}"));
    assert!(error["message"].as_str().expect("text").contains("Check that the server runs"), "{answer}");
    assert!(host.finish().success());
}

#[test]
fn a_missing_token_is_an_answer_that_says_so() {
    let required_header = Some(("authorization".to_owned(), "Bearer x".to_owned()));
    let server =
        McpServer::start(Options { required_header, ..Options::default() }).expect("a server on loopback");
    let mut host = bridge(&server.url(), &[]);
    let answer = host.call(0, "initialize", &json!({}));
    assert_eq!(answer["error"]["data"]["status"], 401, "{answer}");
    assert!(host.finish().success());
}

#[test]
fn a_web_page_in_the_place_of_the_first_answer_is_named() {
    let server = ScriptedServer::start(|_| Reply::typed(200, "text/html", "<form>Sign in"));
    let mut host = bridge(&server.url(), &[]);
    let answer = host.call(0, "initialize", &json!({}));
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains("text/html")), "{answer}");
}

#[test]
fn an_error_of_oauth_is_not_taken_for_one_of_json_rpc() {
    let server = ScriptedServer::start(|_| {
        let body = json!({ "error": "invalid_token", "error_description": "expired" });
        Reply::json(&body).with_status(401)
    });
    let mut host = bridge(&server.url(), &[]);
    let answer = host.call(0, "initialize", &json!({}));
    assert_eq!(answer["error"]["data"]["status"], 401, "{answer}");
    assert!(answer["error"]["code"].is_i64() && answer["error"]["message"].is_string(), "{answer}");
}

#[test]
fn a_host_that_cannot_be_found_fails_at_the_name() {
    let mut host = bridge("http://no-such-host.invalid/mcp", &["--allow-http"]);
    let answer = host.call(0, "initialize", &json!({}));
    assert_eq!(answer["error"]["data"]["stage"], "resolve", "{answer}");
}
