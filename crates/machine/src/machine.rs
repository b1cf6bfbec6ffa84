use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::command::{Command, Output};
use crate::error::MachineError;
use crate::process::{Process, ProcessId};
use crate::territory::Territory;

/// The computer, as far as one home is concerned. [`crate::ThisMachine`] is the real one.
///
/// Nothing that does not belong to the home is listed, and nothing that is not listed can be ended.
pub trait Machine: fmt::Debug + Send + Sync {
    /// Whose processes these are.
    fn territory(&self) -> &Territory;

    /// Every process that belongs to the home, by its id, without this program and those that started it.
    fn processes(&self) -> Result<Vec<Process>, MachineError>;

    /// Every TCP port that a process of this home listens on, by port.
    fn listeners(&self) -> Result<Vec<Listener>, MachineError>;

    /// Whether a program could listen on that port of 127.0.0.1 now, whoever holds it.
    fn port(&self, port: u16) -> PortState;

    /// Asks a process to quit: `SIGTERM`, on Windows the closing of its windows. It may take its time, or refuse.
    fn ask_to_quit(&self, process: &Process) -> Result<(), MachineError>;

    /// Ends a process at once. One that has ended already is no error.
    fn end(&self, process: &Process) -> Result<(), MachineError>;

    /// Waits until the processes have ended, for `limit` at most; gives those that still run.
    fn wait(&self, processes: &[Process], limit: Duration) -> Vec<Process>;

    /// Runs a program to its end and gives what it printed. A stand-in home runs none.
    fn run(&self, command: &Command) -> Result<Output, MachineError>;

    /// Starts a program that lives on after this one.
    fn start(&self, command: &Command) -> Result<(), MachineError>;
}

/// A process that listens on a TCP port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// Where.
    pub address: SocketAddr,
    /// Which process.
    pub process: ProcessId,
    /// Its name, as the system gives it.
    pub name: String,
}

impl Listener {
    /// Whether a connection to `127.0.0.1` or `::1` reaches it.
    pub fn is_reached_from_here(&self) -> bool {
        let ip = self.address.ip();
        ip.is_loopback() || ip.is_unspecified()
    }
}

/// Whether a program could listen on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortState {
    /// It could.
    Free,
    /// Somebody listens on it.
    Taken,
    /// The system keeps it to itself.
    Reserved,
    /// The system said something else.
    Unknown,
}
