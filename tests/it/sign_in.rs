//! Sign-ins at authorization servers that are not ours.

use std::time::{Duration, Instant};

use bridgekeeper_testkit::oauth::browser;
use serde_json::{Value, json};

use crate::bridge_servers::{Bridge, Server, bridge};

/// How long an access token of either server is good for.
const LIFE: Duration = Duration::from_secs(2);

/// How long two renewals may take.
const RENEWED: Duration = Duration::from_secs(30);

const VERSION: &str = "2025-11-25";

/// Starts a bridge and has a person follow its link.
fn signed_in(url: &str) -> Bridge {
    let mut host = bridge(url, &["--auth-timeout", "1", "--no-browser", "--debug"]);
    host.initialize(VERSION);
    let link = (100..120).find_map(|id| {
        let answer = host.call(id, "tools/call", &json!({ "name": "counts", "arguments": {} }));
        let text = answer["result"]["content"][0]["text"].as_str()?;
        let (_, link) = text.split_once("sign in: ")?;
        Some(link.split(' ').next()?.trim_end_matches('.').to_owned())
    });
    let page = browser::open(&link.unwrap_or_else(|| panic!("no link\n{}", host.log()))).expect("a page");
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
    let mut host = signed_in(&server.url("/mcp"));
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
    let mut host = signed_in(&server.url("/mcp"));
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
