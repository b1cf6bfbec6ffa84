use super::reading::{holds_arguments, shown};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// Arguments stand inside `command`.
    ///
    /// ## Why it matters
    ///
    /// `command` names one program. Claude does not take it apart, and reports `spawn … ENOENT`.
    ///
    /// ## What to do
    ///
    /// Leave the program in `command` and put each argument into `args`. `split-command` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx -y notes-mcp"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "docker run -i --rm notes", "args": []}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "/usr/bin/python3 /srv/notes.py"}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "C:\\Program Files\\Notes\\notes.exe"}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "/Applications/My Notes.app/Contents/MacOS/notes"}}}
    /// ```
    pub(super) static COMMAND_INCLUDES_ARGS = {
        id: "command-includes-args",
        severity: Severity::Error,
        message: "`{server}`: the whole command line `{command}` stands in `command`; Claude looks for a program of that name and finds none.",
        hides: &[],
        fixes: &["split-command"],
        detect: Detect::Config { problems, log_class: Some("command-includes-args") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(command) = &entry.command else { continue };
        if holds_arguments(&command.value) {
            problems.push(Problem::of(entry, command.span.clone()).with("command", shown(&command.value)));
        }
    }
    problems
}
