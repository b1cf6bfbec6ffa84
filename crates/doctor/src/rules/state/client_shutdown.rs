use bridgekeeper_formats::log::Event;
use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// Claude closed the server on purpose, or ended its input.
    ///
    /// ## Why it matters
    ///
    /// This is normal when Claude quits, reloads or starts a server twice. Claude does not start a server again
    /// by itself.
    ///
    /// ## What to do
    ///
    /// Nothing, if the server works. If it is gone, quit Claude completely, also from the tray, and start it
    /// again.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.300Z [box] [info] Server transport closed (intentional shutdown) { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.300Z [box] [info] Shutting down server... { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// [6021] Proxy established successfully between local STDIO and remote SSEClientTransport
    /// [6021] Shutting down...
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:15:00.300Z [box] [info] Initializing server... { metadata: undefined }
    /// ```
    ///
    /// ```log,silent
    /// shutting down the database took 3 s
    /// ```
    pub(crate) static RULE = {
        id: "client-shutdown",
        severity: Severity::Info,
        message: "Claude itself closed this server",
        hides: &[],
        fixes: &["restart-claude"],
        detect: Detect::Log {
            needles: &[
                "(intentional shutdown)", "shutting down server", "shutting down mcp server",
                "shutting down...", "stdin closed", "stdin ended", "end of stdin",
                "client disconnected, shutting", "stream closed, shutting",
            ],
            role: Role::Echo,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let claude =
        matches!(line.event, Some(Event::IntentionalShutdown | Event::ShuttingDown | Event::BridgeShutdown));
    Sign::when(
        claude
            || line.has_any(&[
                "stdin closed",
                "stdin ended",
                "end of stdin",
                "client disconnected, shutting",
                "stream closed, shutting",
            ]),
    )
}
