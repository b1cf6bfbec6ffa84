//! The window: its pages are built by npm, its host by cargo, and both are tested on a display of their own.

use std::path::Path;

use anyhow::Result;

use crate::requirements::{C_COMPILER, NPM, WINDOW, WINDOW_TESTS, ensure};
use crate::steps::{Steps, cargo, must_pass, on_path};
use crate::{pages, windows, workspace};

/// Speaks WebDriver for the real window.
const TAURI_DRIVER: &str = "2.1.0";
/// The packages that need a webview; plain `cargo build` and `cargo test` leave them out.
const PACKAGES: [&str; 4] = ["--package", "bridgekeeper-desktop", "--package", "bridgekeeper-desktop-tests"];

/// The app itself.
pub(crate) const HOST: [&str; 2] = ["--package", "bridgekeeper-desktop"];

/// Whether there is a display on which a window could be shown.
pub(crate) fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()))
}

/// Builds the pages and the app; the app lies beside the console programs.
pub(crate) fn build() -> Result<()> {
    ensure(&[&[&C_COMPILER, &NPM], WINDOW].concat())?;
    pages::build()?;
    must_pass(cargo().arg("build").args(HOST))
}

/// Everything that is tested of the window.
pub(crate) fn tests(steps: &mut Steps) -> Result<()> {
    if !cfg!(target_os = "linux") {
        steps.skip("window", "its tests use a virtual display and a session bus, which only Linux has");
        return Ok(());
    }
    steps.step("requirements of the window", || ensure(&[WINDOW, WINDOW_TESTS].concat()))?;
    steps.step("pages: build, size", pages::build)?;
    for (name, script) in [
        ("pages: lint", "lint"),
        ("pages: types", "check"),
        ("pages: tests", "test"),
        ("pages: in Chromium", "e2e"),
    ] {
        steps.step(name, || pages::npm(&["run", "--silent", script]))?;
    }
    steps.step("driver of the window", tauri_driver)?;
    steps.step("window: programs", || must_pass(cargo().arg("build").args(PACKAGES).arg("--bins")))?;
    steps.step("window: tests", || must_pass(cargo().arg("test").args(PACKAGES)))
}

/// Lints the host of the window with the rest; its pages must be there, because it embeds them.
pub(crate) fn clippy(steps: &mut Steps) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    steps.step("clippy of the window", || {
        ensure(&[&[&NPM], WINDOW].concat())?;
        pages::build()?;
        must_pass(cargo().arg("clippy").args(PACKAGES).args(["--all-targets", "--", "--deny", "warnings"]))
    })
}

/// Compiles the app for Windows, without linking.
pub(crate) fn check_for_windows() -> Result<()> {
    must_pass(cargo().args(["check", "--target", windows::TARGET]).args(HOST))
}

/// Takes pictures of the real app, for the README and to be looked at.
pub(crate) fn screenshots() -> Result<()> {
    build()?;
    requirements_of_tests()?;
    must_pass(cargo().args([
        "run",
        "--package",
        "bridgekeeper-desktop-tests",
        "--bin",
        "bridgekeeper-screenshots",
    ]))
}

/// A display, a session bus and a driver for the window.
pub(crate) fn requirements_of_tests() -> Result<()> {
    ensure(WINDOW_TESTS)?;
    tauri_driver()
}

/// Writes the types that the window's pages and its host share.
pub(crate) fn bindings() -> Result<()> {
    ensure(&[&[&C_COMPILER, &NPM], WINDOW].concat())?;
    pages::build()?;
    let example =
        ["--package", "bridgekeeper-desktop", "--example", "bindings", "--", "ui/src/ipc/bindings.ts"];
    must_pass(cargo().arg("run").args(example))
}

/// Measures how smooth the pages scroll in Chromium, on invented servers, and writes the figures to that file.
pub(crate) fn frames(rounds: u32, figures: &Path) -> Result<()> {
    ensure(&[&[&NPM], WINDOW_TESTS].concat())?;
    pages::install()?;
    let mut npm = pages::npm_command();
    npm.args(["run", "--silent", "frames"]).env("ROUNDS", rounds.max(1).to_string()).env("FIGURES", figures);
    must_pass(&mut npm)
}

fn tauri_driver() -> Result<()> {
    let tools = workspace().join("target/tools");
    if tools.join("bin/tauri-driver").is_file() || on_path("tauri-driver") {
        return Ok(());
    }
    must_pass(
        cargo()
            .args(["install", "--quiet", "--locked", "--version", TAURI_DRIVER, "--root"])
            .arg(&tools)
            .arg("tauri-driver"),
    )
}
