//! A computer to hand in: its processes are what a test says, and what is done to them is written down.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bridgekeeper_machine::{
    Command, Listener, Machine, MachineError, Output, PortState, Process, ProcessId, Territory,
};
use jiff::Timestamp;

/// A computer whose every fact is handed in.
#[derive(Debug)]
pub struct StandInMachine {
    territory: Territory,
    state: Mutex<State>,
    held: BTreeMap<Question, Mutex<Receiver<()>>>,
}

/// What a computer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Its processes.
    Processes,
    /// Its ports.
    Listeners,
}

#[derive(Debug, Default)]
struct State {
    processes: Vec<Process>,
    listeners: Vec<Listener>,
    ports: BTreeMap<u16, PortState>,
    outputs: Vec<(String, Output)>,
    starts: Vec<(PathBuf, Process)>,
    stubborn: BTreeSet<ProcessId>,
    refused: BTreeSet<Question>,
    deeds: Vec<Deed>,
}

/// What was done on a [`StandInMachine`], in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// A process was asked to quit.
    Asked(ProcessId),
    /// A process was ended.
    Ended(ProcessId),
    /// A program was run to its end: its name and arguments.
    Ran(String),
    /// A program was started: its name and arguments.
    Started(String),
}

impl Default for StandInMachine {
    fn default() -> Self {
        Self { territory: Territory::User, state: Mutex::default(), held: BTreeMap::new() }
    }
}

impl StandInMachine {
    /// With a process. It belongs to the home.
    #[must_use]
    pub fn with_process(self, process: Process) -> Self {
        self.state().processes.push(process);
        self
    }

    /// With a process that does not react to being asked to quit.
    #[must_use]
    pub fn with_stubborn(self, process: Process) -> Self {
        self.state().stubborn.insert(process.id);
        self.with_process(process)
    }

    /// With a process that listens on a port of loopback.
    #[must_use]
    pub fn with_listener(self, port: u16, process: &Process) -> Self {
        self.state().listeners.push(Listener {
            address: ([127, 0, 0, 1], port).into(),
            process: process.id,
            name: process.name.clone(),
        });
        self
    }

    /// With a port that somebody else holds or the system keeps to itself.
    #[must_use]
    pub fn with_port(self, port: u16, port_state: PortState) -> Self {
        self.state().ports.insert(port, port_state);
        self
    }

    /// With what a program prints whose command line, joined by spaces, ends like this.
    #[must_use]
    pub fn with_output(self, command_line: &str, stdout: &str) -> Self {
        let output = Output { success: true, stdout: stdout.as_bytes().to_vec(), stderr: Vec::new() };
        self.state().outputs.push((command_line.to_owned(), output));
        self
    }

    /// With a question that it gives no answer to.
    #[must_use]
    pub fn without(self, question: Question) -> Self {
        self.state().refused.insert(question);
        self
    }

    /// With a question that it answers only when the other end of the channel is gone.
    #[must_use]
    pub fn holding(mut self, question: Question, until: Receiver<()>) -> Self {
        self.held.insert(question, Mutex::new(until));
        self
    }

    /// With a process that appears when this program is started.
    #[must_use]
    pub fn with_start(self, program: impl Into<PathBuf>, process: Process) -> Self {
        self.state().starts.push((program.into(), process));
        self
    }

    /// What was done so far.
    pub fn deeds(&self) -> Vec<Deed> {
        self.state().deeds.clone()
    }

    fn wait_for_leave(&self, question: Question) -> bool {
        if let Some(until) = self.held.get(&question) {
            // Nothing is sent; it ends with the channel
            let _ = until.lock().unwrap_or_else(PoisonError::into_inner).recv();
        }
        !self.state().refused.contains(&question)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process with that number, parent, program and arguments, started at the beginning of 2026.
pub fn process(id: u32, parent: Option<u32>, exe: &str, args: &[&str]) -> Process {
    Process {
        id: ProcessId(id),
        parent: parent.map(ProcessId),
        name: exe.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
        exe: Some(exe.into()),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        started: Timestamp::from_second(1_767_225_600).unwrap_or_default(),
    }
}

fn command_line(command: &Command) -> String {
    let program = command.program.display().to_string();
    std::iter::once(&program).chain(&command.args).map(String::as_str).collect::<Vec<_>>().join(" ")
}

impl Machine for StandInMachine {
    fn territory(&self) -> &Territory {
        &self.territory
    }

    fn processes(&self) -> Result<Vec<Process>, MachineError> {
        let may = self.wait_for_leave(Question::Processes);
        may.then(|| self.state().processes.clone())
            .ok_or_else(|| MachineError::NoProcesses("it was refused".to_owned()))
    }

    fn listeners(&self) -> Result<Vec<Listener>, MachineError> {
        let may = self.wait_for_leave(Question::Listeners);
        may.then(|| self.state().listeners.clone())
            .ok_or_else(|| MachineError::NoPorts("it was refused".to_owned()))
    }

    fn port(&self, port: u16) -> PortState {
        let state = self.state();
        if state.listeners.iter().any(|listener| listener.address.port() == port) {
            return PortState::Taken;
        }
        state.ports.get(&port).copied().unwrap_or(PortState::Free)
    }

    fn ask_to_quit(&self, process: &Process) -> Result<(), MachineError> {
        let mut state = self.state();
        if !state.processes.iter().any(|known| known.is(process)) {
            return Err(MachineError::NotOurs(process.id));
        }
        state.deeds.push(Deed::Asked(process.id));
        if !state.stubborn.contains(&process.id) {
            state.remove(process);
        }
        Ok(())
    }

    fn end(&self, process: &Process) -> Result<(), MachineError> {
        let mut state = self.state();
        state.deeds.push(Deed::Ended(process.id));
        state.remove(process);
        Ok(())
    }

    fn wait(&self, processes: &[Process], _: Duration) -> Vec<Process> {
        let state = self.state();
        let still = |process: &&Process| state.processes.iter().any(|known| known.is(process));
        processes.iter().filter(still).cloned().collect()
    }

    fn run(&self, command: &Command) -> Result<Output, MachineError> {
        let line = command_line(command);
        let mut state = self.state();
        state.deeds.push(Deed::Ran(line.clone()));
        let known = state.outputs.iter().find(|(end, _)| line.ends_with(end.as_str()));
        known.map(|(_, output)| output.clone()).ok_or_else(|| MachineError::NotStarted {
            program: line,
            source: std::io::ErrorKind::NotFound.into(),
        })
    }

    fn start(&self, command: &Command) -> Result<(), MachineError> {
        let mut state = self.state();
        state.deeds.push(Deed::Started(command_line(command)));
        let appears = state.starts.iter().find(|(program, _)| *program == command.program);
        if let Some((_, process)) = appears.cloned() {
            state.processes.push(process);
        }
        Ok(())
    }
}

impl State {
    fn remove(&mut self, process: &Process) {
        self.processes.retain(|known| !known.is(process));
        self.listeners.retain(|listener| listener.process != process.id);
    }
}
