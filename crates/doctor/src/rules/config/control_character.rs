use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A tab or line break stands inside a text.
    ///
    /// ## Why it matters
    ///
    /// A text must be on one line. A tab is written `\t`, a line break `\n`. Long lines are often broken by
    /// a mail program.
    ///
    /// ## What to do
    ///
    /// Put the text on one line. `repair-json` writes the character as an escape.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx␉notes"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["https://notes.example/
    /// mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static CONTROL_CHARACTER = {
        id: "control-character",
        severity: Severity::Error,
        message: "Line {line}: a tab or line break stands inside a text; Claude rejects the whole file for it.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::ControlCharacter])
}
