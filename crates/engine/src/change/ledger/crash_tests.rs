//! The writer is killed at every step, and at any moment. The file is the old one or the new one, whole, and the
//! way back stays open.
//!
//! The writer is this test program, started again with its one ignored test. `BRIDGEKEEPER_LONG_TESTS` kills it a
//! thousand times at each step.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bridgekeeper_testkit::files::put;

use super::*;
use crate::change::Way;
use crate::change::disk::Disk;

const WRITER: &str = "change::ledger::crash_tests::the_writer_that_is_killed";
const FOLDER: &str = "BRIDGEKEEPER_TEST_FOLDER";
/// The step before which the writer ends; without it, it writes on and on.
const STEP: &str = "BRIDGEKEEPER_TEST_STEP";
/// Two copies, the announcement, the file, the journal again: five steps each.
const STEPS: usize = 25;

fn times(usual: usize, long: usize) -> usize {
    if std::env::var_os("BRIDGEKEEPER_LONG_TESTS").is_some() { long } else { usual }
}

fn before() -> Vec<u8> {
    format!("{{\"mcpServers\": {{}}, \"old\": \"{}\"}}", "o".repeat(9000)).into_bytes()
}

fn after() -> Vec<u8> {
    format!("{{\"mcpServers\": {{}}, \"new\": \"{}\"}}", "n".repeat(12000)).into_bytes()
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn change(ledger: &Ledger, path: &Path, from: &[u8], to: &[u8]) -> Result<Entry, ChangeError> {
    let note = Note::new(Kind::Fix, "Change it");
    let proposed = Proposed { path, read: Some(from), after: Some(to), edits: &[], note, off: None };
    ledger.make(&proposed, now())
}

struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        put(world.config(), before());
        world
    }

    fn config(&self) -> PathBuf {
        self.0.path().join("config.json")
    }

    fn ledger(&self) -> Ledger {
        Ledger::in_folder(self.0.path().join("data"))
    }

    fn writer(&self, step: Option<usize>) -> Child {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", WRITER]).env(FOLDER, self.0.path());
        if let Some(step) = step {
            command.env(STEP, step.to_string());
        }
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// What must hold wherever the writer was killed; then the next run begins from the old file.
    fn assert_whole(&self, when: &str) {
        let ledger = self.ledger();
        let there = fs::read(self.config()).unwrap();
        assert!(there == before() || there == after(), "torn {when}: {} bytes", there.len());
        if there == after() {
            let way = ledger.way_back(None).unwrap();
            assert_eq!(way.way, Way::Exact, "{when}");
            ledger.take_back(&way, now()).unwrap();
            assert_eq!(fs::read(self.config()).unwrap(), before(), "{when}");
        }
        // What an unfinished write left is swept by the next one, which nothing hinders.
        let entry = change(&ledger, &self.config(), &before(), &after()).unwrap();
        let way = ledger.way_back(Some(entry.id.as_str())).unwrap();
        ledger.take_back(&way, now()).unwrap();
        let mut names: Vec<_> =
            fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["config.json", "data"], "{when}");
    }
}

#[test]
#[ignore = "is started and killed by the tests beside it"]
fn the_writer_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let (config, data) = (folder.join("config.json"), folder.join("data"));
    if let Some(step) = std::env::var(STEP).ok().and_then(|step| step.parse::<usize>().ok()) {
        let count = AtomicUsize::new(0);
        let abort = move |_| {
            if count.fetch_add(1, Ordering::Relaxed) == step {
                std::process::abort();
            }
            Ok(())
        };
        change(&Ledger::with_disk(data, Disk::with_hook(abort)), &config, &before(), &after()).unwrap();
        return;
    }
    let ledger = Ledger::in_folder(data);
    loop {
        change(&ledger, &config, &before(), &after()).unwrap();
        let way = ledger.way_back(None).unwrap();
        ledger.take_back(&way, now()).unwrap();
    }
}

#[test]
fn killed_at_any_step_the_file_is_the_old_or_the_new_one() {
    for step in 0..STEPS {
        for time in 0..times(1, 1000) {
            let world = World::new();
            let status = world.writer(Some(step)).wait().unwrap();
            assert!(!status.success(), "it was killed at step {step}");
            world.assert_whole(&format!("at step {step}, time {time}"));
        }
    }
    let world = World::new();
    assert!(world.writer(Some(STEPS)).wait().unwrap().success(), "there is no further step");
    assert_eq!(fs::read(world.config()).unwrap(), after());
}

#[test]
fn killed_at_any_moment_the_file_is_the_old_or_the_new_one() {
    for time in 0..times(12, 1000) {
        let world = World::new();
        let mut writer = world.writer(None);
        // Any moment will do: it writes on and on.
        thread::sleep(Duration::from_millis(15) + Duration::from_micros((time as u64 * 7919) % 25_000));
        writer.kill().unwrap();
        writer.wait().unwrap();
        world.assert_whole(&format!("at moment {time}"));
    }
}

#[test]
fn of_many_writers_at_once_one_writes_and_the_others_are_refused() {
    let world = World::new();
    let mut changes = 0;
    for round in 0..20 {
        let from = fs::read(world.config()).unwrap();
        let to = |writer: usize| format!("{{\"round\": {round}, \"writer\": {writer}}}").into_bytes();
        let write = &|writer: usize| (writer, change(&world.ledger(), &world.config(), &from, &to(writer)));
        let results: Vec<_> = thread::scope(|scope| {
            let writers: Vec<_> = (0..8).map(|writer| scope.spawn(move || write(writer))).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let (written, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(|(_, done)| done.is_ok());
        // Windows refuses to replace a file that another writer has open to read, which loses nothing either.
        let is_refusal = |error: &Result<Entry, ChangeError>| {
            matches!(error, Err(ChangeError::Busy | ChangeError::ChangedSinceRead { .. }))
                || (cfg!(windows) && matches!(error, Err(ChangeError::Io { .. })))
        };
        assert!(refused.iter().all(|(_, error)| is_refusal(error)), "round {round}: {refused:?}");
        assert!(written.len() == 1 || (cfg!(windows) && written.is_empty()), "round {round}: {refused:?}");
        let expected = written.first().map_or(from, |(writer, _)| to(*writer));
        assert_eq!(fs::read(world.config()).unwrap(), expected, "round {round}");
        changes += written.len();
        assert_eq!(world.ledger().entries().len(), changes, "round {round}");
    }
}
