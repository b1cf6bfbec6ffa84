use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A brace or bracket closes nothing, or closes too early, or is of the wrong kind.
    ///
    /// ## Why it matters
    ///
    /// After the last closing brace the file must end. A brace too many ends it early, and what follows is
    /// rejected.
    ///
    /// ## What to do
    ///
    /// Remove the superfluous brace. `repair-json` does, and puts entries that stand behind it where they
    /// belong.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx"}}}, "b": {"command": "node"}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static UNBALANCED_BRACES = {
        id: "unbalanced-braces",
        severity: Severity::Error,
        message: "Line {line}: `{found}` does not fit the braces around it: one is too many, too early, or of the wrong kind; Claude rejects the whole file.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::Unbalanced])
}
