use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The remote server, or a proxy in front of it, failed while answering.
    ///
    /// ## Why it matters
    ///
    /// The fault is on the server's side: an error in it, a restart, or a proxy that cannot reach it. A local
    /// address may be answered by a system proxy instead of the server.
    ///
    /// ## What to do
    ///
    /// Wait and try again; ask the operator if it stays. For a local address check that the server runs and
    /// that no proxy is used for it (`NO_PROXY=localhost,127.0.0.1`).
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error POSTing to endpoint (HTTP 500): Internal Server Error
    /// ```
    ///
    /// ```log,finds
    /// SSE error: Non-200 status code (503)
    /// ```
    ///
    /// ```log,finds
    /// httpx.HTTPStatusError: Server error '502 Bad Gateway' for url 'http://127.0.0.1:8000/mcp'
    /// ```
    ///
    /// ```log,finds
    /// Error: Connection timed out
    ///   status: 522
    /// ```
    ///
    /// ```log,silent
    /// 500 rows read in 502 ms
    /// ```
    ///
    /// ```log,silent
    /// listening on 5000
    /// ```
    pub(crate) static RULE = {
        id: "http-5xx",
        severity: Severity::Error,
        message: "The server answers {status}: it failed by itself",
        hides: &["connect-timeout"],
        fixes: &["wait", "ask-operator"],
        detect: Detect::Log {
            needles: &[
                "500", "501", "502", "503", "504", "520", "521", "522", "523", "524", "525", "526", "530",
                "internal server error", "bad gateway", "service unavailable", "gateway time",
            ],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let status = status::status(line).filter(|status| (500..=530).contains(status))?;
    (!status::from_package_tool(line)).then(|| Sign::new().with("status", status.to_string()))
}
