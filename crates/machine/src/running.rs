//! Starting programs, with and without waiting for them.

use std::io::{self, Read};
use std::process::{Child, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::command::{Command, Output};
use crate::error::MachineError;

/// How often it is looked whether a program has ended.
const LOOK: Duration = Duration::from_millis(10);
/// How much of what a program prints is kept, in bytes.
const MOST: u64 = 1024 * 1024;

pub(crate) fn run(command: &Command) -> Result<Output, MachineError> {
    let mut prepared = prepared(command);
    prepared.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = prepared.spawn().map_err(|source| not_started(command, source))?;
    let stdout = reading(child.stdout.take());
    let stderr = reading(child.stderr.take());
    let until = Instant::now() + command.limit;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < until => std::thread::sleep(LOOK),
            Ok(None) => {
                stop(&mut child);
                return Err(MachineError::TooSlow {
                    program: command.program.display().to_string(),
                    seconds: command.limit.as_secs(),
                });
            }
            Err(source) => return Err(not_started(command, source)),
        }
    };
    // What it started may hold the pipes open; what it said itself is there by now
    let patience = until.max(Instant::now() + Duration::from_millis(200));
    Ok(Output {
        success: status.success(),
        stdout: finished(stdout, patience),
        stderr: finished(stderr, patience),
    })
}

pub(crate) fn start(command: &Command) -> Result<(), MachineError> {
    let mut prepared = prepared(command);
    prepared.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut prepared, 0);
    let mut child = prepared.spawn().map_err(|source| not_started(command, source))?;
    // Somebody must take note of its end, or it stays in the system's list for as long as this program runs
    std::thread::spawn(move || child.wait());
    Ok(())
}

fn prepared(command: &Command) -> std::process::Command {
    let mut prepared = std::process::Command::new(&command.program);
    prepared.args(&command.args).envs(&command.variables);
    #[cfg(windows)]
    {
        /// `CREATE_NO_WINDOW`: a console program of a window's does not show one of its own.
        const NO_WINDOW: u32 = 0x0800_0000;
        std::os::windows::process::CommandExt::creation_flags(&mut prepared, NO_WINDOW);
    }
    prepared
}

fn reading(pipe: Option<impl Read + Send + 'static>) -> Option<JoinHandle<Vec<u8>>> {
    let pipe = pipe?;
    Some(std::thread::spawn(move || {
        let mut text = Vec::new();
        // What came before an error is worth as much
        let _ = pipe.take(MOST).read_to_end(&mut text);
        text
    }))
}

fn finished(reading: Option<JoinHandle<Vec<u8>>>, until: Instant) -> Vec<u8> {
    let Some(reading) = reading else { return Vec::new() };
    while !reading.is_finished() && Instant::now() < until {
        std::thread::sleep(LOOK);
    }
    if reading.is_finished() { reading.join().unwrap_or_default() } else { Vec::new() }
}

fn stop(child: &mut Child) {
    // It may have ended in between
    let _ = child.kill();
    let _ = child.wait();
}

fn not_started(command: &Command, source: io::Error) -> MachineError {
    MachineError::NotStarted { program: command.program.display().to_string(), source }
}
