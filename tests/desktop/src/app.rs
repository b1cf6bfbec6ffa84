//! The app's program, and the app running without a driver.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::desktop::Desktop;
use crate::process::Process;

/// The program under test: `BRIDGEKEEPER_DESKTOP`, else the one that was built beside this test.
pub fn program() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("BRIDGEKEEPER_DESKTOP") {
        return Ok(named.into());
    }
    let here = std::env::current_exe()?;
    let built =
        here.ancestors().map(|folder| folder.join("bridgekeeper-desktop")).find(|program| program.is_file());
    match built {
        Some(program) => Ok(program),
        None => {
            bail!("the app is not built: run `cargo build -p bridgekeeper-desktop`, or `cargo xtask test`")
        }
    }
}

/// The app, started as a person or the login starts it. It ends when this is dropped.
#[derive(Debug)]
pub struct App(Process);

impl App {
    /// Starts it on that home.
    pub fn start(desktop: &Desktop, home: &Path, arguments: &[&str]) -> Result<Self> {
        let mut command = desktop.command(program()?);
        command.arg("--home").arg(home).args(arguments);
        Process::start(&mut command).map(Self)
    }

    /// Starts it on the home of the person whose desktop it is.
    pub fn start_at_home(desktop: &Desktop, arguments: &[&str]) -> Result<Self> {
        let mut command = desktop.command(program()?);
        command.args(arguments);
        Process::start(&mut command).map(Self)
    }

    /// Waits until it has ended by itself; whether without an error.
    pub fn ended(&mut self) -> Result<bool> {
        self.0.ended()
    }

    /// Bytes of memory that are its own and backed by no file: what it costs the machine (`Anonymous` in
    /// `/proc/PID/smaps`). Without its web processes.
    pub fn anonymous_memory(&self) -> Result<u64> {
        let smaps = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.0.id()))?;
        let line =
            smaps.lines().find_map(|line| line.strip_prefix("Anonymous:")).context("smaps names it")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }

    /// Time that it has worked so far, all threads, in clock ticks (1/100 s on Linux).
    pub fn ticks_worked(&self) -> Result<u64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        let (_, after_name) = stat.rsplit_once(')').context("stat has a name in parentheses")?;
        // Fields 14 and 15 of proc(5), 3 being the first one after the name
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let tick = |field: usize| {
            fields.get(field - 3).context("stat has 52 fields")?.parse::<u64>().map_err(Into::into)
        };
        let (user, system): (Result<u64>, Result<u64>) = (tick(14), tick(15));
        Ok(user? + system?)
    }
}

/// When the app on that home was started, in milliseconds since 1970, to a hundredth of a second.
pub fn started(home: &Path) -> Result<i64> {
    let is_it = |arguments: &[u8]| {
        let mut words = arguments.split(|byte| *byte == 0);
        let program = words.next().unwrap_or_default();
        program.ends_with(b"bridgekeeper-desktop")
            && words.any(|word| word == home.as_os_str().as_encoded_bytes())
    };
    let processes = fs::read_dir("/proc")?.flatten().map(|entry| entry.path());
    let process = processes
        .filter(|path| fs::read(path.join("cmdline")).is_ok_and(|arguments| is_it(&arguments)))
        .min()
        .context("the app runs")?;
    let stat = fs::read_to_string(process.join("stat"))?;
    let (_, after_name) = stat.rsplit_once(')').context("stat has a name in parentheses")?;
    // Field 22 of proc(5): hundredths of a second after the machine's start
    let ticks: i64 = after_name.split_whitespace().nth(19).context("stat has 52 fields")?.parse()?;
    let machine = fs::read_to_string("/proc/uptime")?;
    let uptime: f64 = machine.split_whitespace().next().context("uptime is there")?.parse()?;
    let now = jiff::Timestamp::now().as_millisecond();
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of uptime")]
    let uptime = (uptime * 1000.0) as i64;
    Ok(now - uptime + ticks * 10)
}
