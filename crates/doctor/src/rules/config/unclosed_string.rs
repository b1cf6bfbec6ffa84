use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A text has no closing quote.
    ///
    /// ## Why it matters
    ///
    /// Without it everything up to the next quote belongs to the text.
    ///
    /// ## What to do
    ///
    /// Put a `"` at the end of the text. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {
    ///   "command": "uvx,
    ///   "args": []
    /// }}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {
    ///   "command": "uvx
    /// }}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static UNCLOSED_STRING = {
        id: "unclosed-string",
        severity: Severity::Error,
        message: "Line {line}: the text that begins here has no closing quote; Claude rejects the whole file.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::UnclosedString])
}
