use super::reading::{is_shell, option_value, os, shown, started};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Os;
use bridgekeeper_model::Severity;

crate::rule! {
    /// A path of WSL stands in an entry of Windows.
    ///
    /// ## Why it matters
    ///
    /// Windows programs do not know `/home/…` and `/mnt/c/…`. The share `\\wsl.localhost\…` can be read by
    /// them, but in JSON it needs four backslashes at its beginning, and starts slowly or not at all while
    /// WSL sleeps.
    ///
    /// ## What to do
    ///
    /// Start the server inside WSL: `"command": "wsl", "args": ["node", "/home/…"]`.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "node", "args": ["\\wsl.localhost\\Ubuntu\\home\\ada\\index.js"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "node", "args": ["\\\\wsl$\\Ubuntu\\home\\ada\\index.js"]}}}
    /// ```
    ///
    /// ```json,finds,windows
    /// {"mcpServers": {"notes": {"command": "node", "args": ["/mnt/c/notes/index.js"]}}}
    /// ```
    ///
    /// ```json,silent,windows
    /// {"mcpServers": {"notes": {"command": "wsl", "args": ["node", "/home/ada/index.js"]}}}
    /// ```
    ///
    /// ```json,silent,linux
    /// {"mcpServers": {"notes": {"command": "node", "args": ["/home/ada/index.js"]}}}
    /// ```
    pub(super) static WSL_PATH = {
        id: "wsl-path",
        severity: Severity::Warning,
        message: "`{server}`: `{path}` is a path inside WSL; {why}",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("wsl-path") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let on_windows = os(facts) == Some(Os::Windows);
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(started) = started(entry) else { continue };
        let elsewhere = is_shell(&started.program) || matches!(started.program.as_str(), "docker" | "podman");
        for text in entry.command.iter().chain(&entry.args) {
            let path = option_value(&text.value);
            let lower = path.to_ascii_lowercase();
            let share = lower.trim_start_matches('\\');
            let slashes = lower.len() - share.len();
            let is_share = share.starts_with("wsl.localhost\\") || share.starts_with("wsl$\\");
            let inside =
                lower.starts_with("/mnt/c/") || lower.starts_with("/mnt/d/") || lower.starts_with("/home/");
            let why = if is_share && slashes == 1 {
                "one backslash is missing at its beginning, and programs of Windows reach it through a share only."
            } else if is_share {
                "programs of Windows reach it through a share, slowly and only while WSL runs."
            } else if inside && on_windows && !elsewhere {
                "programs of Windows do not know it."
            } else {
                continue;
            };
            problems.push(Problem::of(entry, text.span.clone()).with("path", shown(path)).with("why", why));
        }
    }
    problems
}
