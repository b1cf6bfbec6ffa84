use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// Something stands where JSON allows nothing of its kind.
    ///
    /// ## Why it matters
    ///
    /// Claude stops at the first thing that it does not understand.
    ///
    /// ## What to do
    ///
    /// Look at the line: something is missing before it, or it does not belong there.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx"} ) }}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {: "a"}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static UNEXPECTED_TEXT = {
        id: "unexpected-text",
        severity: Severity::Error,
        message: "Line {line}: `{found}` fits nowhere here; Claude rejects the whole file for it.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::Unexpected])
}
