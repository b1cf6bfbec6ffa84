//! The Windows side of the tests: the same test programs, cross-built and run under Wine.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::steps::{cargo, command, must_pass};

/// The target that a Debian machine can build with mingw and run with Wine.
pub(crate) const TARGET: &str = "x86_64-pc-windows-gnu";
/// Cargo starts each test program of that target with this.
pub(crate) const RUNNER: &str = "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER";

/// Packages whose tests run as Windows programs. `tests` drives servers that are installed for the build
/// machine, and `xtask` is a developer's tool; both stay on its side.
pub(crate) const PACKAGES: &[&str] = &[
    "bridgekeeper-model",
    "bridgekeeper-formats",
    "bridgekeeper-mcp-remote",
    "bridgekeeper-net",
    "bridgekeeper-claude",
    "bridgekeeper-machine",
    "bridgekeeper-doctor",
    "bridgekeeper-vault",
    "bridgekeeper-oauth",
    "bridgekeeper-probe",
    "bridgekeeper-bridge",
    "bridgekeeper-engine",
    "bridgekeeper-cli",
];

/// Why the Windows programs cannot be built or run here; `None` where they can.
pub(crate) fn obstacle() -> Option<String> {
    if cfg!(windows) {
        return Some("this is Windows: the plain tests are its tests".to_owned());
    }
    let output = command("rustc").args(["--print", "target-libdir", "--target", TARGET]).output().ok()?;
    let library = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if library.is_empty() || !Path::new(&library).is_dir() {
        return Some(format!("the standard library for {TARGET} is not installed"));
    }
    if std::env::var_os(RUNNER).is_none() {
        return Some(format!("{RUNNER} is not set, so nothing says how Wine is started"));
    }
    None
}

/// Builds the programs and tests of every package for Windows and runs the tests under Wine, each test program watched by
/// [`run_program`], so that one which hangs is ended and named.
pub(crate) fn test() -> Result<()> {
    let folder = tempfile::tempdir().context("a folder for the run could not be made")?;
    let counts = folder.path().join("counts");
    std::fs::File::create(&counts).context("a file for the counts could not be made")?;
    let this = copy_of_this_program(folder.path())?;
    let this = this.to_str().context("the path of this program is not UTF-8")?;
    let runner = std::env::var_os(RUNNER).context("nothing says how Wine is started")?;
    // As a list, so that a path with spaces stays whole
    let watched = format!("target.{TARGET}.runner=[{this:?}, \"windows-program\"]");
    let mut cargo = cargo();
    cargo.arg("--config").arg(watched).args(["test", "--no-fail-fast", "--target", TARGET]);
    for package in PACKAGES {
        cargo.args(["--package", package]);
    }
    must_pass(cargo.env_remove(RUNNER).env(WINE, runner).env(COUNTS, &counts))?;
    let counts = std::fs::read_to_string(&counts).context("the counts could not be read")?;
    println!("\n{}", Counts::sum(&counts));
    Ok(())
}

/// This program's file in another folder. Cargo puts a new one in its place when an earlier step builds `xtask` with
/// other features, and what runs from then on has no path any more.
fn copy_of_this_program(folder: &Path) -> Result<PathBuf> {
    // Linux reads it by this link even where the file is gone
    let link = Path::new("/proc/self/exe");
    let this = if link.is_symlink() { link.to_owned() } else { std::env::current_exe()? };
    let copy = folder.join("xtask");
    std::fs::copy(&this, &copy).context("this program's own file could not be copied")?;
    Ok(copy)
}

/// What `windows-program` takes.
#[derive(Args)]
pub(crate) struct Program {
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

/// How Wine is started, for [`run_program`].
const WINE: &str = "BRIDGEKEEPER_XTASK_WINE";
/// The file that [`run_program`] adds what it counted to.
const COUNTS: &str = "BRIDGEKEEPER_XTASK_COUNTS";
/// How long a program may say nothing: several times what the slowest test takes here.
const SILENCE: Duration = Duration::from_mins(5);
/// How long a program may take in all.
const WHOLE: Duration = Duration::from_mins(20);

/// Runs one test program under Wine, and ends it with its children where it hangs.
pub(crate) fn run_program(program: &Program) -> Result<()> {
    let wine = std::env::var(WINE).with_context(|| format!("{WINE} is not set"))?;
    let mut words = wine.split_whitespace();
    let mut command = Command::new(words.next().context("nothing says how Wine is started")?);
    command.args(words).args(&program.words).stdin(Stdio::null()).stdout(Stdio::piped());
    // What it starts is in its group, and ends with it
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().with_context(|| format!("`{wine}` could not be started"))?;
    let lines = lines_of(child.stdout.take().context("it has no output")?);
    let mut told = Told::default();
    let start = Instant::now();
    loop {
        let left = WHOLE.saturating_sub(start.elapsed()).min(SILENCE);
        match lines.recv_timeout(left) {
            Ok(line) => {
                println!("{line}");
                told.hear(&line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                end(&mut child);
                bail!(
                    "{} hung, and was ended after {} s; {}",
                    program.words[0].display(),
                    start.elapsed().as_secs(),
                    told.hanging()
                );
            }
        }
    }
    let status = child.wait().context("how it ended is not known")?;
    if let Some(counts) = std::env::var_os(COUNTS) {
        let mut file = std::fs::File::options().append(true).open(counts).context("the counts")?;
        writeln!(file, "{} {}", told.passed, told.ignored)?;
    }
    if !status.success() {
        bail!("{} ended with {status}", program.words[0].display());
    }
    Ok(())
}

/// Runs a program under Wine to its end, and ends it where that takes too long. What it says, and how it ended.
pub(crate) fn output_within(command: &mut Command, limit: Duration) -> Result<(String, ExitStatus)> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let lines = lines_of(child.stdout.take().context("it has no output")?);
    let status = wait_within(&mut child, limit)?;
    let mut said = String::new();
    // Something that it started and that goes on may hold its output open
    while let Ok(line) = lines.recv_timeout(Duration::from_secs(1)) {
        said.push_str(&line);
        said.push('\n');
    }
    Ok((said, status))
}

/// Waits for a program of a group of its own, and ends it where that takes too long.
pub(crate) fn wait_within(child: &mut Child, limit: Duration) -> Result<ExitStatus> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if start.elapsed() > limit {
            end(child);
            bail!("it did not end within {} s, and was ended", limit.as_secs());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Ends the program and what it has started. Wine's own server is not in its group and goes on.
fn end(child: &mut Child) {
    #[cfg(unix)]
    {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// The lines of an output. A grandchild may hold it open for ever, so nobody waits for its end.
pub(crate) fn lines_of(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if sender.send(text).is_err() {
                break;
            }
            line.clear();
        }
    });
    lines
}

/// What a test program has said of its tests.
#[derive(Default)]
struct Told {
    passed: u64,
    ignored: u64,
    last: String,
    slow: BTreeSet<String>,
}

impl Told {
    fn hear(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            let number = |word: &str| {
                let part = result.split(';').find(|part| part.trim_end().ends_with(word));
                part.and_then(|part| part.split_whitespace().rev().nth(1)?.parse::<u64>().ok())
            };
            self.passed += number("passed").unwrap_or_default();
            self.ignored += number("ignored").unwrap_or_default();
        } else if let Some(test) = line.strip_prefix("test ") {
            if let Some((test, _)) = test.split_once(" has been running for over ") {
                self.slow.insert(test.to_owned());
            } else {
                let (test, _) = test.split_once(" ... ").unwrap_or((test, ""));
                self.slow.remove(test);
                test.clone_into(&mut self.last);
            }
        }
    }

    fn hanging(&self) -> String {
        let slow: Vec<&str> = self.slow.iter().map(String::as_str).collect();
        if slow.is_empty() {
            return format!("the last test that it named is `{}`", self.last);
        }
        format!("these did not end: {}", slow.join(", "))
    }
}

/// What ran in all programs.
struct Counts {
    programs: usize,
    passed: u64,
    ignored: u64,
}

impl Counts {
    fn sum(text: &str) -> Self {
        let mut sum = Self { programs: 0, passed: 0, ignored: 0 };
        for (passed, ignored) in text.lines().filter_map(|line| line.split_once(' ')) {
            sum.programs += 1;
            sum.passed += passed.parse::<u64>().unwrap_or_default();
            sum.ignored += ignored.parse::<u64>().unwrap_or_default();
        }
        sum
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { programs, passed, ignored } = self;
        write!(f, "under Wine: {passed} tests of {programs} programs passed, {ignored} were left out")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_test_program_says_is_counted_and_what_hangs_is_named() {
        let mut told = Told::default();
        assert!(told.hanging().contains("``"));
        for line in [
            "running 3 tests",
            "test a::quick ... ok",
            "test b::slow has been running for over 60 seconds",
            "test c::stuck has been running for over 60 seconds",
            "test b::slow ... ok",
        ] {
            told.hear(line);
        }
        assert_eq!(told.hanging(), "these did not end: c::stuck");
        told.hear(
            "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 1 filtered out; finished in 0.5s",
        );
        assert_eq!((told.passed, told.ignored), (12, 3));
        let sum = Counts::sum("12 3\n0 0\n30 1\n").to_string();
        assert_eq!(sum, "under Wine: 42 tests of 3 programs passed, 4 were left out");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_whose_file_was_replaced_can_still_be_started_again() {
        const TEST: &str = "windows::tests::a_program_whose_file_was_replaced_can_still_be_started_again";
        const GONE: &str = "BRIDGEKEEPER_XTASK_GONE";
        let this = std::env::current_exe().unwrap();
        let folder = tempfile::tempdir_in(this.parent().unwrap()).unwrap();
        if std::env::var_os(GONE).is_some() {
            std::fs::remove_file(this).unwrap();
            let copy = copy_of_this_program(folder.path()).unwrap();
            assert!(Command::new(copy).arg("--list").status().unwrap().success());
            return;
        }
        let replaced = folder.path().join("replaced");
        // Not a copy: a file just written cannot be started while a child of another test still holds it
        std::fs::hard_link(this, &replaced).unwrap();
        let status = Command::new(replaced).args(["--exact", TEST]).env(GONE, "1").status().unwrap();
        assert!(status.success());
    }

    #[cfg(unix)]
    #[test]
    fn what_hangs_is_ended_with_what_it_has_started() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 600 & echo $!; wait"]).stdout(Stdio::piped());
        std::os::unix::process::CommandExt::process_group(&mut shell, 0);
        let mut shell = shell.spawn().unwrap();
        let lines = lines_of(shell.stdout.take().unwrap());
        let sleeping = lines.recv_timeout(Duration::from_mins(1)).unwrap();
        end(&mut shell);
        // Both held the output open
        assert_eq!(lines.recv_timeout(Duration::from_mins(1)), Err(RecvTimeoutError::Disconnected));
        assert!(sleeping.parse::<u32>().is_ok());
    }
}
