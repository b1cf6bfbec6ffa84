//! What every test needs: a probe with short limits, and its report in a form that reads well in an assertion.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use bridgekeeper_net::header::{HeaderMap, HeaderName, HeaderValue};
use bridgekeeper_net::{Client, NetOptions, Trust};
use bridgekeeper_probe::{Report, Settings, Stage, Target, probe};
use bridgekeeper_testkit::scripted::{Reply, Request};
use serde_json::json;

/// Long enough for a server on loopback, short enough to wait for in a test.
pub(crate) const QUICK: Duration = Duration::from_millis(1500);

pub(crate) async fn probed(url: &str) -> Report {
    probed_with(url, &[], NetOptions::default()).await
}

pub(crate) async fn probed_trusting(url: &str, authority: impl Into<PathBuf>) -> Report {
    let trust = Trust::Only(vec![authority.into()]);
    probed_with(url, &[], NetOptions { trust, ..NetOptions::default() }).await
}

pub(crate) async fn probed_with(
    url: &str,
    headers: &[(&'static str, &'static str)],
    options: NetOptions,
) -> Report {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect();
    let target = Target::new(url, headers).expect("a URL");
    let settings = Settings { stage: QUICK, quiet: QUICK / 2, now: SystemTime::now() };
    let report = probe(&Client::new(options), &target, settings, &mut |_| {}).await;
    assert_eq!(report.stages.iter().map(|stage| stage.stage).collect::<Vec<_>>(), Stage::ALL);
    report
}

/// `ok` of each stage as one letter: passed, failed, or `-` for not decided.
pub(crate) fn letters(report: &Report) -> String {
    report.stages.iter().map(|stage| stage.status.ok().map_or('-', |ok| if ok { 'p' } else { 'F' })).collect()
}

pub(crate) fn message(report: &Report, stage: Stage) -> &str {
    &report.stage(stage).expect("every stage is there").message
}

/// Ids of every finding, in order.
pub(crate) fn ids(report: &Report) -> Vec<&str> {
    report.stages.iter().flat_map(|stage| &stage.findings).map(|finding| finding.id.as_str()).collect()
}

/// A server of the 2025 era without sessions, until a test changes an answer.
pub(crate) fn plain_server(request: &Request) -> Reply {
    if request.method() != "POST" {
        return Reply::status(405);
    }
    match request.rpc_method() {
        "initialize" => Reply::result(
            request,
            &json!({
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "plain", "version": "1"},
            }),
        ),
        "tools/list" => {
            Reply::result(request, &json!({"tools": [{"name": "read", "inputSchema": {"type": "object"}}]}))
        }
        "ping" => Reply::result(request, &json!({})),
        "notifications/initialized" => Reply::accepted(),
        _ => Reply::json(&json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": "no"}}))
            .with_status(400),
    }
}
