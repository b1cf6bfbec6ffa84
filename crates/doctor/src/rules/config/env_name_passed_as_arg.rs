use super::reading::{option_value, shown};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// An argument is the name of a variable.
    ///
    /// ## Why it matters
    ///
    /// Nothing replaces a variable's name by its value in `args`. The server takes the name for the key.
    ///
    /// ## What to do
    ///
    /// Leave the argument and its option out if the server reads the variable by itself, or write the
    /// value.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp", "--token", "NOTES_TOKEN"], "env": {"NOTES_TOKEN": "k29f3"}}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp", "--key=NOTES_KEY"], "env": {"NOTES_KEY": "k29f3"}}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "docker", "args": ["run", "-i", "-e", "NOTES_TOKEN", "notes"], "env": {"NOTES_TOKEN": "k29f3"}}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp", "--token-env", "NOTES_TOKEN"], "env": {"NOTES_TOKEN": "k29f3"}}}}
    /// ```
    pub(super) static ENV_NAME_PASSED_AS_ARG = {
        id: "env-name-passed-as-arg",
        severity: Severity::Warning,
        message: "`{server}`: the argument `{name}` is the name of a variable of `env`; the server gets the name, not the value.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("api-key-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        for (index, arg) in entry.args.iter().enumerate() {
            let value = option_value(&arg.value);
            let before = index
                .checked_sub(1)
                .and_then(|index| entry.args.get(index))
                .map_or("", |before| &before.value);
            let option = if value.len() < arg.value.len() {
                &arg.value[..arg.value.len() - value.len()]
            } else {
                before
            };
            if entry.variable(value).is_some() && !wants_a_name(option) {
                problems.push(Problem::of(entry, arg.span.clone()).with("name", shown(value)));
            }
        }
    }
    problems
}

/// Options whose value is the name of a variable: `-e`, `--env`, `--token-env`, `--pass-environment`.
fn wants_a_name(option: &str) -> bool {
    let option = option.trim_end_matches('=').to_ascii_lowercase();
    option == "-e" || option.contains("env")
}
