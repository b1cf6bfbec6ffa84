use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::paths;
use crate::signs::program;

rule! {
    /// The entry's `command` holds the program together with its arguments.
    ///
    /// ## Why it matters
    ///
    /// Claude looks for a program whose name is the whole text, spaces and all, and finds none.
    ///
    /// ## What to do
    ///
    /// Leave the program alone in `command` and put each argument into the list `args`.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: spawn uvx --from git+https://example.org/acme/tool.git tool ENOENT
    /// ```
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.150Z [files] [error] spawn npx -y @acme/files /srv ENOENT {"context":"connection"}
    /// ```
    ///
    /// ```log,finds
    /// spawn python server.py ENOENT
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:15:00.150Z [files] [error] spawn npx ENOENT { metadata: undefined }
    /// ```
    ///
    /// ```log,silent
    /// Error: spawn /Users/ada/My Projects/run ENOENT
    /// ```
    pub(crate) static RULE = {
        id: "command-includes-args",
        severity: Severity::Error,
        message: "`command` holds a whole command line, `{command}`; only the program belongs there",
        hides: &[
            "spawn-enoent-node", "spawn-enoent-uv", "spawn-enoent-python", "spawn-enoent-docker",
            "spawn-enoent-other", "path-not-found",
        ],
        fixes: &["split-command", "edit-config"],
        detect: Detect::Log {
            needles: program::NEEDLES,
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let missing = program::missing(line)?;
    paths::is_command_line(missing.program).then(|| Sign::new().with("command", missing.program))
}
