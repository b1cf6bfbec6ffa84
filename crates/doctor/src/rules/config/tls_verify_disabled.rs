use super::reading::shown;
use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_model::Severity;

crate::rule! {
    /// The check of certificates is switched off.
    ///
    /// ## Why it matters
    ///
    /// Any machine on the way can then pose as the server. It is usually done because a company's own
    /// authority is not known.
    ///
    /// ## What to do
    ///
    /// Remove it, and name the authority's file in `NODE_EXTRA_CA_CERTS` instead. `verify-certificates`
    /// removes it.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["mcp-remote", "https://notes.example/mcp"], "env": {"NODE_TLS_REJECT_UNAUTHORIZED": "0"}}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp", "--insecure"]}}}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "npx", "args": ["mcp-remote", "https://notes.example/mcp"], "env": {"NODE_EXTRA_CA_CERTS": "/etc/company.pem"}}}}
    /// ```
    pub(super) static TLS_VERIFY_DISABLED = {
        id: "tls-verify-disabled",
        severity: Severity::Warning,
        message: "`{server}`: `{setting}` switches the check of certificates off; whoever is on the way can read the token.",
        hides: &[],
        fixes: &["verify-certificates"],
        detect: Detect::Config { problems, log_class: Some("tls-untrusted-ca") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in facts.file.servers() {
        for variable in &entry.env {
            if switches_off(&variable.name.value, &variable.value.value) {
                let setting = format!("{}={}", variable.name.value, shown(&variable.value.value));
                problems.push(Problem::of(entry, variable.value.span.clone()).with("setting", setting));
            }
        }
        for arg in entry.args.iter().filter(|arg| OPTIONS.contains(&arg.value.as_str())) {
            problems.push(Problem::of(entry, arg.span.clone()).with("setting", arg.value.clone()));
        }
    }
    problems
}

const OPTIONS: [&str; 7] = [
    "--insecure",
    "--no-verify",
    "--no-verify-ssl",
    "--no-ssl-verify",
    "--no-check-certificate",
    "--skip-tls-verify",
    "--tls-no-verify",
];

fn switches_off(name: &str, value: &str) -> bool {
    let off = matches!(value.trim().to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off");
    let on = matches!(value.trim().to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on");
    let name = name.to_ascii_uppercase();
    let verifies = [
        "REJECT_UNAUTHORIZED",
        "HTTPSVERIFY",
        "VERIFY_SSL",
        "SSL_VERIFY",
        "VERIFY_TLS",
        "TLS_VERIFY",
        "VERIFY_CERT",
    ];
    let skips = ["NO_VERIFY", "SKIP_VERIFY", "SKIP_TLS", "INSECURE", "NO_SSL_VERIFY"];
    let skipping = skips.iter().any(|part| name.contains(part));
    (skipping && on) || (!skipping && off && verifies.iter().any(|part| name.contains(part)))
}
