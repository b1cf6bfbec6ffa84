use super::reading::{Nearness, nearness, option_value, shown, url_parts, urls};
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;
use std::net::IpAddr;

crate::rule! {
    /// An https URL names a private address.
    ///
    /// ## Why it matters
    ///
    /// No public authority signs certificates for private addresses, so the server has a certificate of its
    /// own. It must be handed to the bridge.
    ///
    /// ## What to do
    ///
    /// Put the certificate's file into `NODE_EXTRA_CA_CERTS` in `env`.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["mcp-remote", "https://10.0.0.5/mcp"]}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"url": "https://192.168.1.20/mcp"}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["mcp-remote", "https://notes.example/mcp"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"url": "http://192.168.1.20/mcp"}}}
    /// ```
    pub(super) static PRIVATE_IP_HTTPS = {
        id: "private-ip-https",
        severity: Severity::Info,
        message: "`{server}` connects to `{host}` over https; a certificate for a private address is rarely one that is trusted.",
        hides: &[],
        fixes: &[],
        detect: Detect::Config { problems, log_class: Some("tls-untrusted-ca") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        for url in urls(entry) {
            let Some(("https", host)) = url_parts(option_value(&url.value)) else { continue };
            if host.parse::<IpAddr>().is_ok() && nearness(host) == Nearness::Local {
                problems.push(Problem::of(entry, url.span.clone()).with("host", shown(host)));
            }
        }
    }
    problems
}
