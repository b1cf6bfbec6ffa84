use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The remote server does not know the session that the bridge refers to.
    ///
    /// ## Why it matters
    ///
    /// The server was restarted, runs as several copies that do not share sessions, or dropped a session that
    /// was quiet for long. A client must then start a new one, and not every bridge does.
    ///
    /// ## What to do
    ///
    /// Restart Claude, so that the bridge starts a new session. A newer bridge does it by itself.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: Error POSTing to endpoint (HTTP 404): {"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}
    /// ```
    ///
    /// ```log,finds
    /// Streamable HTTP error: Bad Request: No valid session ID provided
    /// ```
    ///
    /// ```log,finds
    /// mcp.shared.exceptions.McpError: Session terminated
    /// ```
    ///
    /// ```log,silent
    /// Created new transport with session ID: 0a1b
    /// ```
    ///
    /// ```log,silent
    /// [6021] Using session id 0a1b
    /// ```
    pub(crate) static RULE = {
        id: "session-expired",
        severity: Severity::Error,
        message: "The remote server no longer knows the session",
        hides: &[
            "http-400", "http-404", "http-401", "tool-call-timeout", "initialize-timeout",
            "transport-mismatch",
        ],
        fixes: &["restart-claude", "use-bridge"],
        detect: Detect::Log {
            needles: &[
                "session not found", "session id", "session expired", "session has expired",
                "session terminated", "unknown session", "no transport found for session",
                "session does not exist", "mcp-session-id", "invalid session", "sessionid",
                "no valid session", "session was not found", "session with id", "could not find session",
                "expired session", "session has been", "session was terminated",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let unknown = line.has_any(&[
        "session not found",
        "session expired",
        "session has expired",
        "session terminated",
        "unknown session",
        "no transport found for session",
        "session does not exist",
        "invalid session",
        "no valid session",
        "session was not found",
        "could not find session",
        "session id not found",
        "missing session id",
        "session id is invalid",
        "session is not found",
        "session no longer",
        "expired session",
        "session has been terminated",
        "session has been closed",
        "session was terminated",
    ]);
    let header = line.has("mcp-session-id")
        && line.has_any(&["required", "invalid", "not found", "missing", "unknown"]);
    let with_id = line.has("session with id") && line.has_any(&["not found", "not exist"]);
    Sign::when(unknown || header || with_id)
}
