//! Writes a page per rule into the folder that is named, for `cargo xtask codegen`.
#![expect(clippy::disallowed_methods, reason = "generated pages are nobody's only copy")]

use std::fs;
use std::io;
use std::path::PathBuf;

use bridgekeeper_doctor::pages;

fn main() -> io::Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).unwrap_or_else(|| "docs/rules".into()).into();
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (name, text) in pages::files() {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
