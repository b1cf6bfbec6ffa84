use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::paths;

rule! {
    /// A path was given with quote characters inside the text, so it is no path any more.
    ///
    /// ## Why it matters
    ///
    /// In JSON the quotes around a string are enough. Quotes inside it reach the program, which takes the whole
    /// for a relative name and looks for it in its own folder.
    ///
    /// ## What to do
    ///
    /// Remove the inner quotes: `"C:\\Users\\ada\\server.js"`, not `"\"C:\\…\""`. A space in the path needs no
    /// quotes either.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: Cannot find module 'C:\Windows\System32\"D:\tools\server\index.js"'
    /// ```
    ///
    /// ```log,finds
    /// python: can't open file '/"/Users/ada/server.py"': [Errno 2] No such file or directory
    /// ```
    ///
    /// ```log,finds
    /// '\"C:\Program Files\nodejs\npx.cmd\"' is not recognized as an internal or external command,
    /// ```
    ///
    /// ```log,silent
    /// Error: Cannot find module 'D:\tools\server\index.js'
    /// ```
    ///
    /// ```log,silent
    /// FileNotFoundError: [Errno 2] No such file or directory: '/Users/ada/notes'
    /// ```
    pub(crate) static RULE = {
        id: "config-path-escaping",
        severity: Severity::Error,
        message: "A path in the config has quote characters inside it: {path}",
        hides: &["path-not-found", "spawn-enoent-other", "spawn-enoent-node", "windows-path-space"],
        fixes: &["remove-inner-quotes", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "cannot find module", "can't open file", "is not recognized", "enoent", "no such file",
                "cannot find the path", "cannot find the file", "syntax is incorrect",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    // Python shows a path with its backslashes doubled; elsewhere doubled ones mean JSON, where the quote is none.
    let python = line.has_any(&["can't open file", "[errno"]);
    let path = quoted_path(line.text, if python { Backslashes::Doubled } else { Backslashes::Single })?;
    Some(Sign::new().with("path", path))
}

/// How the text writes a backslash.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Backslashes {
    Single,
    Doubled,
}

/// A quote right before a root, where a path has already begun or a program's name should stand.
fn quoted_path(text: &str, written: Backslashes) -> Option<&str> {
    text.match_indices('"').find_map(|(at, _)| {
        let after = &text[at + 1..];
        let root = (paths::has_drive(after)
            && (written == Backslashes::Doubled || !after[2..].starts_with("\\\\")))
            || ["/Users/", "/home/", "/opt/", "/usr/"].iter().any(|root| after.starts_with(root));
        let inside =
            text[..at].ends_with(['\\', '/', '\'']) || text[..at].to_ascii_lowercase().ends_with("spawn ");
        (root && inside).then(|| after.split(['"', '\'']).next().unwrap_or(after))
    })
}
