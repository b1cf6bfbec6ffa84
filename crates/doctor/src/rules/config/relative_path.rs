use super::reading::{Started, is_absolute, is_shell, option_value, shown, started, url_parts};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::config::Text;
use bridgekeeper_model::Severity;

crate::rule! {
    /// An argument is a relative path.
    ///
    /// ## Why it matters
    ///
    /// Claude does not start servers in the folder of the project: on macOS it is `/`, on Windows the
    /// folder of the app. `~` and `$HOME` are not expanded, because no shell is there to do it.
    ///
    /// ## What to do
    ///
    /// Write the full path. `expand-home` does it for `~`.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uv", "args": ["--directory", "~/notes", "run", "notes"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "node", "args": ["build/index.js"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "files-mcp", "./data"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "node", "args": ["/srv/notes/build/index.js"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uv", "args": ["--directory", "/srv/notes", "run", "server.py"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "bash", "args": ["-c", "cd ~/notes && ./run"]}}}
    /// ```
    pub(super) static RELATIVE_PATH = {
        id: "relative-path",
        severity: Severity::Warning,
        message: "`{server}`: the argument `{path}` is a relative path; Claude starts servers in a folder of its own, where it means something else.",
        hides: &[],
        fixes: &["expand-home"],
        detect: Detect::Config { problems, log_class: Some("path-not-found") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(started) = started(entry) else { continue };
        if is_shell(&started.program) || matches!(started.program.as_str(), "docker" | "podman") {
            continue;
        }
        let script = script(&started);
        for arg in started.args {
            let value = option_value(&arg.value);
            let is_script = script.is_some_and(|script| script.span == arg.span);
            if is_script || begins_relative(value) {
                problems.push(Problem::of(entry, arg.span.clone()).with("path", shown(value)));
            }
        }
    }
    problems
}

fn begins_relative(value: &str) -> bool {
    const BEGINNINGS: [&str; 9] = ["~/", "~\\", "./", ".\\", "../", "..\\", "$HOME/", "${HOME}/", "$PWD"];
    value == "~" || BEGINNINGS.iter().any(|beginning| value.starts_with(beginning))
}

/// The script that an interpreter is given, where it has no folder that it is looked up in.
fn script<'e>(started: &Started<'e>) -> Option<&'e Text> {
    const FOLDERS: [&str; 5] = ["--directory", "--project", "--cwd", "--prefix", "-C"];
    let looks_up = |arg: &Text| FOLDERS.iter().any(|option| arg.value.starts_with(option));
    let is_module = |arg: &Text| matches!(arg.value.as_str(), "-m" | "-c" | "-e" | "--eval");
    if started.args.iter().any(|arg| looks_up(arg) || is_module(arg)) {
        return None;
    }
    let words: Vec<&Text> = started.args.iter().filter(|arg| !arg.value.starts_with('-')).collect();
    let script = match started.program.as_str() {
        "node" | "python" | "python3" | "py" | "tsx" | "ts-node" => words.first(),
        "bun" | "deno" | "uv" if words.first().is_some_and(|word| word.value == "run") => words.get(1),
        "npx" if words.first().is_some_and(|word| matches!(word.value.as_str(), "tsx" | "ts-node")) => {
            words.get(1)
        }
        _ => None,
    }?;
    let lower = script.value.to_ascii_lowercase();
    let is_file = [".js", ".mjs", ".cjs", ".ts", ".py"].iter().any(|extension| lower.ends_with(extension));
    let is_placeholder = script.value.starts_with(['<', '$', '%', '{']) || script.value.contains("path/to");
    (is_file && !is_absolute(&script.value) && !is_placeholder && url_parts(&script.value).is_none())
        .then_some(*script)
}
