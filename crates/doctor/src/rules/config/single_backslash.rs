use super::reading::{at, syntax};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::{NoteKind, SyntaxErrorKind};
use bridgekeeper_model::Severity;

crate::rule! {
    /// A Windows path has single backslashes.
    ///
    /// ## Why it matters
    ///
    /// In JSON a backslash begins an escape. `\U` is none, and Claude rejects the whole file. `\n` and `\t`
    /// are, and the path silently becomes another one: `C:\new` turns into `C:`, a line break and `ew`.
    ///
    /// ## What to do
    ///
    /// Write `\\` for each backslash, or `/`, which Windows takes as well. `repair-json` doubles them.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "C:\Users\ada\tool.exe"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "node", "args": ["C:\new\index.js"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"a": {"command": "C:\\Users\\ada\\tool.exe", "env": {"TEXT": "one\ntwo"}}}}
    /// ```
    pub(super) static SINGLE_BACKSLASH = {
        id: "single-backslash",
        severity: Severity::Error,
        message: "Line {line}: `{found}` has a single backslash; in JSON each backslash of a Windows path must be written twice.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let notes = facts.file.parsed().notes.iter().filter(|note| note.kind == NoteKind::PathEscape);
    let quiet = notes.map(|note| at(facts.file, note.span.clone()));
    syntax(facts, &[SyntaxErrorKind::SingleBackslash]).into_iter().chain(quiet).collect()
}
