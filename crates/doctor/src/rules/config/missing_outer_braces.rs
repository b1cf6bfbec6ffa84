use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// The braces around the whole file are missing.
    ///
    /// ## Why it matters
    ///
    /// A config file is one object: `{` stands at its beginning and `}` at its end. An excerpt from a guide
    /// often comes without them.
    ///
    /// ## What to do
    ///
    /// Put `{` before the first line and `}` after the last. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// "mcpServers": {
    ///   "notes": {"command": "uvx"}
    /// }
    /// ```
    ///
    /// ```json,finds
    /// "notes": {"command": "uvx"}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static MISSING_OUTER_BRACES = {
        id: "missing-outer-braces",
        severity: Severity::Error,
        message: "The file begins with {found} and has no braces around the whole; Claude rejects it.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::MissingOuterBraces])
}
