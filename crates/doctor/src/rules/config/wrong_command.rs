use super::reading::{shown, started, url_parts};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::{Sentence, Severity};

crate::rule! {
    /// The program cannot run what it is given.
    ///
    /// ## Why it matters
    ///
    /// `npx` runs packages and no files, `node` runs files and no packages, `python` runs no JavaScript.
    /// The process ends at once, with an error about a missing module or package.
    ///
    /// ## What to do
    ///
    /// Use the program that fits: `node` for a `.js` file, `npx -y` for a package, `uvx` for a Python
    /// package.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "/srv/notes/build/index.js"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "python", "args": ["/srv/notes/index.js"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "https://notes.example/mcp"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "node", "args": ["@scope/notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "node", "args": ["/srv/notes/index.js"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["tsx", "/srv/notes/index.ts"]}}}
    /// ```
    pub(super) static WRONG_COMMAND = {
        id: "wrong-command",
        severity: Severity::Error,
        message: "`{server}`: {why}",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(started) = started(entry) else { continue };
        let command = &started.command.value;
        let first = started.args.iter().find(|arg| !arg.value.starts_with('-'));
        let found = if url_parts(command).is_some() {
            {
                let words = "a URL stands in `command`; Claude can only start programs.";
                Some((started.command, Sentence::of(words)))
            }
        } else {
            first.and_then(|first| Some((first, unfit(&started.program, &first.value)?)))
        };
        if let Some((text, why)) = found {
            problems.push(Problem::of(entry, text.span.clone()).with("why", why));
        }
    }
    problems
}

/// Why a program cannot run its first argument.
fn unfit(program: &str, first: &str) -> Option<Sentence> {
    let file = shown(first);
    let ends = |extensions: &[&str]| {
        extensions.iter().any(|extension| first.to_ascii_lowercase().ends_with(extension))
    };
    let javascript = ends(&[".js", ".mjs", ".cjs", ".ts"]);
    let is_path = first.contains(['/', '\\']) && !first.starts_with('@');
    let words = match program {
        "npx" | "bunx" | "pnpx" if javascript && is_path => {
            "`{program}` runs packages; for the file `{file}` use `node`."
        }
        "uvx" if ends(&[".py"]) && is_path => {
            "`uvx` runs packages; for the file `{file}` use `uv run` or `python`."
        }
        "python" | "python3" | "py" if javascript => {
            "`{program}` runs Python and `{file}` is JavaScript; use `node`."
        }
        "node" if ends(&[".py"]) => {
            "`node` runs JavaScript and `{file}` is Python; use `python3` or `uv run`."
        }
        "node" if is_scoped_package(first) => "`node` runs files and `{file}` is a package; use `npx -y`.",
        _ => return None,
    };
    Some(Sentence::of(words).with("program", program).with("file", file))
}

/// `@scope/name`.
fn is_scoped_package(text: &str) -> bool {
    let Some((scope, name)) = text.strip_prefix('@').and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    !scope.is_empty() && !name.is_empty() && !name.contains(['/', '\\']) && !name.ends_with("js")
}
