use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A text stands in curly quotes.
    ///
    /// ## Why it matters
    ///
    /// JSON knows the straight `"` only. Curly ones come from word processors, chats and some web pages.
    ///
    /// ## What to do
    ///
    /// Write straight quotes. `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {“mcpServers”: {}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": „uvx“}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["say “hi”, ok"]}}}
    /// ```
    pub(super) static SMART_QUOTES = {
        id: "smart-quotes",
        severity: Severity::Error,
        message: "Line {line}: {found} has curly quotes, which a word processor or web page made; Claude rejects the whole file for them.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::SmartQuotes])
}
