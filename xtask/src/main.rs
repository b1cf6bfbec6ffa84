//! The words that a developer types: `cargo xtask demo`, `run`, `test`, `ci`, `package`, `codegen`, `bench`.
//!
//! Every step says what it does before it does it and how long it took after. What is missing on the machine is
//! installed where that is allowed and named with its exact command where it is not. Nothing here is needed to
//! build the programs: plain `cargo build` works.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program talks to a person at a terminal"
)]

mod bench;
mod codegen;
mod demo;
mod fuzz;
mod macos;
mod package;
mod pages;
mod requirements;
mod steps;
mod test;
mod window;
mod windows;
mod workflows;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, shows and tests Bridgekeeper.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    word: Word,
}

#[derive(Subcommand)]
enum Word {
    /// Shows the main job on built-in data: a broken set-up, its diagnosis, the repair, a tool call, the undo
    ///
    /// Works in a throwaway home with a real MCP server on loopback. Nothing of yours is read or written, and
    /// nothing is left behind.
    Demo(demo::Options),
    /// Runs Bridgekeeper on this machine's own home
    Run(demo::RunOptions),
    /// Sets up what the tests need and runs every test, on Windows' side too where its toolchain is there
    Test(test::Options),
    /// Everything a change must pass: formatting, clippy, dependency policy, then `test`
    Ci(test::CiOptions),
    /// Makes what people install: deb, rpm, the Windows installer, dmg; with checksums and lists of parts
    Package(package::Options),
    /// Puts packages of several machines into `target/packages`, with the checksums of all
    #[command(hide = true)]
    Gather(package::Gather),
    /// Writes what is generated: docs/rules from the rules, the window's types from Rust
    Codegen,
    /// Measures how fast the programs are, beside the peers, against their bars
    Bench(bench::Options),
    #[command(hide = true)]
    MeasureChild(bench::Child),
    #[command(hide = true)]
    WindowsProgram(windows::Program),
    /// Looks for input that breaks a parser: builds the fuzz targets and searches each for a while
    Fuzz(fuzz::Options),
    /// Takes pictures of the real app in every place, light and dark
    Screenshots,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().word {
        Word::Demo(options) => demo::run(&options),
        Word::Run(options) => demo::run_on_the_real_home(options),
        Word::Test(options) => test::run(&options),
        Word::Ci(options) => test::run_everything(&options),
        Word::Package(options) => package::run(&options),
        Word::Gather(gather) => package::gather(&gather),
        Word::Codegen => codegen::run(),
        Word::Bench(options) => bench::run(&options),
        Word::MeasureChild(child) => bench::run_child(&child),
        Word::WindowsProgram(program) => windows::run_program(&program),
        Word::Fuzz(options) => fuzz::run(&options),
        Word::Screenshots => window::screenshots(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The top of the checkout this program was built from.
fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
