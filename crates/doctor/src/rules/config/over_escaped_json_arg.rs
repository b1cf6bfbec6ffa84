use super::reading::{is_quoted_inside, is_shell, option_value, shown, started};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// An argument has quotes of its own around it.
    ///
    /// ## Why it matters
    ///
    /// No shell takes them off. A path with quotes is taken as relative, and JSON with quotes around it is
    /// a text instead of an object.
    ///
    /// ## What to do
    ///
    /// Remove the inner quotes: JSON's own are enough, also for a path with spaces. `remove-inner-quotes`
    /// does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["files-mcp", "\"C:\\notes\""]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp", "--config", "\"{\\\"depth\\\":2}\""]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "bash", "args": ["-c", "\"/srv/my notes/run\""]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["say", "\"a\" and \"b\""]}}}
    /// ```
    pub(super) static OVER_ESCAPED_JSON_ARG = {
        id: "over-escaped-json-arg",
        severity: Severity::Warning,
        message: "`{server}`: the argument `{arg}` has quotes of its own around it, which the program gets as part of the value.",
        hides: &[],
        fixes: &["remove-inner-quotes"],
        detect: Detect::Config { problems, log_class: Some("config-path-escaping") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(started) = started(entry).filter(|started| !is_shell(&started.program)) else { continue };
        for arg in started.args.iter().filter(|arg| is_quoted_inside(option_value(&arg.value))) {
            problems.push(Problem::of(entry, arg.span.clone()).with("arg", shown(&arg.value)));
        }
    }
    problems
}
