//! The Windows side of the tests: the same test programs, cross-built and run under Wine.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

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

/// Builds the programs and tests of every package for Windows and runs the tests under Wine.
pub(crate) fn test() -> Result<()> {
    must_pass(&mut for_packages("test"))
}

fn for_packages(word: &str) -> Command {
    let mut cargo = cargo();
    cargo.args([word, "--target", TARGET]);
    for package in PACKAGES {
        cargo.args(["--package", package]);
    }
    cargo
}
