//! The macOS side of the tests, as far as another Unix can tell it: everything compiles for it without a warning. Nothing is
//! linked, so the C parts of the dependencies are not compiled.

use std::path::Path;

use anyhow::Result;

use crate::steps::{cargo, command, must_pass};
use crate::window;

/// A Mac of today.
const TARGET: &str = "aarch64-apple-darwin";
/// What stands in for its C compiler and its archiver: it succeeds, and makes nothing.
const NOTHING: &str = "true";

/// Why it cannot be checked here; `None` where it can.
pub(crate) fn obstacle() -> Option<String> {
    if cfg!(target_os = "macos") {
        return Some("this is macOS: the plain steps are its own".to_owned());
    }
    if cfg!(windows) {
        return Some("Windows has nothing that stands in for a C compiler".to_owned());
    }
    let output = command("rustc").args(["--print", "target-libdir", "--target", TARGET]).output().ok()?;
    let library = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if library.is_empty() || !Path::new(&library).is_dir() {
        return Some(format!("the standard library for {TARGET} is not installed"));
    }
    None
}

/// Lints everything that plain cargo builds, its tests too, and compiles the app.
pub(crate) fn check() -> Result<()> {
    let for_macos = |word: &str| {
        let mut cargo = cargo();
        cargo.args([word, "--target", TARGET]);
        for tool in ["CC", "CXX", "AR"] {
            cargo.env(format!("{tool}_{}", TARGET.replace('-', "_")), NOTHING);
        }
        cargo
    };
    must_pass(for_macos("clippy").args(["--all-targets", "--", "--deny", "warnings"]))?;
    must_pass(for_macos("check").args(window::HOST))
}
