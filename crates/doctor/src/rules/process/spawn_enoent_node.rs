use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::program;
use crate::signs::program::Family;

rule! {
    /// The command of the entry, a program of Node, was not found.
    ///
    /// ## Why it matters
    ///
    /// Claude does not search the folders of your terminal. Node from Homebrew, nvm, volta or fnm may be
    /// missing from its list although `npx` works in a terminal; on a fresh machine Node may not be installed
    /// at all.
    ///
    /// ## What to do
    ///
    /// Install Node 20 or newer. If it is installed, give the full path of `node` or `npx` as the command, or
    /// set `PATH` in the entry's `env`. For a remote server Bridgekeeper's own bridge needs no Node.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.150Z [files] [error] spawn npx ENOENT { metadata: undefined }
    /// 2026-03-02T08:15:00.152Z [files] [info] Server transport closed { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// env: node: No such file or directory
    /// ```
    ///
    /// ```log,finds
    /// 'npx' n'est pas reconnu en tant que commande interne
    /// ou externe, un programme ex‚cutable ou un fichier de commandes.
    /// ```
    ///
    /// ```log,finds
    /// Der Befehl "npx" ist entweder falsch geschrieben oder
    /// konnte nicht gefunden werden.
    /// ```
    ///
    /// ```log,finds
    /// /bin/sh: npm: command not found
    /// ```
    ///
    /// ```log,silent
    /// spawn uvx ENOENT
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:15:00.150Z [files] [info] Using MCP server command: npx with args and path: {
    /// ```
    pub(crate) static RULE = {
        id: "spawn-enoent-node",
        severity: Severity::Error,
        message: "`{program}` was not found where Claude looks for programs",
        hides: &["path-not-found"],
        fixes: &["use-bridge", "absolute-command", "install-node", "restart-claude"],
        detect: Detect::Log {
            needles: program::NEEDLES,
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let program = program::missing_of(line, Family::Node)?;
    Some(Sign::new().with("program", program))
}
