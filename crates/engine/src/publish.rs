//! The bridge at its one stable place, which entries in Claude's config name.
//!
//! Entries never name the program that came with the app: a bridge that runs would block the app's update on
//! Windows, and the path of an `AppImage` changes at every start.

use std::fs;
use std::path::{Path, PathBuf};

use bridgekeeper_model::Os;

use crate::change::{Access, ChangeError, Disk};

/// A bridge at its stable place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it was put there now, or stood there already.
    pub outcome: Outcome,
}

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was put there.
    Written,
    /// The same bytes were there.
    Unchanged,
}

/// Why the bridge is not at its place.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Nobody handed in where the bridge is.
    #[error(
        "the program mcp-bridge was not found beside this one; install it there, or set BRIDGEKEEPER_BRIDGE to its path"
    )]
    NoBridge,
    /// A step on disk failed.
    #[error(transparent)]
    Disk(#[from] ChangeError),
}

/// Where the bridge stands in Bridgekeeper's folder.
pub(crate) fn place(folder: &Path, os: Os) -> PathBuf {
    folder.join("bin").join(if os == Os::Windows { "mcp-bridge.exe" } else { "mcp-bridge" })
}

/// The bridge that stands at its place already.
pub(crate) fn published(folder: &Path, os: Os) -> Option<Published> {
    let path = place(folder, os);
    path.is_file().then_some(Published { path, outcome: Outcome::Unchanged })
}

/// Copies `program` to its place. A program that runs from there is renamed aside first, because Windows does
/// not let it be overwritten; it is removed at a later publication, when nobody runs it any more.
pub(crate) fn publish(program: &Path, folder: &Path, os: Os) -> Result<Published, PublishError> {
    let path = place(folder, os);
    let bytes = fs::read(program).map_err(ChangeError::io("read", program))?;
    if fs::read(&path).is_ok_and(|there| there == bytes) {
        return Ok(Published { path, outcome: Outcome::Unchanged });
    }
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).map_err(ChangeError::io("make the folder", &bin))?;
    remove_asides(&bin);
    let aside = if os == Os::Windows { set_aside(&path)? } else { None };
    match Disk::default().replace(&path, &bytes, Access::Program, || Ok(())) {
        Ok(()) => Ok(Published { path, outcome: Outcome::Written }),
        Err(error) => {
            if let Some(aside) = aside {
                // The old one goes back; if that fails too, the first error is the one to tell.
                let _ = fs::rename(aside, &path);
            }
            Err(error.into())
        }
    }
}

const ASIDE: &str = ".old-";

fn set_aside(path: &Path) -> Result<Option<PathBuf>, ChangeError> {
    if !path.exists() {
        return Ok(None);
    }
    let free = (1..u32::MAX).map(|number| path.with_extension(format!("exe{ASIDE}{number}")));
    let Some(aside) = free.into_iter().find(|aside| !aside.exists()) else { return Ok(None) };
    fs::rename(path, &aside).map_err(ChangeError::io("rename", path))?;
    Ok(Some(aside))
}

fn remove_asides(bin: &Path) {
    for entry in fs::read_dir(bin).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().contains(ASIDE) {
            // One that still runs stays until it has ended.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    fn put(path: &Path, text: &str) {
        fs::write(path, text).unwrap();
    }

    #[test]
    fn it_is_put_there_once_and_replaced_when_it_differs() {
        for os in [Os::Windows, Os::Linux] {
            let folder = tempfile::tempdir().unwrap();
            let program = folder.path().join("program");
            put(&program, "one");
            let first = publish(&program, folder.path(), os).unwrap();
            assert_eq!(first.outcome, Outcome::Written);
            assert_eq!(publish(&program, folder.path(), os).unwrap().outcome, Outcome::Unchanged);
            put(&program, "two");
            let second = publish(&program, folder.path(), os).unwrap();
            assert_eq!((second.outcome, &second.path), (Outcome::Written, &first.path));
            assert_eq!(fs::read_to_string(&second.path).unwrap(), "two");
            put(&program, "three");
            publish(&program, folder.path(), os).unwrap();
            let names = fs::read_dir(folder.path().join("bin")).unwrap().count();
            assert_eq!(names, if os == Os::Windows { 2 } else { 1 });
        }
    }

    #[cfg(unix)]
    #[test]
    fn it_can_be_started() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        put(&program, "#!/bin/sh\n");
        let published = publish(&program, folder.path(), Os::Linux).unwrap();
        assert_eq!(fs::metadata(published.path).unwrap().permissions().mode() & 0o777, 0o755);
    }
}
