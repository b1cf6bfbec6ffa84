use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A key or a text has no quotes.
    ///
    /// ## Why it matters
    ///
    /// JSON wants every key and every text in double quotes.
    ///
    /// ## What to do
    ///
    /// Put double quotes around it. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {mcpServers: {}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": npx}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {}, "flag": true, "count": 2, "none": null}
    /// ```
    pub(super) static UNQUOTED_TEXT = {
        id: "unquoted-text",
        severity: Severity::Error,
        message: "Line {line}: `{found}` has no quotes around it; Claude rejects the whole file for it.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::UnquotedKey, SyntaxErrorKind::UnquotedValue])
}
