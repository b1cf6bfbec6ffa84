use super::reading::{is_windows_path, shown, texts};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::config::Text;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A folder ends with a backslash.
    ///
    /// ## Why it matters
    ///
    /// It is the same folder. Only behind it a quote would be trouble, and none is there.
    ///
    /// ## What to do
    ///
    /// Nothing.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["files-mcp", "C:\\notes\\"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["files-mcp"], "env": {"APPDATA": "C:\\Users\\ada\\AppData\\Roaming\\"}}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["files-mcp", "C:\\"]}}}
    /// ```
    pub(super) static DIRECTORY_TRAILING_BACKSLASH_OK = {
        id: "directory-trailing-backslash-ok",
        severity: Severity::Info,
        message: "`{server}`: `{path}` ends with a backslash, which is harmless.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let ends =
            |text: &&Text| text.value.len() > 3 && is_windows_path(&text.value) && text.value.ends_with('\\');
        problems.extend(
            texts(entry)
                .filter(ends)
                .map(|text| Problem::of(entry, text.span.clone()).with("path", shown(&text.value))),
        );
    }
    problems
}
