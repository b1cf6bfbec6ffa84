use bridgekeeper_formats::log::{Origin, parse_line};
use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// Two or more copies of the bridge signed in at once, or the one that waited for the browser was closed.
    ///
    /// ## Why it matters
    ///
    /// Claude starts a server more than once, and other hosts may start the same one. The copies share one
    /// callback port and one secret; when the copy with the callback ends, or another overwrites the secret,
    /// the sign-in cannot finish.
    ///
    /// ## What to do
    ///
    /// Use one host at a time. Run the bridge's command once in a terminal, finish the sign-in, then start
    /// Claude. A newer `mcp-remote`, or Bridgekeeper's own bridge, lets copies share one sign-in.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// [2026-03-02T08:15:00.000Z][6021] Saving code verifier
    /// [2026-03-02T08:15:01.000Z][6044] Saving code verifier
    /// ```
    ///
    /// ```log,finds
    /// [6021] Authentication required. Waiting for authorization...
    /// 2026-03-02T08:15:03.000Z [maps] [info] Server transport closed (intentional shutdown) { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// [6021] Fatal error: Error: Already attempted reconnection for reason: authentication-needed. Giving up.
    /// ```
    ///
    /// ```log,finds
    /// {"error":"invalid_request","error_description":"code_verifier does not match"}
    /// ```
    ///
    /// ```log,silent
    /// [6021] Saving code verifier
    /// [6021] Auth code received, resolving promise
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:15:03.000Z [maps] [info] Server transport closed (intentional shutdown) { metadata: undefined }
    /// ```
    pub(crate) static RULE = {
        id: "oauth-duplicate-instance",
        severity: Severity::Error,
        message: "Two copies of the bridge got in the way of each other while signing in",
        hides: &["http-400", "oauth-other", "client-shutdown", "oauth-invalid-grant"],
        fixes: &["sign-in-in-terminal", "callback-ports", "use-bridge", "reset-auth"],
        detect: Detect::Log {
            needles: &[
                "saving code verifier", "(intentional shutdown)", "another instance", "code verifier",
                "code_verifier", "pkce", "existing oauth client information is required",
                "authentication-needed. giving up", "state mismatch", "invalid state parameter",
                "shutting down...",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    if line.has("saving code verifier") {
        return Sign::when(other_bridge_saved(line));
    }
    let closed =
        line.has("(intentional shutdown)") || line.from_bridge() && line.lower.starts_with("shutting down");
    if closed {
        let waited = line.session().sign_in.is_some() && line.session().bridged.is_none();
        return Sign::when(waited);
    }
    let verifier = line.has_any(&["code verifier", "code_verifier", "pkce"])
        && line.has_any(&[
            "mismatch",
            "does not match",
            "invalid",
            "failed",
            "not match",
            "no code verifier",
            "not found",
            "incorrect",
        ])
        && !line.has("code verifier found: true");
    let lost =
        line.has_any(&["existing oauth client information is required", "authentication-needed. giving up"]);
    let state = line.has_any(&["state mismatch", "invalid state parameter"]) && !line.has("json");
    Sign::when(verifier || lost || state)
}

/// Whether another process of the bridge saved its own secret shortly before.
fn other_bridge_saved(line: &LogLine<'_>) -> bool {
    let Origin::McpRemote { pid } = line.entry.origin else { return false };
    line.raw_before().any(|before| {
        let entry = parse_line(&before);
        let other = matches!(entry.origin, Origin::McpRemote { pid: other } if other != pid);
        other && entry.text.to_ascii_lowercase().contains("saving code verifier")
    })
}
