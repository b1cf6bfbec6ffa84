use super::reading::syntax;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// There is nothing in the file.
    ///
    /// ## Why it matters
    ///
    /// An empty file is no JSON. Claude shows an error at each start. A file often gets empty when a
    /// program was stopped while it wrote.
    ///
    /// ## What to do
    ///
    /// Restore a snapshot of the file if it held servers, or write `{}`, which `repair-json` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    ///
    /// ```
    ///
    /// ```json,finds
    /// // nothing here
    /// ```
    ///
    /// ```json,silent
    /// {}
    /// ```
    pub(super) static EMPTY_FILE = {
        id: "empty-file",
        severity: Severity::Error,
        message: "The file is empty; Claude reports \"Unexpected end of JSON input\" and loads no server.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    syntax(facts, &[SyntaxErrorKind::Empty])
}
