use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The sign-in service does not offer dynamic client registration, or refused it.
    ///
    /// ## Why it matters
    ///
    /// An MCP client that nobody registered needs it (RFC 7591). Google, Microsoft, GitHub and others do not
    /// have it; some allow approved clients only.
    ///
    /// ## What to do
    ///
    /// Register a client with the service by hand and give it to the bridge (`--static-oauth-client-info`), or
    /// use an API key in a header if the server takes one.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// [6021] Fatal error: Error: Incompatible auth server: does not support dynamic client registration
    /// ```
    ///
    /// ```log,finds
    /// Error: HTTP 403: Invalid OAuth error response: SyntaxError: Unexpected token 'N', "Not allowed" is not valid JSON. Raw body: Not allowed
    /// ```
    ///
    /// ```log,finds
    /// InvalidClientMetadataError: Requested scopes are not valid: email
    /// ```
    ///
    /// ```log,silent
    /// [6021] Client registration saved
    /// ```
    ///
    /// ```log,silent
    /// HTTP 404: Invalid OAuth error response: Not Found
    /// ```
    pub(crate) static RULE = {
        id: "oauth-dcr-unsupported",
        severity: Severity::Error,
        message: "The sign-in service does not let new clients register by themselves",
        hides: &[
            "http-400", "http-401", "http-403", "http-404", "http-405", "stdout-pollution", "oauth-other",
            "config-json-invalid",
        ],
        fixes: &["static-client-info", "use-api-key-header"],
        detect: Detect::Log {
            needles: &[
                "dynamic client registration", "dynamic registration", "invalid_client_metadata",
                "invalidclientmetadata", "invalid oauth error response", "registration_endpoint",
                "client registration", "post /register", "registration failed", "/register",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let unsupported =
        line.has_any(&["dynamic client registration", "dynamic registration", "client registration"])
            && line.has_any(&[
                "not support",
                "unsupported",
                "failed",
                "not allowed",
                "disabled",
                "forbidden",
                "rejected",
                "not enabled",
                "refused",
                "unavailable",
            ]);
    let metadata = line.has_any(&["invalid_client_metadata", "invalidclientmetadata"]);
    let endpoint = line.has("registration_endpoint")
        && line.has_any(&["missing", "no ", "not ", "undefined", "without"]);
    let route = line.has("/register") && status::status(line).is_some_and(|status| status >= 400);
    // The body of the refusal is no OAuth error, so the SDK reports how it failed to read it.
    // One that is says what it refuses, and these are answers to a request for tokens.
    let for_tokens = line.has_any(&[
        "invalid_client\"",
        "invalid_grant",
        "invalid_target",
        "unauthorized_client",
        "unsupported_grant_type",
    ]);
    let refused = line.has("invalid oauth error response")
        && !for_tokens
        && matches!(status::status(line), Some(400 | 401 | 403 | 405));
    Sign::when(
        unsupported
            || metadata
            || endpoint
            || route
            || refused
            || line.has("registration failed") && line.has("client"),
    )
}
