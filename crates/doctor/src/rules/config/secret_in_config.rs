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
    /// Keep it in the keyring. `bridgekeeper fix-config FILE --only move-secret --write` puts it there and leaves
    /// `${secret:NAME}`, which Bridgekeeper's bridge reads back in headers and in the variables that they name. A local
    /// server is started by `mcp-bridge exec`, which gives it the secret in its environment alone. `undo` puts the value
    /// back into the file.
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
        fixes: &["move-secret"],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let variables = entry.env.iter().map(|variable| (&variable.name, &variable.value));
        let headers = entry.headers.iter().map(|header| (&header.name, &header.value));
        for (name, value) in variables.chain(headers) {
            if is_plain_secret(&name.value, &value.value) {
                problems.push(Problem::of(entry, value.span.clone()).with("name", name.value.clone()));
            }
        }
    }
    problems
}

/// Whether the value of a variable or header is a secret that stands there as it is.
pub(crate) fn is_plain_secret(name: &str, value: &str) -> bool {
    secrets::mask_value(name, value) != value && placeholder(name, value).is_none()
}
