use super::reading::{is_shell, program_name, shown};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// A program is named without its folder.
    ///
    /// ## Why it matters
    ///
    /// On macOS Claude looks in few folders: not in `~/.local/bin`, where `uv` installs itself, and through
    /// every version of nvm, the oldest first. From the file alone nobody can tell whether it will be
    /// found.
    ///
    /// ## What to do
    ///
    /// If the log says `spawn … ENOENT`, write the full path that `which` (Windows: `where`) shows in a
    /// terminal.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "python", "args": ["-m", "notes"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "/opt/homebrew/bin/uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "cmd", "args": ["/c", "npx", "-y", "notes-mcp"]}}}
    /// ```
    pub(super) static COMMAND_NOT_ON_PATH = {
        id: "command-not-on-path",
        severity: Severity::Info,
        message: "`{server}` starts `{command}` by its bare name; whether Claude finds it depends on the PATH that Claude has, which is not that of a terminal.",
        hides: &[],
        fixes: &["absolute-command"],
        detect: Detect::Config { problems, log_class: Some("spawn-enoent-other") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(command) = &entry.command else { continue };
        let name = command.value.trim();
        let bare = !name.is_empty() && !name.contains(['/', '\\', ' ', '$', '%']);
        if bare && !is_shell(&program_name(name)) {
            problems.push(Problem::of(entry, command.span.clone()).with("command", shown(name)));
        }
    }
    problems
}
