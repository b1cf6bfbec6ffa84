use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The service behind the server refuses the key, token or password that the entry gives.
    ///
    /// ## Why it matters
    ///
    /// The server itself runs, but everything that it should fetch is refused.
    ///
    /// ## What to do
    ///
    /// Make a new key at the service, check its rights, and put it into the entry without spaces, quotes or a
    /// line break.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// {"type":"error","error":{"type":"authentication_error","message":"invalid key"}}
    /// ```
    ///
    /// ```log,finds
    /// openai.AuthenticationError: Error code: 401 - {'error': {'message': 'Incorrect API key provided: sk-abc'}}
    /// ```
    ///
    /// ```log,finds
    /// GitHub API error: 401 Bad credentials
    /// ```
    ///
    /// ```log,finds
    /// psycopg2.OperationalError: FATAL:  password authentication failed for user "ada"
    /// ```
    ///
    /// ```log,finds
    /// AxiosError: Request failed with status code 401
    /// ```
    ///
    /// ```log,silent
    /// API key loaded from environment
    /// ```
    ///
    /// ```log,silent
    /// Error: API key is required
    /// ```
    pub(crate) static RULE = {
        id: "api-key-invalid",
        severity: Severity::Error,
        message: "A service refuses the key or password that the server uses",
        hides: &["http-401", "http-403", "missing-env-var"],
        fixes: &["new-api-key", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "401", "api key", "api_key", "apikey", "x-api-key", "authentication_error",
                "bad credentials", "authentication failed", "invalid credentials", "no more credentials",
                "invalid token", "invalid access token", "token is invalid", "invalidauthentication",
                "password authentication failed", "login failed for user", "e401", "eneedauth",
                "invalid_auth", "not_authed", "invalid username or password", "unauthorized for url",
                "status code 401", "access denied for user", "incorrect username",
                "invalid personal access", "401 client error",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let key = line.has_any(&["api key", "api_key", "apikey", "x-api-key"])
        && line.has_any(&[
            "invalid",
            "incorrect",
            "not valid",
            "expired",
            "revoked",
            "rejected",
            "unauthorized",
            "401",
            "403",
            "wrong",
            "disabled",
            "denied",
        ]);
    let said = line.has_any(&[
        "authentication_error",
        "bad credentials",
        "authentication failed",
        "invalid credentials",
        "no more credentials",
        "invalid access token",
        "token is invalid",
        "invalidauthenticationtoken",
        "password authentication failed",
        "login failed for user",
        "invalid_auth",
        "not_authed",
        "invalid username or password",
        "access denied for user",
        "incorrect username",
        "invalid personal access",
    ]) || line.has("invalid token") && !line.has_any(&["invalid token in", "unexpected"]);
    let registry = line.has_any(&["npm err", "npm error"]) && line.has_any(&["e401", "eneedauth"]);
    // axios, requests and httpx: what a server calls its own service with.
    let of_mcp = line.has_any(&["/mcp", "/sse"]);
    let library = !of_mcp
        && line.has_any(&[
            "request failed with status code 401",
            "401 client error",
            "client error '401 unauthorized'",
        ]);
    let service = line.has_word("api")
        && status::status(line) == Some(401)
        && !line.has_any(&["endpoint", "sse error", "streamable"]);
    Sign::when(!line.from_bridge() && (service || key || said || registry || library))
}
