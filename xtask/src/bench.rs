//! `cargo xtask bench`: how fast, beside the peers. What counts is the ratio on one machine, never the figure alone.
//!
//! One file per subject. Each gives [`Figure`]s; the table, the JSON and the verdict on the bars are here, so that all
//! subjects read alike.

mod bridge;
mod child;
mod desktop;
mod doctor;
mod figure;
mod log_kinds;
mod logs;
mod sizes;

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use crate::steps::{cargo, must_pass};
use crate::workspace;

pub(crate) use child::{Child, Measured, measure, run as run_child};
pub(crate) use figure::{Bar, Figure, json, table};

#[derive(Args)]
pub(crate) struct Options {
    /// What to measure [default: everything]
    #[arg(value_enum)]
    subjects: Vec<Subject>,
    /// Also write the figures to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Size of each log, in MiB
    #[arg(long, default_value_t = 1024, value_name = "MIB")]
    size: u64,
    /// How often each is measured; the best counts
    #[arg(long, default_value_t = 3, value_name = "N")]
    rounds: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// `diagnose --log` on large logs, beside ripgrep
    Logs,
    /// `doctor` on the demo's home and on an empty one
    Doctor,
    /// `mcp-bridge`, beside other bridges and bare HTTP
    Bridge,
    /// The desktop app, on a virtual display
    Desktop,
}

/// Measures, prints the table, and fails where a figure misses its bar.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut figures = Vec::new();
    for subject in Subject::value_variants() {
        if options.subjects.is_empty() || options.subjects.contains(subject) {
            figures.extend(match subject {
                Subject::Logs => logs::figures(options.size, options.rounds)?,
                Subject::Doctor => doctor::figures(options.rounds)?,
                Subject::Bridge => bridge::figures(options.rounds)?,
                Subject::Desktop => desktop::figures(options.rounds)?,
            });
        }
    }
    println!("\n{}", table(&figures));
    if let Some(file) = &options.json {
        save(file, &json(&figures))?;
    }
    let missed = figures.iter().filter(|figure| figure.meets_its_bar() == Some(false)).count();
    if missed > 0 {
        bail!("{missed} of {} figures miss their bar", figures.len());
    }
    Ok(())
}

/// Writes a file of ours.
fn save(path: &Path, text: &str) -> Result<()> {
    File::create(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("could not write {}", path.display()))
}

/// Builds a program as it is shipped, and says where it is.
fn shipped(package: &str, program: &str) -> Result<PathBuf> {
    println!("building {program} as it is shipped");
    must_pass(cargo().args(["build", "--quiet", "--release", "--package", package, "--bin", program]))?;
    Ok(target().join("release").join(format!("{program}{}", std::env::consts::EXE_SUFFIX)))
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from)
}
