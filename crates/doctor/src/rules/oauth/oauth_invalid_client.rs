use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The sign-in service does not know the client id that the bridge uses.
    ///
    /// ## Why it matters
    ///
    /// The registration was deleted or has run out at the service, or the id in the config is wrong. Every
    /// sign-in fails until a new one is made.
    ///
    /// ## What to do
    ///
    /// Let Bridgekeeper reset the stored sign-in, so that the bridge registers again, or correct the client id in
    /// the entry.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// {"error":"invalid_client","error_description":"Unknown client"}
    /// ```
    ///
    /// ```log,finds
    /// ServerError: InvalidClientError: Client authentication failed
    /// ```
    ///
    /// ```log,finds
    /// AADSTS700016: Application with identifier 'abc' was not found in the directory
    /// ```
    ///
    /// ```log,silent
    /// {"error":"invalid_client_metadata","error_description":"scope not allowed"}
    /// ```
    ///
    /// ```log,silent
    /// client_id=abc saved
    /// ```
    pub(crate) static RULE = {
        id: "oauth-invalid-client",
        severity: Severity::Error,
        message: "The sign-in service does not know the client that is stored here",
        hides: &["http-400", "http-401", "oauth-other", "api-key-invalid"],
        fixes: &["reset-auth", "static-client-info"],
        detect: Detect::Log {
            needles: &[
                "invalid_client", "invalidclient", "client not found", "unknown client", "client_id",
                "unauthorized_client", "aadsts700016", "aadsts7000215", "client id mismatch",
                "invalid client",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let code = line
        .lower
        .match_indices("invalid_client")
        .any(|(at, word)| !line.lower[at + word.len()..].starts_with('_'));
    let class = line.has("invalidclient") && !line.has("invalidclientmetadata");
    let id = line.has("client_id")
        && line.has_any(&[
            "invalid client_id",
            "client_id is invalid",
            "unknown client_id",
            "client_id not found",
            "no client",
            "not recognized",
        ]);
    let words = line.has_any(&[
        "unauthorized_client",
        "aadsts700016",
        "aadsts7000215",
        "client id mismatch",
        "unknown client",
        "client not found",
    ]);
    Sign::when(code || class || id || words)
}
