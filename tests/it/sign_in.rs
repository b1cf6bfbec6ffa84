//! Sign-ins at authorization servers that are not ours, and through a server that is not ours.

use std::io;
use std::time::{Duration, Instant};

use bridgekeeper_testkit::oauth::browser::{self, Page};
use bridgekeeper_testkit::oauth::{OAuthServer, Options};
use bridgekeeper_testkit::tls::{Certificate, CertificateFiles};
use serde_json::{Value, json};

use crate::bridge_servers::{Bridge, Server, bridge};
use crate::nginx::Nginx;

/// How long an access token of either server is good for.
const LIFE: Duration = Duration::from_secs(2);

/// How long two renewals may take.
const RENEWED: Duration = Duration::from_secs(30);

const VERSION: &str = "2025-11-25";

/// Starts a bridge and has a person follow its link.
fn signed_in(url: &str, more: &[&str], follow: impl Fn(&str) -> io::Result<Page>) -> Bridge {
    let flags = ["--auth-timeout", "1", "--no-browser", "--debug"];
    let mut host = bridge(url, &[&flags, more].concat());
    host.initialize(VERSION);
    let link = (100..120).find_map(|id| {
        let answer = host.call(id, "tools/call", &json!({ "name": "counts", "arguments": {} }));
        let text = answer["result"]["content"][0]["text"].as_str()?;
        let (_, link) = text.split_once("sign in: ")?;
        Some(link.split(' ').next()?.trim_end_matches('.').to_owned())
    });
    let page = follow(&link.unwrap_or_else(|| panic!("no link\n{}", host.log()))).expect("a page");
    if !page.text.contains("You are signed in") {
        let reason = host.call(200, "tools/call", &json!({ "name": "counts", "arguments": {} }));
        panic!("{reason}: {}\n{}", page.url, host.log());
    }
    host.message("notifications/tools/list_changed");
    host
}

#[test]
fn at_fastmcp_and_its_tokens_are_renewed() {
    let server = Server::fastmcp(&["--oauth"]);
    let mut host = signed_in(&server.url("/mcp"), &[], browser::open);
    // Two lives of a token: without a renewal the calls would be answered with a link again.
    let begun = Instant::now();
    while begun.elapsed() < LIFE * 2 {
        assert_eq!(host.call_tool(1, "add", &json!({ "a": 1, "b": 2 })), "3");
    }
    assert!(host.finish().success());
}

#[test]
fn at_oidc_provider_and_its_tokens_are_renewed() {
    let server = Server::oidc();
    let mut host = signed_in(&server.url("/mcp"), &[], browser::open);
    let mut counts = || -> Value {
        let text = host.call_tool(1, "counts", &json!({}));
        serde_json::from_str(&text).expect("counts")
    };
    // A rotated token is good for one renewal, so that the second one shows that the first was kept.
    let deadline = Instant::now() + RENEWED;
    let counts = loop {
        let counts = counts();
        if counts["renewed"].as_u64() >= Some(2) {
            break counts;
        }
        assert!(Instant::now() < deadline, "{counts}");
    };
    assert_eq!((&counts["registered"], &counts["signedIn"]), (&json!(1), &json!(1)), "{counts}");
    assert!(host.finish().success());
}

#[test]
fn behind_nginx_with_tls_and_a_private_authority() {
    let server = OAuthServer::start(Options::default()).expect("a server on loopback");
    let files = CertificateFiles::new(Certificate::Good).expect("a certificate");
    let address = server.origin().trim_start_matches("http://").parse().expect("an address");
    let Some(nginx) = Nginx::before_with_tls(address, "proxy_set_header X-Came-By nginx;", &files) else {
        return;
    };
    server.change(|options| options.origin = Some(nginx.url("")));
    let authority = files.authority();
    let trust = ["--ca-file", authority.to_str().expect("a path")];
    let mut host = signed_in(&nginx.url("/mcp"), &trust, |link| browser::open_trusting(link, authority));
    let add = json!({ "a": 1, "b": 2 });
    assert_eq!(host.call_tool(1, "add", &add), "3");
    server.forget_access_tokens();
    assert_eq!(host.call_tool(2, "add", &add), "3");
    assert!(host.finish().success());

    let counts = server.counts();
    assert_eq!((counts.registrations, counts.exchanges, counts.refreshes), (1, 1, 1));
    // Nobody found a way past nginx, where there is no TLS.
    let asked = server.seen();
    for path in ["/mcp", "/.well-known/", "/login/authorize", "/login/token"] {
        assert!(asked.iter().any(|request| request.path().starts_with(path)), "{path}");
    }
    let past = asked.iter().find(|request| request.header("x-came-by").is_none_or(|by| by != "nginx"));
    assert!(past.is_none(), "{past:?}");
}
