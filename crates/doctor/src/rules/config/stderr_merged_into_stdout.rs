use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// The server's log is merged into its output.
    ///
    /// ## Why it matters
    ///
    /// Claude reads messages from standard output. Each log line that lands there is reported as "not valid
    /// JSON".
    ///
    /// ## What to do
    ///
    /// Remove `2>&1`. Claude keeps what is written to standard error in the log. `keep-stderr-apart` does.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "bash", "args": ["-c", "node /srv/notes/index.js 2>&1"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "node", "args": ["/srv/notes/index.js", "2>&1"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static STDERR_MERGED_INTO_STDOUT = {
        id: "stderr-merged-into-stdout",
        severity: Severity::Warning,
        message: "`{server}`: `2>&1` sends its log lines into the stream where Claude expects messages only.",
        hides: &[],
        fixes: &["keep-stderr-apart"],
        detect: Detect::Config { problems, log_class: Some("stdout-pollution") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let merged = entry.command.iter().chain(&entry.args).filter(|text| text.value.contains("2>&1"));
        problems.extend(merged.map(|text| Problem::of(entry, text.span.clone())));
    }
    problems
}
