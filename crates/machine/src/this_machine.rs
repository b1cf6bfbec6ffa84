//! The real computer.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use listeners::{Protocol, SocketState};
use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};

use crate::command::{Command, Output};
use crate::error::MachineError;
use crate::machine::{Listener, Machine, PortState};
use crate::process::{Process, ProcessId};
use crate::running;
use crate::territory::{Territory, Traces};

/// How often it is looked whether processes have ended.
const LOOK: Duration = Duration::from_millis(50);

/// This computer, as far as one home is concerned.
#[derive(Debug, Clone)]
pub struct ThisMachine {
    territory: Territory,
}

impl ThisMachine {
    /// This computer, for that home.
    pub fn new(territory: Territory) -> Self {
        Self { territory }
    }

    fn system(&self, update: ProcessesToUpdate<'_>) -> Result<System, MachineError> {
        let mut system = System::new().map_err(|error| MachineError::NoProcesses(error.to_string()))?;
        let kind = ProcessRefreshKind::nothing()
            .without_tasks()
            .with_exe(UpdateKind::Always)
            .with_cmd(UpdateKind::Always)
            .with_user(UpdateKind::Always);
        let kind = match self.territory {
            Territory::User => kind,
            Territory::Folder(_) => kind.with_cwd(UpdateKind::Always).with_environ(UpdateKind::Always),
        };
        system.refresh_processes_specifics(update, true, kind);
        Ok(system)
    }

    fn belongs(&self, process: &sysinfo::Process, own_user: Option<&sysinfo::Uid>, args: &[String]) -> bool {
        let home = process.environ().iter().find_map(|variable| {
            let variable = variable.to_str()?;
            variable.strip_prefix("HOME=").or_else(|| variable.strip_prefix("USERPROFILE="))
        });
        self.territory.holds(&Traces {
            exe: process.exe(),
            args,
            folder: process.cwd(),
            home: home.map(Path::new),
            is_own: process.user_id().zip(own_user).map(|(user, own)| user == own),
        })
    }

    /// The process as it is now, if it still runs and belongs here.
    fn find<'a>(&self, system: &'a System, wanted: &Process) -> Option<&'a sysinfo::Process> {
        let own = sysinfo::get_current_pid().ok();
        let own_user = own.and_then(|own| system.process(own)).and_then(sysinfo::Process::user_id);
        let process = system.process(Pid::from_u32(wanted.id.0)).filter(|process| runs(process))?;
        let seen = seen(system, process);
        (Some(process.pid()) != own && seen.is(wanted) && self.belongs(process, own_user, &seen.args))
            .then_some(process)
    }

    fn these(&self, processes: &[Process]) -> Result<System, MachineError> {
        let own = sysinfo::get_current_pid().ok();
        let ids: Vec<Pid> = processes.iter().map(|process| Pid::from_u32(process.id.0)).chain(own).collect();
        self.system(ProcessesToUpdate::Some(&ids))
    }
}

impl Machine for ThisMachine {
    fn territory(&self) -> &Territory {
        &self.territory
    }

    fn processes(&self) -> Result<Vec<Process>, MachineError> {
        let system = self.system(ProcessesToUpdate::All)?;
        let own = sysinfo::get_current_pid().map_err(|error| MachineError::NoProcesses(error.to_string()))?;
        let own_user = system.process(own).and_then(sysinfo::Process::user_id);
        let above = above(&system, own);
        let mut processes: Vec<Process> = system
            .processes()
            .values()
            .filter(|process| runs(process) && !above.contains(&process.pid()))
            .filter_map(|process| {
                let seen = seen(&system, process);
                self.belongs(process, own_user, &seen.args).then_some(seen)
            })
            .collect();
        processes.sort_by_key(|process| process.id);
        Ok(processes)
    }

    fn listeners(&self) -> Result<Vec<Listener>, MachineError> {
        let all = listeners::get_all().map_err(|error| MachineError::NoPorts(error.to_string()))?;
        let ours = self.processes()?;
        let mut listeners: Vec<Listener> = all
            .into_iter()
            .filter(|one| one.protocol == Protocol::TCP && one.state == SocketState::Listen)
            .filter(|one| ours.iter().any(|process| process.id.0 == one.process.pid))
            .map(|one| Listener {
                address: one.socket,
                process: ProcessId(one.process.pid),
                name: one.process.name,
            })
            .collect();
        listeners.sort_by_key(|listener| (listener.address.port(), listener.process));
        Ok(listeners)
    }

    fn port(&self, port: u16) -> PortState {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) => PortState::Free,
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => PortState::Taken,
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => PortState::Reserved,
            Err(_) => PortState::Unknown,
        }
    }

    fn ask_to_quit(&self, process: &Process) -> Result<(), MachineError> {
        let system = self.these(std::slice::from_ref(process))?;
        let Some(found) = self.find(&system, process) else { return Err(MachineError::NotOurs(process.id)) };
        match found.kill_with(sysinfo::Signal::Term) {
            Some(true) => Ok(()),
            Some(false) => Err(MachineError::Refused(process.id)),
            // Windows has no such signal; without /F taskkill closes the windows
            None => {
                let id = process.id.to_string();
                let asked = running::run(&Command::new("taskkill", ["/PID", &id]))?;
                if asked.success { Ok(()) } else { Err(MachineError::CannotBeAsked(process.id)) }
            }
        }
    }

    fn end(&self, process: &Process) -> Result<(), MachineError> {
        let system = self.these(std::slice::from_ref(process))?;
        match self.find(&system, process) {
            None if self.wait(std::slice::from_ref(process), Duration::ZERO).is_empty() => Ok(()),
            None => Err(MachineError::NotOurs(process.id)),
            Some(found) if found.kill() => Ok(()),
            Some(_) if self.wait(std::slice::from_ref(process), Duration::ZERO).is_empty() => Ok(()),
            Some(_) => Err(MachineError::Refused(process.id)),
        }
    }

    fn wait(&self, processes: &[Process], limit: Duration) -> Vec<Process> {
        let until = Instant::now() + limit;
        loop {
            let Ok(system) = self.these(processes) else { return processes.to_vec() };
            let still = |wanted: &&Process| {
                let now = system.process(Pid::from_u32(wanted.id.0));
                now.is_some_and(|now| runs(now) && seen(&system, now).is(wanted))
            };
            let left: Vec<Process> = processes.iter().filter(still).cloned().collect();
            if left.is_empty() || Instant::now() >= until {
                return left;
            }
            std::thread::sleep(LOOK);
        }
    }

    fn run(&self, command: &Command) -> Result<Output, MachineError> {
        match self.territory {
            Territory::User => running::run(command),
            Territory::Folder(_) => Err(MachineError::StandIn),
        }
    }

    fn start(&self, command: &Command) -> Result<(), MachineError> {
        running::start(command)
    }
}

/// What has ended and waits for its parent to notice does not run.
fn runs(process: &sysinfo::Process) -> bool {
    !matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead)
}

/// This program and those that started it. Their arguments may name the home.
fn above(system: &System, own: Pid) -> Vec<Pid> {
    let mut above = vec![own];
    let mut process = system.process(own);
    while let Some(parent) = process.and_then(sysinfo::Process::parent).filter(|id| !above.contains(id)) {
        above.push(parent);
        process = system.process(parent);
    }
    above
}

fn seen(system: &System, process: &sysinfo::Process) -> Process {
    let started = |process: &sysinfo::Process| {
        let seconds = i64::try_from(process.start_time()).unwrap_or_default();
        Timestamp::from_second(seconds).unwrap_or_default()
    };
    let args: Vec<String> =
        process.cmd().iter().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
    Process {
        id: ProcessId(process.pid().as_u32()),
        parent: process.parent().and_then(|id| system.process(id)).and_then(|parent| {
            // Windows gives the number of a parent that has ended to a younger process; elsewhere the system's first
            // process takes the children over, or the user's session does
            let reused = parent.start_time() > process.start_time() + 1;
            let took_over = parent.pid().as_u32() == 1 || parent.name() == "systemd";
            (!reused && !took_over).then(|| ProcessId(parent.pid().as_u32()))
        }),
        name: process.name().to_string_lossy().into_owned(),
        exe: process.exe().map(Path::to_owned),
        args,
        started: started(process),
    }
}
