use super::placeholders::{Kind, placeholder};
use super::reading::shown;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// A value of an example was not replaced.
    ///
    /// ## Why it matters
    ///
    /// Guides write `<your-token>`, `/path/to/` or `YOUR_API_KEY` for what only you know. The server starts
    /// with that text as it is, and fails, often with an error about the key or the path.
    ///
    /// ## What to do
    ///
    /// Put in the real value.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"], "env": {"NOTES_API_KEY": "<your-api-key>"}}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "node", "args": ["/path/to/notes/index.js"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp", "--token", "YOUR_TOKEN_HERE"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"], "env": {"NOTES_TOKEN": "${input:token}"}}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"], "env": {"NOTES_API_KEY": "k-29f3", "HOME_PAGE": "https://yourstory.example"}}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp", "a<b", "${NOTES}"]}}}
    /// ```
    pub(super) static PLACEHOLDER_NOT_REPLACED = {
        id: "placeholder-not-replaced",
        severity: Severity::Error,
        message: "`{server}`: `{value}` still holds `{placeholder}`, the placeholder of an example.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("missing-env-var") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let variables = entry.env.iter().map(|variable| (variable.name.value.as_str(), &variable.value));
        let headers = entry.headers.iter().map(|header| (header.name.value.as_str(), &header.value));
        let named = variables.chain(headers);
        let unnamed = entry.command.iter().chain(&entry.args).chain(&entry.url).map(|text| ("", text));
        for (name, text) in named.chain(unnamed) {
            let Some(found) = placeholder(name, &text.value) else { continue };
            let problem = Problem::of(entry, text.span.clone())
                .with("value", shown(&text.value))
                .with("placeholder", found.text);
            // A home folder in `env` whose user name is blanked out is what people post; the real file has a name.
            let blanked = !name.is_empty() && found.kind == Kind::UserName;
            problems.push(if blanked { problem.weighing(Severity::Info) } else { problem });
        }
    }
    problems
}
