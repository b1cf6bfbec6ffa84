//! Bridgekeeper's own folder in the user's home, as far as the bridge uses it: small files that are replaced whole.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// How often a file is replaced that somebody reads.
const TRIES: usize = 10;
const PAUSE: Duration = Duration::from_millis(20);

/// Puts these bytes in the place of a file, which is the old one or the new one at every moment. Only the user can
/// read it. It is not flushed to the disk: nothing here is worth waiting for.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make(folder)?;
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// The same, tried again for a moment: Windows replaces no file that somebody reads just then. Blocks.
pub(crate) fn replace_patiently(path: &Path, bytes: &[u8]) -> io::Result<()> {
    for _ in 0..TRIES {
        match replace(path, bytes) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => thread::sleep(PAUSE),
            outcome => return outcome,
        }
    }
    replace(path, bytes)
}

/// Makes a folder that only the user can look into.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
