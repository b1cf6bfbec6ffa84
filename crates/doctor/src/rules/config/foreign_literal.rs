use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A word or number of another language.
    ///
    /// ## Why it matters
    ///
    /// `True`, `None` and `undefined` come from Python and JavaScript, `0x10` and `007` from other
    /// languages.
    ///
    /// ## What to do
    ///
    /// Write the JSON form. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx", "disabled": True}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {}, "port": 0x10}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {}, "on": true, "port": 16}
    /// ```
    pub(super) static FOREIGN_LITERAL = {
        id: "foreign-literal",
        severity: Severity::Error,
        message: "Line {line}: `{found}` is no value of JSON, which knows `true`, `false`, `null` and plain decimal numbers; Claude rejects the whole file.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::ForeignLiteral, SyntaxErrorKind::ForeignNumber])
}
