use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// Two values stand side by side without a comma.
    ///
    /// ## Why it matters
    ///
    /// JSON wants a comma between two entries or two arguments. It is often forgotten when a server is
    /// added.
    ///
    /// ## What to do
    ///
    /// Put a comma after the value before. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx"}
    /// "b": {"command": "node"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["x" "y"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static MISSING_COMMA = {
        id: "missing-comma",
        severity: Severity::Error,
        message: "Line {line}: a comma is missing before {found}; Claude rejects the whole file for it.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::MissingComma])
}
