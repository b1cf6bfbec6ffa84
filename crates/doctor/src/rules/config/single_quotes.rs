use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A text stands in single quotes.
    ///
    /// ## Why it matters
    ///
    /// JSON knows `"` only. Single quotes come from JavaScript and Python.
    ///
    /// ## What to do
    ///
    /// Write double quotes. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {'mcpServers': {}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": 'uvx'}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["it's"]}}}
    /// ```
    pub(super) static SINGLE_QUOTES = {
        id: "single-quotes",
        severity: Severity::Error,
        message: "Line {line}: {found} stands in single quotes; JSON knows double quotes only, and Claude rejects the whole file.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::SingleQuotes])
}
