use super::placeholders::placeholder;
use super::reading::shown;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::config::Entry;
use bridgekeeper_formats::secrets;
use bridgekeeper_model::MASK;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A secret stands on the command line.
    ///
    /// ## Why it matters
    ///
    /// Command lines are visible to every process of the user, stand in logs, and are copied along when the
    /// entry is posted.
    ///
    /// ## What to do
    ///
    /// Keep it in the keyring: Bridgekeeper's bridge reads `${secret:NAME}` back. A local server has its own command
    /// line: give it the secret in a variable of `env` if it takes one, and move that.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp", "--api-key", "k29f3aa81c"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["mcp-remote", "https://notes.example/mcp", "--header", "Authorization:Bearer k29f3aa81c"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp", "--api-key", "${NOTES_KEY}"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static SECRET_IN_ARGS = {
        id: "secret-in-args",
        severity: Severity::Info,
        message: "`{server}` has a secret on its command line (`{shown}`), where every program of this user can read it.",
        hides: &[],
        fixes: &["move-secret"],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        for (index, arg) in entry.args.iter().enumerate() {
            let before = index
                .checked_sub(1)
                .and_then(|index| entry.args.get(index))
                .map(|before| before.value.as_str());
            if is_secret(entry, before, &arg.value) {
                problems.push(Problem::of(entry, arg.span.clone()).with("shown", masked(before, &arg.value)));
            }
        }
    }
    problems
}

fn is_secret(entry: &Entry, before: Option<&str>, arg: &str) -> bool {
    let is_name = entry.variable(arg).is_some();
    if is_name || secrets::is_reference(arg) || placeholder("", arg).is_some() {
        return false;
    }
    let named = before.is_some_and(is_secret_option);
    (named && !arg.starts_with('-')) || !secrets::known_spans(arg).is_empty()
}

fn is_secret_option(option: &str) -> bool {
    option.starts_with('-') && !option.contains('=') && secrets::is_secret_name(option)
}

fn masked(before: Option<&str>, arg: &str) -> String {
    if before.is_some_and(is_secret_option) { MASK.to_owned() } else { shown(arg) }
}
