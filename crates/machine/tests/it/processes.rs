#![cfg(unix)]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use bridgekeeper_machine::{Machine, MachineError, PortState, Process, Territory, ThisMachine};

const LONG: Duration = Duration::from_secs(20);

fn machine_of(home: &Path) -> ThisMachine {
    ThisMachine::new(Territory::Folder(home.to_owned()))
}

/// A process that sleeps until it is ended, with that home.
fn sleeper(home: &Path) -> Child {
    let mut command = std::process::Command::new("sleep");
    command.arg("600").env("HOME", home).stdin(Stdio::null());
    command.spawn().unwrap()
}

fn seen(machine: &ThisMachine, child: &Child) -> Option<Process> {
    machine.processes().unwrap().into_iter().find(|process| process.id.0 == child.id())
}

#[test]
fn a_home_sees_and_ends_its_own_processes_alone() {
    let (home, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut ours, mut theirs) = (sleeper(home.path()), sleeper(other.path()));
    let machine = machine_of(home.path());
    let found = seen(&machine, &ours).expect("it belongs to the home");
    assert_eq!((found.name.as_str(), found.args.as_slice()), ("sleep", &["600".to_owned()][..]));
    assert_eq!(seen(&machine, &theirs), None);

    let foreign = seen(&machine_of(other.path()), &theirs).unwrap();
    assert!(matches!(machine.end(&foreign), Err(MachineError::NotOurs(_))));
    assert!(matches!(machine.ask_to_quit(&foreign), Err(MachineError::NotOurs(_))));
    assert_eq!(theirs.try_wait().unwrap(), None);

    machine.ask_to_quit(&found).unwrap();
    assert_eq!(machine.wait(std::slice::from_ref(&found), LONG), []);
    assert_eq!(seen(&machine, &ours), None, "an ended process that nobody has taken note of does not run");
    machine.end(&found).unwrap();
    ours.wait().unwrap();
    machine_of(other.path()).end(&foreign).unwrap();
    theirs.wait().unwrap();
}

#[test]
fn a_process_with_a_used_number_is_not_the_one_that_was_seen() {
    let home = tempfile::tempdir().unwrap();
    let mut child = sleeper(home.path());
    let machine = machine_of(home.path());
    let found = seen(&machine, &child).unwrap();
    let earlier = Process { started: found.started - jiff::SignedDuration::from_hours(1), ..found.clone() };
    assert!(matches!(machine.ask_to_quit(&earlier), Err(MachineError::NotOurs(_))));
    assert_eq!(machine.wait(std::slice::from_ref(&earlier), Duration::ZERO), []);
    assert_eq!(machine.wait(std::slice::from_ref(&found), Duration::ZERO).len(), 1);
    machine.end(&found).unwrap();
    child.wait().unwrap();
}

#[test]
fn this_program_is_never_among_them() {
    let folder = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let own = std::process::id();
    assert!(machine_of(&folder).processes().unwrap().iter().all(|process| process.id.0 != own));
    let users = ThisMachine::new(Territory::User).processes().unwrap();
    assert!(users.iter().all(|process| process.id.0 != own));
}

#[test]
fn a_taken_port_is_told_from_a_free_one() {
    let home = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let machine = machine_of(home.path());
    assert_eq!(machine.port(port), PortState::Taken);
    let listed = machine.listeners().unwrap();
    assert!(listed.iter().all(|one| one.address.port() != port), "this program does not belong to the home");
    drop(listener);
    assert_eq!(machine.port(port), PortState::Free);
}
