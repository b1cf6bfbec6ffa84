//! The bridge at its one stable place, which entries in Claude's config name.
//!
//! Entries never name the program that came with the app: a bridge that runs would block the app's update on
//! Windows, and the path of an `AppImage` changes at every start.

use std::fs::{self, File, OpenOptions};
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

/// Copies `program` to its place, whichever of the two is the newer: a downgrade is an update, too.
///
/// A program that runs from there cannot be overwritten on Windows, so it is renamed aside and goes on running under its
/// new name. It is removed at a later publication, when nobody runs it any more.
pub(crate) fn publish(program: &Path, folder: &Path, os: Os) -> Result<Published, PublishError> {
    let path = place(folder, os);
    let bytes = fs::read(program).map_err(ChangeError::io("read", program))?;
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).map_err(ChangeError::io("make the folder", &bin))?;
    // Held to the end: of two programs that publish, the second sees what the first did.
    let _lock = lock(&bin)?;
    remove_asides(&bin);
    if fs::read(&path).is_ok_and(|there| there == bytes) {
        return Ok(Published { path, outcome: Outcome::Unchanged });
    }
    match put(&path, &bytes) {
        Err(_) if os == Os::Windows && path.exists() => put_beside_a_running_one(&path, &bytes)?,
        result => result?,
    }
    Ok(Published { path, outcome: Outcome::Written })
}

/// Puts the bridge anew where an earlier publication left one, or was cut off. Nothing where none was ever asked for.
pub(crate) fn refresh(program: &Path, folder: &Path, os: Os) -> Result<Option<Published>, PublishError> {
    let wanted = place(folder, os).exists() || asides(&folder.join("bin")).next().is_some();
    if wanted { publish(program, folder, os).map(Some) } else { Ok(None) }
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), ChangeError> {
    Disk::default().replace(path, bytes, Access::Program, || Ok(()))
}

fn put_beside_a_running_one(path: &Path, bytes: &[u8]) -> Result<(), ChangeError> {
    let aside = set_aside(path)?;
    put(path, bytes).inspect_err(|_| {
        // The old one goes back; if that fails too, the first error is the one to tell.
        let _ = fs::rename(&aside, path);
    })
}

const ASIDE: &str = ".old-";

fn set_aside(path: &Path) -> Result<PathBuf, ChangeError> {
    let mut number = 1_u32;
    let aside = loop {
        let aside = path.with_extension(format!("exe{ASIDE}{number}"));
        if !aside.exists() {
            break aside;
        }
        number += 1;
    };
    fs::rename(path, &aside).map_err(ChangeError::io("rename", path))?;
    Ok(aside)
}

fn remove_asides(bin: &Path) {
    for aside in asides(bin) {
        // One that still runs stays until it has ended.
        let _ = fs::remove_file(aside);
    }
}

fn asides(bin: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(bin).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().contains(ASIDE)).map(|entry| entry.path())
}

/// A lock that the system lets go of when this process ends, however it ends.
fn lock(bin: &Path) -> Result<File, ChangeError> {
    let path = bin.join("publish.lock");
    let mut options = OpenOptions::new();
    let file = options.create(true).write(true).truncate(false).open(&path);
    let file = file.map_err(ChangeError::io("open", &path))?;
    file.lock().map_err(ChangeError::io("lock", &path))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::process::{Child, ChildStdout, Command, Stdio};

    use bridgekeeper_testkit::files::put;

    use super::*;

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
            put(&program, "one");
            publish(&program, folder.path(), os).unwrap();
            assert_eq!(fs::read_to_string(&second.path).unwrap(), "one", "an older one replaces a newer one");
            assert_eq!(asides(&folder.path().join("bin")).count(), 0);
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

    #[test]
    fn it_is_put_anew_only_where_it_was_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        put(&program, "one");
        assert_eq!(refresh(&program, folder.path(), Os::Windows).unwrap(), None);
        assert!(!folder.path().join("bin").exists());
        let published = publish(&program, folder.path(), Os::Windows).unwrap();
        put(&program, "two");
        assert_eq!(refresh(&program, folder.path(), Os::Windows).unwrap().unwrap().outcome, Outcome::Written);
        // Cut off between renaming the old one aside and putting the new one there
        fs::rename(&published.path, published.path.with_extension("exe.old-1")).unwrap();
        refresh(&program, folder.path(), Os::Windows).unwrap().unwrap();
        assert_eq!(fs::read_to_string(&published.path).unwrap(), "two");
        assert_eq!(asides(&folder.path().join("bin")).count(), 0);
    }

    #[test]
    fn two_that_publish_at_once_leave_one_whole_bridge() {
        let folder = tempfile::tempdir().unwrap();
        let programs = ["one", "two"].map(|text| folder.path().join(text));
        for program in &programs {
            put(program, program.file_name().unwrap().to_string_lossy().repeat(10_000));
        }
        std::thread::scope(|scope| {
            for program in &programs {
                scope.spawn(|| {
                    for _ in 0..10 {
                        publish(program, folder.path(), Os::current()).unwrap();
                    }
                });
            }
        });
        let text = fs::read(place(folder.path(), Os::current())).unwrap();
        assert!(programs.iter().any(|program| fs::read(program).unwrap() == text));
    }

    /// Not a test by itself: it is what runs from the bridge's place in the test below.
    #[test]
    #[ignore = "runs until its input ends, for the test below"]
    fn runs_until_its_input_ends() {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    }

    /// A bridge that runs from its place.
    struct Running(Child, ChildStdout);

    impl Running {
        fn start(path: &Path) -> Self {
            let mut child = Command::new(path)
                .args(["--ignored", "--exact", "publish::tests::runs_until_its_input_ends"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            // It has begun when it says something
            let mut output = child.stdout.take().unwrap();
            output.read_exact(&mut [0]).unwrap();
            Self(child, output)
        }

        fn runs(&mut self) -> bool {
            self.0.try_wait().unwrap().is_none()
        }

        fn end(mut self) {
            drop(self.0.stdin.take());
            // Its last words are read, or it would wait for a reader
            std::io::copy(&mut self.1, &mut std::io::sink()).unwrap();
            assert!(self.0.wait().unwrap().success());
        }
    }

    #[test]
    fn every_generation_that_runs_goes_on_and_going_back_is_an_update_too() {
        let (folder, os) = (tempfile::tempdir().unwrap(), Os::current());
        let bin = folder.path().join("bin");
        let set_aside = |count: usize| if os == Os::Windows { count } else { 0 };
        // Bytes behind the end of a program do not keep it from running
        let version = |name: &str| {
            let program = folder.path().join(name);
            let mut bytes = fs::read(std::env::current_exe().unwrap()).unwrap();
            bytes.extend_from_slice(name.as_bytes());
            Disk::default().replace(&program, &bytes, Access::Program, || Ok(())).unwrap();
            program
        };
        let (one, two) = (version("one"), version("two"));
        let path = publish(&one, folder.path(), os).unwrap().path;
        let mut first = Running::start(&path);
        publish(&two, folder.path(), os).unwrap();
        let mut second = Running::start(&path);
        assert_eq!(publish(&one, folder.path(), os).unwrap().outcome, Outcome::Written);
        let mut third = Running::start(&path);
        assert!(first.runs() && second.runs() && third.runs());
        assert_eq!(fs::read(&path).unwrap(), fs::read(&one).unwrap());
        assert_eq!(asides(&bin).count(), set_aside(2));
        first.end();
        refresh(&one, folder.path(), os).unwrap();
        assert_eq!(asides(&bin).count(), set_aside(1), "who has ended is removed, who runs is not");
        assert!(second.runs() && third.runs());
        second.end();
        third.end();
        refresh(&one, folder.path(), os).unwrap();
        assert_eq!(asides(&bin).count(), 0);
    }

    #[test]
    fn one_that_runs_goes_on_and_is_removed_when_it_has_ended() {
        let (folder, os) = (tempfile::tempdir().unwrap(), Os::current());
        let path = publish(&std::env::current_exe().unwrap(), folder.path(), os).unwrap().path;
        let mut running = Running::start(&path);
        let newer = folder.path().join("newer");
        put(&newer, "newer");
        assert_eq!(publish(&newer, folder.path(), os).unwrap().outcome, Outcome::Written);
        assert_eq!(fs::read_to_string(&path).unwrap(), "newer");
        assert!(running.runs(), "publishing ended the bridge that runs");
        assert_eq!(publish(&newer, folder.path(), os).unwrap().outcome, Outcome::Unchanged);
        running.end();
        publish(&newer, folder.path(), os).unwrap();
        assert_eq!(asides(&folder.path().join("bin")).count(), 0);
    }
}
