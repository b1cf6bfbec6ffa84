use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The remote server knows the caller and does not let it in, or something in front of it does not.
    ///
    /// ## Why it matters
    ///
    /// The account lacks the right, the token lacks a scope, or a protection against robots took the bridge for
    /// one.
    ///
    /// ## What to do
    ///
    /// Check the rights of the account and the scopes of the token. If a page of a protection service comes
    /// back, ask the operator to let the address of the bridge through.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// SSE error: Non-200 status code (403)
    /// ```
    ///
    /// ```log,finds
    /// urllib.error.HTTPError: HTTP Error 403: Forbidden
    /// ```
    ///
    /// ```log,finds
    /// Error POSTing to endpoint (HTTP 403): {"error":"insufficient_scope"}
    /// ```
    ///
    /// ```log,silent
    /// 403 rows
    /// ```
    ///
    /// ```log,silent
    /// HTTP/1.1 200 OK
    /// ```
    pub(crate) static RULE = {
        id: "http-403",
        severity: Severity::Error,
        message: "The server answers 403: this account or program may not use it",
        hides: &[],
        fixes: &["check-rights", "ask-operator"],
        detect: Detect::Log {
            needles: &["403", "insufficient_scope", "failed to open sse stream: forbidden"],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    Sign::when(status::reports(line, 403) || line.has("insufficient_scope"))
}
