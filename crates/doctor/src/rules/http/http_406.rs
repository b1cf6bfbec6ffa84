use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The remote server wants a client that accepts `application/json` and `text/event-stream`.
    ///
    /// ## Why it matters
    ///
    /// Streamable HTTP asks for both in the Accept header. Old bridges, and browsers, send only one.
    ///
    /// ## What to do
    ///
    /// Update the bridge, or use Bridgekeeper's own. A browser gets this answer from a healthy server.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error POSTing to endpoint (HTTP 406): {"error":{"code":-32000,"message":"Not Acceptable"}}
    /// ```
    ///
    /// ```log,finds
    /// Not Acceptable: Client must accept both application/json and text/event-stream
    /// ```
    ///
    /// ```log,silent
    /// 406 bytes read
    /// ```
    ///
    /// ```log,silent
    /// Accept: application/json
    /// ```
    pub(crate) static RULE = {
        id: "http-406",
        severity: Severity::Error,
        message: "The server answers 406: it wants a client that accepts JSON and event streams",
        hides: &["http-400"],
        fixes: &["update-bridge", "use-bridge"],
        detect: Detect::Log {
            needles: &["406", "not acceptable"],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    Sign::when(status::reports(line, 406) || line.has("not acceptable: client must accept"))
}
