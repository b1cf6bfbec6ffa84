use bridgekeeper_formats::log::{Event, MessageKind};
use bridgekeeper_model::{Sentence, Severity};

use crate::log_scan::member;
use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// Claude and the server found no version of MCP that both speak.
    ///
    /// ## Why it matters
    ///
    /// At the start both say which version they know. An old server that refuses a newer version, or answers
    /// with one that Claude does not know, cannot be used.
    ///
    /// ## What to do
    ///
    /// Update the server, or the bridge in front of it. If it is up to date, report it to its author with the
    /// version from the log.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: Server's protocol version is not supported: 2026-07-28
    /// ```
    ///
    /// ```log,finds
    /// Bad Request: Unsupported protocol version (supported versions: 2025-03-26, 2024-11-05)
    /// ```
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.300Z [old] [info] Message from server: {"jsonrpc":"2.0","id":0,"error":{"code":-32602,"message":"Unsupported protocol version"}} { metadata: undefined }
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:15:00.300Z [new] [info] Message from client: {"method":"initialize","params":{"protocolVersion":"2025-11-25"},"jsonrpc":"2.0","id":0} { metadata: undefined }
    /// ```
    ///
    /// ```log,silent
    /// Negotiated protocol version 2025-06-18
    /// ```
    pub(crate) static RULE = {
        id: "protocol-version-mismatch",
        severity: Severity::Error,
        message: "Claude and the server speak different versions of MCP: {detail}",
        hides: &["http-400", "initialize-timeout", "invalid-jsonrpc-message"],
        fixes: &["update-server"],
        detect: Detect::Log {
            needles: &[
                "protocol version", "protocolversion", "mcp-protocol-version", "server transport closed",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let about = line.has_any(&["protocol version", "protocolversion", "mcp-protocol-version"]);
    let refused = line.has_any(&[
        "not supported",
        "unsupported",
        "mismatch",
        "incompatible",
        "invalid protocol",
        "supported version",
        "unknown protocol",
    ]);
    let report = line.from_client().is_none()
        && line.from_server().is_none_or(|message| message.kind == MessageKind::Error);
    if about && refused && report {
        return Some(Sign::new().with("detail", line.text));
    }
    gave_up_on_answer(line)
}

/// The server answered with another version and the connection closed at once, before Claude said anything more.
fn gave_up_on_answer(line: &LogLine<'_>) -> Option<Sign> {
    if line.event != Some(Event::TransportClosed) || line.session().closing {
        return None;
    }
    let asked = line.session().protocol.as_deref()?;
    let before = line.before().next()?;
    let answered =
        member(&before, "protocolVersion").filter(|_| before.starts_with("Message from server"))?;
    (answered != asked).then(|| {
        Sign::new()
            .with(
                "detail",
                Sentence::of("asked for {asked}, got {answered}")
                    .with("asked", asked)
                    .with("answered", answered),
            )
            .at(Severity::Warning)
    })
}
