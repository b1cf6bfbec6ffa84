use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A key has no value.
    ///
    /// ## Why it matters
    ///
    /// JSON wants a value after each key. Nobody but you can know which one was meant.
    ///
    /// ## What to do
    ///
    /// Write the value, or remove the key.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": , "args": []}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx", "args"}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static MISSING_VALUE = {
        id: "missing-value",
        severity: Severity::Error,
        message: "Line {line}: {found} has no value; Claude rejects the whole file for it.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::MissingValue])
}
