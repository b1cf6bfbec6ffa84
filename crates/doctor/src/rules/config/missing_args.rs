use super::reading::{is_launcher, shown, started};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// A launcher is started without arguments.
    ///
    /// ## Why it matters
    ///
    /// `npx`, `uvx`, `node` and their like start the server that an argument names. Without one they wait
    /// for input or end at once.
    ///
    /// ## What to do
    ///
    /// Add `args`: the package, the script or the URL.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "mcp-proxy", "env": {"SSE_URL": "http://localhost:5030/sse"}}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "/opt/notes/notes-mcp"}}}
    /// ```
    pub(super) static MISSING_ARGS = {
        id: "missing-args",
        severity: Severity::Warning,
        message: "`{server}` starts `{program}` without any argument; it needs to be told which server to run.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(started) = started(entry) else { continue };
        let misfit = entry.misfits.iter().any(|misfit| misfit.place.starts_with("args"));
        if is_launcher(&started.program) && started.args.is_empty() && !misfit {
            let problem = Problem::of(entry, started.command.span.clone());
            problems.push(problem.with("program", shown(&started.command.value)));
        }
    }
    problems
}
