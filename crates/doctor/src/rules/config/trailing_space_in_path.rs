use super::reading::{is_path, shown, texts};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::config::Text;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A path or program begins or ends with a space.
    ///
    /// ## Why it matters
    ///
    /// The space came along when the path was copied. The name with the space exists nowhere, and on
    /// Windows it breaks the command line as well.
    ///
    /// ## What to do
    ///
    /// Remove the space. `trim-paths` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["files-mcp", "/srv/notes "]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx ", "args": ["files-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static TRAILING_SPACE_IN_PATH = {
        id: "trailing-space-in-path",
        severity: Severity::Warning,
        message: "`{server}`: `{path}` begins or ends with a space, which is taken as part of the name.",
        hides: &[],
        fixes: &["trim-paths"],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let is_command =
            |text: &Text| entry.command.as_ref().is_some_and(|command| command.span == text.span);
        let spaced = |text: &&Text| text.value.trim() != text.value;
        for text in texts(entry).filter(spaced) {
            if is_command(text) || is_path(text.value.trim()) {
                problems.push(Problem::of(entry, text.span.clone()).with("path", shown(&text.value)));
            }
        }
    }
    problems
}
