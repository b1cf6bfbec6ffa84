use super::reading::{shown, started};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// The name of a package is probably misspelled.
    ///
    /// ## Why it matters
    ///
    /// npm reports `E404`, or fetches a package of somebody else under the wrong name, which is dangerous.
    ///
    /// ## What to do
    ///
    /// Check the name on the page of the server.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "mcp-remot", "https://notes.example/mcp"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "@modelcontextprotocl/server-filesystem", "/srv"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesytem", "/srv"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/srv"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["-y", "mcp-remote@latest", "https://notes.example/mcp"]}}}
    /// ```
    pub(super) static NPM_PACKAGE_MISSPELLED = {
        id: "npm-package-misspelled",
        severity: Severity::Warning,
        message: "`{server}`: the package `{package}` is probably meant to be `{meant}`.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("npm-package-not-found") },
    };
}

/// Names that stand in many configs.
const KNOWN: &[&str] = &[
    "mcp-remote",
    "supergateway",
    "@playwright/mcp",
    "@smithery/cli",
    "@upstash/context7-mcp",
    "@modelcontextprotocol/server-filesystem",
    "@modelcontextprotocol/server-github",
    "@modelcontextprotocol/server-memory",
    "@modelcontextprotocol/server-brave-search",
    "@modelcontextprotocol/server-sequential-thinking",
    "@modelcontextprotocol/server-everything",
    "@modelcontextprotocol/server-puppeteer",
    "@modelcontextprotocol/server-postgres",
    "@modelcontextprotocol/server-slack",
    "@modelcontextprotocol/server-google-maps",
];
const SCOPE: &str = "@modelcontextprotocol";

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        let Some(started) =
            started(entry).filter(|started| matches!(started.program.as_str(), "npx" | "bunx" | "pnpx"))
        else {
            continue;
        };
        let Some(package) = started.args.iter().find(|arg| !arg.value.starts_with('-')) else { continue };
        if let Some(meant) = meant(&package.value) {
            let problem = Problem::of(entry, package.span.clone()).with("package", shown(&package.value));
            problems.push(problem.with("meant", meant));
        }
    }
    problems
}

fn meant(package: &str) -> Option<String> {
    let end = package.char_indices().skip(1).find(|(_, c)| *c == '@').map_or(package.len(), |(at, _)| at);
    let name = &package[..end];
    if let Some((scope, rest)) = name.split_once('/')
        && near(scope, SCOPE)
    {
        return Some(format!("{SCOPE}/{rest}"));
    }
    KNOWN.iter().find(|known| near(name, known)).map(|known| (*known).to_owned())
}

/// Whether one letter is missing, added, changed or swapped, or `_` stands for `-`.
fn near(name: &str, known: &str) -> bool {
    if name == known {
        return false;
    }
    if name.replace(['_', '-', ' '], "") == known.replace('-', "") {
        return true;
    }
    let (a, b): (Vec<char>, Vec<char>) = (name.chars().collect(), known.chars().collect());
    let prefix = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let rest = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let suffix = rest.min(a.len().min(b.len()) - prefix);
    let (left_a, left_b) = (a.len() - prefix - suffix, b.len() - prefix - suffix);
    let swapped = left_a == 2 && left_b == 2 && a[prefix] == b[prefix + 1] && a[prefix + 1] == b[prefix];
    swapped || (left_a <= 1 && left_b <= 1)
}
