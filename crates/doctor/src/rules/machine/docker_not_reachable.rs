use bridgekeeper_model::Severity;

use crate::rule::{Detect, MachineView, Trouble};

crate::rule! {
    /// Docker is installed, and the engine behind it does not answer.
    ///
    /// ## Why it matters
    ///
    /// `docker` is only a front; the containers are run by an engine, on Windows and macOS by Docker Desktop. While
    /// that is not up, every server that Claude starts with `docker` ends at once.
    ///
    /// ## What to do
    ///
    /// Start Docker Desktop (or the engine), wait until it is ready, then restart Claude. Let Docker start at login.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,macos
    /// {"docker": {"servers": ["maps"], "program": "/usr/local/bin/docker",
    ///   "trouble": "Cannot connect to the Docker daemon at unix:///Users/ada/.docker/run/docker.sock."}}
    /// ```
    ///
    /// ```facts,finds,linux
    /// {"docker": {"servers": ["maps", "notes"], "program": "/usr/bin/docker",
    ///   "trouble": "permission denied while trying to connect to the Docker daemon socket"}}
    /// ```
    ///
    /// ```facts,silent,windows
    /// {"docker": {"servers": ["maps"], "program": "C:\\docker.exe", "engine": "27.3.1"}}
    /// ```
    pub(super) static DOCKER_NOT_REACHABLE = {
        id: "docker-not-reachable",
        severity: Severity::Error,
        message: "`{server}`: `{program}` reaches no Docker engine: {trouble}.",
        hides: &[],
        fixes: &["start-docker", "restart-claude"],
        detect: Detect::Machine { troubles },
    };
}

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let Some(docker) = &view.machine.docker else { return Vec::new() };
    let Some(trouble) = &docker.trouble else { return Vec::new() };
    let class =
        if trouble.contains("permission denied") { "docker-permission" } else { "docker-daemon-down" };
    let about = |server: &String| {
        let about = Trouble::of(server).with("program", docker.program.clone());
        about.with("trouble", trouble.trim_end_matches('.').to_owned()).same_as(class)
    };
    docker.servers.iter().map(about).collect()
}
