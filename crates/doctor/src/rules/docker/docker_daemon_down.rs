use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The Docker service that should run the server's container is not running.
    ///
    /// ## Why it matters
    ///
    /// `docker` is only a front; without Docker Desktop or the engine behind it no container starts.
    ///
    /// ## What to do
    ///
    /// Start Docker Desktop (or the engine), wait until it is ready, then restart Claude. Let Docker start at
    /// login, or Claude will be faster.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// docker: Cannot connect to the Docker daemon at unix:///Users/ada/.docker/run/docker.sock. Is the docker daemon running?
    /// ```
    ///
    /// ```log,finds
    /// error during connect: Get "http://%2F%2F.%2Fpipe%2FdockerDesktopLinuxEngine/v1.47/info": open //./pipe/dockerDesktopLinuxEngine: The system cannot find the file specified.
    /// ```
    ///
    /// ```log,finds
    /// failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running
    /// ```
    ///
    /// ```log,silent
    /// Docker daemon is ready
    /// ```
    ///
    /// ```log,silent
    /// docker: permission denied while trying to connect to the Docker daemon socket
    /// ```
    pub(crate) static RULE = {
        id: "docker-daemon-down",
        severity: Severity::Error,
        message: "Docker is installed but not running",
        hides: &["path-not-found", "connection-refused", "permission-denied"],
        fixes: &["start-docker", "restart-claude"],
        detect: Detect::Log {
            needles: &[
                "docker daemon", "dockerdesktoplinuxengine", "docker_engine", "error during connect",
                "docker desktop is", "docker api", "docker.sock", "dockerd",
                "cannot connect to podman",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let down = line.has_any(&[
        "cannot connect to the docker daemon",
        "is the docker daemon running",
        "docker daemon is not running",
        "docker desktop is not running",
        "docker desktop is unable",
        "cannot connect to podman",
        "failed to connect to the docker api",
    ]);
    let pipe = line.has_any(&["dockerdesktoplinuxengine", "docker_engine", "docker.sock"])
        && line.has_any(&[
            "cannot find the file",
            "no such file",
            "refused",
            "error during connect",
            "open //",
            "kann die angegebene",
        ]);
    Sign::when((down || pipe) && !line.has("permission denied"))
}
