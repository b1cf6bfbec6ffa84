use super::reading::{is_batch_file_on_windows, program_name, shown, started};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// A shell stands around the server.
    ///
    /// ## Why it matters
    ///
    /// It works. A shell that prints something at its start disturbs the server's output, though, and a
    /// shell makes errors harder to read. `cmd /c npx` on Windows is usual and not named.
    ///
    /// ## What to do
    ///
    /// Start the program itself where that is possible.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "bash", "args": ["-c", "cd /srv/notes && node index.js"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "powershell", "args": ["-Command", "npx -y notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "cmd", "args": ["/c", "npx", "-y", "notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "wsl", "args": ["bash", "-ic", "npx -y notes-mcp"]}}}
    /// ```
    pub(super) static SHELL_WRAPPER = {
        id: "shell-wrapper",
        severity: Severity::Info,
        message: "`{server}` is started through `{shell}`; quoting and PATH are then those of the shell.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(command) = &entry.command else { continue };
        let shell = program_name(&command.value);
        let usual = shell == "cmd"
            && started(entry).is_some_and(|started| is_batch_file_on_windows(&started.command.value));
        let is_shell =
            matches!(shell.as_str(), "sh" | "bash" | "zsh" | "fish" | "dash" | "powershell" | "pwsh" | "cmd");
        if is_shell && !usual {
            problems.push(Problem::of(entry, command.span.clone()).with("shell", shown(&command.value)));
        }
    }
    problems
}
