use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::program;
use crate::signs::program::Family;

rule! {
    /// The command of the entry, a program of uv, was not found.
    ///
    /// ## Why it matters
    ///
    /// `uv` is usually installed in `~/.local/bin`, which is not in the list of folders that Claude searches.
    ///
    /// ## What to do
    ///
    /// Give the full path as the command; `which uvx` (on Windows `where uvx`) prints it. Or install uv with a
    /// package manager that uses a folder of the system.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.150Z [fetch] [error] spawn uvx ENOENT {"context":"connection"}
    /// ```
    ///
    /// ```log,finds
    /// zsh:1: command not found: uv
    /// ```
    ///
    /// ```log,finds
    /// 'uvx' is not recognized as an internal or external command,
    /// ```
    ///
    /// ```log,silent
    /// spawn npx ENOENT
    /// ```
    ///
    /// ```log,silent
    /// uvx: installed 3 tools
    /// ```
    pub(crate) static RULE = {
        id: "spawn-enoent-uv",
        severity: Severity::Error,
        message: "`{program}` was not found where Claude looks for programs",
        hides: &["path-not-found"],
        fixes: &["absolute-command", "install-uv", "restart-claude"],
        detect: Detect::Log {
            needles: program::NEEDLES,
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let program = program::missing_of(line, Family::Uv)?;
    Some(Sign::new().with("program", program))
}
