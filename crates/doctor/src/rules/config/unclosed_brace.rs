use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A brace or bracket is opened and never closed.
    ///
    /// ## Why it matters
    ///
    /// Each `{` needs its `}`, and each `[` its `]`. One is often lost when an entry is added or removed.
    ///
    /// ## What to do
    ///
    /// Close it. `repair-json` does, where indentation and the entries that follow show the place.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx"}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["x", "env": {}}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static UNCLOSED_BRACE = {
        id: "unclosed-brace",
        severity: Severity::Error,
        message: "Line {line}: the `{found}` that begins here is never closed; Claude rejects the whole file.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::Unclosed])
}
