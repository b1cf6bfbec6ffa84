use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// On Windows `npx` and other npm programs are batch files, which only `cmd.exe` can start.
    ///
    /// ## Why it matters
    ///
    /// A host or a launcher that starts programs without a shell cannot start them; newer Node versions refuse
    /// with `EINVAL`.
    ///
    /// ## What to do
    ///
    /// Write `"command": "cmd"` and `"args": ["/c", "npx", …]`, or start `node` with the full path of the
    /// script. Claude Desktop itself wraps batch files on its own; this concerns other hosts and launchers.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: spawn npx.cmd EINVAL
    /// ```
    ///
    /// ```log,finds
    /// OSError: [WinError 193] %1 is not a valid Win32 application
    /// ```
    ///
    /// ```log,finds
    /// Error: spawn EINVAL
    ///     at ChildProcess.spawn (node:internal/child_process:421:11)
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:15:00.150Z [files] [error] spawn npx ENOENT { metadata: undefined }
    /// ```
    ///
    /// ```log,silent
    /// Error: read EINVAL
    /// ```
    pub(crate) static RULE = {
        id: "windows-needs-cmd-wrapper",
        severity: Severity::Error,
        message: "`{program}` is a batch file, and the host starts it without a shell",
        hides: &["spawn-enoent-node", "spawn-enoent-other"],
        fixes: &["cmd-wrapper", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "einval", "spawn unknown", "win32 application", "os error 193", "winerror 193",
                ".cmd enoent",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let batch = line.has("spawn") && (line.has(" einval") || line.has(".cmd enoent"));
    let not_a_program =
        line.has_any(&["spawn unknown", "not a valid win32 application", "os error 193", "winerror 193"]);
    let program = line.between("spawn ", " einval").or_else(|| line.between("spawn ", " enoent"));
    (batch || not_a_program).then(|| {
        Sign::new().with("program", program.filter(|name| !name.is_empty()).unwrap_or("the command"))
    })
}
