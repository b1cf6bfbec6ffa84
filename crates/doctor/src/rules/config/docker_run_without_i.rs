use super::docker::verb_without_interactive;
use super::reading::started;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// `docker run` without `-i`.
    ///
    /// ## Why it matters
    ///
    /// Claude speaks with the server through its standard input. Without `-i` Docker closes it at once, and
    /// the server ends.
    ///
    /// ## What to do
    ///
    /// Add `-i`. `docker-interactive` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "docker", "args": ["run", "--rm", "notes:latest"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "docker", "args": ["exec", "notes", "notes-mcp", "-i"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "docker", "args": ["run", "-i", "--rm", "notes:latest"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "docker", "args": ["run", "--rm", "-e", "A=1", "-ti", "notes"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "docker", "args": ["mcp", "gateway", "run"]}}}
    /// ```
    pub(super) static DOCKER_RUN_WITHOUT_I = {
        id: "docker-run-without-i",
        severity: Severity::Error,
        message: "`{server}`: `{program} {verb}` has no `-i`, so the server gets no input and cannot answer.",
        hides: &[],
        fixes: &["docker-interactive"],
        detect: Detect::Config { problems, log_class: Some("docker-missing-interactive") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(started) = started(entry) else { continue };
        if let Some(verb) = verb_without_interactive(&started) {
            let text = &started.args[verb];
            let problem = Problem::of(entry, text.span.clone()).with("verb", text.value.clone());
            problems.push(problem.with("program", started.program.clone()));
        }
    }
    problems
}
