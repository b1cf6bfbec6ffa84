//! Bridgekeeper's own folder in the user's home, as far as the bridge uses it: small files that are replaced whole.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Puts these bytes in the place of a file, which is the old one or the new one at every moment. Only the user can
/// read it. It is not flushed to the disk: nothing here is worth waiting for.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make(folder)?;
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Makes a folder that only the user can look into.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
