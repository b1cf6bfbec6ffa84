//! Writes the window's TypeScript to the file that is named, for `cargo xtask codegen`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    let path: PathBuf =
        std::env::args_os().nth(1).context("name the file to write, e.g. ui/src/ipc/bindings.ts")?.into();
    bridgekeeper_desktop::write_typescript(&path)?;
    Ok(())
}
