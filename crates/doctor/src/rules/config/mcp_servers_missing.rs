use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::config::Shape;
use bridgekeeper_model::Severity;

crate::rule! {
    /// The file has no `mcpServers`.
    ///
    /// ## Why it matters
    ///
    /// It is right where no server is wanted. Claude rewrites the file from memory, though, and after a
    /// failed load it has been seen to leave a stub with preferences alone: then the servers are gone.
    ///
    /// ## What to do
    ///
    /// If servers were listed before, restore a snapshot while Claude is closed.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"preferences": {"sidebarMode": "chat"}}
    /// ```
    ///
    /// ```json,finds
    /// {}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static MCP_SERVERS_MISSING = {
        id: "mcpServers-missing",
        severity: Severity::Info,
        message: "The file lists no server: it has no `mcpServers`.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let missing = facts.file.shape() == Shape::NoServers && facts.file.root().is_some();
    missing.then(|| Problem::of_file(0..0)).into_iter().collect()
}
