//! Files that were set aside whole, so that they can come back with every byte, permission and time.
//!
//! A link is moved as a link and never followed. A folder is moved with all that is in it, or, where it must be
//! empty, only if it is.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ChangeError;
use super::disk::{Disk, private_folder};
use super::sealed::{Sealer, plain_name, sealed_path};
use crate::folder::{Folder, Obstacle};

/// What is to be set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Where it stands.
    pub path: PathBuf,
    /// A folder above it. From there on no link is followed, now and when it comes back.
    pub trusted: PathBuf,
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
    /// A folder above its place, from which on no link is followed.
    pub trusted: PathBuf,
    /// When the folder that it stood in was last written, so that this comes back, too.
    pub above: Option<Timestamp>,
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
            modified: modified(&metadata),
            mode: mode(&metadata),
            trusted: aside.trusted.clone(),
            above: aside
                .path
                .parent()
                .filter(|folder| *folder != aside.trusted)
                .and_then(|folder| modified(&fs::symlink_metadata(folder).ok()?)),
        })
    }

    /// What stands at a place that somebody filled since, to be named later.
    pub(crate) fn whatever_stands_at(path: &Path, trusted: &Path) -> Result<Self, ChangeError> {
        let metadata = fs::symlink_metadata(path).map_err(ChangeError::io("look at", path))?;
        let sort = if metadata.is_file() { Sort::SecretFile } else { Sort::Whole };
        let aside = Aside { path: path.to_owned(), trusted: trusted.to_owned(), sort };
        Self::look(&aside, String::new())
    }

    /// Whether what stands at a place is what was kept, as far as its length and time tell.
    pub(crate) fn stands_at(&self, path: &Path) -> bool {
        let aside = Aside { path: path.to_owned(), trusted: self.trusted.clone(), sort: self.sort };
        Self::look(&aside, String::new()).is_ok_and(|there| {
            self.sort == Sort::EmptyFolder || (there.bytes, there.modified) == (self.bytes, self.modified)
        })
    }
}

/// The folder of what was set aside.
#[derive(Debug)]
pub(crate) struct Quarantine {
    folder: PathBuf,
    sealer: Arc<Sealer>,
}

impl Quarantine {
    pub(crate) fn in_folder(folder: PathBuf, sealer: Arc<Sealer>) -> Self {
        Self { folder, sealer }
    }

    pub(crate) fn path(&self, kept: &Kept) -> PathBuf {
        self.folder.join(&kept.name)
    }

    /// Whether it is here. Of an empty folder nothing is kept but the note of it.
    pub(crate) fn holds(&self, kept: &Kept) -> bool {
        kept.sort == Sort::EmptyFolder || exists(&self.path(kept)) || self.is_sealed(kept)
    }

    /// Moves what stands at `path` here.
    pub(crate) fn take(&self, path: &Path, kept: &Kept) -> Result<(), ChangeError> {
        let act = if kept.sort == Sort::EmptyFolder { "remove the folder" } else { "set aside" };
        let (above, name) = place(path)?;
        let folder = Folder::open(&kept.trusted, above).map_err(|error| refused(act, path, error))?;
        if kept.sort == Sort::EmptyFolder {
            return folder.remove_empty_folder(name).map_err(ChangeError::io(act, path));
        }
        let here = self.open().map_err(|error| refused(act, path, error))?;
        folder.relocate(name, &here, kept.name.as_ref()).map_err(ChangeError::io(act, path))
    }

    /// Moves what is kept here to `path`, where nothing may stand.
    pub(crate) fn give_back(&self, path: &Path, kept: &Kept) -> Result<(), ChangeError> {
        if exists(path) {
            return Err(ChangeError::ChangedSinceRead { path: path.to_owned() });
        }
        let act = "put back";
        let (above, name) = place(path)?;
        let folder = Folder::open_or_make(&kept.trusted, above).map_err(|error| refused(act, path, error))?;
        if kept.sort == Sort::EmptyFolder {
            folder.make_folder(name).map_err(ChangeError::io(act, path))?;
            return folder.permit(name, kept.mode).map_err(ChangeError::io(act, path));
        }
        let here = self.open().map_err(|error| refused(act, path, error))?;
        if self.is_sealed(kept) {
            self.unseal(&here, kept)?;
        }
        here.relocate(kept.name.as_ref(), &folder, name).map_err(ChangeError::io(act, path))
    }

    /// Seals what may hold secrets, where there is a key.
    pub(crate) fn seal(&self, disk: &Disk, kept: &Kept) -> Result<(), ChangeError> {
        if kept.sort == Sort::SecretFile { self.sealer.seal(disk, &self.path(kept)) } else { Ok(()) }
    }

    fn is_sealed(&self, kept: &Kept) -> bool {
        kept.sort == Sort::SecretFile && sealed_path(&self.path(kept)).is_file()
    }

    /// Makes a sealed file here what it was, so that it can be moved out.
    fn unseal(&self, here: &Folder, kept: &Kept) -> Result<(), ChangeError> {
        let path = self.path(kept);
        self.sealer.unseal(&Disk::default(), &path)?;
        let name = kept.name.as_ref();
        here.permit(name, kept.mode).map_err(ChangeError::io("permit", &path))?;
        match kept.modified {
            Some(time) => here.set_modified(name, time.into()).map_err(ChangeError::io("date", &path)),
            None => Ok(()),
        }
    }

    fn open(&self) -> Result<Folder, Obstacle> {
        private_folder(&self.folder).map_err(|error| Obstacle::Refused {
            path: self.folder.clone(),
            source: io::Error::other(error),
        })?;
        Folder::open(&self.folder, &self.folder)
    }

    /// Bytes that are kept under these names.
    pub(crate) fn size(&self, kept: &Kept) -> u64 {
        if kept.sort != Sort::EmptyFolder && self.holds(kept) { kept.bytes } else { 0 }
    }

    /// Removes what is not among `wanted`.
    pub(crate) fn keep_only(&self, wanted: &BTreeSet<&str>) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if !entry.file_name().to_str().is_some_and(|name| wanted.contains(plain_name(name))) {
                // What cannot be removed now is tried again at the next change.
                let _ = remove_whole(&entry.path());
            }
        }
    }
}

/// Gives folders the times that they had, once all that was kept is back in them. That it cannot be done is no
/// reason to take the files away again.
pub(crate) fn give_back_times<'a>(back: impl Iterator<Item = (&'a Path, &'a Kept)>) {
    for (path, kept) in back {
        let mut times = vec![path.parent().zip(kept.above)];
        if kept.sort == Sort::EmptyFolder {
            times.push(Some(path).zip(kept.modified));
        }
        for (folder, time) in times.into_iter().flatten() {
            if let Ok((above, name)) = place(folder) {
                let _ = Folder::open(&kept.trusted, above).map(|above| above.set_modified(name, time.into()));
            }
        }
    }
}

/// Whether anything stands there, a link to nowhere too.
pub(crate) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The folder and the name of a place.
fn place(path: &Path) -> Result<(&Path, &OsStr), ChangeError> {
    let nowhere = || io::Error::new(io::ErrorKind::InvalidInput, "it has no folder");
    path.parent().zip(path.file_name()).ok_or_else(|| ChangeError::io("find", path)(nowhere()))
}

fn refused(act: &'static str, path: &Path, obstacle: Obstacle) -> ChangeError {
    ChangeError::io(act, path)(obstacle.into())
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

fn modified(metadata: &Metadata) -> Option<Timestamp> {
    metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok())
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
fn mode(_: &Metadata) -> Option<u32> {
    None
}
