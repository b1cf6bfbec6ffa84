use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// Text stands before or after the object.
    ///
    /// ## Why it matters
    ///
    /// The file must hold one object and nothing else. Fences and headings come along when
    /// text is copied.
    ///
    /// ## What to do
    ///
    /// Remove it. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// Add this:
    /// {"mcpServers": {}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {}}
    /// Then restart Claude.
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static TEXT_OUTSIDE_JSON = {
        id: "text-outside-json",
        severity: Severity::Error,
        message: "Line {line}: `{found}` stands outside the braces; Claude rejects the whole file for it.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::TextOutside])
}
