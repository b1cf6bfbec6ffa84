use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A key and its value have no colon between them.
    ///
    /// ## Why it matters
    ///
    /// JSON wants `"key": value`.
    ///
    /// ## What to do
    ///
    /// Put a colon after the key. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers" {}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command" "uvx"}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static MISSING_COLON = {
        id: "missing-colon",
        severity: Severity::Error,
        message: "Line {line}: a colon is missing after {found}; Claude rejects the whole file for it.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::MissingColon])
}
