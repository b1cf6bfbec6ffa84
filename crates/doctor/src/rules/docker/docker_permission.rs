use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The Docker service runs, but this user may not talk to it.
    ///
    /// ## Why it matters
    ///
    /// On Linux the socket belongs to the group `docker`. A desktop that was started before you joined the
    /// group does not have it either.
    ///
    /// ## What to do
    ///
    /// Add yourself to the group (`sudo usermod -aG docker $USER`), sign out and in again, or use rootless
    /// Docker.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// docker: permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock
    /// ```
    ///
    /// ```log,finds
    /// Got permission denied while trying to connect to the docker API at unix:///var/run/docker.sock
    /// ```
    ///
    /// ```log,finds
    /// dial unix /var/run/docker.sock: connect: permission denied
    /// ```
    ///
    /// ```log,silent
    /// docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
    /// ```
    ///
    /// ```log,silent
    /// mounting /var/run/docker.sock
    /// ```
    pub(crate) static RULE = {
        id: "docker-permission",
        severity: Severity::Error,
        message: "You may not use the Docker socket",
        hides: &["permission-denied", "docker-daemon-down"],
        fixes: &["join-docker-group"],
        detect: Detect::Log {
            needles: &["docker daemon socket", "docker.sock", "permission denied while trying to connect"],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    Sign::when(line.has("permission denied") && line.has("docker"))
}
