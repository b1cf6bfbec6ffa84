use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// npm cannot write its cache or its global folder, because they belong to somebody else.
    ///
    /// ## Why it matters
    ///
    /// An earlier `sudo npm` leaves files that belong to root. Claude runs npx as you, and every start fails.
    ///
    /// ## What to do
    ///
    /// Give the folder back to yourself: `sudo chown -R $(id -u) ~/.npm`. On Windows delete the folder that the
    /// message names, or point npm's cache to one that you own.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// npm error code EACCES
    /// npm error syscall mkdir
    /// npm error path /Users/ada/.npm/_cacache/index-v5/3f
    /// ```
    ///
    /// ```log,finds
    /// npm ERR! Your cache folder contains root-owned files, due to a bug in
    /// ```
    ///
    /// ```log,finds
    /// npm error code EEXIST
    /// npm error syscall rename
    /// ```
    ///
    /// ```log,silent
    /// Error: EACCES: permission denied, open '/etc/acme.conf'
    /// ```
    ///
    /// ```log,silent
    /// sh: /opt/tools/acme-mcp: Permission denied
    /// ```
    pub(crate) static RULE = {
        id: "npm-permission",
        severity: Severity::Error,
        message: "npm may not write its own folder: {detail}",
        hides: &["permission-denied"],
        fixes: &["own-npm-folder"],
        detect: Detect::Log {
            needles: &[
                "eacces", "eexist", "eperm", "root-owned", "chown -r", "permission denied", "syscall mkdir",
                "syscall open",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let npm = line.has_any(&["npm err!", "npm error", "_cacache", "/.npm/_logs"]);
    let refused = line.has_any(&["eacces", "eexist", "root-owned", "chown -r"])
        || line.has_any(&["eperm", "permission denied", "operation not permitted"])
            && line.has_any(&["mkdir", "open "])
        || line.has_any(&["syscall mkdir", "syscall open"]) && line.near(3, &["code eperm"]);
    (npm && refused).then(|| Sign::new().with("detail", line.text))
}
