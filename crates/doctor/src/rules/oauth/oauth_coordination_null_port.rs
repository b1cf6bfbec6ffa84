use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// `mcp-remote` crashed because it read the port of its callback server before the server had one.
    ///
    /// ## Why it matters
    ///
    /// Versions 0.0.14 to 0.1.31 read the port without waiting. When another copy holds the port, or the copies
    /// start at once, there is none, and the bridge ends with this message.
    ///
    /// ## What to do
    ///
    /// Let Bridgekeeper reset the stored sign-in: that ends copies of `mcp-remote` that are left over and sets its
    /// locks aside. Then use a newer version: remove a pin such as `mcp-remote@0.1.29` from `args`. Where the server takes a token in a header,
    /// Bridgekeeper's own bridge needs no callback port at all.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// [6021] Fatal error: TypeError: Cannot read properties of null (reading 'port')
    ///     at coordinateAuth (file:///srv/node_modules/mcp-remote/dist/chunk.js:100:30)
    /// ```
    ///
    /// ```log,finds
    /// TypeError: Cannot read property 'port' of null
    /// ```
    ///
    /// ```log,silent
    /// TypeError: Cannot read properties of null (reading 'name')
    /// ```
    ///
    /// ```log,silent
    /// [6021] Using automatically selected callback port: 21371
    /// ```
    pub(crate) static RULE = {
        id: "oauth-coordination-null-port",
        severity: Severity::Error,
        message: "`mcp-remote` crashed while opening its callback port ({error})",
        hides: &["port-in-use", "oauth-duplicate-instance", "oauth-other", "initialize-timeout"],
        fixes: &["use-bridge", "unpin-mcp-remote", "callback-ports", "reset-auth"],
        detect: Detect::Log {
            needles: &["(reading 'port')", "property 'port' of null", "reading \"port\""],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let null = line.has("null")
        && line.has_any(&["(reading 'port')", "property 'port' of null", "reading \"port\""]);
    null.then(|| Sign::new().with("error", "no port was bound yet"))
}
