use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The browser returned a code, and the sign-in service refused to exchange it for tokens.
    ///
    /// ## Why it matters
    ///
    /// The registration that is stored on this computer does not fit any more, or another copy of the bridge
    /// overwrote the secret that belongs to the code.
    ///
    /// ## What to do
    ///
    /// Let Bridgekeeper reset the stored sign-in: that ends copies of the bridge that are left over and sets the
    /// registration in `~/.mcp-auth` aside. Then sign in once. If it happens again, another host starts the same server: use one at a time.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// [6021] Authorization error: Error: Token exchange failed: HTTP 401
    /// ```
    ///
    /// ```log,finds
    /// Failed to exchange authorization code for token: 400 Bad Request
    /// ```
    ///
    /// ```log,finds
    /// [6021] Auth code received, resolving promise
    /// [6021] Authorization error: ServerError: HTTP 400: {"error":"invalid_target","error_description":"AADSTS9010010: The resource parameter does not match the requested scopes."}
    /// ```
    ///
    /// ```log,silent
    /// [6021] Completing authorization...
    /// ```
    ///
    /// ```log,silent
    ///     at async exchangeAuthorization (file:///srv/auth.js:10:1)
    /// ```
    pub(crate) static RULE = {
        id: "oauth-token-exchange-failed",
        severity: Severity::Error,
        message: "The sign-in came back, but the code could not be exchanged for tokens: {detail}",
        hides: &[
            "http-400", "http-401", "http-403", "http-5xx", "oauth-duplicate-instance", "oauth-other",
        ],
        fixes: &["reset-auth", "use-bridge"],
        detect: Detect::Log {
            needles: &[
                "token exchange failed", "failed to exchange", "exchanging code",
                "exchange authorization code", "code exchange failed", "exchangeauthorization",
                "invalid_target", "aadsts9010010",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let failed = line.has_any(&["token exchange failed", "code exchange failed"])
        || line.has_any(&["failed to exchange", "error exchanging"]) && line.has_any(&["code", "token"]);
    // Entra ID takes the resource at its page and refuses it when the code comes.
    let refused = line.has_any(&["invalid_target", "aadsts9010010"])
        && line.about(8, &["auth code received", "completing authorization", "authorization error", "token"]);
    (failed || refused).then(|| Sign::new().with("detail", line.text))
}
