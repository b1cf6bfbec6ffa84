use super::reading::{
    holds_arguments, is_batch_file_on_windows, is_path, is_shell, option_value, os, shown, started,
};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Os;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A path has spaces, where it does no harm.
    ///
    /// ## Why it matters
    ///
    /// Spaces are trouble only where Windows goes through cmd.exe, as for `npx`.
    ///
    /// ## What to do
    ///
    /// Nothing, unless `command` is changed to `npx`.
    ///
    /// ## Examples
    ///
    /// ```json,finds,windows
    /// {"mcpServers": {"notes": {"command": "node", "args": ["C:\\Program Files\\notes\\index.js"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "/Applications/My Notes.app/notes"}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent,windows
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "files-mcp", "D:\\My Notes"]}}}
    /// ```
    pub(super) static PATH_WITH_SPACES = {
        id: "path-with-spaces",
        severity: Severity::Info,
        message: "`{server}`: the path `{path}` has spaces; `{program}` is no batch file, so it works.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(started) = started(entry) else { continue };
        let batch = is_batch_file_on_windows(&started.command.value)
            && !matches!(os(facts), Some(Os::Macos | Os::Linux));
        if batch || is_shell(&started.program) {
            continue;
        }
        let command = Some(started.command).filter(|command| !holds_arguments(&command.value));
        for text in command.into_iter().chain(started.args) {
            let path = option_value(&text.value);
            if is_path(path) && path.trim().contains(' ') {
                let problem = Problem::of(entry, text.span.clone()).with("path", shown(path));
                problems.push(problem.with("program", shown(&started.program)));
            }
        }
    }
    problems
}
