use super::reading::at;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::NoteKind;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A key stands twice in one object.
    ///
    /// ## Why it matters
    ///
    /// JSON keeps the last of several members with one key. Two entries of one name, or two `mcpServers`,
    /// lose the first without a word: then this is a warning.
    ///
    /// ## What to do
    ///
    /// Give the second entry another name, or put the entries of both `mcpServers` into one.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx"}}, "mcpServers": {"b": {"command": "node"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "uvx", "command": "node"}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static DUPLICATE_KEY = {
        id: "duplicate-key",
        severity: Severity::Info,
        message: "Line {line}: {found} stands twice in one object; only the last one counts.",
        hides: &[],
        fixes: &["merge-duplicates"],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let notes = facts.file.parsed().notes.iter().filter(|note| note.kind == NoteKind::DuplicateKey);
    notes
        .map(|note| {
            let problem = at(facts.file, note.span.clone());
            let is_server = facts.file.servers().iter().any(|entry| entry.name_span == note.span);
            let is_list = facts.file.text()[note.span.clone()].trim_matches('"') == "mcpServers";
            if is_server || is_list { problem.weighing(Severity::Warning) } else { problem }
        })
        .collect()
}
