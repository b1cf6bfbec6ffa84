use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// Gatekeeper refuses a program that was downloaded and not notarised, or kills it without a word.
    ///
    /// ## Why it matters
    ///
    /// A file that came through a browser carries a quarantine mark. Started by Claude there is nobody to ask,
    /// so macOS rejects the program or ends it with signal 9.
    ///
    /// ## What to do
    ///
    /// If you trust where it came from: `xattr -d com.apple.quarantine FILE`, or `codesign -s - FILE`. Or
    /// install it with a package manager.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// "notes-mcp" cannot be opened because the developer cannot be verified.
    /// ```
    ///
    /// ```log,finds
    /// /opt/tools/notes-mcp: rejected
    /// source=no usable signature
    /// ```
    ///
    /// ```log,finds
    /// sh: line 1: 4711 Killed: 9               /Users/ada/bin/notes-mcp
    /// ```
    ///
    /// ```log,finds
    /// zsh:1: killed     /Users/ada/Downloads/notes-mcp-arm64
    /// ```
    ///
    /// ```log,finds
    /// Apple could not verify “notes-mcp” is free of malware that may harm your Mac or compromise your privacy.
    /// ```
    ///
    /// ```log,silent
    /// request rejected: too many items
    /// ```
    ///
    /// ```log,silent
    /// Promise rejected: timeout
    /// ```
    pub(crate) static RULE = {
        id: "macos-quarantine",
        severity: Severity::Error,
        message: "macOS refuses to run {program}: it was downloaded and is not signed by a known developer",
        hides: &["permission-denied"],
        fixes: &["clear-quarantine"],
        detect: Detect::Log {
            needles: &[
                ": rejected", "apple cannot check", "apple could not verify",
                "developer cannot be verified", "is damaged and can", "com.apple.quarantine", "killed: 9",
                "zsh: killed", ": killed ", "code signature", "library load disallowed", "code 137", "sigkill",
                "signal 9", "unidentified developer",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let gatekeeper = line.has_any(&[
        "apple cannot check",
        "apple could not verify",
        "developer cannot be verified",
        "is damaged and can",
        "com.apple.quarantine",
        "library load disallowed by system policy",
        "unidentified developer",
    ]);
    let rejected = line.has(": rejected") && line.text.starts_with(['/', '~']);
    let signature =
        line.has("code signature") && line.has_any(&["not valid", "invalid", "no cdhash", "different team"]);
    let killed = line.has_any(&[
        "killed: 9",
        "zsh: killed",
        "signal sigkill",
        "exited with code 137",
        "exit code 137",
        "signal 9",
    ]) || line.has("zsh:") && line.has(": killed ");
    let sign = (gatekeeper || rejected || signature || killed)
        .then(|| Sign::new().with("program", program(line)))?;
    Some(if killed && !gatekeeper { sign.at(Severity::Warning) } else { sign })
}

fn program<'a>(line: &LogLine<'a>) -> &'a str {
    let quoted = line.text.split(['"', '“', '”']).nth(1).filter(|name| !name.is_empty());
    let path = line
        .text
        .split_whitespace()
        .find(|word| word.starts_with('/'))
        .map(|word| word.trim_end_matches(':'));
    quoted.or(path).unwrap_or("the program")
}
