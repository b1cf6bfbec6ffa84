use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::config::Entry;
use bridgekeeper_model::Severity;

crate::rule! {
    /// An entry has no `command`.
    ///
    /// ## Why it matters
    ///
    /// Claude starts a server by its `command`. Without one newer builds skip the entry; older ones report
    /// `"command" … "Required"` and load no server at all.
    ///
    /// ## What to do
    ///
    /// Write the program that starts the server, for example `npx` or `uvx`.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"args": ["-y", "notes-mcp"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"url": "https://notes.example/mcp"}}}
    /// ```
    pub(super) static MISSING_COMMAND = {
        id: "missing-command",
        severity: Severity::Error,
        message: "`{server}` has no `command`; Claude does not know what to start and skips it.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("config-schema-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let misfit = |entry: &Entry| {
        entry.misfits.iter().any(|misfit| misfit.place.is_empty() || misfit.place == "command")
    };
    let empty = |entry: &&Entry| entry.command.as_ref().is_none_or(|command| command.value.trim().is_empty());
    let entries = facts.file.servers().iter().filter(empty);
    entries
        .filter(|entry| entry.url.is_none() && !misfit(entry) && entry.node.as_object().is_some())
        .filter(|entry| !(entry.name_span.is_empty() && entry.args.is_empty()))
        .map(|entry| {
            Problem::of(
                entry,
                entry.command.as_ref().map_or(entry.name_span.clone(), |command| command.span.clone()),
            )
        })
        .collect()
}
