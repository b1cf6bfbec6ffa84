use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The sign-in service does not know the address that the browser should return to.
    ///
    /// ## Why it matters
    ///
    /// After the sign-in the browser comes back to the bridge at `http://127.0.0.1:PORT/oauth/callback`. A
    /// service with fixed addresses refuses any other; a port that changes at each start is a new address each
    /// time.
    ///
    /// ## What to do
    ///
    /// Register `http://127.0.0.1:PORT/oauth/callback` (or `localhost`, as the bridge uses it) with the
    /// service, and give the entry a fixed callback port.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// {"error":"invalid_request","error_description":"redirect_uri does not match any registered URI"}
    /// ```
    ///
    /// ```log,finds
    /// Error 400: redirect_uri_mismatch
    /// ```
    ///
    /// ```log,finds
    /// AADSTS50011: The redirect URI 'http://localhost:9999/oauth/callback' specified in the request does not match the redirect URIs configured for the application.
    /// ```
    ///
    /// ```log,silent
    /// https://auth.example.org/authorize?response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A3334%2Foauth%2Fcallback&state=a
    /// ```
    ///
    /// ```log,silent
    /// [6021] Registered redirect_uri http://127.0.0.1:3334/oauth/callback
    /// ```
    pub(crate) static RULE = {
        id: "oauth-redirect-uri-mismatch",
        severity: Severity::Error,
        message: "The sign-in service refuses the return address of this client",
        hides: &["http-400", "oauth-other", "oauth-invalid-client"],
        fixes: &["register-redirect-uri", "callback-ports"],
        detect: Detect::Log {
            needles: &[
                "redirect_uri", "redirect uri", "redirect url", "aadsts50011", "localhost callback uri",
                "redirecturi",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let about = line.has_any(&[
        "redirect_uri",
        "redirect uri",
        "redirect url",
        "redirecturi",
        "localhost callback uri",
    ]);
    let refused = line.has_any(&[
        "mismatch",
        "unregistered",
        "not registered",
        "does not match",
        "doesn't match",
        "must match",
        "not allowed",
        "invalid redirect",
        "redirect_uri is invalid",
        "redirect uri is invalid",
        "not valid",
        "invalid_redirect",
        "not whitelisted",
        "cannot find",
        "not in the",
        "not match",
        "is not associated",
        "invalid parameter: redirect",
    ]);
    Sign::when(about && refused || line.has("aadsts50011"))
}
