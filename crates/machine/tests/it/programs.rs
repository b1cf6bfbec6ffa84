use bridgekeeper_machine::{Command, Machine, MachineError, Territory, ThisMachine};

#[test]
fn what_a_program_prints_is_read_to_its_end() {
    let machine = ThisMachine::new(Territory::User);
    let echo = if cfg!(windows) {
        Command::new("cmd", ["/C", "echo %SAID%"])
    } else {
        Command::new("sh", ["-c", "echo $SAID"])
    };
    let output = machine.run(&echo.with("SAID", "v22.1.0")).unwrap();
    assert!(output.success);
    assert_eq!(output.text().trim(), "v22.1.0");
}

#[cfg(unix)]
#[test]
fn a_program_that_hangs_is_stopped() {
    let machine = ThisMachine::new(Territory::User);
    let command = Command::new("sleep", ["600"]).within(std::time::Duration::from_millis(50));
    assert!(matches!(machine.run(&command), Err(MachineError::TooSlow { .. })));
}

#[test]
fn a_missing_program_is_said_by_its_name() {
    let machine = ThisMachine::new(Territory::User);
    let error = machine.run(&Command::new("no-such-program-here", [])).unwrap_err();
    assert!(error.to_string().contains("no-such-program-here"), "{error}");
}

#[test]
fn a_stand_in_home_runs_no_program_of_this_machine() {
    let home = tempfile::tempdir().unwrap();
    let machine = ThisMachine::new(Territory::Folder(home.path().to_owned()));
    assert!(matches!(machine.run(&Command::new("node", ["--version"])), Err(MachineError::StandIn)));
}
