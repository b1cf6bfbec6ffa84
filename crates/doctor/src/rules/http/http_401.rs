use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The remote server wants a sign-in or a token, and got none or a wrong one.
    ///
    /// ## Why it matters
    ///
    /// A header without the word `Bearer`, a token that was cut at a space, or a server that offers no sign-in
    /// ends here.
    ///
    /// ## What to do
    ///
    /// Check the header in the entry: `Authorization: Bearer TOKEN`, with the value in `env`. If the server
    /// offers a sign-in, use a bridge that can sign in.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// SSE error: Non-200 status code (401)
    /// ```
    ///
    /// ```log,finds
    /// Error POSTing to endpoint (HTTP 401): {"error":"Unauthorized"}
    /// ```
    ///
    /// ```log,finds
    /// {"error":"invalid_token","error_description":"Authentication required"}
    /// ```
    ///
    /// ```log,silent
    /// 401 rows
    /// ```
    ///
    /// ```log,silent
    /// [6021] Authentication required. Waiting for authorization...
    /// ```
    pub(crate) static RULE = {
        id: "http-401",
        severity: Severity::Error,
        message: "The server answers 401: it wants a sign-in or a token",
        hides: &[],
        fixes: &["correct-token", "sign-in-again"],
        detect: Detect::Log {
            needles: &[
                "401", "unauthorized", "authentication required\"", "no access token", "missing bearer",
            ],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let unauthorized = status::reports(line, 401)
        || line.has("unauthorizederror")
        || line.has("unauthorized")
            && !line.has("reject_unauthorized")
            && line.has_any(&["error", "http"])
            && status::status(line).is_none()
        || line.has("invalid_token")
            && line.has_any(&["authentication required", "no access token", "missing bearer"]);
    Sign::when(unauthorized)
}
