//! Replacing a file so that it is the old one or the new one, whatever happens in between.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::ChangeError;

/// Writes files. Tests hand in what happens before each step.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    before: Option<Hook>,
}

type Hook = Arc<dyn Fn(Step) -> io::Result<()> + Send + Sync>;

/// A step of a replacement, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Make the new file beside the old one.
    Create,
    /// Write its bytes.
    Write,
    /// Give it the old one's permissions.
    Permit,
    /// Bring its bytes to the disk.
    Sync,
    /// Put it in the old one's place.
    Rename,
}

/// Who may read what is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Access<'a> {
    /// The user alone: it may hold secrets.
    Private,
    /// Whoever could read the file before.
    As(&'a Metadata),
    /// Everybody may start it.
    Program,
}

/// How often a file is replaced that somebody has open.
const TRIES: usize = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// How names of files that are not finished begin and end.
const UNFINISHED: (&str, &str) = (".bridgekeeper-", ".tmp");

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disk").finish_non_exhaustive()
    }
}

impl Disk {
    #[cfg(test)]
    pub(crate) fn with_hook(hook: impl Fn(Step) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self { before: Some(Arc::new(hook)) }
    }

    /// Puts `bytes` in the place of `target`, through a new file in the same folder. `check` runs last before
    /// the rename, and before each further try of it. Blocks for [`TRIES`] times [`PAUSE`] at most.
    pub(crate) fn replace(
        &self,
        target: &Path,
        bytes: &[u8],
        access: Access<'_>,
        check: impl Fn() -> Result<(), ChangeError>,
    ) -> Result<(), ChangeError> {
        let folder = folder_of(target);
        self.step(Step::Create, "write in", folder)?;
        let mut file = tempfile::Builder::new()
            .prefix(UNFINISHED.0)
            .suffix(UNFINISHED.1)
            .tempfile_in(folder)
            .map_err(ChangeError::io("write in", folder))?;
        self.step(Step::Write, "write", target)?;
        file.write_all(bytes).map_err(ChangeError::io("write", target))?;
        self.step(Step::Permit, "keep the permissions of", target)?;
        permit(file.as_file(), access).map_err(ChangeError::io("keep the permissions of", target))?;
        self.step(Step::Sync, "write", target)?;
        file.as_file().sync_all().map_err(ChangeError::io("write", target))?;
        for tries_left in (0..TRIES).rev() {
            check()?;
            self.step(Step::Rename, "replace", target)?;
            match file.persist(target) {
                Ok(_) => break,
                Err(failed) if tries_left > 0 && is_open_elsewhere(&failed.error) => file = failed.file,
                Err(failed) => return Err(ChangeError::io("replace", target)(failed.error)),
            }
            thread::sleep(PAUSE);
        }
        sync_folder(folder);
        Ok(())
    }

    fn step(&self, step: Step, act: &'static str, path: &Path) -> Result<(), ChangeError> {
        match &self.before {
            Some(hook) => hook(step).map_err(ChangeError::io(act, path)),
            None => Ok(()),
        }
    }
}

/// Windows replaces no file that somebody reads just then: Claude, a virus scanner, our own look at the config.
fn is_open_elsewhere(error: &io::Error) -> bool {
    const SHARING_VIOLATION: i32 = 32;
    cfg!(windows)
        && (error.kind() == io::ErrorKind::PermissionDenied
            || error.raw_os_error() == Some(SHARING_VIOLATION))
}

/// Removes what an earlier, cut-off replacement left in the folder. To be called under the lock.
pub(crate) fn sweep_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1) {
            // It is nobody's: that it stays is harmless.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes a folder for the user alone, with all above it.
pub(crate) fn private_folder(path: &Path) -> Result<(), ChangeError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(ChangeError::io("make the folder", path))
}

/// The file that a path leads to, links followed; the path itself where nothing is there yet.
pub(crate) fn resolve(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn permit(file: &File, access: Access<'_>) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let mode = match access {
        Access::Private => 0o600,
        Access::Program => 0o755,
        Access::As(old) => {
            let new = file.metadata()?;
            if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
                std::os::unix::fs::fchown(file, Some(old.uid()), Some(old.gid()))?;
            }
            old.mode() & 0o7777
        }
    };
    file.set_permissions(fs::Permissions::from_mode(mode))
}

/// A new file inherits the folder's access list, as the old one did; its attributes are copied.
#[cfg(not(unix))]
fn permit(file: &File, access: Access<'_>) -> io::Result<()> {
    match access {
        Access::As(old) => file.set_permissions(old.permissions()),
        Access::Private | Access::Program => Ok(()),
    }
}

/// Brings the rename itself to the disk. The file is replaced by then, so that a file system which cannot do this
/// is no error. Windows has no such act; NTFS journals renames.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
#[cfg(windows)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_somebody_reads_is_replaced_once_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        let disk = Disk::default();
        disk.replace(&path, b"old", Access::Private, || Ok(())).unwrap();
        let reader = std::cell::RefCell::new(Some(File::open(&path).unwrap()));
        let tries = std::cell::Cell::new(0);
        let outcome = disk.replace(&path, b"new", Access::Private, || {
            tries.set(tries.get() + 1);
            if tries.get() == 3 {
                reader.take();
            }
            Ok(())
        });
        outcome.unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), tries.get()), (b"new".as_slice(), 3));
    }
}
