use super::reading::is_json;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// JSON stands in a variable.
    ///
    /// ## Why it matters
    ///
    /// It works, since no shell is in between. A forgotten backslash breaks the whole file, though.
    ///
    /// ## What to do
    ///
    /// Nothing, if the server wants it so.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"], "env": {"HEADERS": "{\"X-Team\": \"a\"}"}}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"], "env": {"ROOTS": "[{\"path\": \"/srv\"}]"}}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"], "env": {"PATTERN": "{name}"}}}}
    /// ```
    pub(super) static JSON_IN_ENV = {
        id: "json-in-env",
        severity: Severity::Info,
        message: "`{server}`: the variable `{name}` holds JSON, whose quotes must be escaped with care.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        for variable in entry.env.iter().filter(|variable| is_json(&variable.value.value)) {
            let problem = Problem::of(entry, variable.value.span.clone());
            problems.push(problem.with("name", variable.name.value.clone()));
        }
    }
    problems
}
