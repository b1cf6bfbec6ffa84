use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// Two objects were pasted one after the other.
    ///
    /// ## Why it matters
    ///
    /// A config file is one object. A second one usually comes from a guide and was meant to be added to
    /// the first.
    ///
    /// ## What to do
    ///
    /// Merge them: one `mcpServers` with all entries. `repair-json` does; entries of the same name are both
    /// kept.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx"}}}
    /// {"mcpServers": {"b": {"command": "node"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"theme": "dark"}
    /// {"mcpServers": {}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static SECOND_OBJECT = {
        id: "second-object",
        severity: Severity::Error,
        message: "Line {line}: a second object begins after the end of the first; Claude reads one only and rejects the whole file.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::SecondObject])
}
