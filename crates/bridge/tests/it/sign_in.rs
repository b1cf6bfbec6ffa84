use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::oauth::{KnownClient, OAuthServer, Options, TokenEndpoint, browser, jwt};
use serde_json::{Value, json};

use crate::{VERSION, bridge, command};

fn server(options: Options) -> OAuthServer {
    OAuthServer::start(options).expect("a server on loopback")
}

fn client(secret: Option<&str>, key: Option<Value>) -> Options {
    let client =
        KnownClient { id: "me".into(), secret: secret.map(Into::into), key, ..KnownClient::default() };
    Options { clients: vec![client], ..Options::default() }
}

/// Calls a tool until its result holds the link, which it does once the bridge has lived long enough. Each call waits
/// for the person for a while.
pub(crate) fn link(host: &mut StdioHost) -> String {
    for id in 100..120 {
        let answer = host.call(id, "tools/call", &json!({ "name": "add", "arguments": {} }));
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        if let Some(link) = link_in(&answer) {
            return link;
        }
    }
    panic!("no link in twenty answers\n{}", host.log())
}

/// The link in the text of a tool's result.
pub(crate) fn link_in(answer: &Value) -> Option<String> {
    let text = answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let (_, link) = text.split_once("sign in: ")?;
    Some(link.split(' ').next()?.trim_end_matches('.').to_owned())
}

/// No token that the server has seen stands in the log.
fn assert_no_token(host: &mut StdioHost, server: &OAuthServer) {
    let log = host.log();
    for request in server.seen() {
        if let Some((_, token)) = request.header("authorization").and_then(|value| value.split_once(' ')) {
            assert!(!log.contains(token), "{log}");
        }
    }
}

#[test]
fn the_host_is_told_where_to_sign_in_and_gets_the_tools_afterwards() {
    let server = server(Options::default());
    let mut host = bridge(&server.url(), &["--auth-timeout", "1", "--debug"]);
    // The host is not kept waiting for the person.
    assert_eq!(host.initialize(VERSION)["serverInfo"]["name"], "mcp-bridge");
    let tools = host.call(1, "tools/list", &json!({}));
    let tool = tools["result"]["tools"][0]["name"].as_str().expect("a tool").to_owned();
    let link = link(&mut host);
    // The one tool that is there says the same, at once.
    let answer = host.call(2, "tools/call", &json!({ "name": tool, "arguments": {} }));
    assert_eq!(link_in(&answer).as_ref(), Some(&link), "{answer}");

    assert!(browser::open(&link).expect("a page").text.contains("You are signed in"));
    host.message("notifications/tools/list_changed");
    assert_eq!(host.call_tool(3, "add", &json!({ "a": 1, "b": 2 })), "3");
    assert_eq!((server.counts().registrations, server.counts().authorizations), (1, 1));
    assert!(host.finish().success());
    assert_no_token(&mut host, &server);
}

#[test]
fn a_token_that_ends_is_renewed_without_the_host_noticing() {
    let server = server(Options::default());
    let mut host = bridge(&server.url(), &["--auth-timeout", "1"]);
    host.initialize(VERSION);
    browser::open(&link(&mut host)).expect("a page");
    host.message("notifications/tools/list_changed");
    for id in 1..4 {
        server.forget_access_tokens();
        assert_eq!(host.call_tool(id, "add", &json!({ "a": 1, "b": 2 })), "3");
    }
    assert_eq!((server.counts().authorizations, server.counts().reuses), (1, 0));
    assert_eq!(server.counts().refreshes, 3);
    assert_no_token(&mut host, &server);
}

#[test]
fn who_only_looks_sends_nobody_anywhere() {
    let server = server(Options::default());
    let mut host = bridge(&server.url(), &[]);
    host.request(
        1,
        "server/discover",
        &json!({ "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "t", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        }}),
    );
    // The end of the input ends the bridge, whatever it waits for.
    assert!(host.finish().success());
    let counts = server.counts();
    assert_eq!((counts.registrations, counts.authorizations), (0, 0));
}

#[test]
fn nobody_is_asked_to_sign_in_where_the_line_says_so_or_gives_a_token() {
    for flags in [&["--no-auth"][..], &["--header", "Authorization: Bearer mine"]] {
        let server = server(Options::default());
        let mut host = bridge(&server.url(), flags);
        let answer = host.call(0, "initialize", &json!({}));
        assert_eq!(answer["error"]["data"]["status"], 401, "{answer}");
        assert!(server.seen().iter().all(|request| request.path() == "/mcp"), "{flags:?}");
    }
}

#[test]
fn a_client_that_acts_for_itself_needs_nobody() {
    let key = jwt::SigningKey::generate().expect("a key");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key.pem");
    std::io::Write::write_all(&mut std::fs::File::create(&file).expect("a file"), key.pem().as_bytes())
        .expect("a key in it");
    let file = file.to_str().expect("a path");
    let info = r#"{"client_id":"me","client_secret":"${MY_SECRET}"}"#;
    for (options, flags) in [
        (client(Some("s3cret!"), None), &["--client-id", "me", "--client-secret", "${MY_SECRET}"][..]),
        (client(Some("s3cret!"), None), &["--static-oauth-client-info", info]),
        (client(None, Some(key.public())), &["--client-id", "me", "--private-key", file]),
    ] {
        let server = server(options);
        let mut command = command(&server.url(), flags);
        command.arg("--client-credentials").arg("--debug").env("MY_SECRET", "s3cret!");
        let mut host = StdioHost::start(command);
        host.initialize(VERSION);
        assert_eq!(host.call_tool(1, "add", &json!({ "a": 1, "b": 2 })), "3");
        assert_eq!(server.counts().client_credentials, 1, "{flags:?}");
        assert!(host.finish().success());
        assert!(!host.log().contains("s3cret!"), "{}", host.log());
    }
}

#[test]
fn a_sign_in_that_fails_is_told_with_its_reason() {
    let options = Options { token_endpoint: TokenEndpoint::Unavailable, ..client(Some("s"), None) };
    let server = server(options);
    let flags = ["--client-credentials", "--client-id", "me", "--client-secret", "s"];
    let mut host = bridge(&server.url(), &flags);
    let answer = host.call(0, "initialize", &json!({}));
    let message = answer["error"]["message"].as_str().unwrap_or_else(|| panic!("{answer}"));
    assert!(message.contains("token endpoint answered with status 503"), "{message}");
}

#[test]
fn a_sign_in_does_not_hold_the_end() {
    let server = server(Options::default());
    let mut host = bridge(&server.url(), &["--auth-timeout", "1"]);
    host.initialize(VERSION);
    let link = link(&mut host);
    // It waits for the person when the host goes.
    host.request(1, "tools/call", &json!({ "name": "add", "arguments": {} }));
    host.close_input();
    assert_eq!(host.answer(1)["result"]["isError"], true);
    assert!(host.ended().success());
    assert!(browser::open(&link).is_err(), "nobody takes the page's answer any more");
}
