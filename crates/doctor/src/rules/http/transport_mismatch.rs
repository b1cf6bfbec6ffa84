use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The client speaks another transport than the address of the server.
    ///
    /// ## Why it matters
    ///
    /// MCP over HTTP has two forms: Streamable HTTP, usually at `/mcp`, and the older SSE, usually at `/sse`.
    /// Each refuses the other's requests, with 404, 405, 202 or a wrong content type.
    ///
    /// ## What to do
    ///
    /// Use the address for the transport: `/mcp` for Streamable HTTP. For an old server tell the bridge:
    /// `--transport sse-only`, or `http-only` for a new one.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// [6021] Connection error: SseError: SSE error: Non-200 status code (202)
    /// ```
    ///
    /// ```log,finds
    /// [6021] Received error (status 404): Streamable HTTP error: Error POSTing to endpoint: Cannot POST /sse
    /// ```
    ///
    /// ```log,finds
    /// SseError: SSE error: Invalid content type, expected "text/event-stream"
    /// ```
    ///
    /// ```log,finds
    /// StreamableHTTPError: Streamable HTTP error: Unexpected content type: text/html
    /// ```
    ///
    /// ```log,silent
    /// [6021] Connected to remote server using SSEClientTransport
    /// ```
    ///
    /// ```log,silent
    /// [6021] Recursively reconnecting for reason: falling-back-to-alternate-transport
    /// ```
    pub(crate) static RULE = {
        id: "transport-mismatch",
        severity: Severity::Error,
        message: "The client and the server speak different transports at this address",
        hides: &["http-5xx", "http-404", "http-400"],
        fixes: &["set-transport", "correct-url"],
        detect: Detect::Log {
            needles: &[
                "cannot post /sse", "cannot get /mcp", "non-200 status code (202)",
                "non-200 status code (405)", "non-200 status code (406)", "invalid content type",
                "unexpected content type", "expected \"text/event-stream\"", "missing sessionid",
                "sessionid is required", "transport mismatch",
                "falling-back-to-alternate-transport. giving up", "sse transport", "/sse",
                "wrong transport", "expected event-stream", "text/event-stream",
            ],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let wrong_route = line.has_any(&[
        "cannot post /sse",
        "cannot get /mcp",
        "non-200 status code (202)",
        "falling-back-to-alternate-transport. giving up",
    ]);
    let content = line.has("content type")
        && line.has_any(&["invalid content type", "unexpected content type", "expected \"text/event-stream"]);
    let session = line.has_any(&["missing sessionid", "sessionid is required"]);
    let sse = line.has("/sse")
        && matches!(status::status(line), Some(404 | 405))
        && line.has_any(&["post", "streamable"]);
    if wrong_route || content || session || sse {
        return Some(Sign::new());
    }
    // An SSE client that a Streamable HTTP endpoint turns away: possible, and no more.
    let turned_away = line.has("sse error") && line.has_any(&["status code (405)", "status code (406)"]);
    turned_away.then(|| Sign::new().at(Severity::Warning))
}
