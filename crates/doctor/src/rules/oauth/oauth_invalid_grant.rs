use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The stored tokens have run out or were revoked.
    ///
    /// ## Why it matters
    ///
    /// The server takes no more requests from this sign-in, and the refresh token that should renew it is
    /// refused as well.
    ///
    /// ## What to do
    ///
    /// Sign in again. If the bridge does not ask, let Bridgekeeper reset the stored sign-in first.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// {"error":"invalid_grant","error_description":"The refresh token has expired"}
    /// ```
    ///
    /// ```log,finds
    /// www-authenticate: Bearer error="invalid_token", error_description="The access token expired"
    /// ```
    ///
    /// ```log,finds
    /// InvalidGrantError: Token has been revoked
    /// ```
    ///
    /// ```log,silent
    /// [6021] Saving tokens {"hasRefreshToken":true}
    /// ```
    ///
    /// ```log,silent
    /// {"error":"invalid_token","error_description":"Authentication required"}
    /// ```
    pub(crate) static RULE = {
        id: "oauth-invalid-grant",
        severity: Severity::Error,
        message: "The stored sign-in is no longer valid",
        hides: &["http-400", "http-401", "oauth-other", "api-key-invalid"],
        fixes: &["sign-in-again", "reset-auth"],
        detect: Detect::Log {
            needles: &[
                "invalid_grant", "invalidgrant", "refresh token", "refresh_token", "invalid_token",
                "token expired", "token has expired", "jwt expired", "token is expired", "tokens expired",
                "expired token",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let grant = line.has_any(&["invalid_grant", "invalidgrant"]);
    let refresh = line.has_any(&["refresh token", "refresh_token"])
        && line.has_any(&["expired", "revoked", "invalid", "not found", "failed", "rejected", "reuse"]);
    let expired = line.has_any(&[
        "token expired",
        "token has expired",
        "jwt expired",
        "token is expired",
        "expired token",
        "tokens expired",
    ]);
    // Some servers answer so where no token was sent at all.
    let token = line.has("invalid_token")
        && !line.has_any(&[
            "authentication required",
            "no token",
            "not provided",
            "no access token",
            "missing bearer",
        ]);
    Sign::when(grant || refresh || expired || token)
}
