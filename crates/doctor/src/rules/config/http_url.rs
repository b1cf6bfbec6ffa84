use super::reading::{Nearness, nearness, option_value, shown, url_parts, urls};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// A URL is plain `http`.
    ///
    /// ## Why it matters
    ///
    /// Over the internet or a shared network the token is readable for everybody on the way. On this
    /// machine itself it does not matter, and is only named. `mcp-remote` refuses plain http to other
    /// machines without `--allow-http`.
    ///
    /// ## What to do
    ///
    /// Use `https` if the server offers it. `https-url` changes the URL.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["mcp-remote", "http://notes.example/mcp", "--allow-http"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"url": "http://192.168.1.20:8000/mcp"}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["mcp-remote", "https://notes.example/mcp"]}}}
    /// ```
    pub(super) static HTTP_URL = {
        id: "http-url",
        severity: Severity::Warning,
        message: "`{server}` connects to `{url}` without encryption; {reach}.",
        hides: &[],
        fixes: &["https-url"],
        detect: Detect::Config { problems, log_class: None },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        for url in urls(entry) {
            let value = option_value(&url.value);
            let Some(("http", host)) = url_parts(value) else { continue };
            let problem = Problem::of(entry, url.span.clone()).with("url", shown(value));
            problems.push(if nearness(host) == Nearness::Loopback {
                problem.with("reach", "it stays on this machine").weighing(Severity::Info)
            } else {
                problem.with("reach", "anyone on the way can read and change it, tokens included")
            });
        }
    }
    problems
}
