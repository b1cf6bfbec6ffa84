use super::reading::{at, syntax};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// Dots of an example are left in the file.
    ///
    /// ## Why it matters
    ///
    /// Guides write `...` for what they leave out. Between values Claude rejects the whole file for it; as
    /// an argument the server gets the three dots.
    ///
    /// ## What to do
    ///
    /// Put in what is meant, or remove the dots. `repair-json` removes those that make the file unreadable.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx"}, ...}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["notes-mcp", "..."]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"a": {"command": "uvx", "args": ["notes-mcp", "wait..."]}}}
    /// ```
    pub(super) static EXCERPT_MARKER = {
        id: "excerpt-marker",
        severity: Severity::Error,
        message: "Line {line}: `{found}` is left from an example and stands for something that is missing.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = syntax(facts, &[SyntaxErrorKind::ExcerptMarker]);
    for entry in facts.file.servers() {
        let dots = entry.args.iter().filter(|arg| matches!(arg.value.trim(), "..." | "…"));
        problems.extend(dots.map(|arg| at(facts.file, arg.span.clone())));
    }
    problems
}
