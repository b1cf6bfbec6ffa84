use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::program;
use crate::signs::program::Family;

rule! {
    /// The command of the entry, a program of Python, was not found.
    ///
    /// ## Why it matters
    ///
    /// macOS and many Linux systems have no program called `python`, only `python3`; a virtual environment is
    /// not searched at all.
    ///
    /// ## What to do
    ///
    /// Use `python3`, or better the full path of the interpreter that has the server's packages, such as
    /// `/path/to/.venv/bin/python`.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.150Z [mail] [error] spawn python ENOENT { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// env: python: No such file or directory
    /// ```
    ///
    /// ```log,finds
    /// bash: line 1: python3.12: command not found
    /// ```
    ///
    /// ```log,silent
    /// spawn /opt/venv/bin/python ENOENT
    /// ```
    ///
    /// ```log,silent
    /// Python 3.12.1 found
    /// ```
    pub(crate) static RULE = {
        id: "spawn-enoent-python",
        severity: Severity::Error,
        message: "`{program}` was not found where Claude looks for programs",
        hides: &["path-not-found"],
        fixes: &["absolute-command", "install-python", "restart-claude"],
        detect: Detect::Log {
            needles: program::NEEDLES,
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let program = program::missing_of(line, Family::Python)?;
    Some(Sign::new().with("program", program))
}
