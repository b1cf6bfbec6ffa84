use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A character looks like a space and is none.
    ///
    /// ## Why it matters
    ///
    /// Text copied from web pages and chats holds no-break spaces and characters without width. JSON does
    /// not know them.
    ///
    /// ## What to do
    ///
    /// Replace it by a space. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {⍽"mcpServers": {}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers":⟦ZWSP⟧ {}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["a⍽b"]}}}
    /// ```
    pub(super) static FOREIGN_SPACE = {
        id: "foreign-space",
        severity: Severity::Error,
        message: "Line {line}: an invisible character that only looks like a space stands between two values; Claude rejects the whole file for it.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::ForeignSpace])
}
