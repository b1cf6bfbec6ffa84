//! What a command line can say of the sign-in, seen from the server.

use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};

use bridgekeeper_testkit::files;
use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::oauth::{KnownClient, OAuthServer, Options, Placement, ResourceParameter, browser};
use bridgekeeper_vault::Keyring;
use serde_json::json;
use url::Url;

use crate::sign_in::link;
use crate::{VERSION, bridge, command};

fn server(options: Options) -> OAuthServer {
    OAuthServer::start(options).expect("a server on loopback")
}

/// A bridge that has shown its link.
fn invited(server: &OAuthServer, flags: &[&str]) -> (StdioHost, Url) {
    let mut host = bridge(&server.url(), &[flags, &["--auth-timeout", "1"]].concat());
    host.initialize(VERSION);
    let link = link(&mut host);
    (host, link.parse().expect("an address"))
}

fn signs_in(mut host: StdioHost, link: &Url) {
    assert!(browser::open(link.as_str()).expect("a page").text.contains("You are signed in"));
    host.message("notifications/tools/list_changed");
    assert_eq!(host.call_tool(1, "add", &json!({ "a": 1, "b": 2 })), "3");
    assert!(host.finish().success());
}

/// A parameter of the sign-in page.
fn parameter(link: &Url, name: &str) -> Option<String> {
    link.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// A port for a bridge that may take no other, and for no other bridge. It stands below those that the system hands out,
/// so that nobody takes it before.
fn agreed_port() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(std::process::id() % 8_000).expect("it is small");
    let ports = std::iter::repeat_with(|| first + NEXT.fetch_add(1, Ordering::Relaxed));
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    ports.take(1_000).find(is_free).expect("a free port").to_string()
}

fn me(secret: Option<&str>, redirect_uris: &[&str]) -> Vec<KnownClient> {
    let redirect_uris = redirect_uris.iter().map(|&uri| uri.to_owned()).collect();
    vec![KnownClient { id: "me".into(), secret: secret.map(Into::into), key: None, redirect_uris }]
}

fn put(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    files::put(&path, text);
    path.display().to_string()
}

#[test]
fn the_redirect_address_the_page_and_the_registration_are_as_the_line_has_them() {
    let port = agreed_port();
    let server = server(Options::default());
    let folder = tempfile::tempdir().expect("a folder");
    let metadata = r#"{"client_name":"Mine","scope":"tools.read tools.write"}"#;
    let metadata = format!("@{}", put(folder.path(), "client.json", metadata));
    let (host, link) = invited(
        &server,
        &[
            &port,
            "--host",
            "localhost",
            "--callback-path",
            "/back/here",
            "--authorize-param",
            "audience=notes",
            "--authorize-param",
            "prompt=login",
            "--static-oauth-client-metadata",
            &metadata,
        ],
    );
    let redirect = format!("http://localhost:{port}/back/here");
    for (name, value) in [
        ("redirect_uri", redirect.as_str()),
        ("audience", "notes"),
        ("prompt", "login"),
        ("scope", "tools.read tools.write"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(parameter(&link, name).as_deref(), Some(value), "{name}");
    }
    signs_in(host, &link);
    let asked = server.seen();
    let registration = asked.iter().find(|request| request.path().ends_with("/register"));
    let registered = registration.expect("a registration").message();
    assert_eq!(
        (&registered["client_name"], &registered["redirect_uris"][0]),
        (&json!("Mine"), &json!(redirect))
    );
}

#[test]
fn a_port_that_was_agreed_on_and_is_taken_is_told_with_what_helps() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let server = server(Options::default());
    let mut host = bridge(&server.url(), &[&port]);
    let answer = host.call(0, "initialize", &json!({ "protocolVersion": VERSION }));
    let next = answer["error"]["data"]["next"].as_str().unwrap_or_else(|| panic!("{answer}"));
    assert!(next.contains("another port"), "{next}");
}

#[test]
fn the_resource_is_the_one_that_is_given_or_none() {
    // Published by a server that is another one: refused, unless somebody says that it is meant.
    let other = server(Options { resource: "{origin}/other".into(), ..Options::default() });
    let given = format!("{}/other", other.origin());
    let (host, link) = invited(&other, &["--resource", &given]);
    assert_eq!(parameter(&link, "resource"), Some(given));
    signs_in(host, &link);
    for flags in [&["--disable-resource-parameter"][..], &["--resource", ""]] {
        let refuses = Options { resource_parameter: ResourceParameter::Refused, ..Options::default() };
        let refuses = server(refuses);
        let (host, link) = invited(&refuses, flags);
        assert_eq!(parameter(&link, "resource"), None);
        signs_in(host, &link);
    }
}

#[test]
fn whoever_has_signed_in_is_sent_to_the_page_that_is_given() {
    let server = server(Options::default());
    let (host, link) = invited(&server, &["--auth-success-url", "https://done.example/"]);
    let answer = browser::redirect_of(link.as_str()).expect("an answer").expect("a way back");
    let page = browser::redirect_of(&answer).expect("an answer");
    assert_eq!(page.as_deref(), Some("https://done.example/"));
    assert!({ host }.finish().success());
}

#[test]
fn the_id_token_opens_the_server_where_that_is_wanted() {
    let server = server(Options::default());
    let (mut host, link) = invited(&server, &["--use-id-token", "--scope", "openid tools.read"]);
    browser::open(link.as_str()).expect("a page");
    // This server wants the other one; it is shown this one all the same.
    host.call(1, "tools/call", &json!({ "name": "add", "arguments": {} }));
    assert!(host.finish().success());
    let given = server.given_out();
    let shown: Vec<String> = server
        .seen()
        .iter()
        .filter(|request| request.path() == "/mcp")
        .filter_map(|request| request.header("authorization")?.strip_prefix("Bearer ").map(str::to_owned))
        .collect();
    let is_id_token =
        |token: &String| given.iter().any(|(what, secret)| *what == "ID token" && secret == token);
    assert!(!shown.is_empty() && shown.iter().all(is_id_token), "{shown:?}");
}

#[test]
fn a_token_endpoint_that_is_given_is_asked_without_looking_anything_up() {
    let server = server(Options {
        challenge: None,
        resource_metadata: Placement::Missing,
        server_metadata: Placement::Missing,
        clients: me(Some("s3cret-of-mine"), &[]),
        ..Options::default()
    });
    let endpoint = format!("{}/login/token", server.origin());
    let flags = ["--client-credentials", "--client-id", "me", "--client-secret", "s3cret-of-mine"];
    let mut host = bridge(&server.url(), &[&flags[..], &["--token-endpoint", &endpoint]].concat());
    host.initialize(VERSION);
    assert_eq!(host.call_tool(1, "add", &json!({ "a": 1, "b": 2 })), "3");
    assert!(host.finish().success());
    assert!(!server.seen().iter().any(|request| request.path().contains(".well-known")));
}

#[test]
fn the_address_of_a_document_is_the_client_where_the_server_takes_that() {
    const DOCUMENT: &str = "https://me.example/client.json";
    let redirects = ["http://localhost/oauth/callback", "http://127.0.0.1/oauth/callback"];
    let document = json!({ "client_id": DOCUMENT, "client_name": "Me", "redirect_uris": redirects });
    let server = server(Options {
        changes: json!({ "client_id_metadata_document_supported": true }),
        client_documents: [(DOCUMENT.to_owned(), document)].into(),
        ..Options::default()
    });
    let (host, link) = invited(&server, &[&agreed_port(), "--client-metadata-url", DOCUMENT]);
    assert_eq!(parameter(&link, "client_id").as_deref(), Some(DOCUMENT));
    signs_in(host, &link);
    assert_eq!(server.counts().registrations, 0);
}

#[test]
fn a_company_that_vouches_needs_no_page() {
    let redirects = ["http://localhost/oauth/callback", "http://127.0.0.1/oauth/callback"];
    let server = server(Options { clients: me(None, &redirects), ..Options::default() });
    // What the company's provider said when the person signed in there.
    let flags = [&agreed_port(), "--client-id", "me", "--scope", "openid tools.read"];
    let (host, link) = invited(&server, &flags);
    signs_in(host, &link);
    let given = server.given_out();
    let (_, id_token) = given.iter().find(|(what, _)| *what == "ID token").expect("an ID token");
    let context = json!({
        "client_id": "me",
        "idp_client_id": "me",
        "idp_id_token": id_token,
        "idp_token_endpoint": format!("{}/login/token", server.origin()),
    });
    let folder = tempfile::tempdir().expect("a folder");
    let context = put(folder.path(), "context.json", &context.to_string());
    let mut host = bridge(&server.url(), &["--ema-context", &context]);
    host.initialize(VERSION);
    assert_eq!(host.call_tool(1, "add", &json!({ "a": 1, "b": 2 })), "3");
    assert!(host.finish().success());
    assert_eq!(server.counts().authorizations, 1);
    assert!(server.given_out().iter().any(|(what, _)| *what == "assertion"));
}

#[test]
fn each_account_has_a_sign_in_of_its_own() {
    let home = tempfile::tempdir().expect("a folder");
    let server = server(Options::default());
    let host_of = |account: &str| {
        let mut command = command(&server.url(), &["--auth-timeout", "1", "--account", account]);
        command.arg("--home").arg(home.path());
        command.env("BRIDGEKEEPER_KEYRING", format!("file:{}", home.path().join("keyring").display()));
        command.env(Keyring::PASSPHRASE, "open sesame");
        let mut host = StdioHost::start(command);
        host.initialize(VERSION);
        host
    };
    for (round, account) in ["work", "private"].into_iter().enumerate() {
        let mut host = host_of(account);
        let link = link(&mut host).parse().expect("an address");
        signs_in(host, &link);
        assert_eq!(server.counts().authorizations, round + 1);
    }
    // Both are kept beside each other.
    for account in ["work", "private"] {
        let mut host = host_of(account);
        assert_eq!(host.call_tool(1, "add", &json!({ "a": 1, "b": 2 })), "3");
        assert!(host.finish().success());
    }
    assert_eq!(server.counts().authorizations, 2);
}
