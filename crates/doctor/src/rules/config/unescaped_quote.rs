use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A quote inside a text ends it too early.
    ///
    /// ## Why it matters
    ///
    /// Inside a text `"` must be written `\"`.
    ///
    /// ## What to do
    ///
    /// Put a backslash before the inner quotes. `repair-json` does where the end of the text is plain.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["{"scope":"mcp"}"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["--name", "my "best" one"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["{\"scope\":\"mcp\"}"]}}}
    /// ```
    pub(super) static UNESCAPED_QUOTE = {
        id: "unescaped-quote",
        severity: Severity::Error,
        message: "Line {line}: a quote inside a text has no backslash before it, so the text ends there; Claude rejects the whole file.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::UnescapedQuote])
}
