use bridgekeeper_model::{Sentence, Severity, Value};

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The server started, but did not answer Claude's first message.
    ///
    /// ## Why it matters
    ///
    /// Claude waits 60 seconds for the answer to `initialize` and then gives up. A server that first downloads
    /// its packages, signs in through a browser, or waits for a network is not ready by then.
    ///
    /// ## What to do
    ///
    /// Run the same command in a terminal and see what it waits for. Install the package once so that no
    /// download is needed, or finish its sign-in there. Bridgekeeper's bridge answers at once and connects
    /// behind it.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.300Z [slow] [info] Message from client: {"method":"initialize","params":{"protocolVersion":"2025-11-25"},"jsonrpc":"2.0","id":0} { metadata: undefined }
    /// 2026-03-02T08:16:00.302Z [slow] [info] Message from client: {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0,"reason":"McpError: MCP error -32001: Request timed out"}} { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// Error during discovery for server 'slow': MCP error -32001: Request timed out
    /// ```
    ///
    /// ```log,finds
    /// MCP server "slow" connection timed out after 30000ms
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:16:00.302Z [busy] [info] Message from client: {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":41,"reason":"McpError: MCP error -32001: Request timed out"}} { metadata: undefined }
    /// ```
    ///
    /// ```log,silent
    /// Tool call finished in 32001 ms
    /// ```
    pub(crate) static RULE = {
        id: "initialize-timeout",
        severity: Severity::Error,
        message: "The server did not answer the first message in {wait}",
        hides: &[],
        fixes: &["run-in-terminal", "use-bridge", "install-package-globally"],
        detect: Detect::Log {
            needles: &[
                "-32001", "request timed out", "notifications/cancelled", "connection timed out after",
                "timed out after 30000ms", "timed out after 60000ms", "initialization timed out",
                "initialize timed out", "timed out during initialize", "connection timeout triggered",
                "failed to initialize", "handshake timed out", "timeout during init", "timed out after",
                "waiting for initialize", "timed out while waiting for response",
            ],
            role: Role::Cause,
            reads: Reads::Messages,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let waited = |wait: Value| Some(Sign::new().with("wait", wait));
    if let Some(message) = line.from_client() {
        let cancelled = message.method == Some("notifications/cancelled");
        if cancelled && message.summarised {
            return if line.session().awaits_answer() { waited(Sentence::of("time").into()) } else { None };
        }
        let id = number_after(message.body, "\"requestId\":")?;
        let timed_out = line.has_any(&["-32001", "timed out"]);
        return if cancelled && timed_out && line.session().is_initialize(id) {
            waited("60 seconds".into())
        } else {
            None
        };
    }
    if line.from_server().is_some() {
        return None;
    }
    let start = line.has_any(&[
        "connection timed out after",
        "initialization timed out",
        "initialize timed out",
        "timed out during initialize",
        "connection timeout triggered",
        "handshake timed out",
    ]) || line.has("failed to initialize") && line.has_any(&["timed out", "timeout", "-32001"]);
    let start = start
        || line.has("mcp server") && line.has("timed out after")
        || line.has("could not attach to mcp server") && line.has("timed out")
        || line.has_any(&["waiting for initialize", "waiting for the initialize"]);
    let request = line.has("-32001") && line.has("request timed out")
        || line.has_any(&["mcp error -32001", "timed out while waiting for response"]);
    let later = line.session().answered.is_some()
        || line.has_any(&["tool", "tools/", "session not found", "calling"]) && !line.has("discovery");
    if start || request && !later { waited(Sentence::of("time").into()) } else { None }
}

/// The digits, or the quoted text, behind a key.
fn number_after<'a>(body: &'a str, key: &str) -> Option<&'a str> {
    let rest = body[body.find(key)? + key.len()..].trim_start().trim_start_matches('"');
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
    Some(&rest[..end])
}
