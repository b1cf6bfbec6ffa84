use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::paths;

rule! {
    /// The server writes relative to its working folder, and Claude starts it in one that cannot be written.
    ///
    /// ## Why it matters
    ///
    /// On macOS a server starts in `/`, which is read-only; on Windows it may start in a system or program
    /// folder. A server that makes `logs` or `./data` there ends at once.
    ///
    /// ## What to do
    ///
    /// Give the server an absolute path for its logs and data, through its own option or environment variable,
    /// or update it.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// OSError: [Errno 30] Read-only file system: 'cache'
    /// ```
    ///
    /// ```log,finds
    /// Error: EROFS: read-only file system, open './debug.log'
    /// ```
    ///
    /// ```log,finds
    /// PermissionError: [Errno 13] Permission denied: 'C:\\Windows\\System32\\notes.db'
    /// ```
    ///
    /// ```log,finds
    /// Error: EACCES: permission denied, mkdir '/logs'
    /// ```
    ///
    /// ```log,silent
    /// PermissionError: [Errno 13] Permission denied: '/srv/private/notes'
    /// ```
    ///
    /// ```log,silent
    /// mount: file system is read only? no
    /// ```
    pub(crate) static RULE = {
        id: "cwd-read-only",
        severity: Severity::Error,
        message: "The server writes into the folder it was started in ({path}), and nothing may be written there",
        hides: &["permission-denied", "path-not-found"],
        fixes: &["absolute-data-path"],
        detect: Detect::Log {
            needles: &[
                "read-only file system", "erofs", "mkdir '/", "permission denied: '", "\\windows\\system32",
                "mkdir 'c:\\windows",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let path = line
        .quoted_after("system, open ")
        .or_else(|| line.quoted_after("system, mkdir "))
        .or_else(|| line.quoted_after("file system"))
        .or_else(|| line.quoted_after("mkdir "))
        .or_else(|| line.quoted_after("permission denied"));
    let read_only = line.has_any(&["read-only file system", "erofs"]);
    let system_folder =
        line.has("system32") && line.has_any(&["permission denied", "eperm", "eacces", "access is denied"]);
    // `/logs` or `logs`: the folder above is the one the server was started in.
    let at_root = line.has_any(&["eacces", "permission denied", "enoent"])
        && line.has("mkdir '/")
        && path.is_some_and(|path| path.len() > 1 && !path[1..].contains('/'));
    let relative =
        line.has("errno 13]") && path.is_some_and(|path| !paths::is_absolute(path) && !path.starts_with('.'));
    (read_only || system_folder || at_root || relative)
        .then(|| Sign::new().with("path", path.unwrap_or("its own")))
}
