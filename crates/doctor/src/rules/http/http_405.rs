use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The remote server does not take this method at this address.
    ///
    /// ## Why it matters
    ///
    /// An address that speaks another transport, or a plain web page, refuses POST. A refused GET alone is
    /// normal for servers without a stream.
    ///
    /// ## What to do
    ///
    /// Check the address (often `/mcp` or `/sse` is missing) and the transport.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// [6021] Connection error: Error: Error POSTing to endpoint (HTTP 405): Method Not Allowed
    /// ```
    ///
    /// ```log,finds
    /// Failed to open SSE stream: Method Not Allowed
    /// ```
    ///
    /// ```log,silent
    /// 405 files
    /// ```
    ///
    /// ```log,silent
    /// [6021] Local STDIO server running
    /// ```
    pub(crate) static RULE = {
        id: "http-405",
        severity: Severity::Error,
        message: "The server answers 405: it does not take this kind of request at this address",
        hides: &[],
        fixes: &["correct-url", "set-transport"],
        detect: Detect::Log {
            needles: &["405", "method not allowed"],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let sign = Sign::when(status::reports(line, 405))?;
    // The stream that a stateless server does not offer: normal.
    Some(if line.has("failed to open sse stream") { sign.at(Severity::Info) } else { sign })
}
