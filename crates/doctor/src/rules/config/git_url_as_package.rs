use super::reading::{shown, started, url_parts};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// The address of a repository stands in the place of a package.
    ///
    /// ## Why it matters
    ///
    /// `npx` then clones and builds it at each start, which needs git and time, and fails for repositories
    /// that are no package. `uvx` wants `git+https://…`.
    ///
    /// ## What to do
    ///
    /// Write the name of the published package, or clone the repository and start its built file.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "https://github.com/ada/notes-mcp"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["https://github.com/ada/notes-mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["--from", "git+https://github.com/ada/notes-mcp", "notes"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "mcp-remote", "https://github.example/mcp"]}}}
    /// ```
    pub(super) static GIT_URL_AS_PACKAGE = {
        id: "git-url-as-package",
        severity: Severity::Warning,
        message: "`{server}`: `{url}` is the address of a repository where `{program}` wants a package name.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("npm-package-not-found") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(started) = started(entry) else { continue };
        let mut words = started.args.iter().filter(|arg| !arg.value.starts_with('-'));
        let Some(first) = words.next() else { continue };
        let weight = match started.program.as_str() {
            "npx" | "bunx" | "pnpx" if is_repository(&first.value) => Severity::Warning,
            "npx" if first.value.starts_with("github:") => Severity::Info,
            "uvx" if url_parts(&first.value).is_some() && is_repository(&first.value) => Severity::Warning,
            _ => continue,
        };
        let problem = Problem::of(entry, first.span.clone()).with("url", shown(&first.value));
        problems.push(problem.with("program", started.program.clone()).weighing(weight));
    }
    problems
}

fn is_repository(text: &str) -> bool {
    let hosts = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];
    let web = url_parts(text).is_some_and(|(_, host)| hosts.contains(&host));
    web || text.starts_with("git+") || text.starts_with("git@") || text.starts_with("git://")
}
