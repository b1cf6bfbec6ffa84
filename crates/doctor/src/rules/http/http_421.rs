use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The remote server answered 421: it was called by a host name that it does not allow.
    ///
    /// ## Why it matters
    ///
    /// MCP servers refuse unknown names in the Host header to protect against attacks from web pages. Behind a
    /// proxy or a tunnel the name differs from the one the server knows.
    ///
    /// ## What to do
    ///
    /// On the server, add the name to its allowed hosts (for FastMCP the transport security settings).
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error POSTing to endpoint (HTTP 421): Invalid Host header
    /// ```
    ///
    /// ```log,finds
    /// mcp.server.transport_security - WARNING - Invalid Host header: mcp.example.org
    /// ```
    ///
    /// ```log,silent
    /// HTTP/1.1 200 OK
    /// ```
    ///
    /// ```log,silent
    /// Host header: example.org
    /// ```
    pub(crate) static RULE = {
        id: "http-421",
        severity: Severity::Error,
        message: "The remote server refuses the host name it was called by",
        hides: &["http-400", "http-403"],
        fixes: &["ask-operator"],
        detect: Detect::Log {
            needles: &["421", "invalid host header", "host not allowed", "misdirected"],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    Sign::when(
        status::reports(line, 421)
            || line.has_any(&["invalid host header", "host not allowed", "misdirected request"]),
    )
}
