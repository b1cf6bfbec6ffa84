use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A comment stands in the file.
    ///
    /// ## Why it matters
    ///
    /// JSON has no comments. Claude does not read on after one, so no server of the file is loaded.
    ///
    /// ## What to do
    ///
    /// Remove the comment. `repair-json` does, and leaves the rest as it is.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {
    ///   // work
    ///   "mcpServers": {}
    /// }
    /// ```
    ///
    /// ```json,finds
    /// # my servers
    /// {"mcpServers": {} /* none */}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["x", "https://notes.example/#top"]}}}
    /// ```
    pub(super) static COMMENT_LINE = {
        id: "comment-line",
        severity: Severity::Error,
        message: "Line {line}: `{found}` is a comment; Claude reads strict JSON and rejects the whole file for it.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::Comment])
}
