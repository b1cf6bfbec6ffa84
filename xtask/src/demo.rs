//! `cargo xtask demo` and `cargo xtask run`: build what will be shown, then become it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::requirements::{C_COMPILER, ensure};
use crate::steps::{cargo, command, must_pass};
use crate::{window, workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// Wait for Enter after each scene on the console
    #[arg(long)]
    step_by_step: bool,
    /// Tell the story on the console although there is a display
    #[arg(long)]
    console: bool,
}

#[derive(Args)]
pub(crate) struct RunOptions {
    /// What `bridgekeeper` is called with, e.g. `cargo xtask run doctor`; without it the window opens, or where
    /// there is no display, `bridgekeeper doctor` runs
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds what will be shown, then shows it: the window where there is a display, else the story on the console.
pub(crate) fn run(options: &Options) -> Result<()> {
    let in_a_window = window::has_display() && !options.console;
    ensure(&[&C_COMPILER])?;
    println!("Building the console programs and the demo's MCP server (two to three minutes the first time)");
    must_pass(
        cargo()
            .arg("build")
            .args(["--package", "bridgekeeper-cli", "--bin", "bridgekeeper"])
            .args(["--package", "bridgekeeper-bridge", "--bin", "mcp-bridge"])
            .args(["--package", "bridgekeeper-testkit", "--bin", "bridgekeeper-demo"]),
    )?;
    let mut demo = command(built("bridgekeeper-demo"));
    if in_a_window {
        println!("Building the window (some minutes more the first time; --console leaves it out)");
        window::build()?;
        demo.arg("--window").arg(built("bridgekeeper-desktop"));
    }
    if options.step_by_step {
        demo.arg("--step-by-step");
    }
    become_program(demo)
}

/// Builds Bridgekeeper and runs it on the real home.
pub(crate) fn run_on_the_real_home(options: RunOptions) -> Result<()> {
    let mut arguments = options.arguments;
    must_pass(cargo().args(["build", "--package", "bridgekeeper-cli", "--package", "bridgekeeper-bridge"]))?;
    if arguments.is_empty() && window::has_display() {
        window::build()?;
        return become_program(Command::new(built("bridgekeeper-desktop")));
    }
    if arguments.is_empty() {
        arguments.push("doctor".to_owned());
    }
    let mut program = Command::new(built("bridgekeeper"));
    program.args(arguments);
    become_program(program)
}

/// Where cargo puts a program of the dev profile.
fn built(program: &str) -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    target.join("debug").join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

/// Ends with the program's own exit status. On Unix this process is replaced, so that Ctrl-C reaches the
/// program alone and nothing returns to the prompt before it has cleaned up.
#[cfg(unix)]
fn become_program(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    let error = command.exec();
    Err(error).with_context(|| format!("could not start {}", command.get_program().to_string_lossy()))
}

#[cfg(not(unix))]
fn become_program(mut command: Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("could not start {}", command.get_program().to_string_lossy()))?;
    std::process::exit(status.code().unwrap_or(1));
}
