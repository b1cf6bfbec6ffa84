use bridgekeeper_formats::log::{Event, Origin};
use bridgekeeper_model::Severity;

use crate::log_scan::End;
use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The server's process ended, and nothing in the log says why.
    ///
    /// ## Why it matters
    ///
    /// Claude saw the connection close. The reason usually stands just above, in the server's own words, or in
    /// `mcp-server-NAME.log` where this line comes from `mcp.log`.
    ///
    /// ## What to do
    ///
    /// Open the server's own log and read the lines before the end. If there are none, run the same command in
    /// a terminal and see what it prints.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.300Z [info] [box] Server transport closed unexpectedly, this is likely due to the process exiting early.
    /// ```
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.120Z [box] [info] Server started and connected successfully { metadata: undefined }
    /// 2026-03-02T08:15:00.130Z [box] [info] Message from client: {"method":"initialize","params":{},"jsonrpc":"2.0","id":0} { metadata: undefined }
    /// 2026-03-02T08:15:00.300Z [box] [info] Server transport closed { metadata: undefined }
    /// 2026-03-02T08:15:00.301Z [box] [error] Server disconnected. For troubleshooting guidance, please visit our docs
    /// ```
    ///
    /// ```log,finds
    /// thread 'main' panicked at src/main.rs:10:5:
    /// no route
    /// ```
    ///
    /// ```log,finds
    /// 2025-01-02T13:05:12.089Z [info] Connected to MCP server box!
    /// 2025-01-02T13:05:12.443Z [info] MCP server box disconnected. For troubleshooting guidance, please visit our docs
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:15:00.300Z [box] [info] Server transport closed (intentional shutdown) { metadata: undefined }
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:15:00.300Z [box] [info] Shutting down server... { metadata: undefined }
    /// 2026-03-02T08:15:00.301Z [box] [info] Server transport closed { metadata: undefined }
    /// ```
    pub(crate) static RULE = {
        id: "server-crash-early",
        severity: Severity::Error,
        message: "The server ended by itself{clue}",
        hides: &[],
        fixes: &["run-in-terminal", "restart-claude"],
        detect: Detect::Log {
            needles: &[
                "server transport closed", "server disconnected", "disconnected. for troubleshooting",
                "traceback (most recent call last)", "uncaught", "unhandled", "panicked at", "panic: ",
                "fatal error", "process exited with code", "exited with code", "fatal:",
                "segmentation fault", "error: ", "exited unexpectedly", "exception:", "connection closed",
                "couldn't start for",
            ],
            role: Role::Echo,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let session = line.session();
    match line.event {
        Some(Event::ClosedUnexpectedly) => {
            // Claude sends `initialize` right after the start. Where that line is missing, lines were left out, and
            // the reason may have been among them.
            let left_out =
                session.started.is_some() && session.initialize.is_none() && session.answered.is_none();
            let sign = Sign::new().with("clue", "");
            Some(if left_out { sign.at(Severity::Info) } else { sign })
        }
        Some(Event::Disconnected) => {
            let old_text = line.lower.starts_with("mcp server ") && session.started.is_some();
            let at_once = session.awaits_answer() && matches!(session.end, Some((End::Closed, _)));
            (old_text || at_once).then(|| Sign::new().with("clue", ""))
        }
        Some(_) => None,
        None => own_words(line),
    }
}

/// The server's last words, where no other rule knows them.
fn own_words(line: &LogLine<'_>) -> Option<Sign> {
    let last = line.has_any(&[
        "traceback (most recent call last)",
        "panicked at",
        "segmentation fault",
        "uncaught exception",
        "uncaughtexception",
        "unhandled exception",
        "unhandled rejection",
        "unhandledpromiserejection",
        "unhandled 'error' event",
        "fatal error",
        "exited unexpectedly",
        "couldn't start for",
        "mcp error -32000: connection closed",
    ]) || line.lower.starts_with("mcp ") && line.has(": server disconnected")
        || line.lower.starts_with("panic: ")
        || line.lower.starts_with("fatal:")
        || line.has("exited with code") && !line.has("code 0")
        || line.entry.origin == Origin::Raw
            && (line.lower.starts_with("error: ") || line.lower.contains("exception: "));
    if !last || line.session().answered.is_some() || line.entry.tail.starts_with('{') {
        return None;
    }
    let words = Sign::new().with("clue", format!(": {}", line.text));
    Some(if line.lower.starts_with("error: ") || line.has("exception: ") {
        words.at(Severity::Warning)
    } else {
        words
    })
}
