//! `cargo xtask test` and `cargo xtask ci`.

use anyhow::Result;
use clap::Args;

use crate::requirements::{C_COMPILER, KEYRING, NPM, PYTHON, ensure};
use crate::steps::{Steps, bash, cargo, command, must_pass};
use crate::{macos, window, windows, workflows, workspace};

/// The version that reads this repository's deny.toml.
const CARGO_DENY: &str = "0.20.2";

#[derive(Args)]
pub(crate) struct Options {
    /// Also what takes long: exhaustive corruption of logs, ten thousand random edits, kill loops
    #[arg(long)]
    long: bool,
}

/// What `ci` takes.
#[derive(Args)]
pub(crate) struct CiOptions {
    /// Also ask the advisory database, which lies on GitHub, for known weaknesses of the dependencies
    #[arg(long)]
    advisories: bool,
}

/// Sets up and runs every test.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut steps = Steps::default();
    tests(&mut steps, options)?;
    steps.summary();
    Ok(())
}

/// Everything a change must pass.
pub(crate) fn run_everything(options: &CiOptions) -> Result<()> {
    let mut steps = Steps::default();
    steps.step("formatting", || must_pass(cargo().args(["fmt", "--all", "--check"])))?;
    steps.step("clippy", || {
        must_pass(cargo().args(["clippy", "--all-targets", "--", "--deny", "warnings"]))
    })?;
    steps.step("clippy on what is built on request", || {
        must_pass(
            cargo()
                .args(["clippy", "--package", "bridgekeeper-fuzz", "--package", "bridgekeeper-bench"])
                .args(["--all-targets", "--", "--deny", "warnings"]),
        )
    })?;
    window::clippy(&mut steps)?;
    match macos::obstacle() {
        None => steps.step("check for macOS", macos::check)?,
        Some(why) => steps.skip("check for macOS", &why),
    }
    steps.step("workflows", workflows::lint)?;
    if cfg!(windows) {
        steps.skip("workflows: security", "it is looked at on the other systems");
    } else {
        steps.step("workflows: security", workflows::audit)?;
    }
    tests(&mut steps, &Options { long: false })?;
    steps.step("dependency policy", || dependency_policy(&["bans", "licenses", "sources"]))?;
    if options.advisories {
        steps.step("advisories", || dependency_policy(&["advisories"]))?;
    }
    steps.summary();
    Ok(())
}

fn tests(steps: &mut Steps, options: &Options) -> Result<()> {
    steps.step("requirements", || {
        ensure(&[&C_COMPILER, &NPM, &PYTHON])?;
        ensure(KEYRING)
    })?;
    steps.step("reference servers", || must_pass(bash()?.arg("tests/fixtures/setup.sh")))?;
    // The end-to-end tests start the real programs, so these are built first
    steps.step("programs", || must_pass(cargo().args(["build", "--bins"])))?;
    steps.step("tests", || {
        let mut test = cargo();
        // All that fails is told at once
        test.args(["test", "--no-fail-fast"]);
        if options.long {
            test.env("BRIDGEKEEPER_LONG_TESTS", "1");
        }
        must_pass(&mut test)
    })?;
    steps.step("seeds of the fuzz targets", || {
        must_pass(cargo().args(["test", "--package", "bridgekeeper-fuzz"]))
    })?;
    window::tests(steps)?;
    match windows::obstacle() {
        None => {
            steps.step("tests as Windows programs", windows::test)?;
            steps.step("window for Windows", window::check_for_windows)?;
        }
        Some(why) => steps.skip("tests as Windows programs", &why),
    }
    Ok(())
}

/// What every dependency may be. The advisory database lies outside the registries and is asked on request.
fn dependency_policy(checks: &[&str]) -> Result<()> {
    let tools = workspace().join("target/tools");
    let program = tools.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        println!("building cargo-deny {CARGO_DENY} (a few minutes, once per checkout)");
        must_pass(
            cargo()
                .args(["install", "--quiet", "--locked", "--no-default-features", "--version", CARGO_DENY])
                .arg("--root")
                .arg(&tools)
                .arg("cargo-deny"),
        )?;
    }
    must_pass(command(program).args(["--workspace", "--all-features", "check"]).args(checks))
}
