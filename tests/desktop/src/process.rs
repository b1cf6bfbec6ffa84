use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

/// How long a program may take to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(5);

/// A program that is ended, with all that it started, when this is dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        use std::os::unix::process::CommandExt as _;
        let program = command.get_program().to_string_lossy().into_owned();
        // A group of its own, so that its children end with it
        let child = command.process_group(0).spawn().with_context(|| format!("could not start {program}"))?;
        Ok(Self(child))
    }

    /// Starts a program that says on its standard output's first line where it can be reached.
    pub(crate) fn start_and_hear(command: &mut Command) -> Result<(Self, String)> {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut process = Self::start(command.stdout(Stdio::piped()))?;
        let output = process.0.stdout.take().context("its output was piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        ensure!(!line.trim().is_empty(), "{program} ended before it said where it can be reached");
        Ok((process, line.trim().to_owned()))
    }

    /// Waits until it ends by itself; whether with status 0.
    pub(crate) fn ended(&mut self) -> Result<bool> {
        Ok(self.0.wait()?.success())
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end_group("TERM");
        let end = Instant::now() + PATIENCE;
        // `tauri-driver` now and then outlives the request; waiting for it would hold the whole suite
        while matches!(self.0.try_wait(), Ok(None)) {
            if Instant::now() > end {
                self.end_group("KILL");
                let _ = self.0.wait();
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Process {
    /// By the shell's own `kill`, which every system has. The group may have ended by itself.
    fn end_group(&self, signal: &str) {
        let end = format!("kill -s {signal} -- -{}", self.0.id());
        let _ = Command::new("sh").args(["-c", &end]).stderr(Stdio::null()).status();
    }
}
