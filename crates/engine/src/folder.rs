//! A folder that is held open, below which no link is followed.
//!
//! Whoever moves or removes files by their paths can be led elsewhere by a link that is put in the place of a folder
//! between the look and the act. Here every folder is opened below the one before it, by its name alone and only if
//! it is no link (on Windows: no symbolic link and no junction), and what is in it is reached through that handle.

mod relocate;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use cap_fs_ext::{DirExt as _, FollowSymlinks, MetadataExt as _, OpenOptionsFollowExt as _};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, OpenOptions};

/// A folder that is held open.
pub(crate) struct Folder {
    dir: Dir,
    path: PathBuf,
    trusted: PathBuf,
}

/// What stands under a name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The name.
    pub(crate) name: OsString,
    /// What it is.
    pub(crate) sort: FoundSort,
    /// Its length in bytes; of a folder nothing that means anything.
    pub(crate) bytes: u64,
    /// When it was last written.
    pub(crate) modified: Option<SystemTime>,
    /// Under how many names the system knows it: more than one is a hard link.
    pub(crate) names: u64,
}

/// What stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FoundSort {
    File,
    Folder,
    /// A symbolic link or a junction.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// Why a folder cannot be held.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Obstacle {
    /// There is none.
    #[error("{} is not there", .0.display())]
    Absent(PathBuf),
    /// A link stands in its place or above it.
    #[error("{} is a link, and links are not followed", .0.display())]
    Link(PathBuf),
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Refused {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

impl Folder {
    /// Opens `path`, which lies below `trusted`. `trusted` itself is opened as the system resolves it; from there on
    /// no link is followed.
    pub(crate) fn open(trusted: &Path, path: &Path) -> Result<Self, Obstacle> {
        Self::descend(trusted, path, Self::folder)
    }

    /// The same, and makes what is not there of the way, for the user alone.
    pub(crate) fn open_or_make(trusted: &Path, path: &Path) -> Result<Self, Obstacle> {
        Self::descend(trusted, path, |folder, name| match folder.folder(name) {
            Err(Obstacle::Absent(path)) => {
                folder.make_folder(name).map_err(refused(&path))?;
                folder.folder(name)
            }
            opened => opened,
        })
    }

    fn descend(
        trusted: &Path,
        path: &Path,
        enter: impl Fn(&Self, &OsStr) -> Result<Self, Obstacle>,
    ) -> Result<Self, Obstacle> {
        let outside = || Obstacle::Refused {
            path: path.to_owned(),
            source: io::Error::new(ErrorKind::InvalidInput, "it does not lie where it should"),
        };
        let below = path.strip_prefix(trusted).map_err(|_| outside())?;
        let dir = Dir::open_ambient_dir(trusted, ambient_authority()).map_err(refused(trusted))?;
        let mut folder = Self { dir, path: trusted.to_owned(), trusted: trusted.to_owned() };
        for component in below.components() {
            match component {
                Component::Normal(name) => folder = enter(&folder, name)?,
                Component::CurDir => {}
                Component::Prefix(_) | Component::RootDir | Component::ParentDir => return Err(outside()),
            }
        }
        Ok(folder)
    }

    /// Opens a folder in this one.
    pub(crate) fn folder(&self, name: &OsStr) -> Result<Self, Obstacle> {
        let path = self.path.join(name);
        let metadata = self.dir.symlink_metadata(name).map_err(refused(&path))?;
        if metadata.is_symlink() {
            return Err(Obstacle::Link(path));
        }
        let dir = self.dir.open_dir_nofollow(name).map_err(refused(&path))?;
        Ok(Self { dir, path, trusted: self.trusted.clone() })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// From where on no link led here.
    pub(crate) fn trusted(&self) -> &Path {
        &self.trusted
    }

    /// What tells it from every other folder: the volume and its number there.
    pub(crate) fn identity(&self) -> io::Result<(u64, u64)> {
        let metadata = self.dir.dir_metadata()?;
        Ok((metadata.dev(), metadata.ino()))
    }

    /// What stands in it, by name.
    pub(crate) fn list(&self) -> Result<Vec<Found>, Obstacle> {
        let mut all = Vec::new();
        for entry in self.dir.entries().map_err(refused(&self.path))? {
            let name = entry.map_err(refused(&self.path))?.file_name();
            match self.look(&name) {
                Ok(found) => all.push(found),
                // It went between the two looks.
                Err(Obstacle::Absent(_)) => {}
                Err(obstacle) => return Err(obstacle),
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    /// What stands under a name, a link as such.
    pub(crate) fn look(&self, name: &OsStr) -> Result<Found, Obstacle> {
        let metadata = self.dir.symlink_metadata(name).map_err(refused(&self.path.join(name)))?;
        Ok(Found::of(name.to_owned(), &metadata))
    }

    /// The text of a file of at most `limit` bytes; `None` for what is longer, no file, or no text.
    pub(crate) fn read_text(&self, name: &OsStr, limit: u64) -> Option<String> {
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No);
        let is_file = self.look(name).is_ok_and(|found| found.sort == FoundSort::File);
        let file = is_file.then(|| self.dir.open_with(name, &options).ok()).flatten()?;
        let mut text = String::new();
        let read = file.take(limit + 1).read_to_string(&mut text).ok()?;
        (read as u64 <= limit).then_some(text)
    }

    /// Bytes of all files below it, as far as they can be seen.
    pub(crate) fn bytes_below(&self) -> u64 {
        let found = self.list().unwrap_or_default();
        let bytes = |found: &Found| match found.sort {
            FoundSort::File => found.bytes,
            FoundSort::Folder => self.folder(&found.name).map_or(0, |folder| folder.bytes_below()),
            FoundSort::Link | FoundSort::Other => 0,
        };
        found.iter().map(bytes).sum()
    }
}

impl Found {
    fn of(name: OsString, metadata: &Metadata) -> Self {
        let sort = if metadata.is_symlink() {
            FoundSort::Link
        } else if metadata.is_dir() {
            FoundSort::Folder
        } else if metadata.is_file() {
            FoundSort::File
        } else {
            FoundSort::Other
        };
        Self {
            name,
            sort,
            bytes: metadata.len(),
            modified: metadata.modified().ok().map(cap_std::time::SystemTime::into_std),
            names: metadata.nlink(),
        }
    }
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Folder").field(&self.path).finish()
    }
}

fn refused(path: &Path) -> impl FnOnce(io::Error) -> Obstacle {
    let path = path.to_owned();
    move |source| {
        if source.kind() == ErrorKind::NotFound {
            Obstacle::Absent(path)
        } else {
            Obstacle::Refused { path, source }
        }
    }
}
