use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The remote server does not understand the request.
    ///
    /// ## Why it matters
    ///
    /// A header is wrong or missing, or the server does not know the protocol version that the bridge speaks.
    ///
    /// ## What to do
    ///
    /// Look at the words behind the status, check the headers in the entry, and update the bridge.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error POSTing to endpoint (HTTP 400): {"error":"missing header"}
    /// ```
    ///
    /// ```log,finds
    /// Client error for command Streamable HTTP error: Failed to open SSE stream: Bad Request
    /// ```
    ///
    /// ```log,silent
    /// 400 rows
    /// ```
    ///
    /// ```log,silent
    /// HTTP/1.1 200 OK
    /// ```
    pub(crate) static RULE = {
        id: "http-400",
        severity: Severity::Error,
        message: "The server answers 400: it does not understand the request",
        hides: &[],
        fixes: &["correct-header", "update-bridge"],
        detect: Detect::Log {
            needles: &["400", "bad request"],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    Sign::when(status::reports(line, 400))
}
