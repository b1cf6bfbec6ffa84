//! Logs on a disk, written as Claude and its rotation write them.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::RecvTimeoutError;
use std::thread::JoinHandle;

use bridgekeeper_claude::Home;
use bridgekeeper_model::{Os, ServerName};
use tempfile::TempDir;

use super::*;

/// Longer than any line takes on a loaded machine; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

struct Following {
    folder: TempDir,
    lines: Receiver<LogLine>,
    ender: Ender,
    thread: Option<JoinHandle<()>>,
}

impl Following {
    fn of(wanted: Wanted, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path());
        let context = Context::new(Home::stand_in(folder.path(), Os::Linux));
        let follow = Follow::new(context, wanted);
        let ender = follow.ender();
        let (sender, lines) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            follow.run(|line| match sender.send(line) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            });
        });
        Self { folder, lines, ender, thread: Some(thread) }
    }

    fn log(&self, name: &str) -> PathBuf {
        log(self.folder.path(), name)
    }

    #[track_caller]
    fn next(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line is told").text
    }

    /// Everything that is told until it is ended, which looks once more before.
    fn rest(mut self) -> Vec<String> {
        self.end();
        self.lines.try_iter().map(|line| line.text).collect()
    }

    fn end(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.ender.end();
        thread.join().unwrap();
    }
}

/// Windows removes no folder that is still watched.
impl Drop for Following {
    fn drop(&mut self) {
        self.end();
    }
}

fn log(home: &Path, name: &str) -> PathBuf {
    home.join(".config/Claude/logs").join(name)
}

fn append(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

const NOTES: &str = "mcp-server-notes.log";

#[test]
fn what_was_there_is_told_first_and_then_every_new_line_once() {
    let following =
        Following::of(Wanted { last: 2, ..Wanted::default() }, |home| append(&log(home, NOTES), "1\n2\n3\n"));
    assert_eq!([following.next(), following.next()], ["2", "3"]);
    append(&following.log(NOTES), "4\n5\n");
    assert_eq!([following.next(), following.next()], ["4", "5"]);
    assert_eq!(following.rest(), Vec::<String>::new());
}

#[test]
fn a_line_is_told_when_it_is_whole() {
    let following = Following::of(Wanted::default(), |home| append(&log(home, NOTES), "one\nha"));
    assert_eq!(following.next(), "one");
    append(&following.log(NOTES), "lf\n");
    assert_eq!(following.next(), "half");
}

#[test]
fn a_last_line_that_nobody_finishes_is_told_after_a_while() {
    let following = Following::of(Wanted::default(), |home| append(&log(home, NOTES), "one\n"));
    assert_eq!(following.next(), "one");
    append(&following.log(NOTES), "last words");
    assert_eq!(following.next(), "last words");
}

#[test]
fn rotation_by_renaming_loses_and_repeats_nothing() {
    let following = Following::of(Wanted::default(), |home| append(&log(home, NOTES), "1\n"));
    assert_eq!(following.next(), "1");
    let path = following.log(NOTES);
    append(&path, "2\n");
    fs::rename(&path, following.log(OLD)).unwrap();
    append(&path, "3\n");
    let mut told = [following.next(), following.next()];
    told.sort();
    assert_eq!(told, ["2", "3"]);
    append(&path, "4\n");
    assert_eq!(following.next(), "4");
}

#[test]
fn rotation_by_copying_loses_and_repeats_nothing() {
    let following = Following::of(Wanted::default(), |home| append(&log(home, NOTES), "1\n2\n"));
    assert_eq!([following.next(), following.next()], ["1", "2"]);
    let path = following.log(NOTES);
    fs::copy(&path, following.log(OLD)).unwrap();
    File::create(&path).unwrap();
    append(&path, "3\n");
    assert_eq!(following.next(), "3");
}

/// Looks when it is told to, so that a test decides what happens between two looks. Windows removes no folder that is
/// still watched, so that the folder stands last.
struct Looking {
    follow: Follow,
    folder: TempDir,
}

impl Looking {
    fn at(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        append(&log(folder.path(), NOTES), text);
        let context = Context::new(Home::stand_in(folder.path(), Os::Linux));
        let mut looking = Self { follow: Follow::new(context, Wanted::default()), folder };
        assert_eq!(all_told(|mut tell| looking.follow.begin(&mut tell)), text.lines().collect::<Vec<_>>());
        looking
    }

    fn log(&self, name: &str) -> PathBuf {
        log(self.folder.path(), name)
    }

    fn look(&mut self) -> Vec<String> {
        all_told(|mut tell| self.follow.catch_up(&mut tell))
    }
}

fn all_told(look: impl FnOnce(&mut dyn FnMut(LogLine) -> ControlFlow<()>) -> ControlFlow<()>) -> Vec<String> {
    let mut told = Vec::new();
    let ended = look(&mut |line| {
        told.push(line.text);
        ControlFlow::Continue(())
    });
    assert_eq!(ended, ControlFlow::Continue(()));
    told.sort();
    told
}

const OLD: &str = "mcp-server-notes.old.log";
const NOTHING: &[&str] = &[];

#[test]
fn a_copy_is_not_told_while_a_rotation_writes_it() {
    let mut looking = Looking::at("1\n2\n");
    let (path, old) = (looking.log(NOTES), looking.log(OLD));
    for part in ["", "1\n", "2\n"] {
        append(&old, part);
        assert_eq!(looking.look(), NOTHING, "after {part:?}");
    }
    File::create(&path).unwrap();
    append(&path, "3\n");
    assert_eq!(looking.look(), ["3"]);
    // The next rotation writes over the copy of the last one.
    File::create(&old).unwrap();
    for part in ["", "3\n"] {
        append(&old, part);
        assert_eq!(looking.look(), NOTHING, "after {part:?}");
    }
}

#[test]
fn a_line_right_before_a_rotation_by_copying_is_told_from_the_copy() {
    let mut looking = Looking::at("1\n2\n");
    let (path, old) = (looking.log(NOTES), looking.log(OLD));
    for [last, next] in [["3", "4"], ["5", "six"]] {
        append(&path, &format!("{last}\n"));
        fs::copy(&path, &old).unwrap();
        File::create(&path).unwrap();
        append(&path, &format!("{next}\n"));
        assert_eq!(looking.look(), [last, next]);
    }
}

#[test]
fn an_old_log_that_somebody_puts_there_is_not_news() {
    let mut looking = Looking::at("1\n2\n");
    append(&looking.log(OLD), "long ago\n");
    append(&looking.log("main.old.log"), "2025-03-02 08:15:00 [info] Starting app\n");
    assert_eq!(looking.look(), NOTHING);
    append(&looking.log(OLD), "and more\n");
    append(&looking.log(NOTES), "3\n");
    assert_eq!(looking.look(), ["3"]);
}

#[test]
fn a_log_that_was_cut_is_read_from_its_start() {
    let following = Following::of(Wanted::default(), |home| append(&log(home, NOTES), "a long line\n"));
    assert_eq!(following.next(), "a long line");
    File::create(following.log(NOTES)).unwrap().write_all(b"new\n").unwrap();
    assert_eq!(following.next(), "new");
}

#[test]
fn a_log_that_was_removed_and_written_anew_is_another_one() {
    let following = Following::of(Wanted::default(), |home| append(&log(home, NOTES), "1\n2\n"));
    assert_eq!([following.next(), following.next()], ["1", "2"]);
    let path = following.log(NOTES);
    fs::remove_file(&path).unwrap();
    append(&path, "first\nsecond\nthird\n");
    assert_eq!([following.next(), following.next(), following.next()], ["first", "second", "third"]);
}

#[test]
fn folders_and_files_that_appear_later_are_followed() {
    let following = Following::of(Wanted::default(), |_| {});
    append(&following.log(NOTES), "1\n");
    assert_eq!(following.next(), "1");
    append(&following.log("main.log"), "2026-03-02 08:15:00 [info] Starting app\n");
    assert!(following.next().ends_with("Starting app"));
}

#[test]
fn one_server_is_told_once_although_two_logs_tell_of_it() {
    let server = Some(ServerName::from("notes"));
    let following = Following::of(Wanted { server, ..Wanted::default() }, |home| {
        append(&log(home, NOTES), "");
    });
    let line = |server: &str| format!("2026-03-02T08:15:00.000Z [info] [{server}] Initializing server...\n");
    append(&following.log("mcp.log"), &(line("notes") + &line("other")));
    append(&following.log("mcp-server-other.log"), "no\n");
    append(&following.log(NOTES), "2026-03-02T08:15:00.000Z [notes] [info] Initializing server...\n");
    assert!(following.next().contains("[notes] [info]"));
    assert_eq!(following.lines.recv_timeout(Duration::from_millis(1)), Err(RecvTimeoutError::Timeout));
}
