use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::json::Value;
use bridgekeeper_model::Severity;

crate::rule! {
    /// Claude's built-in Node is switched on.
    ///
    /// ## Why it matters
    ///
    /// The built-in Node has no global packages. A server that was installed with `npm install -g` is not
    /// found then.
    ///
    /// ## What to do
    ///
    /// If a Node server cannot find its package, switch "Use Built-in Node.js for MCP" off in Claude's
    /// settings.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"isUsingBuiltInNodeForMcp": true, "mcpServers": {"notes": {"command": "node", "args": ["/srv/notes.js"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "notes-mcp"}}, "isUsingBuiltInNodeForMcp": true}
    /// ```
    ///
    /// ```json,silent
    /// {"isUsingBuiltInNodeForMcp": false, "mcpServers": {"notes": {"command": "node", "args": ["/srv/notes.js"]}}}
    /// ```
    pub(super) static BUILTIN_NODE_HIDES_GLOBAL_PACKAGES = {
        id: "builtin-node-hides-global-packages",
        severity: Severity::Info,
        message: "Claude runs Node servers with its built-in Node (`isUsingBuiltInNodeForMcp`), which does not see globally installed packages.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("node-module-missing") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let member = facts.file.root().and_then(|root| root.get("isUsingBuiltInNodeForMcp"));
    let on =
        member.filter(|member| member.value.value == Value::Bool(true) && !facts.file.servers().is_empty());
    on.map(|member| Problem::of_file(member.span())).into_iter().collect()
}
