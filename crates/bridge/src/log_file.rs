//! The file of `--log-file`: two parts of bounded size, the older one beside it with `.1` at its end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Largest size of one part, in bytes.
const LARGEST: u64 = 2 << 20;

/// A log file that several bridges may share.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    file: File,
    largest: u64,
}

impl LogFile {
    /// Opens the file to write behind what is in it.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::with_limit(path, LARGEST)
    }

    fn with_limit(path: &Path, largest: u64) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), file: append(path)?, largest })
    }

    fn begin_anew(&mut self) -> io::Result<()> {
        let mut aside = self.path.clone().into_os_string();
        aside.push(".1");
        // Another bridge may have done so already: then the file at the path is a short one.
        if fs::metadata(&self.path).is_ok_and(|there| there.len() >= self.largest) {
            fs::rename(&self.path, aside)?;
        }
        self.file = append(&self.path)?;
        Ok(())
    }
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.file.metadata()?.len() >= self.largest {
            self.begin_anew()?;
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_grows_beyond_two_parts() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bridge.log");
        let mut file = LogFile::with_limit(&path, 100).expect("a file");
        for number in 0..100 {
            file.write_all(format!("{number:09}\n").as_bytes()).expect("written");
        }
        let parts: Vec<_> = ["bridge.log", "bridge.log.1"]
            .map(|name| fs::read_to_string(folder.path().join(name)).expect("a part"))
            .into();
        assert!(parts.iter().all(|part| part.len() <= 110), "{parts:?}");
        assert!(parts[0].ends_with("000000099\n"), "{parts:?}");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2);
    }
}
