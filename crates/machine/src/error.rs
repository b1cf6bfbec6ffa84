use std::io;

use crate::ProcessId;

/// Why something could not be learned from the machine or done on it.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The process was not found among those that belong here: it has ended, or it is somebody else's.
    #[error("process {0} has ended or is somebody else's")]
    NotOurs(ProcessId),
    /// The system refused.
    #[error("the system did not let process {0} be ended")]
    Refused(ProcessId),
    /// It does not react to being asked: it has no window.
    #[error("process {0} cannot be asked to quit")]
    CannotBeAsked(ProcessId),
    /// The system gives no list of processes.
    #[error("this system gives no list of processes: {0}")]
    NoProcesses(String),
    /// The system gives no list of ports.
    #[error("this system gives no list of ports: {0}")]
    NoPorts(String),
    /// A program could not be started.
    #[error("could not start {program}")]
    NotStarted {
        /// The program.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A program said that it failed.
    #[error("{program} failed{}", colon(said))]
    Failed {
        /// The program.
        program: String,
        /// The first line that it said.
        said: String,
    },
    /// A program did not end in time and was stopped.
    #[error("{program} did not answer within {seconds} s")]
    TooSlow {
        /// The program.
        program: String,
        /// How long it was given.
        seconds: u64,
    },
    /// Programs of this machine say nothing about a home that stands in for another one.
    #[error("the home is a stand-in, and this computer's programs say nothing about it")]
    StandIn,
}

/// The words behind a colon, where there are any.
fn colon(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}
