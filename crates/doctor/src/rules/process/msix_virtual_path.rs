use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// A path under `%APPDATA%\Claude` exists only inside the Store package of Claude.
    ///
    /// ## Why it matters
    ///
    /// The packaged Claude sees a private copy of AppData. It hands paths of that copy to programs outside the
    /// package, such as `uv` or `py`, and those see nothing there.
    ///
    /// ## What to do
    ///
    /// Use the real path under `%LOCALAPPDATA%\Packages\Claude_…\LocalCache`, or install the server in a folder
    /// outside AppData.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// error: The system cannot find the path specified. (os error 3)
    /// ```
    ///
    /// ```log,finds
    /// python.exe: can't open file 'C:\\Users\\Ada\\AppData\\Roaming\\Claude\\Claude Extensions\\local.dxt.acme.notes\\server.py': [Errno 2] No such file or directory
    /// ```
    ///
    /// ```log,silent
    /// 2026-02-01 12:00:00 [info] Reading C:\Users\Ada\AppData\Roaming\Claude\Claude Extensions\notes
    /// ```
    ///
    /// ```log,silent
    /// No such file or directory (os error 2)
    /// ```
    pub(crate) static RULE = {
        id: "msix-virtual-path",
        severity: Severity::Error,
        message: "A path in the packaged Claude's private AppData does not exist for other programs",
        hides: &["path-not-found"],
        fixes: &["install-outside-appdata"],
        detect: Detect::Log {
            needles: &["os error 3", "claude extensions", "localcache\\", "packages\\claude_"],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let private = line.has_any(&[
        "appdata\\roaming\\claude\\claude extensions",
        "appdata\\\\roaming\\\\claude\\\\claude extensions",
        "\\packages\\claude_",
        "localcache\\roaming",
    ]);
    let missing = line.has_any(&[
        "no such file",
        "cannot find",
        "enoent",
        "os error 3",
        "os error 2",
        "can't open file",
    ]);
    // uv's own words, which name no path.
    let uv = line.lower.starts_with("error: ") && line.has("(os error 3)") && !line.has(":\\");
    Sign::when(private && missing || uv)
}
