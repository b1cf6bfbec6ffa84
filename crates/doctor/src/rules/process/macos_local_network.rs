use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// A machine in the local network cannot be reached from a server that Claude started.
    ///
    /// ## Why it matters
    ///
    /// macOS asks for permission before a program may talk to the local network. A server started by Claude
    /// does not inherit the permission and is refused without a question, with the text "no route to host".
    ///
    /// ## What to do
    ///
    /// Allow the program under System Settings > Privacy & Security > Local Network where it is listed.
    /// Otherwise use a public name or a tunnel, or run the bridge outside Claude. If another computer cannot
    /// reach the host either, check the host itself.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: connect EHOSTUNREACH 192.168.178.20:8123 - Local (192.168.178.30:51234)
    /// ```
    ///
    /// ```log,finds
    /// dial tcp 10.0.0.12:9443: connect: no route to host
    /// ```
    ///
    /// ```log,finds
    /// httpx.ConnectError: [Errno 65] No route to host
    /// ```
    ///
    /// ```log,silent
    /// Error: connect ECONNREFUSED 192.168.178.20:8123 is not this
    /// ```
    ///
    /// ```log,silent
    /// route to host established
    /// ```
    pub(crate) static RULE = {
        id: "macos-local-network",
        severity: Severity::Error,
        message: "The server cannot reach {host} in the local network",
        hides: &[],
        fixes: &["grant-local-network"],
        detect: Detect::Log {
            needles: &["ehostunreach", "no route to host", "ehostdown"],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let host =
        line.after("ehostunreach ").or_else(|| line.between("dial tcp ", ": connect")).unwrap_or("a host");
    let host = host.split_whitespace().next().unwrap_or("a host");
    Sign::when(line.has_any(&["ehostunreach", "no route to host", "ehostdown"]))
        .map(|sign| sign.with("host", host))
}
