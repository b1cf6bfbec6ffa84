use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use bridgekeeper_testkit::files::put;

use super::*;
use crate::change::Way;
use crate::change::disk::Step;

const BEFORE: &[u8] = b"{\r\n  \"a\": 1\r\n}";
const AFTER: &[u8] = b"{\r\n  \"a\": 22\r\n}";

struct World {
    folder: tempfile::TempDir,
    ledger: Ledger,
    config: PathBuf,
}

fn world() -> World {
    world_with(Disk::default())
}

fn world_with(disk: Disk) -> World {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("claude_desktop_config.json");
    put(&config, BEFORE);
    let ledger = Ledger::with_disk(folder.path().join(".bridgekeeper"), disk);
    World { folder, ledger, config }
}

fn noon(day: i8) -> Timestamp {
    jiff::civil::date(2026, 11, day).at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
}

fn full_when(full: bool) -> io::Result<()> {
    if full { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
}

fn text(entry: &Entry) -> &TextChange {
    match &entry.deed {
        Deed::Text(text) => text,
        Deed::Files(_) => panic!("no text was changed"),
    }
}

fn edits() -> Vec<Edit> {
    vec![Edit::replace(10..11, "22")]
}

impl World {
    fn make(&self) -> Result<Entry, ChangeError> {
        let edits = edits();
        let proposed = Proposed {
            path: &self.config,
            read: Some(BEFORE),
            after: Some(AFTER),
            edits: &edits,
            note: Note { fixes: vec!["change-a".into()], ..Note::new(Kind::Fix, "Change a") },
            off: None,
        };
        self.ledger.make(&proposed, noon(21))
    }

    fn text(&self) -> Vec<u8> {
        fs::read(&self.config).unwrap()
    }

    /// Names in the config's own folder, to see that nothing unfinished is left.
    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn a_change_is_made_journalled_and_taken_back_byte_for_byte() {
    let world = world();
    let entry = world.make().unwrap();
    assert_eq!(world.text(), AFTER);
    assert_eq!(entry.id.as_str(), "2026-11-21-1");
    assert_eq!(world.ledger.entries(), std::slice::from_ref(&entry));

    let way = world.ledger.way_back(None).unwrap();
    assert_eq!(way.way, Way::Exact);
    let undone = world.ledger.take_back(&way, noon(21)).unwrap();
    assert_eq!(world.text(), BEFORE);
    assert_eq!((undone.id.as_str(), undone.undoes.as_ref()), ("2026-11-21-2", Some(&entry.id)));
    assert_eq!(world.names(), [".bridgekeeper", "claude_desktop_config.json"]);

    assert!(matches!(world.ledger.way_back(None), Err(ChangeError::NothingToUndo)));
    assert!(matches!(world.ledger.way_back(Some("2026-11-21-1")), Err(ChangeError::AlreadyUndone(_))));
    assert!(matches!(world.ledger.way_back(Some("nonsense")), Err(ChangeError::NoSuchChange(_))));
}

#[test]
fn taking_back_can_be_taken_back() {
    let world = world();
    world.make().unwrap();
    let way = world.ledger.way_back(None).unwrap();
    let undone = world.ledger.take_back(&way, noon(21)).unwrap();
    let again = world.ledger.way_back(Some(undone.id.as_str())).unwrap();
    world.ledger.take_back(&again, noon(21)).unwrap();
    assert_eq!(world.text(), AFTER);
    assert_eq!(world.ledger.way_back(None).unwrap().entry.id.as_str(), "2026-11-21-1");
}

#[test]
fn a_file_that_changed_since_it_was_read_is_left_alone() {
    let world = world();
    put(&world.config, b"{}");
    assert!(matches!(world.make(), Err(ChangeError::ChangedSinceRead { .. })));
    assert_eq!(world.text(), b"{}");
    assert_eq!(world.ledger.entries(), []);
}

#[test]
fn a_write_that_slips_in_while_we_write_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("claude_desktop_config.json");
    let theirs = config.clone();
    let hook = move |step| {
        if step == Step::Sync {
            put(&theirs, b"theirs");
        }
        Ok(())
    };
    put(&config, BEFORE);
    let data = tempfile::tempdir().unwrap();
    let ledger = Ledger::with_disk(data.path().to_owned(), Disk::with_hook(hook));
    let world = World { folder, ledger, config };
    assert!(matches!(world.make(), Err(ChangeError::ChangedSinceRead { .. })));
    assert_eq!(world.text(), b"theirs");
    assert_eq!(world.names(), ["claude_desktop_config.json"]);
}

#[test]
fn after_somebody_elses_change_only_ours_is_taken_out() {
    let world = world();
    world.make().unwrap();
    put(&world.config, b"{\r\n  \"theirs\": true,\r\n  \"a\": 22\r\n}");
    let way = world.ledger.way_back(None).unwrap();
    assert_eq!(way.way, Way::Inverse);
    let undone = world.ledger.take_back(&way, noon(22)).unwrap();
    assert_eq!(world.text(), b"{\r\n  \"theirs\": true,\r\n  \"a\": 1\r\n}");

    let way = world.ledger.way_back(Some(undone.id.as_str())).unwrap();
    world.ledger.take_back(&way, noon(22)).unwrap();
    assert_eq!(world.text(), b"{\r\n  \"theirs\": true,\r\n  \"a\": 22\r\n}");
}

#[test]
fn after_claude_wrote_the_file_in_its_own_layout_only_ours_is_taken_out() {
    let world = world();
    world.make().unwrap();
    put(&world.config, b"{\n    \"preferences\": {},\n    \"a\": 22\n}\n");
    let way = world.ledger.way_back(None).unwrap();
    assert_eq!(way.way, Way::Inverse);
    world.ledger.take_back(&way, noon(22)).unwrap();
    assert_eq!(world.text(), b"{\n    \"preferences\": {},\n    \"a\": 1\n}\n");
}

#[test]
fn what_was_changed_again_at_the_same_place_is_refused() {
    let world = world();
    let entry = world.make().unwrap();
    put(&world.config, b"{\r\n  \"a\": 333\r\n}");
    let error = world.ledger.way_back(None).unwrap_err();
    assert!(matches!(&error, ChangeError::ChangedAgain { id, .. } if *id == entry.id), "{error}");
    assert!(error.to_string().contains("(a)"), "{error}");
}

#[test]
fn a_full_disk_at_any_step_leaves_the_old_file_and_no_trace() {
    // Two snapshots, the announcement, the file: every step of each of them fails once.
    let steps_in_all = 4 * 5;
    for failing in 0..steps_in_all {
        let count = AtomicUsize::new(0);
        let world =
            world_with(Disk::with_hook(move |_| full_when(count.fetch_add(1, Ordering::Relaxed) == failing)));
        let error = world.make().unwrap_err();
        assert!(matches!(error, ChangeError::Io { .. }), "{error}");
        assert_eq!(world.text(), BEFORE, "step {failing}");
        assert_eq!(world.ledger.entries(), [], "step {failing}");
        assert_eq!(world.names(), [".bridgekeeper", "claude_desktop_config.json"]);
        assert!(world.make().is_ok(), "the next one goes through");
    }
}

#[test]
fn a_change_whose_journal_could_not_be_finished_is_still_known() {
    let count = AtomicUsize::new(0);
    let world = world_with(Disk::with_hook(move |_| full_when(count.fetch_add(1, Ordering::Relaxed) >= 20)));
    world.make().unwrap();
    assert_eq!(world.text(), AFTER);
    let entries = world.ledger.entries();
    assert_eq!(entries.iter().map(|entry| entry.state).collect::<Vec<_>>(), [State::Announced]);
    assert_eq!(world.ledger.way_back(None).unwrap().way, Way::Exact);
}

#[test]
fn an_announced_change_that_never_came_is_no_change() {
    let world = world();
    let mut entry = world.make().unwrap();
    put(&world.config, BEFORE);
    entry.state = State::Announced;
    world.ledger.journal.write(&world.ledger.disk, &entry).unwrap();
    assert_eq!(world.ledger.entries(), []);
}

#[test]
fn two_writers_at_once_one_is_refused() {
    let world = world();
    let held = world.ledger.lock().unwrap();
    assert!(matches!(world.make(), Err(ChangeError::Busy)));
    assert_eq!(world.text(), BEFORE);
    drop(held);
    world.make().unwrap();
}

#[test]
fn a_read_only_file_is_refused() {
    let world = world();
    let mut permissions = fs::metadata(&world.config).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&world.config, permissions).unwrap();
    assert!(matches!(world.make(), Err(ChangeError::ReadOnly { .. })));
    assert_eq!(world.text(), BEFORE);
}

#[test]
fn a_damaged_snapshot_is_not_written_back() {
    let world = world();
    let entry = world.make().unwrap();
    put(world.ledger.snapshots.path(&text(&entry).before.clone().unwrap()), b"something else");
    assert!(matches!(world.ledger.way_back(None), Err(ChangeError::SnapshotLost { .. })));
    assert_eq!(world.text(), AFTER);
}

#[test]
fn old_changes_are_forgotten_with_their_copies() {
    let world = world();
    let old = world.make().unwrap();
    let proposed = Proposed {
        path: &world.config,
        read: Some(AFTER),
        after: Some(b"{}"),
        edits: &[],
        note: Note::new(Kind::Fix, "Empty it"),
        off: None,
    };
    let later = noon(21) + SignedDuration::from_hours(31 * 24);
    let new = world.ledger.make(&proposed, later).unwrap();
    assert_eq!(world.ledger.entries(), std::slice::from_ref(&new));
    assert_eq!(world.ledger.snapshots.get(&text(&old).before.clone().unwrap()).unwrap(), None);
    assert!(world.ledger.snapshots.get(&text(&new).before.clone().unwrap()).unwrap().is_some());
}

#[test]
fn beyond_the_bound_what_was_taken_back_goes_first_and_what_stands_can_be_taken_back() {
    let world = world();
    let first = world.make().unwrap();
    let entry = |number: u32, kind, undoes| {
        let mut entry = first.clone();
        entry.id = serde_json::from_str(&format!("\"2026-11-21-{number}\"")).unwrap();
        (entry.kind, entry.undoes) = (kind, undoes);
        world.ledger.journal.write(&world.ledger.disk, &entry).unwrap();
        entry.id
    };
    for number in 0..u32::try_from(KEPT_CHANGES).unwrap() / 2 {
        let id = entry(2 + 2 * number, Kind::Fix, None);
        entry(3 + 2 * number, Kind::Undo, Some(id));
    }
    assert_eq!(world.ledger.entries().len(), KEPT_CHANGES + 1);
    put(&world.config, BEFORE);
    let newest = world.make().unwrap();
    let entries = world.ledger.entries();
    assert_eq!(entries.len(), KEPT_CHANGES);
    let standing: Vec<_> = entries
        .iter()
        .filter(|entry| entry.kind == Kind::Fix && !Ledger::is_undone(&entries, &entry.id))
        .map(|entry| &entry.id)
        .collect();
    assert_eq!(standing, [&first.id, &newest.id]);
}

#[test]
fn beyond_the_bound_of_size_the_oldest_lose_their_copies_and_say_so() {
    let mut world = world();
    world.ledger.kept_bytes = 40;
    let first = world.make().unwrap();
    put(&world.config, BEFORE);
    let second = world.make().unwrap();
    assert_eq!(
        world.ledger.way_back(Some(first.id.as_str())).unwrap().way,
        Way::Exact,
        "they share their copies"
    );
    let longer = [AFTER, b" "].concat();
    let note = Note::new(Kind::Fix, "Add a blank");
    let proposed = Proposed {
        path: &world.config,
        read: Some(AFTER),
        after: Some(&longer),
        edits: &[],
        note,
        off: None,
    };
    let third = world.ledger.make(&proposed, noon(21)).unwrap();
    for dropped in [&first, &second] {
        let error = world.ledger.way_back(Some(dropped.id.as_str())).unwrap_err();
        assert!(matches!(error, ChangeError::CopiesDropped(_)), "{error}");
    }
    let way = world.ledger.way_back(None);
    assert!(way.is_ok_and(|way| way.entry.id == third.id), "the newest keeps its copies");
}

#[test]
fn a_file_that_we_made_goes_away_again() {
    let world = world();
    let path = world.folder.path().join("new.json");
    let proposed = Proposed {
        path: &path,
        read: None,
        after: Some(b"{}"),
        edits: &[],
        note: Note::new(Kind::Fix, "Make it"),
        off: None,
    };
    world.ledger.make(&proposed, noon(21)).unwrap();
    assert!(path.exists());
    let way = world.ledger.way_back(None).unwrap();
    world.ledger.take_back(&way, noon(21)).unwrap();
    assert!(!path.exists());
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn permissions_are_kept_and_our_own_files_are_private() {
        let world = world();
        fs::set_permissions(&world.config, fs::Permissions::from_mode(0o640)).unwrap();
        let entry = world.make().unwrap();
        assert_eq!(fs::metadata(&world.config).unwrap().mode() & 0o777, 0o640);
        let data = world.folder.path().join(".bridgekeeper");
        assert_eq!(fs::metadata(&data).unwrap().mode() & 0o777, 0o700);
        let snapshot = world.ledger.snapshots.path(&text(&entry).before.clone().unwrap());
        assert_eq!(fs::metadata(snapshot).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(data.join("journal/2026-11-21-1.json")).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_link_stays_a_link() {
        let mut world = world();
        let link = world.folder.path().join("link.json");
        symlink(&world.config, &link).unwrap();
        let target = std::mem::replace(&mut world.config, link.clone());
        world.make().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), AFTER);
        let way = world.ledger.way_back(None).unwrap();
        world.ledger.take_back(&way, noon(21)).unwrap();
        assert_eq!(fs::read(&target).unwrap(), BEFORE);
    }

    #[test]
    fn a_folder_that_cannot_be_written_to_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("locked");
        fs::create_dir(&inner).unwrap();
        let config = inner.join("claude_desktop_config.json");
        put(&config, BEFORE);
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o555)).unwrap();
        let ledger = Ledger::in_folder(folder.path().join(".bridgekeeper"));
        let world = World { folder, ledger, config };
        let made = world.make();
        // Nobody forbids the superuser anything.
        let is_superuser = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
        if !is_superuser {
            let error = made.unwrap_err();
            assert!(error.to_string().starts_with("could not write in"), "{error}");
            assert_eq!(world.text(), BEFORE);
        }
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
