use super::reading::{option_value, shown, urls};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// A URL has a space in it.
    ///
    /// ## Why it matters
    ///
    /// A space usually came along when the URL was copied, or two arguments stand in one. No program
    /// accepts it.
    ///
    /// ## What to do
    ///
    /// Remove the space, or make the rest an argument of its own. `trim-url` removes spaces at the ends.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["bridge", "https://notes.example/mcp "]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"url": "https://notes.example/my notes/mcp"}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["bridge", "https://notes.example/my%20notes/mcp"]}}}
    /// ```
    pub(super) static SPACE_IN_URL = {
        id: "space-in-url",
        severity: Severity::Error,
        message: "`{server}`: the URL `{url}` has a space in it, so it is no URL.",
        hides: &[],
        fixes: &["trim-url"],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        for url in urls(entry).filter(|url| option_value(&url.value).contains(char::is_whitespace)) {
            problems.push(Problem::of(entry, url.span.clone()).with("url", shown(&url.value)));
        }
    }
    problems
}
