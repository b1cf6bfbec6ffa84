use super::reading::remote;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::ServerName;
use bridgekeeper_model::Severity;

crate::rule! {
    /// Two servers share one callback port.
    ///
    /// ## Why it matters
    ///
    /// During sign-in the bridge waits for the browser on its callback port. Claude starts all servers at
    /// once, and only one can have a port: the other fails with `EADDRINUSE`, or receives the sign-in of
    /// its neighbour.
    ///
    /// ## What to do
    ///
    /// Give each server a port of its own. `callback-ports` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote", "https://a.example/mcp", "3334"]}, "b": {"command": "npx", "args": ["mcp-remote", "https://b.example/mcp", "3334"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"a": {"command": "npx", "args": ["-y", "mcp-remote@0.2.0", "https://a.example/mcp", "4000", "--debug"]}, "b": {"command": "cmd", "args": ["/c", "npx", "mcp-remote", "https://b.example/mcp", "4000"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote", "https://a.example/mcp", "3334"]}, "b": {"command": "npx", "args": ["mcp-remote", "https://b.example/mcp", "3335"]}}}
    /// ```
    pub(super) static CALLBACK_PORT_CLASH = {
        id: "callback-port-clash",
        severity: Severity::Warning,
        message: "`{server}` uses the callback port {port}, which `{other}` uses too; whichever starts second cannot sign in.",
        hides: &[],
        fixes: &["callback-ports"],
        detect: Detect::Config { problems, log_class: Some("port-in-use") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut owners: Vec<(u16, &ServerName)> = Vec::new();
    for entry in facts.file.servers() {
        let Some(port) = remote(entry).and_then(|invocation| invocation.line.callback_port) else { continue };
        match owners.iter().find(|(taken, _)| *taken == port.value) {
            Some((_, other)) => {
                let span = entry.args.get(port.index).map_or(entry.span.clone(), |arg| arg.span.clone());
                let problem = Problem::of(entry, span).with("port", port.value.to_string());
                problems.push(problem.with("other", other.as_str()));
            }
            None => owners.push((port.value, &entry.name)),
        }
    }
    problems
}
