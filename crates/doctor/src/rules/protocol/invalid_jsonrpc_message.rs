use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The server sent JSON that is not a message of the protocol.
    ///
    /// ## Why it matters
    ///
    /// Claude drops such a message. If it was the answer to the first request, the server never comes up.
    ///
    /// ## What to do
    ///
    /// Update the server; if it is yours, compare its answers with the specification (`jsonrpc`, `id`, and
    /// either `result` or `error`).
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.300Z [php] [error] [
    ///   {
    ///     "code": "invalid_union",
    ///     "unionErrors": [
    /// ```
    ///
    /// ```log,finds
    /// pydantic_core._pydantic_core.ValidationError: 4 validation errors for JSONRPCMessage
    /// ```
    ///
    /// ```log,finds
    /// Error: Received a response for an unknown message ID: {"jsonrpc":"2.0","id":7}
    /// ```
    ///
    /// ```log,silent
    /// There was an error reading or parsing claude_desktop_config.json: [
    /// {
    ///  "code": "invalid_type",
    /// ```
    ///
    /// ```log,silent
    /// ZodError caught and handled: 0 issues in tool input
    /// ```
    pub(crate) static RULE = {
        id: "invalid-jsonrpc-message",
        severity: Severity::Error,
        message: "The server sends messages that are no valid JSON-RPC",
        hides: &["stdout-pollution"],
        fixes: &["update-server"],
        detect: Detect::Log {
            needles: &[
                "\"invalid_union\"", "\"unrecognized_keys\"", "zoderror", "\"invalid_literal\"",
                "jsonrpcmessage", "invalid json-rpc", "invalid jsonrpc", "unknown message id",
                "unknown message type", "-32600",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let words =
        line.has_any(&["invalid json-rpc", "invalid jsonrpc", "unknown message id", "unknown message type"])
            || line.has("-32600") && line.has("invalid request")
            || line.has("jsonrpcmessage")
                && !line.has("1 validation error for")
                && line.has_any(&["validation error", "failed", "invalid", "input"]);
    let issue = line.has_any(&["\"invalid_union\"", "\"unrecognized_keys\"", "\"invalid_literal\""]);
    let elsewhere =
        ["claude_desktop_config", "mcpservers", "oauth", "http 4", "http 5", "could not load app settings"];
    let about_config = line.has_any(&elsewhere) || line.near(12, &elsewhere);
    Sign::when(words || issue && !about_config)
}
