//! Claude quit whole and started again, until each server is up or its failure is known.
//!
//! Claude is asked first. What does not go is ended: its windows and helpers, the servers it started, and bridges
//! whose starter is long gone. Claude Code and everything else on the computer is left alone, and nothing is ended
//! before it is known how Claude will be started again. Between the two, whatever Claude would write over can be done.
//!
//! Deliberately absent: a way back. What a server held only in its memory is lost, as at every end of Claude.

mod launch;
mod outcome;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bridgekeeper_machine::{
    Command, Machine, MachineError, Process, Role, RunningClaude, descendants, orphaned_bridges, role,
    running_claudes,
};
use bridgekeeper_model::Os;
use serde::Serialize;

pub use outcome::{ServerOutcome, Watching};

use crate::context::Context;
use crate::error::EngineError;

/// How long Claude may take to quit once it was asked. It saves its windows and closes its servers.
const TO_QUIT: Duration = Duration::from_secs(10);
/// How long servers may take to end after Claude has.
const TO_FOLLOW: Duration = Duration::from_secs(3);
/// How long a process may take to vanish once it was ended.
const TO_VANISH: Duration = Duration::from_secs(5);

/// What a restart will do. Nothing is done yet.
#[derive(Debug)]
pub struct Restart {
    claudes: Vec<Process>,
    orphans: Vec<Process>,
    /// Everything that will end, Claude first.
    pub ends: Vec<Ended>,
    start: Option<Command>,
    os: Os,
    to_quit: Duration,
}

/// Whether Claude is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It is.
    Start,
    /// It stays closed.
    StayClosed,
}

/// A process that ends, or has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// Its number.
    pub process: u32,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// How it ended; `None` before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<How>,
}

/// What a process that ends is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Claude Desktop itself.
    Claude,
    /// A window or helper of it.
    ClaudePart,
    /// A server that it started, or what starts and serves one.
    Server,
    /// A bridge whose starter had ended before.
    OrphanedBridge,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// By itself, after Claude was asked.
    Quit,
    /// It did not go and was ended.
    Ended,
    /// It still runs.
    StillRuns,
}

/// What is going on, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Claude was asked to quit.
    Asked,
    /// What did not go is being ended.
    Ending,
    /// Claude is being started.
    Starting,
}

impl Moment {
    /// In a few words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Asked => "Waiting for Claude to quit",
            Self::Ending => "Ending what did not go",
            Self::Starting => "Starting Claude",
        }
    }
}

impl Restart {
    /// Looks at what runs and how Claude would be started.
    pub(crate) fn plan(context: &Context, then: Then) -> Result<Self, EngineError> {
        let os = context.home.os();
        if os != Os::current() && context.home.stands_in() {
            return Err(EngineError::ForeignHome { os });
        }
        let processes = context.machine.processes()?;
        let running = running_claudes(&processes, os);
        let orphans = orphaned_bridges(&processes, os);
        let start = match then {
            Then::Start => Some(launch::launch(&context.home, &running).ok_or(EngineError::NoClaude)?),
            Then::StayClosed => None,
        };
        Ok(Self::of(running, orphans, start, os))
    }

    /// Of the Claude that runs, without bridges that it has nothing to do with; `None` where none runs.
    pub(crate) fn of_running(context: &Context) -> Result<Option<Self>, EngineError> {
        let os = context.home.os();
        let running = running_claudes(&context.machine.processes()?, os);
        if running.is_empty() {
            return Ok(None);
        }
        let start = launch::launch(&context.home, &running).ok_or(EngineError::NoClaude)?;
        Ok(Some(Self::of(running, vec![], Some(start), os)))
    }

    fn of(running: Vec<RunningClaude>, orphans: Vec<Process>, start: Option<Command>, os: Os) -> Self {
        let mut ends: Vec<Ended> = Vec::new();
        for claude in &running {
            let whole = std::iter::once(&claude.main).chain(&claude.below);
            ends.extend(whole.map(|process| Ended::of(process, kind(process, os))));
        }
        ends.extend(orphans.iter().map(|bridge| Ended::of(bridge, Kind::OrphanedBridge)));
        let claudes = running.into_iter().map(|claude| claude.main).collect();
        Self { claudes, orphans, ends, start, os, to_quit: TO_QUIT }
    }

    /// Whether Claude runs now.
    pub fn claude_runs(&self) -> bool {
        !self.claudes.is_empty()
    }

    /// The program that will be started.
    pub fn starts(&self) -> Option<String> {
        self.start.as_ref().map(|start| start.program.display().to_string())
    }

    /// Ends everything. What still runs afterwards is said in the list.
    pub(crate) fn quit(
        &self,
        machine: &dyn Machine,
        mut tell: impl FnMut(Moment),
    ) -> Result<Vec<Ended>, MachineError> {
        if self.ends.is_empty() {
            return Ok(vec![]);
        }
        tell(Moment::Asked);
        // Servers may come and go until Claude does, so what is below it is looked up again
        let processes = machine.processes()?;
        let mut all: Vec<(Process, Kind)> = Vec::new();
        for claude in &self.claudes {
            all.push((claude.clone(), Kind::Claude));
            let below = descendants(&processes, claude).into_iter();
            all.extend(below.map(|process| {
                let kind = kind(&process, self.os);
                (process, kind)
            }));
        }
        all.extend(self.orphans.iter().map(|bridge| (bridge.clone(), Kind::OrphanedBridge)));
        for process in self.claudes.iter().chain(&self.orphans) {
            // One that cannot be asked is ended below
            let _ = machine.ask_to_quit(process);
        }
        let stubborn = machine.wait(&self.claudes, self.to_quit);
        let rest: Vec<Process> = all.iter().map(|(process, _)| process.clone()).collect();
        let left = if stubborn.is_empty() { machine.wait(&rest, TO_FOLLOW) } else { rest };
        let left = machine.wait(&left, Duration::ZERO);
        if !left.is_empty() {
            tell(Moment::Ending);
            for process in &left {
                // One that may not be ended is told with those that still run
                let _ = machine.end(process);
            }
        }
        let still = machine.wait(&left, TO_VANISH);
        let among = |some: &[Process], one: &Process| some.iter().any(|other| other.is(one));
        Ok(all
            .iter()
            .map(|(process, kind)| {
                let how = if among(&still, process) {
                    How::StillRuns
                } else if among(&left, process) {
                    How::Ended
                } else {
                    How::Quit
                };
                Ended { how: Some(how), ..Ended::of(process, *kind) }
            })
            .collect())
    }

    /// Starts Claude.
    pub(crate) fn start(
        &self,
        machine: &dyn Machine,
        mut tell: impl FnMut(Moment),
    ) -> Result<(), MachineError> {
        let Some(start) = &self.start else { return Ok(()) };
        tell(Moment::Starting);
        machine.start(start)
    }
}

impl Ended {
    fn of(process: &Process, kind: Kind) -> Self {
        Self { process: process.id.0, name: process.name.clone(), kind, how: None }
    }
}

fn kind(process: &Process, os: Os) -> Kind {
    match role(process, os) {
        Role::Claude => Kind::Claude,
        Role::ClaudePart => Kind::ClaudePart,
        Role::McpRemote | Role::McpBridge | Role::Other => Kind::Server,
    }
}
