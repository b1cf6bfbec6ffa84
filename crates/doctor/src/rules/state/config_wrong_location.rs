use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// Claude started no server at all.
    ///
    /// ## Why it matters
    ///
    /// The Store version of Claude on Windows reads a private copy of its config, while its own menu opens
    /// another file; and every host has a file of its own. Entries in the wrong file are ignored without a
    /// word.
    ///
    /// ## What to do
    ///
    /// Compare the files: Bridgekeeper shows which one Claude reads and can bring the entries there. Quit
    /// Claude before you edit.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02 09:15:02 [info] LocalMcpServerManager: Closing all (0 servers)
    /// ```
    ///
    /// ```log,finds
    /// 2026-03-02 09:15:02 [info] Loaded 0 MCP servers from config
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02 09:15:02 [info] LocalMcpServerManager: Closing all (3 servers)
    /// ```
    ///
    /// ```log,silent
    /// Loaded 10 MCP servers
    /// ```
    pub(crate) static RULE = {
        id: "config-wrong-location",
        severity: Severity::Info,
        message: "Claude started without any server; its entries may stand in a file that it does not read",
        hides: &[],
        fixes: &["merge-configs", "restart-claude"],
        detect: Detect::Log {
            needles: &["(0 servers)", "0 mcp servers", "no mcp servers"],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    Sign::when(line.has("(0 servers)") || line.has(" 0 mcp servers") || line.has("no mcp servers configured"))
}
