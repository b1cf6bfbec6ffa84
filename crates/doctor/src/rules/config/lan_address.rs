use super::reading::{Nearness, nearness, option_value, shown, url_parts, urls};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// A server stands in the local network.
    ///
    /// ## Why it matters
    ///
    /// On macOS a program that Claude starts needs the Local Network permission of its own and is not
    /// always asked for it: `EHOSTUNREACH` or "no route to host".
    ///
    /// ## What to do
    ///
    /// If it fails only from inside Claude, allow it under Privacy & Security > Local Network, or use a
    /// public name or a tunnel.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["mcp-remote", "http://192.168.1.20:8000/mcp", "--allow-http"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["mcp-proxy", "https://hub.local/mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["mcp-remote", "http://localhost:8000/mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["mcp-remote", "https://notes.example/mcp"]}}}
    /// ```
    pub(super) static LAN_ADDRESS = {
        id: "lan-address",
        severity: Severity::Info,
        message: "`{server}` connects to `{host}` in the local network, which macOS may refuse to Claude.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("macos-local-network") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        for url in urls(entry) {
            let Some((_, host)) = url_parts(option_value(&url.value)) else { continue };
            if nearness(host) == Nearness::Local {
                problems.push(Problem::of(entry, url.span.clone()).with("host", shown(host)));
            }
        }
    }
    problems
}
