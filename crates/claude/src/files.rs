//! Reading without surprises.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bridgekeeper_model::Os;

/// A config larger than this is not read: Claude's own stays below a few hundred kilobytes.
pub const MAX_CONFIG_BYTES: u64 = 16 * 1024 * 1024;

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// No file.
    Absent,
    /// The bytes.
    Read(Vec<u8>),
    /// There is something, and it cannot be read.
    Unreadable(String),
}

/// A file or folder that is there and could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Where.
    pub path: PathBuf,
    /// What the system said.
    pub why: String,
}

/// Reads a config file. Never waits: a pipe or a device in its place is unreadable.
pub fn read_config(path: &Path) -> Content {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if is_absent(&error) => {
            return match fs::read_link(path) {
                Ok(target) => {
                    Content::Unreadable(format!("it is a link to {}, which does not exist", target.display()))
                }
                Err(_) => Content::Absent,
            };
        }
        Err(error) => return Content::Unreadable(error.to_string()),
    };
    if !metadata.is_file() {
        return Content::Unreadable("it is not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(MAX_CONFIG_BYTES + 1).read_to_end(&mut bytes)) {
        Ok(_) if bytes.len() as u64 > MAX_CONFIG_BYTES => {
            Content::Unreadable(format!("it is larger than {} MiB", MAX_CONFIG_BYTES >> 20))
        }
        Ok(_) => Content::Read(bytes),
        Err(error) => Content::Unreadable(error.to_string()),
    }
}

/// The names in a folder, sorted. An absent folder is an empty one; one that cannot be listed is a fact.
pub(crate) fn list(folder: &Path, unreadable: &mut Vec<Unreadable>) -> Vec<String> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            if !is_absent(&error) {
                unreadable.push(Unreadable { path: folder.to_owned(), why: error.to_string() });
            }
            return vec![];
        }
    };
    // A name that is no Unicode is none of Claude's.
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// When the file was last written.
pub(crate) fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// `folder/name` in the spelling that is on disk, where the system whose rules hold does not mind the case.
pub(crate) fn spelled(os: Os, folder: &Path, name: &str) -> PathBuf {
    let exact = folder.join(name);
    if os == Os::Linux || fs::symlink_metadata(&exact).is_ok() {
        return exact;
    }
    let same = list(folder, &mut Vec::new()).into_iter().find(|found| found.eq_ignore_ascii_case(name));
    same.map_or(exact, |found| folder.join(found))
}

/// Whether two paths lead to one file.
pub(crate) fn same_file(a: &Path, b: &Path) -> bool {
    match (fs::canonicalize(a), fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absence_and_trouble_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claude_desktop_config.json");
        assert_eq!(read_config(&path), Content::Absent);
        assert_eq!(read_config(&path.join("below")), Content::Absent);
        fs::create_dir(&path).unwrap();
        assert!(matches!(read_config(&path), Content::Unreadable(_)));
        fs::remove_dir(&path).unwrap();
        File::create(&path).unwrap();
        assert_eq!(read_config(&path), Content::Read(vec![]));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_trouble_and_not_absence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claude_desktop_config.json");
        std::os::unix::fs::symlink("/nowhere/dot.json", &path).unwrap();
        let why = "it is a link to /nowhere/dot.json, which does not exist";
        assert_eq!(read_config(&path), Content::Unreadable(why.to_owned()));
    }

    #[test]
    fn a_huge_file_is_not_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claude_desktop_config.json");
        File::create(&path).unwrap().set_len(MAX_CONFIG_BYTES + 1).unwrap();
        assert_eq!(read_config(&path), Content::Unreadable("it is larger than 16 MiB".to_owned()));
    }

    #[test]
    fn case_matters_on_linux_only() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("Logs")).unwrap();
        assert_eq!(spelled(Os::Linux, folder.path(), "logs"), folder.path().join("logs"));
        let found = spelled(Os::Windows, folder.path(), "logs");
        assert!(found.is_dir());
        let absent = spelled(Os::Windows, folder.path(), "absent");
        assert_eq!(absent, folder.path().join("absent"));
    }
}
