//! A trial as Claude would log it, for the rules.

use bridgekeeper_doctor::log_scan::{Diagnosis, LogScan};
use jiff::Timestamp;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::CLAUDE_WAITS;
use crate::context::Context;

/// Longest log that is kept, in bytes: a server that prints without end says nothing new.
const LONGEST: usize = 4 * 1024 * 1024;

pub(super) struct TrialLog {
    server: String,
    text: String,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl TrialLog {
    pub(super) fn new(server: &str, context: &Context) -> Self {
        let mut log = Self { server: server.to_owned(), text: String::new(), now: Arc::clone(&context.now) };
        log.line("info", "Initializing server...");
        log
    }

    /// The program was spawned and is sent its first message.
    pub(super) fn started(&mut self) {
        self.line("info", "Server started and connected successfully");
    }

    pub(super) fn sent(&mut self, message: &str) {
        self.line("info", &format!("Message from client: {message}"));
    }

    pub(super) fn received(&mut self, message: &str) {
        self.line("info", &format!("Message from server: {message}"));
    }

    /// What a server prints on standard error stands raw between Claude's own lines.
    pub(super) fn printed(&mut self, text: &str) {
        if !self.is_full() {
            self.text.push_str(text);
            self.text.push('\n');
        }
    }

    /// A line on standard output that is no message, in the words of V8.
    pub(super) fn not_protocol(&mut self, text: &str) {
        if self.is_full() {
            return;
        }
        let first = text.trim_start().chars().next().unwrap_or(' ');
        let start: String = text.chars().take(10).collect();
        let dots = if text.chars().count() > 10 { "..." } else { "" };
        self.line("error", &format!("Unexpected token '{first}', \"{start}\"{dots} is not valid JSON"));
    }

    pub(super) fn not_found(&mut self, program: &str) {
        self.line("error", &format!("spawn {program} ENOENT"));
    }

    /// The file is there and is no program that may be run.
    pub(super) fn not_executable(&mut self, program: &str) {
        self.line("error", &format!("spawn {program} EACCES"));
    }

    pub(super) fn not_started(&mut self, program: &str, error: &std::io::Error) {
        let kind = error.kind();
        if kind == std::io::ErrorKind::NotFound {
            self.not_found(program);
        } else if kind == std::io::ErrorKind::PermissionDenied {
            self.not_executable(program);
        } else {
            self.line("error", &format!("spawn {program}: {error}"));
        }
    }

    /// It did not answer the first message. Less than Claude waits says nothing of how long Claude would wait.
    pub(super) fn timed_out(&mut self, waited: Duration) {
        if waited < CLAUDE_WAITS {
            let said =
                format!("MCP server \"{}\" connection timed out after {}ms", self.server, waited.as_millis());
            self.line("error", &said);
            return;
        }
        self.sent(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0,"reason":"McpError: MCP error -32001: Request timed out"}}"#);
    }

    pub(super) fn ended(&mut self) {
        self.line("info", "Server transport closed");
        self.line(
            "info",
            "Server transport closed unexpectedly, this is likely due to the process exiting early.",
        );
    }

    pub(super) fn diagnosis(&self, context: &Context) -> Diagnosis {
        let mut scan = LogScan::new().zone(context.zone.clone());
        // Reading from memory cannot fail
        let _ = scan.read(&format!("mcp-server-{}.log", self.server), self.text.as_bytes());
        let mut diagnosis = scan.diagnosis();
        for evidence in diagnosis.findings.iter_mut().flat_map(|finding| &mut finding.evidence) {
            "this trial".clone_into(&mut evidence.file);
        }
        diagnosis
    }

    fn is_full(&self) -> bool {
        self.text.len() >= LONGEST
    }

    fn line(&mut self, level: &str, text: &str) {
        let time = (self.now)().strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        // Writing to a String cannot fail
        let _ = writeln!(self.text, "{time} [{}] [{level}] {text} {{ metadata: undefined }}", self.server);
    }
}
