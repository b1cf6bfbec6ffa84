use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A comma has nothing after it, or nothing before it.
    ///
    /// ## Why it matters
    ///
    /// JSON allows a comma only between two values. The one that is left when the last entry of a list was
    /// deleted is the commonest mistake in this file.
    ///
    /// ## What to do
    ///
    /// Remove the comma. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp",]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {},}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static TRAILING_COMMA = {
        id: "trailing-comma",
        severity: Severity::Error,
        message: "Line {line}: there is a comma with nothing after it; Claude rejects the whole file for it.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::TrailingComma])
}
