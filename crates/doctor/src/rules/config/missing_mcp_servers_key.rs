use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::config::{Entry, Shape};
use bridgekeeper_model::Severity;

crate::rule! {
    /// Entries stand outside `mcpServers`.
    ///
    /// ## Why it matters
    ///
    /// Claude looks at one key, `mcpServers`. Entries beside it, or under the key of another host such as
    /// `servers`, are never started, and nothing is said about it.
    ///
    /// ## What to do
    ///
    /// Move the entries under `mcpServers`. `wrap-servers` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"notes": {"command": "uvx", "args": ["notes-mcp"]}}
    /// ```
    ///
    /// ```json,finds
    /// {"servers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {}, "notes": {"command": "uvx"}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"theme": "dark", "preferences": {"menuBarEnabled": true}}
    /// ```
    pub(super) static MISSING_MCP_SERVERS_KEY = {
        id: "missing-mcpServers-key",
        severity: Severity::Error,
        message: "{what} Claude reads servers under `mcpServers` only, so {names} will not be loaded.",
        hides: &[],
        fixes: &["wrap-servers"],
        detect: Detect::Config { problems, log_class: Some("config-schema-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let what = match facts.file.shape() {
        Shape::ServersAtTop => "The entries stand at the top level.",
        Shape::EntryAlone => "The entry stands alone, without a name.",
        Shape::OtherHost => "The entries stand under the key of another program.",
        Shape::ServersAndStrays => "Some entries stand beside `mcpServers`.",
        Shape::Servers | Shape::NoServers | Shape::NotAnObject => return Vec::new(),
    };
    let inside = facts.file.servers_node().map(|node| node.span.clone()).unwrap_or_default();
    let outside: Vec<&Entry> =
        facts.file.servers().iter().filter(|entry| !inside.contains(&entry.span.start)).collect();
    let Some(first) = outside.first() else { return Vec::new() };
    let names: Vec<String> = outside.iter().map(|entry| format!("`{}`", entry.name)).collect();
    let span = if first.name_span.is_empty() {
        first.span.start..first.span.start + 1
    } else {
        first.name_span.clone()
    };
    vec![Problem::of_file(span).with("what", what).with("names", names.join(", "))]
}
