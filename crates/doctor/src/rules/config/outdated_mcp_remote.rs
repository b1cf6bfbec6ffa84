use super::reading::remote;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// An old version of mcp-remote is pinned.
    ///
    /// ## Why it matters
    ///
    /// Versions before 0.1.16 let a server run commands on this machine. Those from 0.0.14 to 0.1.31 crash
    /// with "Cannot read properties of null (reading 'port')", those to 0.1.38 with `EADDRINUSE`, when two
    /// copies start at once.
    ///
    /// ## What to do
    ///
    /// Take the pin off. `unpin-mcp-remote` does. The new version may ask you to sign in again.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "mcp-remote@0.1.29", "https://notes.example/mcp"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "mcp-remote@0.1.0", "https://notes.example/mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "mcp-remote@latest", "https://notes.example/mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "mcp-remote@0.15.1", "https://notes.example/mcp"]}}}
    /// ```
    pub(super) static OUTDATED_MCP_REMOTE = {
        id: "outdated-mcp-remote",
        severity: Severity::Info,
        message: "`{server}` pins mcp-remote {version}, which {why}",
        hides: &[],
        fixes: &["unpin-mcp-remote"],
        detect: Detect::Config { problems, log_class: Some("oauth-coordination-null-port") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(package) = remote(entry).and_then(|invocation| invocation.package) else { continue };
        let Some(version) = package.pinned() else { continue };
        let (why, severity) = match version {
            (0, 0, _) | (0, 1, 0..=15) => ("lets a server run commands on this machine.", Severity::Warning),
            (0, 1, 16..=31) => ("crashes when two copies sign in at once.", Severity::Info),
            (0, 1, 32..=38) => ("ends when its callback port is taken.", Severity::Info),
            _ => continue,
        };
        let span = entry.args.get(package.index).map_or(entry.span.clone(), |arg| arg.span.clone());
        let shown = package.version.clone().unwrap_or_default();
        problems.push(Problem::of(entry, span).with("version", shown).with("why", why).weighing(severity));
    }
    problems
}
