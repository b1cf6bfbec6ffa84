use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::program;
use crate::signs::program::Family;

rule! {
    /// The command of the entry was not found.
    ///
    /// ## Why it matters
    ///
    /// Claude does not search the folders of your terminal, such as `~/.local/bin`, `~/.cargo/bin`, `~/go/bin`
    /// or a virtual environment. Newer versions on macOS say only `Failed to spawn process: No such file or
    /// directory`.
    ///
    /// ## What to do
    ///
    /// Give the full path as the command; `which NAME` (on Windows `where NAME`) prints it.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.150Z [notes] [error] spawn notes-mcp ENOENT { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.110Z [mail] [info] Using MCP server command: mail-mcp with args and path: {
    /// 2026-03-02T08:15:00.120Z [mail] [info] Server started and connected successfully { metadata: undefined }
    /// Failed to spawn process: No such file or directory
    /// ```
    ///
    /// ```log,finds
    /// bash: line 1: bun: command not found
    /// ```
    ///
    /// ```log,silent
    /// spawn npx ENOENT
    /// ```
    ///
    /// ```log,silent
    /// spawn /opt/tools/notes-mcp ENOENT
    /// ```
    pub(crate) static RULE = {
        id: "spawn-enoent-other",
        severity: Severity::Error,
        message: "`{program}` was not found where Claude looks for programs",
        hides: &["path-not-found"],
        fixes: &["absolute-command", "restart-claude"],
        detect: Detect::Log {
            needles: program::NEEDLES,
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let program = program::missing_of(line, Family::Other)?;
    Some(Sign::new().with("program", program))
}
