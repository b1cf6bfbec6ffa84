use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// The file holds NUL bytes.
    ///
    /// ## Why it matters
    ///
    /// They are what a file system leaves of a file that was being written when the machine stopped. Claude
    /// rejects the file.
    ///
    /// ## What to do
    ///
    /// Restore a snapshot. Where only NUL bytes at the end are in the way, `repair-json` takes them out.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}␀␀
    /// ```
    ///
    /// ```json,finds
    /// ␀␀␀
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static NUL_BYTES = {
        id: "nul-bytes",
        severity: Severity::Error,
        message: "Line {line}: the file holds NUL bytes, as a crash or a full disk leaves them; Claude rejects it.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::NulBytes])
}
