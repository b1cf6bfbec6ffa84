use super::reading::shown;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// An entry names a URL and no command.
    ///
    /// ## Why it matters
    ///
    /// Claude Desktop starts programs; it does not connect to a URL from this file. Entries with `url`,
    /// `serverUrl` or `type: http`, the form of other hosts, are skipped. Remote servers go through a
    /// bridge, or into Settings > Connectors.
    ///
    /// ## What to do
    ///
    /// Start a bridge that connects to the URL. `use-bridge` writes the entry for Bridgekeeper's own.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"url": "https://notes.example/mcp"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"type": "http", "serverUrl": "https://notes.example/mcp", "headers": {"X-Team": "a"}}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"transport": {"type": "sse", "url": "http://localhost:3000/sse"}}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "mcp-remote", "https://notes.example/mcp"]}}}
    /// ```
    pub(super) static REMOTE_URL_ENTRY = {
        id: "remote-url-entry",
        severity: Severity::Error,
        message: "`{server}` is an entry for a remote server ({key}); Claude Desktop does not read this form and skips it.",
        hides: &[],
        fixes: &["use-bridge"],
        detect: Detect::Config { problems, log_class: Some("config-schema-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers().iter().filter(|entry| entry.command.is_none()) {
        let (key, span) = match (&entry.url, &entry.kind) {
            (Some(url), _) => (format!("`{}`", shown(&url.value)), url.span.clone()),
            (None, Some(kind)) if !kind.value.eq_ignore_ascii_case("stdio") => {
                (format!("type `{}`", shown(&kind.value)), kind.span.clone())
            }
            _ => continue,
        };
        problems.push(Problem::of(entry, span).with("key", key));
    }
    problems
}
