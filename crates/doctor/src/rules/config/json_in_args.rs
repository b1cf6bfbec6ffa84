use super::reading::{is_json, option_value, os, shown};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Os;
use bridgekeeper_model::Severity;

crate::rule! {
    /// JSON stands in an argument.
    ///
    /// ## Why it matters
    ///
    /// Through cmd.exe the quotes inside an argument get lost, and the server receives broken JSON. Where
    /// no cmd.exe is in between this is only worth knowing.
    ///
    /// ## What to do
    ///
    /// Where the program can read a file, give it the file: `mcp-remote` takes `@FILE` for its client
    /// options. Bridgekeeper's own bridge is started without cmd.exe.
    ///
    /// ## Examples
    ///
    /// ```json,finds,windows
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "mcp-remote", "https://notes.example/mcp", "--static-oauth-client-info", "{\"client_id\":\"a\"}"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp", "--config={\"depth\": 2}"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp", "{name}"]}}}
    /// ```
    pub(super) static JSON_IN_ARGS = {
        id: "json-in-args",
        severity: Severity::Warning,
        message: "`{server}`: an argument is JSON (`{arg}`); on Windows cmd.exe takes its quotes apart.",
        hides: &[],
        fixes: &["use-bridge"],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let on_windows = os(facts) == Some(Os::Windows);
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        for arg in entry.args.iter().filter(|arg| is_json(option_value(&arg.value))) {
            let problem = Problem::of(entry, arg.span.clone()).with("arg", shown(&arg.value));
            problems.push(if on_windows { problem } else { problem.weighing(Severity::Info) });
        }
    }
    problems
}
