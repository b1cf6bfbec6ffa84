use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::program;
use crate::signs::program::Family;

rule! {
    /// The command of the entry, a program of Docker, was not found.
    ///
    /// ## Why it matters
    ///
    /// Docker is not installed, or its command line is in a folder that Claude does not search.
    ///
    /// ## What to do
    ///
    /// Install and start Docker Desktop, or give the full path of `docker`, often `/usr/local/bin/docker`.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.150Z [github] [error] spawn docker ENOENT { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// sh: docker: command not found
    /// ```
    ///
    /// ```log,finds
    /// "docker" no se reconoce como un comando interno o externo,
    /// ```
    ///
    /// ```log,silent
    /// docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.
    /// ```
    ///
    /// ```log,silent
    /// spawn npx ENOENT
    /// ```
    pub(crate) static RULE = {
        id: "spawn-enoent-docker",
        severity: Severity::Error,
        message: "`{program}` was not found where Claude looks for programs",
        hides: &["path-not-found"],
        fixes: &["install-docker", "absolute-command", "restart-claude"],
        detect: Detect::Log {
            needles: program::NEEDLES,
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let program = program::missing_of(line, Family::Docker)?;
    Some(Sign::new().with("program", program))
}
