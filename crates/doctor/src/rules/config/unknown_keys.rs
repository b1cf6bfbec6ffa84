use super::reading::shown;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::config::{Entry, OtherKey};
use bridgekeeper_model::Severity;

crate::rule! {
    /// An entry has keys of other hosts.
    ///
    /// ## Why it matters
    ///
    /// `disabled`, `autoApprove`, `transportType` and their like belong to other hosts. Claude ignores
    /// them: a server that is `disabled` there is started all the same.
    ///
    /// ## What to do
    ///
    /// Remove them, or leave them for the host that reads them. `remove-unknown-keys` removes them.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"], "disabled": true}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"type": "stdio", "command": "uvx", "args": ["notes-mcp"], "autoApprove": []}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"type": "http", "url": "https://notes.example/mcp"}}}
    /// ```
    pub(super) static UNKNOWN_KEYS = {
        id: "unknown-keys",
        severity: Severity::Info,
        message: "`{server}` has keys that Claude Desktop does not read: {keys}.",
        hides: &[],
        fixes: &["remove-unknown-keys"],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let unknown: Vec<&OtherKey> =
            entry.other.iter().filter(|key| !is_known(entry, &key.name.value)).collect();
        let Some(first) = unknown.first() else { continue };
        let keys: Vec<String> = unknown.iter().map(|key| format!("`{}`", shown(&key.name.value))).collect();
        problems.push(Problem::of(entry, first.name.span.clone()).with("keys", keys.join(", ")));
    }
    problems
}

/// Keys that other rules speak of.
fn is_known(entry: &Entry, key: &str) -> bool {
    let remote =
        entry.command.is_none() && matches!(key, "url" | "serverUrl" | "httpUrl" | "type" | "headers");
    remote || key == "cwd"
}
