use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// A sign-in failed, or a connector could not connect, and the line does not tell why.
    ///
    /// ## Why it matters
    ///
    /// Connectors run in Anthropic's cloud, so their reason stands in the server's log, not in yours.
    ///
    /// ## What to do
    ///
    /// Note the reference (`ofid_…`) if there is one, try to connect again from Settings > Connectors, and ask
    /// the server's operator for the reason.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02 09:15:02 [error] Failed to connect to remote MCP server Maps: McpError: MCP error -32000: Connection closed
    /// ```
    ///
    /// ```log,finds
    /// There was an error connecting to Maps. Reference: ofid_0a1b2c3d4e5f
    /// ```
    ///
    /// ```log,finds
    /// {"error":"access_denied","error_description":"The user denied the request"}
    /// ```
    ///
    /// ```log,finds
    /// [6021] Authorization error: IssuerMismatchError: expected https://a.example.org
    /// ```
    ///
    /// ```log,silent
    /// [6021] Discovering OAuth server configuration...
    /// ```
    ///
    /// ```log,silent
    /// [6021] Authentication required. Initializing auth...
    /// ```
    pub(crate) static RULE = {
        id: "oauth-other",
        severity: Severity::Error,
        message: "The sign-in or the connection of a connector failed: {detail}",
        hides: &[],
        fixes: &["sign-in-again", "ask-operator"],
        detect: Detect::Log {
            needles: &[
                "failed to connect to remote mcp server", "ofid_", "access_denied", "invalid_scope",
                "invalid_target", "issuermismatch", "issuer mismatch", "authorization failed",
                "authorization error:", "oauth error", "oauth failed", "unsupported_grant_type",
                "temporarily_unavailable", "aadsts", "well-known oauth", "does not match expected",
                "oauth authorization failed", "incompatible auth server", "oauth metadata",
                "error connecting to", "consent_required", "login_required", "interaction_required",
                "needs authentication", "step-up", "upscoping",
            ],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let connector = line.has_any(&["failed to connect to remote mcp server", "ofid_"]);
    let code = line.has_any(&[
        "access_denied",
        "invalid_scope",
        "invalid_target",
        "issuermismatch",
        "issuer mismatch",
        "unsupported_grant_type",
        "temporarily_unavailable",
        "consent_required",
        "login_required",
        "interaction_required",
        "incompatible auth server",
        "upscoping",
    ]) || line.has("aadsts");
    let failed = line.has_any(&[
        "authorization failed",
        "authorization error:",
        "oauth failed",
        "oauth authorization failed",
    ]) || line.has("oauth error") && !line.has("invalid oauth error response")
        || line.has_any(&["well-known oauth", "oauth metadata"])
            && line.has_any(&["failed", "error", "404", "could not"])
        || line.has("does not match expected") && line.has("resource")
        || line.has("error connecting to") && line.has_any(&["connector", "reference", "server"])
        || line.has("needs authentication");
    (connector || code || failed).then(|| Sign::new().with("detail", line.text))
}
