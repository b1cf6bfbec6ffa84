//! A test's own files, of which nothing is lost when they tear: the one place where its writer is `fs::write`.

use std::fs;
use std::io;
use std::path::Path;

/// Writes a file, with the folders above it.
///
/// # Panics
/// If it cannot be written.
pub fn put(path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
    let path = path.as_ref();
    write(path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

#[expect(clippy::disallowed_methods, reason = "a throwaway file has nothing to tear")]
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, content)
}
