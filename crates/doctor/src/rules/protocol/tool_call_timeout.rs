use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The server answered before, but not this request.
    ///
    /// ## Why it matters
    ///
    /// Claude waits a limited time for each answer. The server, or the service behind it, is slow, stuck, or
    /// lost its connection.
    ///
    /// ## What to do
    ///
    /// Try again with a smaller task. If all requests time out, restart Claude; if it is always the same tool,
    /// ask the server's author.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:16:00.302Z [busy] [info] Message from client: {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":41,"reason":"McpError: MCP error -32001: Request timed out"}} { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// Error calling tool search: MCP error -32001: Request timed out
    /// ```
    ///
    /// ```log,finds
    /// Tool call timed out after 240 seconds
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:16:00.302Z [busy] [info] Message from client: {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0,"reason":"McpError: MCP error -32001: Request timed out"}} { metadata: undefined }
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:16:00.302Z [busy] [info] Message from client: {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":41,"reason":"User cancelled"}} { metadata: undefined }
    /// ```
    pub(crate) static RULE = {
        id: "tool-call-timeout",
        severity: Severity::Warning,
        message: "The server did not answer a request in time",
        hides: &[],
        fixes: &["restart-claude", "run-in-terminal"],
        detect: Detect::Log {
            needles: &[
                "-32001", "request timed out", "notifications/cancelled", "tool call timed out",
                "timed out after", "no result received",
            ],
            role: Role::Cause,
            reads: Reads::Messages,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    if let Some(message) = line.from_client() {
        let cancelled =
            message.method == Some("notifications/cancelled") && line.has_any(&["-32001", "timed out"]);
        let first = ["\"requestId\":0,", "\"requestId\":0}"].iter().any(|id| message.body.contains(id));
        return Sign::when(cancelled && !first);
    }
    if line.from_server().is_some() {
        return None;
    }
    let request = line.has("-32001") || line.has("request timed out");
    let tool = line.has_any(&["tool", "tools/", "calling"]);
    let said = line.has("tool") && line.has("timed out after")
        || line.has("no result received from") && line.has("minutes");
    let about_session = line.has("session not found");
    Sign::when(
        said || request
            && !about_session
            && (tool || line.session().answered.is_some())
            && !line.has("discovery"),
    )
}
