use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A sign stands in the place of a comma or colon.
    ///
    /// ## Why it matters
    ///
    /// JSON knows `,` and `:` only. `;` and `=` come from other formats, the wide `，` and `：` from an input
    /// method.
    ///
    /// ## What to do
    ///
    /// Write `,` or `:`. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers"： {}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command" = "uvx"; "args": []}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static WRONG_PUNCTUATION = {
        id: "wrong-punctuation",
        severity: Severity::Error,
        message: "Line {line}: `{found}` stands where JSON wants a comma or a colon; Claude rejects the whole file for it.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::WrongPunctuation])
}
