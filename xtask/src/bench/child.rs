//! One run of a program: how long, and how much memory at its height.
//!
//! The system tells the peak of all children that have ended, so each run has a process of its own in between: this
//! program starts itself with the hidden word `measure-child`, which starts the program and prints what it took.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::Args;

/// What a run took.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    /// `None` where the system does not tell.
    pub(crate) peak_mib: Option<f64>,
}

#[derive(Args)]
pub(crate) struct Child {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<OsString>,
}

/// Runs a program to its end, `rounds` times, and gives the shortest time and the highest peak. Its exit status must be
/// one of `statuses`. What it prints is dropped.
pub(crate) fn measure(
    program: &Path,
    arguments: &[OsString],
    statuses: &[i32],
    rounds: u32,
) -> Result<Measured> {
    let mut best = Measured { seconds: f64::INFINITY, peak_mib: None };
    for _ in 0..rounds.max(1) {
        let output = Command::new(std::env::current_exe()?)
            .arg("measure-child")
            .arg("--")
            .arg(program)
            .args(arguments)
            .stderr(Stdio::inherit())
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let report: serde_json::Value = serde_json::from_str(&text)
            .with_context(|| format!("{} was not measured: {text}", program.display()))?;
        let status = report["status"].as_i64().and_then(|status| i32::try_from(status).ok());
        if !status.is_some_and(|status| statuses.contains(&status)) {
            bail!("{} ended with {status:?}", program.display());
        }
        best.seconds = best.seconds.min(report["seconds"].as_f64().unwrap_or(f64::INFINITY));
        let peak = report["peak_mib"].as_f64();
        best.peak_mib = best.peak_mib.zip(peak).map(|(known, new)| known.max(new)).or(peak);
    }
    Ok(best)
}

/// The process in between.
pub(crate) fn run(child: &Child) -> Result<()> {
    let (program, arguments) = child.command.split_first().context("no program")?;
    let begun = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("could not start {}", program.display()))?;
    let seconds = begun.elapsed().as_secs_f64();
    let report =
        serde_json::json!({"seconds": seconds, "status": status.code(), "peak_mib": peak_of_children()});
    println!("{report}");
    Ok(())
}

/// The highest resident size of any child that has ended, in MiB (getrusage).
#[cfg(unix)]
fn peak_of_children() -> Option<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let most = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?.max_rss();
    // KiB, but bytes on macOS.
    let unit = if cfg!(target_os = "macos") { 1024.0 * 1024.0 } else { 1024.0 };
    i32::try_from(most / 1024).ok().map(|mebi| f64::from(mebi) * 1024.0 / unit)
}

#[cfg(not(unix))]
const fn peak_of_children() -> Option<f64> {
    None
}
