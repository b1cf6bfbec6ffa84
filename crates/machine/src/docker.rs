//! Whether anybody answers behind `docker`: the program is a front, and the engine behind it may not run.

use std::time::Duration;

use crate::command::Command;
use crate::error::MachineError;
use crate::machine::Machine;

/// An engine that starts takes its time to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// What `docker` says of the engine behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DockerEngine {
    /// It answers, with its version.
    Answers(String),
    /// It does not; in the words of `docker`.
    Silent(String),
}

/// Asks a `docker` for the engine behind it.
pub fn docker_engine(machine: &dyn Machine, docker: &str) -> Result<DockerEngine, MachineError> {
    let ask = Command::new(docker, ["version", "--format", "{{.Server.Version}}"]).within(LIMIT);
    let output = machine.run(&ask)?;
    let version = output.text().trim().to_owned();
    if output.success && !version.is_empty() {
        return Ok(DockerEngine::Answers(version));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it gave no reason");
    Ok(DockerEngine::Silent(said.to_owned()))
}
