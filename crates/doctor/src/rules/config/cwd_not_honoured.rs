use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// An entry sets `cwd`.
    ///
    /// ## Why it matters
    ///
    /// `cwd` is a key of other hosts. Claude starts the server in a folder of its own, so relative paths
    /// and modules in that folder are not found.
    ///
    /// ## What to do
    ///
    /// Use full paths, or tell the program itself: `uv --directory FOLDER`, `npm --prefix FOLDER`,
    /// `PYTHONPATH` in `env`.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uv", "args": ["run", "notes"], "cwd": "/srv/notes"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "python3", "args": ["-m", "notes"], "cwd": "C:\\notes"}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uv", "args": ["--directory", "/srv/notes", "run", "notes"]}}}
    /// ```
    pub(super) static CWD_NOT_HONOURED = {
        id: "cwd-not-honoured",
        severity: Severity::Warning,
        message: "`{server}` sets `cwd`, which Claude does not honour; the server starts in another folder.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("path-not-found") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let cwd =
            entry.other.iter().filter(|key| matches!(key.name.value.as_str(), "cwd" | "workingDirectory"));
        problems.extend(cwd.map(|key| Problem::of(entry, key.name.span.clone())));
    }
    problems
}
