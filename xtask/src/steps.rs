//! Steps that say what they do and how long they took.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// A run of several steps with the time that each took.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, Outcome)>,
}

enum Outcome {
    Took(Duration),
    Skipped(String),
}

impl Steps {
    /// Runs one step; says its name first and stops the whole run where it fails.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("\n== {name}");
        let start = Instant::now();
        work().with_context(|| format!("step `{name}` failed"))?;
        self.done.push((name.to_owned(), Outcome::Took(start.elapsed())));
        Ok(())
    }

    /// Notes a step that was not run, and why; it is never counted as passed.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        println!("\n== {name}: skipped, {why}");
        self.done.push((name.to_owned(), Outcome::Skipped(why.to_owned())));
    }

    /// Prints what was run, in order, with its time.
    pub(crate) fn summary(&self) {
        println!("\n{}", self.table());
    }

    fn table(&self) -> String {
        let width = self.done.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        self.done.iter().fold(String::new(), |mut table, (name, outcome)| {
            let padding = " ".repeat(width - name.chars().count());
            let _ = match outcome {
                Outcome::Took(time) => writeln!(table, "{name}{padding}  {:>7.1} s", time.as_secs_f64()),
                Outcome::Skipped(why) => writeln!(table, "{name}{padding}  skipped: {why}"),
            };
            table
        })
    }
}

/// A command that runs at the top of the workspace.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace());
    command
}

/// A shell for scripts. What `bash` alone starts on Windows is its Linux subsystem; Git brings the one that is meant.
pub(crate) fn bash() -> Result<Command> {
    if !cfg!(windows) {
        return Ok(command("bash"));
    }
    let output = command("git").arg("--exec-path").output().context("git could not be started")?;
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let mut beside = Path::new(&folder).ancestors().map(|folder| folder.join("bin").join("bash.exe"));
    let bash = beside.find(|bash| bash.is_file());
    Ok(command(bash.with_context(|| format!("no bash.exe comes with the Git of {folder}"))?))
}

/// The cargo that started this program.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs it with its output on the terminal; an exit status other than 0 is an error that names the command.
pub(crate) fn must_pass(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    let status = command.status().with_context(|| format!("could not start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Whether a program of that name is on the PATH.
pub(crate) fn on_path(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    let extension = std::env::consts::EXE_SUFFIX;
    std::env::split_paths(&path).any(|folder| {
        folder.join(program).is_file() || folder.join(format!("{program}{extension}")).is_file()
    })
}

fn line_of(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_step_is_told_as_skipped() {
        let mut steps = Steps::default();
        steps.step("first", || Ok(())).unwrap();
        steps.skip("second", "no Wine here");
        let table = steps.table();
        assert!(table.contains("first ") && table.contains(" s\n"), "{table}");
        assert!(table.contains("second  skipped: no Wine here"), "{table}");
    }

    #[test]
    fn a_failing_step_stops_the_run_and_names_itself() {
        let error = Steps::default().step("build", || bail!("no compiler")).unwrap_err();
        assert_eq!(format!("{error:#}"), "step `build` failed: no compiler");
    }

    #[test]
    fn a_command_that_fails_is_named_with_its_arguments() {
        let error = must_pass(cargo().arg("--no-such-flag").stderr(std::process::Stdio::null())).unwrap_err();
        assert!(format!("{error:#}").contains("--no-such-flag` ended with"), "{error:#}");
    }
}
