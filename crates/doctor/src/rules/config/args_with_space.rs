use super::reading::{holds_arguments, is_batch_file_on_windows, os, shown, started};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Os;
use bridgekeeper_model::Severity;

crate::rule! {
    /// An argument with a space goes through cmd.exe.
    ///
    /// ## Why it matters
    ///
    /// On Windows `npx` is a batch file, and Claude starts it through `cmd.exe` without quoting the path of
    /// `npx.cmd`. As soon as one argument has a space, cmd.exe reports `'C:\Program' is not recognized` and
    /// the server never starts.
    ///
    /// ## What to do
    ///
    /// Take the space out. In a header the value moves into `env`: `"Authorization:${AUTH_HEADER}"`.
    /// `spaces-to-env` does that. A folder with a space needs its short (8.3) name or another place, or
    /// `node` with the path of the script.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "mcp-remote", "https://notes.example/mcp", "--header", "Authorization: Bearer abc"]}}}
    /// ```
    ///
    /// ```json,finds,windows
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "files-mcp", "D:\\My Notes"]}}}
    /// ```
    ///
    /// ```json,silent,macos
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "files-mcp", "/Users/ada/My Notes"]}}}
    /// ```
    ///
    /// ```json,silent,windows
    /// {"mcpServers": {"notes": {"command": "node", "args": ["C:\\Program Files\\notes\\index.js"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "mcp-remote", "https://notes.example/mcp", "--header", "Authorization:${AUTH}"], "env": {"AUTH": "Bearer abc"}}}}
    /// ```
    pub(super) static ARGS_WITH_SPACE = {
        id: "args-with-space",
        severity: Severity::Error,
        message: "`{server}`: the argument `{arg}` has a space; on Windows Claude starts `{command}` through cmd.exe, which takes the command line apart there.",
        hides: &[],
        fixes: &["spaces-to-env", "use-bridge", "node-script"],
        detect: Detect::Config { problems, log_class: Some("windows-path-space") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    if matches!(os(facts), Some(Os::Macos | Os::Linux)) {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(started) = started(entry).filter(|started| !started.through_cmd) else { continue };
        if !is_batch_file_on_windows(&started.command.value) || holds_arguments(&started.command.value) {
            continue;
        }
        let spaced = started.args.iter().filter(|arg| arg.value.contains([' ', '\t']));
        problems.extend(spaced.map(|arg| {
            let problem = Problem::of(entry, arg.span.clone()).with("arg", shown(&arg.value));
            problem.with("command", shown(&started.command.value))
        }));
    }
    problems
}
