//! What the end-to-end tests share: where the programs and the installed fixtures lie.
#![warn(missing_docs)]

use std::path::{Path, PathBuf};

/// A program of this workspace, beside the test that asks.
///
/// # Panics
/// If it is not built.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a path to this test");
    let folder = test.parent().and_then(Path::parent).expect("target/PROFILE/deps/TEST");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.is_file(), "{} is not built: run `cargo xtask test`", program.display());
    program
}

/// Something that `tests/fixtures/setup.sh` has installed under `target/fixtures`.
///
/// # Panics
/// If it is not installed.
pub fn fixture(path: &str) -> PathBuf {
    let path = workspace().join("target/fixtures").join(path);
    assert!(path.exists(), "{} is not installed: run `cargo xtask test`", path.display());
    path
}

/// The Python that has FastMCP and the official `mcp` package.
pub fn python() -> PathBuf {
    fixture(if cfg!(windows) { "venv/Scripts/python.exe" } else { "venv/bin/python" })
}

/// The Node that the tests bring along: newer than what many systems have.
pub fn node() -> PathBuf {
    fixture(&format!("node/node{}", std::env::consts::EXE_SUFFIX))
}

/// The top of the checkout.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
