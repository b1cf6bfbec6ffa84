use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The remote server has nothing at this address.
    ///
    /// ## Why it matters
    ///
    /// The host exists, the path does not. Often `/mcp` or `/sse` is missing, or the server moved.
    ///
    /// ## What to do
    ///
    /// Correct the URL in the entry; the server's documentation says the path.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// [6021] Fatal error: Error: Error POSTing to endpoint (HTTP 404): Not Found
    /// ```
    ///
    /// ```log,finds
    /// SSE error: Non-200 status code (404)
    /// ```
    ///
    /// ```log,finds
    /// httpx.HTTPStatusError: Client error '404 Not Found' for url 'https://mcp.example.org/'
    /// ```
    ///
    /// ```log,silent
    /// npm error 404 Not Found - GET https://registry.npmjs.org/x
    /// ```
    ///
    /// ```log,silent
    /// read 404 bytes
    /// ```
    pub(crate) static RULE = {
        id: "http-404",
        severity: Severity::Error,
        message: "The server answers 404: there is nothing at this address",
        hides: &[],
        fixes: &["correct-url"],
        detect: Detect::Log {
            needles: &["404"],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    Sign::when(status::reports(line, 404))
}
