//! Moving and removing what stands in a folder that is held open, links as links.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read as _};
use std::time::SystemTime;

use cap_fs_ext::{DirExt as _, FollowSymlinks, OpenOptionsFollowExt as _, SystemTimeSpec};
use cap_std::fs::{File, OpenOptions};
use cap_std::time::SystemTime as CapTime;

use super::{Folder, FoundSort, Obstacle};

impl Folder {
    /// Moves what stands under `name` to `to`, where nothing may stand under `new_name`. Where the two lie on
    /// different drives it is copied, brought to the disk and compared before the first one is removed.
    pub(crate) fn relocate(&self, name: &OsStr, to: &Self, new_name: &OsStr) -> io::Result<()> {
        if to.dir.symlink_metadata(new_name).is_ok() {
            return Err(io::Error::new(ErrorKind::AlreadyExists, "something stands there"));
        }
        match self.dir.rename(name, &to.dir, new_name) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                self.copy(name, to, new_name).inspect_err(|_| {
                    // Half a copy is none; the error that left it so is the one to tell.
                    let _ = to.remove(new_name);
                })?;
                self.remove(name)
            }
            done => done,
        }
    }

    /// Removes a folder in it that is empty.
    pub(crate) fn remove_empty_folder(&self, name: &OsStr) -> io::Result<()> {
        self.dir.remove_dir(name)
    }

    /// Makes a folder in it for the user alone.
    pub(crate) fn make_folder(&self, name: &OsStr) -> io::Result<()> {
        #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has permission bits"))]
        let mut builder = cap_std::fs::DirBuilder::new();
        #[cfg(unix)]
        cap_std::fs::DirBuilderExt::mode(&mut builder, 0o700);
        self.dir.create_dir_with(name, &builder)
    }

    /// Gives what stands under a name these permission bits, where the system has such.
    #[cfg_attr(
        not(unix),
        expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "one signature for every system")
    )]
    pub(crate) fn permit(&self, name: &OsStr, mode: Option<u32>) -> io::Result<()> {
        #[cfg(unix)]
        if let Some(mode) = mode {
            use cap_std::fs::PermissionsExt as _;
            self.dir.set_permissions(name, cap_std::fs::Permissions::from_mode(mode))?;
        }
        #[cfg(not(unix))]
        let _ = (name, mode);
        Ok(())
    }

    /// Says when what stands under a name was last written; of a link the link itself.
    pub(crate) fn set_modified(&self, name: &OsStr, time: SystemTime) -> io::Result<()> {
        let time = SystemTimeSpec::Absolute(CapTime::from_std(time));
        self.dir.set_symlink_times(name, None, Some(time))
    }

    /// Removes a file, a link itself, or a folder with all in it.
    fn remove(&self, name: &OsStr) -> io::Result<()> {
        if self.dir.symlink_metadata(name)?.is_dir() {
            self.dir.remove_dir_all(name)
        } else {
            self.dir.remove_file_or_symlink(name)
        }
    }

    fn copy(&self, name: &OsStr, to: &Self, new_name: &OsStr) -> io::Result<()> {
        let found = self.look(name)?;
        match found.sort {
            FoundSort::File => self.copy_file(name, to, new_name)?,
            FoundSort::Link => return self.copy_link(name, to, new_name),
            FoundSort::Folder => {
                to.make_folder(new_name)?;
                let (from, into) = (self.folder(name)?, to.folder(new_name)?);
                for inner in from.list()? {
                    from.copy(&inner.name, &into, &inner.name)?;
                }
            }
            FoundSort::Other => return Err(io::Error::other("it is no file, no folder and no link")),
        }
        let permissions = self.dir.symlink_metadata(name)?.permissions();
        to.dir.set_permissions(new_name, permissions)?;
        found.modified.map_or(Ok(()), |time| to.set_modified(new_name, time))
    }

    fn copy_file(&self, name: &OsStr, to: &Self, new_name: &OsStr) -> io::Result<()> {
        let mut from = self.open_file(name)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        let mut copy = to.dir.open_with(new_name, &options)?;
        io::copy(&mut from, &mut copy)?;
        copy.sync_all()?;
        if is_same(&mut self.open_file(name)?, &mut to.open_file(new_name)?)? {
            return Ok(());
        }
        Err(io::Error::other("the copy is not the same"))
    }

    fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No);
        self.dir.open_with(name, &options)
    }

    #[cfg(unix)]
    fn copy_link(&self, name: &OsStr, to: &Self, new_name: &OsStr) -> io::Result<()> {
        to.dir.symlink_contents(self.dir.read_link_contents(name)?, new_name)
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "one signature for every system")]
    fn copy_link(&self, _: &OsStr, _: &Self, _: &OsStr) -> io::Result<()> {
        Err(io::Error::new(ErrorKind::Unsupported, "a link cannot be moved to another drive"))
    }
}

/// Whether two files hold the same bytes.
fn is_same(one: &mut File, other: &mut File) -> io::Result<bool> {
    const CHUNK: u64 = 64 * 1024;
    loop {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        one.take(CHUNK).read_to_end(&mut a)?;
        other.take(CHUNK).read_to_end(&mut b)?;
        if a != b {
            return Ok(false);
        }
        if a.is_empty() {
            return Ok(true);
        }
    }
}

impl From<Obstacle> for io::Error {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Absent(_) => Self::new(ErrorKind::NotFound, obstacle),
            Obstacle::Link(_) => Self::other(obstacle),
            Obstacle::Refused { source, .. } => source,
        }
    }
}
