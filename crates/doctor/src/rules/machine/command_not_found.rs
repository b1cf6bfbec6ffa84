use bridgekeeper_model::{Sentence, Severity};

use crate::rule::{Detect, MachineView, Trouble};
use crate::rules::config::reading::program_name;

crate::rule! {
    /// Claude will not find the program of an entry.
    ///
    /// ## Why it matters
    ///
    /// Claude searches its own list of folders, which is not the one of your terminal. A program from nvm, volta,
    /// Homebrew or pip may be missing there although it works when you type it.
    ///
    /// ## What to do
    ///
    /// Write the full path of the program as the command. Where it is not installed at all, install it. For a
    /// remote server Bridgekeeper's own bridge needs no other program.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,macos
    /// {"programs": [{"server": "notes", "command": "uvx", "elsewhere": "/Users/ada/.local/bin/uvx"}]}
    /// ```
    ///
    /// ```facts,finds,windows
    /// {"programs": [{"server": "notes", "command": "npx"}]}
    /// ```
    ///
    /// ```facts,silent,linux
    /// {"programs": [{"server": "notes", "command": "npx", "found": "/usr/bin/npx"}]}
    /// ```
    pub(super) static COMMAND_NOT_FOUND = {
        id: "command-not-found",
        severity: Severity::Error,
        message: "`{server}`: Claude will not find `{command}`; {where}.",
        hides: &[],
        fixes: &["absolute-command", "use-bridge", "correct-path"],
        detect: Detect::Machine { troubles },
    };
}

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let missing = view.machine.programs.iter().filter(|program| program.found.is_none());
    missing
        .map(|program| {
            let place = match &program.elsewhere {
                Some(path) => Sentence::of("it stands at `{path}`, where Claude does not look")
                    .with("path", path.as_str()),
                None if program.command.contains(['/', '\\']) => Sentence::of("no program stands there"),
                None => Sentence::of("it is in none of the folders that Claude searches"),
            };
            // A newer build may search the folders of the login shell as well
            let unsure = program.assumed && program.elsewhere.is_some();
            let severity = if unsure { Severity::Warning } else { Severity::Error };
            Trouble::of(&program.server)
                .weighing(severity)
                .with("command", program.command.clone())
                .with("where", place)
                .same_as(log_class(&program.command))
        })
        .collect()
}

/// The class under which logs tell of the same program.
fn log_class(command: &str) -> &'static str {
    match program_name(command).as_str() {
        "node" | "npx" | "npm" | "pnpm" | "pnpx" | "yarn" => "spawn-enoent-node",
        "uv" | "uvx" => "spawn-enoent-uv",
        "python" | "python3" | "py" | "pip" | "pipx" => "spawn-enoent-python",
        "docker" | "podman" => "spawn-enoent-docker",
        _ => "spawn-enoent-other",
    }
}
