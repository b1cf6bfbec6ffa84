use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The remote server does not take the content type of the request.
    ///
    /// ## Why it matters
    ///
    /// An MCP request is `application/json`. A proxy or an old bridge may send another type.
    ///
    /// ## What to do
    ///
    /// Update the bridge. If a proxy stands in between, let it pass the content type through.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error POSTing to endpoint (HTTP 415): Unsupported Media Type
    /// ```
    ///
    /// ```log,finds
    /// Received error (status 415)
    /// ```
    ///
    /// ```log,silent
    /// 415 items
    /// ```
    ///
    /// ```log,silent
    /// HTTP/1.1 200 OK
    /// ```
    pub(crate) static RULE = {
        id: "http-415",
        severity: Severity::Error,
        message: "The server answers 415: it does not take this kind of content",
        hides: &[],
        fixes: &["update-bridge"],
        detect: Detect::Log {
            needles: &["415"],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    Sign::when(status::reports(line, 415))
}
