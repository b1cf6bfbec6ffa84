use super::placeholders::placeholder;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::secrets;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A secret stands in the file.
    ///
    /// ## Why it matters
    ///
    /// The file is plain text, goes into backups and is what people post when they ask for help.
    ///
    /// ## What to do
    ///
    /// Keep it in the keyring: Bridgekeeper's bridge resolves `${secret:NAME}` in headers and in `env`.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"], "env": {"NOTES_API_KEY": "k29f3aa81c"}}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"url": "https://notes.example/mcp", "headers": {"Authorization": "Basic YWRhOmNvbnRyb2w="}}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"], "env": {"NOTES_API_KEY": "${secret:notes}", "NOTES_HOST": "notes.example"}}}}
    /// ```
    pub(super) static SECRET_IN_CONFIG = {
        id: "secret-in-config",
        severity: Severity::Info,
        message: "`{server}` keeps a secret in the file: `{name}`.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let variables = entry.env.iter().map(|variable| (&variable.name, &variable.value));
        let headers = entry.headers.iter().map(|header| (&header.name, &header.value));
        for (name, value) in variables.chain(headers) {
            let hidden = secrets::mask_value(&name.value, &value.value) != value.value;
            if hidden && placeholder(&name.value, &value.value).is_none() {
                problems.push(Problem::of(entry, value.span.clone()).with("name", name.value.clone()));
            }
        }
    }
    problems
}
