//! A package that waits to be installed, in `~/.bridgekeeper/update`, for the user alone. What lies there proves nothing:
//! whoever installs it checks its signature then.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::change::{Access, ChangeError, Disk, private_folder};

/// The folder with the one package that waits.
#[derive(Debug, Clone)]
pub struct Kept(PathBuf);

/// A package, and what its release said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptUpdate {
    /// The release's description as it was fetched.
    pub release: String,
    /// The package.
    pub package: Vec<u8>,
}

/// Their names. The description is written last, so that one without the other is never taken for both.
const PACKAGE: &str = "package";
const RELEASE: &str = "release.json";
/// Holds the version that an update replaced, until the new one has said so.
const REPLACED: &str = "replaced";

impl Kept {
    /// Below Bridgekeeper's folder. Nothing is made before something is kept.
    pub fn in_folder(bridgekeeper: &Path) -> Self {
        Self(bridgekeeper.join("update"))
    }

    /// Keeps a package in the place of any other.
    pub fn keep(&self, update: &KeptUpdate) -> Result<(), ChangeError> {
        self.clear()?;
        private_folder(&self.0)?;
        self.put(PACKAGE, &update.package)?;
        self.put(RELEASE, update.release.as_bytes())
    }

    /// The package that waits, where there is a whole one.
    pub fn kept(&self) -> Option<KeptUpdate> {
        let release = fs::read_to_string(self.0.join(RELEASE)).ok()?;
        let package = fs::read(self.0.join(PACKAGE)).ok()?;
        Some(KeptUpdate { release, package })
    }

    /// Keeps none any more.
    pub fn clear(&self) -> Result<(), ChangeError> {
        [RELEASE, PACKAGE].into_iter().try_for_each(|name| self.remove(name))
    }

    /// Notes that this version is about to be replaced.
    pub fn note_replaced(&self, version: &str) -> Result<(), ChangeError> {
        private_folder(&self.0)?;
        self.put(REPLACED, version.as_bytes())
    }

    /// The version that was replaced, told once.
    pub fn take_replaced(&self) -> Option<String> {
        let version = fs::read_to_string(self.0.join(REPLACED)).ok()?;
        self.remove(REPLACED).ok()?;
        Some(version)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), ChangeError> {
        Disk::default().replace(&self.0.join(name), bytes, Access::Private, || Ok(()))
    }

    fn remove(&self, name: &str) -> Result<(), ChangeError> {
        let path = self.0.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(ChangeError::io("remove", &path)(error)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_package_waits_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::in_folder(folder.path());
        assert_eq!(kept.kept(), None);
        kept.clear().unwrap();
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing was made");
        let update = |text: &str| KeptUpdate { release: text.to_owned(), package: text.repeat(1000).into() };
        for text in ["one", "two"] {
            kept.keep(&update(text)).unwrap();
            assert_eq!(kept.kept(), Some(update(text)));
        }
        fs::remove_file(folder.path().join("update").join(RELEASE)).unwrap();
        assert_eq!(kept.kept(), None, "cut off between the two files");
        kept.keep(&update("three")).unwrap();
        kept.clear().unwrap();
        assert_eq!(kept.kept(), None);
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_the_user_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::in_folder(folder.path());
        kept.keep(&KeptUpdate { release: "{}".to_owned(), package: vec![1] }).unwrap();
        let mode = |name: &str| {
            fs::metadata(folder.path().join("update").join(name)).unwrap().permissions().mode() & 0o777
        };
        assert_eq!((mode(""), mode(PACKAGE)), (0o700, 0o600));
    }

    #[test]
    fn what_was_replaced_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::in_folder(folder.path());
        assert_eq!(kept.take_replaced(), None);
        kept.note_replaced("0.1.0").unwrap();
        assert_eq!(kept.take_replaced().as_deref(), Some("0.1.0"));
        assert_eq!(kept.take_replaced(), None);
    }
}
