use super::reading::shown;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// `npx` has its full path, and its `node` is still looked up.
    ///
    /// ## Why it matters
    ///
    /// `npx` is a script that begins with `#!/usr/bin/env node`. Its full path does not help where Claude's
    /// PATH has no `node` or an older one first. In a folder that Claude searches anyway (`/usr/local/bin`,
    /// `/opt/homebrew/bin`) this is only worth knowing.
    ///
    /// ## What to do
    ///
    /// Add `PATH` to `env`, with the folder of `npx` first. `path-for-npx` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "/Users/ada/.nvm/versions/node/v22.3.0/bin/npx", "args": ["-y", "notes-mcp"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "/home/ada/.volta/bin/npx", "args": ["-y", "notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "/Users/ada/.nvm/versions/node/v22.3.0/bin/npx", "args": ["-y", "notes-mcp"], "env": {"PATH": "/Users/ada/.nvm/versions/node/v22.3.0/bin:/usr/bin:/bin"}}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "C:\\nodejs\\npx.cmd", "args": ["-y", "notes-mcp"]}}}
    /// ```
    pub(super) static NPX_ABSOLUTE_PATH_WITHOUT_PATH_ENV = {
        id: "npx-absolute-path-without-path-env",
        severity: Severity::Warning,
        message: "`{server}` starts `{command}`, a script that looks up `node` on the PATH; Claude may find an older one there, or none.",
        hides: &[],
        fixes: &["path-for-npx"],
        detect: Detect::Config { problems, log_class: Some("node-too-old") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(command) = &entry.command else { continue };
        let Some((folder, "npx" | "npm")) = command.value.rsplit_once('/') else { continue };
        if !command.value.starts_with('/') || entry.variable("PATH").is_some() {
            continue;
        }
        let problem = Problem::of(entry, command.span.clone()).with("command", shown(&command.value));
        let searched = matches!(folder, "/usr/local/bin" | "/opt/homebrew/bin" | "/usr/bin" | "/bin");
        problems.push(if searched { problem.weighing(Severity::Info) } else { problem });
    }
    problems
}
