use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The other side, or something between, cut the connection.
    ///
    /// ## Why it matters
    ///
    /// Proxies and load balancers close streams that are quiet for some minutes; a firewall or a restart of the
    /// server does it at once.
    ///
    /// ## What to do
    ///
    /// Try again. If it happens after the same time each time, a proxy closes quiet connections: let the server
    /// or the bridge send keep-alive messages.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// SSE stream disconnected: TypeError: terminated
    /// ```
    ///
    /// ```log,finds
    /// Error: read ECONNRESET
    ///     at TLSWrap.onStreamRead (node:internal/stream_base_commons:217:20)
    /// ```
    ///
    /// ```log,finds
    /// httpx.RemoteProtocolError: peer closed connection without sending complete message body (incomplete chunked read)
    /// ```
    ///
    /// ```log,finds
    /// Error: socket hang up
    /// ```
    ///
    /// ```log,silent
    /// Child process terminated by signal SIGTERM
    /// ```
    ///
    /// ```log,silent
    /// connection reset button pressed
    /// ```
    pub(crate) static RULE = {
        id: "connection-reset",
        severity: Severity::Error,
        message: "The connection was cut while it was in use",
        hides: &[],
        fixes: &["check-network", "keep-alive"],
        detect: Detect::Log {
            needles: WORDS,
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

/// What the libraries say, in lower case.
const WORDS: &[&str] = &[
    "econnreset",
    "disconnected before secure tls connection",
    "socket hang up",
    "other side closed",
    "typeerror: terminated",
    "und_err_socket",
    "connection reset by",
    "premature close",
    "remoteprotocolerror",
    "without sending a response",
    "peer closed connection",
    "incomplete chunked",
    "incompletemessage",
    "connection closed before message",
    "unexpected eof",
    "err_stream_premature",
    "winerror 10054",
    "os error 10054",
    "os error 104",
    "errno 104",
    "errno 54]",
    "connection aborted",
    "connection_reset",
    "body_timeout",
    "body timeout error",
    "connection was reset",
    "connection was closed by the remote",
    "underlying connection was closed",
];

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    Sign::when(line.has_any(WORDS))
}
