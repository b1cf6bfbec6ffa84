//! Files that were set aside whole, so that they can come back with every byte, permission and time.
//!
//! A link is moved as a link and never followed. A folder is moved with all that is in it, or, where it must be
//! empty, only if it is.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ChangeError;
use super::disk::private_folder;

/// What is to be set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Where it stands.
    pub path: PathBuf,
    /// What it is.
    pub sort: Sort,
}

/// What kind of thing is set aside, which says how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// A regular file that may hold secrets. Anything else at its place is left.
    SecretFile,
    /// A file, a link itself, or a folder with all that is in it, without secrets.
    Whole,
    /// A folder that is empty by then. It is left if it is not.
    EmptyFolder,
}

/// Something that is kept in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its name in the quarantine folder.
    pub name: String,
    /// What it is.
    pub sort: Sort,
    /// Its length, of a folder that of all files in it.
    pub bytes: u64,
    /// When it was last written.
    pub modified: Option<Timestamp>,
    /// Its permission bits, where the system has such.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mode: Option<u32>,
}

impl Kept {
    /// What stands at a place, to be kept under that name. Nothing is moved.
    pub(crate) fn look(aside: &Aside, name: String) -> Result<Self, ChangeError> {
        let metadata = fs::symlink_metadata(&aside.path).map_err(ChangeError::io("look at", &aside.path))?;
        let fits = match aside.sort {
            Sort::SecretFile => metadata.is_file(),
            Sort::Whole => true,
            Sort::EmptyFolder => metadata.is_dir(),
        };
        if !fits {
            let other = io::Error::other("something else stands there");
            return Err(ChangeError::io("set aside", &aside.path)(other));
        }
        Ok(Self {
            name,
            sort: aside.sort,
            bytes: length(&aside.path, &metadata),
            modified: metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok()),
            mode: mode(&metadata),
        })
    }

    /// What stands at a place that somebody filled since, to be named later.
    pub(crate) fn whatever_stands_at(path: &Path) -> Result<Self, ChangeError> {
        let metadata = fs::symlink_metadata(path).map_err(ChangeError::io("look at", path))?;
        let sort = if metadata.is_file() { Sort::SecretFile } else { Sort::Whole };
        Self::look(&Aside { path: path.to_owned(), sort }, String::new())
    }

    /// Whether what stands at a place is what was kept, as far as its length and time tell.
    pub(crate) fn stands_at(&self, path: &Path) -> bool {
        let aside = Aside { path: path.to_owned(), sort: self.sort };
        Self::look(&aside, String::new()).is_ok_and(|there| {
            self.sort == Sort::EmptyFolder || (there.bytes, there.modified) == (self.bytes, self.modified)
        })
    }
}

/// The folder of what was set aside.
#[derive(Debug)]
pub(crate) struct Quarantine {
    folder: PathBuf,
}

impl Quarantine {
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn path(&self, kept: &Kept) -> PathBuf {
        self.folder.join(&kept.name)
    }

    /// Whether it is here. Of an empty folder nothing is kept but the note of it.
    pub(crate) fn holds(&self, kept: &Kept) -> bool {
        kept.sort == Sort::EmptyFolder || exists(&self.path(kept))
    }

    /// Moves what stands at `path` here.
    pub(crate) fn take(&self, path: &Path, kept: &Kept) -> Result<(), ChangeError> {
        if kept.sort == Sort::EmptyFolder {
            return fs::remove_dir(path).map_err(ChangeError::io("remove the folder", path));
        }
        private_folder(&self.folder)?;
        relocate(path, &self.path(kept)).map_err(ChangeError::io("set aside", path))
    }

    /// Moves what is kept here to `path`, where nothing may stand.
    pub(crate) fn give_back(&self, path: &Path, kept: &Kept) -> Result<(), ChangeError> {
        if exists(path) {
            return Err(ChangeError::ChangedSinceRead { path: path.to_owned() });
        }
        if let Some(folder) = path.parent() {
            private_folder(folder)?;
        }
        let act = "put back";
        if kept.sort == Sort::EmptyFolder {
            fs::create_dir(path).map_err(ChangeError::io(act, path))?;
            return permit(path, kept).map_err(ChangeError::io(act, path));
        }
        relocate(&self.path(kept), path).map_err(ChangeError::io(act, path))
    }

    /// Bytes that are kept under these names.
    pub(crate) fn size(&self, kept: &Kept) -> u64 {
        if kept.sort != Sort::EmptyFolder && self.holds(kept) { kept.bytes } else { 0 }
    }

    /// Removes what is not among `wanted`.
    pub(crate) fn keep_only(&self, wanted: &BTreeSet<&str>) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if !entry.file_name().to_str().is_some_and(|name| wanted.contains(name)) {
                // What cannot be removed now is tried again at the next change.
                let _ = remove_whole(&entry.path());
            }
        }
    }
}

/// Whether anything stands there, a link to nowhere too.
pub(crate) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Moves a file, link or folder; through a copy where the two places are on different drives.
fn relocate(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {
            if let Err(error) = copy_whole(from, to) {
                // Half a copy is none.
                let _ = remove_whole(to);
                return Err(error);
            }
            remove_whole(from)
        }
        done => done,
    }
}

fn copy_whole(from: &Path, to: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(from)?;
    if metadata.is_symlink() {
        return copy_link(from, to);
    }
    if metadata.is_dir() {
        fs::create_dir(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy_whole(&entry.path(), &to.join(entry.file_name()))?;
        }
        return fs::set_permissions(to, metadata.permissions());
    }
    fs::copy(from, to)?;
    let file = File::options().write(true).open(to)?;
    file.set_modified(metadata.modified()?)?;
    file.sync_all()
}

#[cfg(unix)]
fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

#[cfg(not(unix))]
fn copy_link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::new(ErrorKind::Unsupported, "a link cannot be moved to another drive"))
}

/// Removes a file, a link itself, or a folder with all in it; no link is followed.
fn remove_whole(path: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_dir() {
        return fs::remove_dir_all(path);
    }
    match fs::remove_file(path) {
        // Windows counts a link to a folder among the folders.
        Err(error) if metadata.is_symlink() => fs::remove_dir(path).map_err(|_| error),
        done => done,
    }
}

fn length(path: &Path, metadata: &Metadata) -> u64 {
    if !metadata.is_dir() {
        return metadata.len();
    }
    let below = fs::read_dir(path).into_iter().flatten().flatten();
    below.filter_map(|entry| Some(length(&entry.path(), &fs::symlink_metadata(entry.path()).ok()?))).sum()
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "one signature for every system")]
fn mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(metadata.permissions().mode() & 0o7777)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "one signature for every system")]
fn mode(_: &Metadata) -> Option<u32> {
    None
}

#[cfg(unix)]
fn permit(path: &Path, kept: &Kept) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    kept.mode.map_or(Ok(()), |mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)))
}

#[cfg(not(unix))]
fn permit(_: &Path, _: &Kept) -> io::Result<()> {
    Ok(())
}
