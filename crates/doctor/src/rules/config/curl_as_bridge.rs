use super::reading::{is_shell, started};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// `curl` is used as a bridge.
    ///
    /// ## Why it matters
    ///
    /// A bridge turns Claude's messages into requests and keeps a session. `curl` sends one request and
    /// ends.
    ///
    /// ## What to do
    ///
    /// Use a bridge, for example Bridgekeeper's own: `use-bridge` writes the entry.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "curl", "args": ["-N", "https://notes.example/sse"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "bash", "args": ["-c", "curl -sN https://notes.example/sse"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static CURL_AS_BRIDGE = {
        id: "curl-as-bridge",
        severity: Severity::Warning,
        message: "`{server}` starts `curl`, which fetches a page once and cannot carry messages in both directions.",
        hides: &[],
        fixes: &["use-bridge"],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(started) = started(entry) else { continue };
        let in_shell = is_shell(&started.program)
            && started
                .args
                .iter()
                .any(|arg| arg.value.trim_start().starts_with("curl ") || arg.value == "curl");
        if started.program == "curl" || in_shell {
            problems.push(Problem::of(entry, started.command.span.clone()));
        }
    }
    problems
}
