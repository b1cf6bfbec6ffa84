//! A home to look at: files by relative path.

use std::fs;
use std::path::{Path, PathBuf};

use bridgekeeper_claude::Home;
use bridgekeeper_model::Os;
use tempfile::TempDir;

pub(crate) struct World {
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    #[expect(clippy::disallowed_methods, reason = "a test's own throwaway files")]
    pub(crate) fn file(self, relative: &str, text: &str) -> Self {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn folder(self, relative: &str) -> Self {
        fs::create_dir_all(self.path(relative)).unwrap();
        self
    }

    pub(crate) fn home(&self, os: Os) -> Home {
        Home::stand_in(self.folder.path().join("home"), os)
    }

    /// The path below the home, with `/`.
    pub(crate) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(self.folder.path()).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }
}
