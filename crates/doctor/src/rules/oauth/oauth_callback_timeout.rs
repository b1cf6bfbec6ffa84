use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The bridge waited for the browser to come back from the sign-in, and gave up.
    ///
    /// ## Why it matters
    ///
    /// The page was closed, the browser opened on another screen, or it could not reach the bridge's local
    /// address. Claude waits 60 seconds for the first answer, less than many sign-ins take.
    ///
    /// ## What to do
    ///
    /// Start the same command once in a terminal, finish the sign-in there, then start Claude. Bridgekeeper's
    /// bridge answers Claude at once and signs in behind it.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// [6021] Error: Timed out waiting for authorization code
    /// ```
    ///
    /// ```log,finds
    /// [6021] Fatal error: No authorization code received
    /// ```
    ///
    /// ```log,finds
    /// Error: OAuth callback timed out after 300 seconds
    /// ```
    ///
    /// ```log,silent
    /// [6021] Authentication required. Waiting for authorization...
    /// ```
    ///
    /// ```log,silent
    /// Timed out waiting for device
    /// ```
    pub(crate) static RULE = {
        id: "oauth-callback-timeout",
        severity: Severity::Error,
        message: "Nobody finished the sign-in in the browser in time",
        hides: &["oauth-other", "initialize-timeout"],
        fixes: &["sign-in-in-terminal", "use-bridge"],
        detect: Detect::Log {
            needles: &[
                "timed out waiting for", "timeout waiting for", "authentication timed out",
                "authorization timed out", "login timed out", "auth timeout", "oauth timeout",
                "no authorization code received", "callback timeout", "sign-in timed out",
                "oauth flow timed out", "oauth callback timed out",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let waiting = line.has_any(&["timed out waiting for", "timeout waiting for"])
        && line.has_any(&["auth", "callback", "code", "sign", "login", "browser"]);
    let said = line.has_any(&[
        "authentication timed out",
        "authorization timed out",
        "login timed out",
        "auth timeout",
        "oauth timeout",
        "no authorization code received",
        "callback timeout",
        "sign-in timed out",
        "oauth flow timed out",
        "oauth callback timed out",
    ]);
    Sign::when(waiting || said)
}
