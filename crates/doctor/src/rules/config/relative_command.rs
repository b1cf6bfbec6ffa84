use super::reading::{holds_arguments, is_absolute, shown, url_parts};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// The program is named by a relative path.
    ///
    /// ## Why it matters
    ///
    /// Claude does not start servers in the folder you think of: on macOS it is `/`, on Windows the folder
    /// of the app. `~` is not expanded, because no shell is there to do it.
    ///
    /// ## What to do
    ///
    /// Write the full path.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "./notes-mcp"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "~/bin/notes-mcp"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": ".venv/bin/python", "args": ["/srv/notes.py"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "/srv/notes/.venv/bin/python", "args": ["/srv/notes.py"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "D:/notes/.venv/Scripts/python.exe", "args": ["D:/notes/server.py"]}}}
    /// ```
    pub(super) static RELATIVE_COMMAND = {
        id: "relative-command",
        severity: Severity::Warning,
        message: "`{server}`: `{command}` is a relative path; Claude starts servers in a folder of its own, where it will not be found.",
        hides: &[],
        fixes: &["expand-home"],
        detect: Detect::Config { problems, log_class: Some("spawn-enoent-other") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(command) = &entry.command else { continue };
        let path = command.value.trim();
        let relative = path.contains(['/', '\\']) && !is_absolute(path) && !path.starts_with(['%', '$', '<']);
        if relative && !holds_arguments(path) && url_parts(path).is_none() && !path.contains("path/to") {
            problems.push(Problem::of(entry, command.span.clone()).with("command", shown(path)));
        }
    }
    problems
}
