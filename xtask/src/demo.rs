//! `cargo xtask demo` and `cargo xtask run`: build what will be shown, then become it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::requirements::{C_COMPILER, ensure};
use crate::steps::{cargo, command, must_pass};
use crate::workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// Wait for Enter after each scene
    #[arg(long)]
    step_by_step: bool,
}

/// Builds the console programs and the demo's server, then tells the story.
pub(crate) fn run(options: &Options) -> Result<()> {
    ensure(&[&C_COMPILER])?;
    println!("Building the console programs and the demo's MCP server (two to three minutes the first time)");
    must_pass(cargo().args(["build", "--package", "bridgekeeper-cli", "--bin", "bridgekeeper"]).args([
        "--package",
        "bridgekeeper-bridge",
        "--bin",
        "mcp-bridge",
        "--package",
        "bridgekeeper-testkit",
        "--bin",
        "bridgekeeper-demo",
    ]))?;
    let mut demo = command(built("bridgekeeper-demo"));
    if options.step_by_step {
        demo.arg("--step-by-step");
    }
    become_program(demo)
}

/// Builds `bridgekeeper` and runs it on the real home.
pub(crate) fn run_on_the_real_home(mut arguments: Vec<String>) -> Result<()> {
    must_pass(cargo().args([
        "build",
        "--quiet",
        "--package",
        "bridgekeeper-cli",
        "--package",
        "bridgekeeper-bridge",
    ]))?;
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
