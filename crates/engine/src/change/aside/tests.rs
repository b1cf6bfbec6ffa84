use std::fs::{self, File};

use bridgekeeper_testkit::files::put;

use super::*;
use crate::change::journal::{Kind, State};
use crate::change::quarantine::Sort;
use crate::change::way_back::Way;

struct World {
    folder: tempfile::TempDir,
    ledger: Ledger,
}

fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::in_folder(folder.path().join(".bridgekeeper"));
        let world = Self { folder, ledger };
        put(world.path("auth/a_tokens.json"), "tokens");
        put(world.path("auth/a_lock.json"), "lock");
        put(world.path("cache/x/package.json"), "{}");
        world
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn text(&self, below: &str) -> Option<String> {
        fs::read_to_string(self.path(below)).ok()
    }

    fn aside(&self, below: &str, sort: Sort) -> Aside {
        Aside { path: self.path(below), trusted: self.folder.path().to_owned(), sort }
    }

    fn asides(&self) -> Vec<Aside> {
        let aside = |below: &str, sort| self.aside(below, sort);
        vec![
            aside("auth/a_tokens.json", Sort::SecretFile),
            aside("auth/a_lock.json", Sort::Whole),
            aside("auth", Sort::EmptyFolder),
            aside("cache/x", Sort::Whole),
        ]
    }

    fn set_aside(&self) -> SetAside {
        let note = Note::new(Kind::Reset, "Reset the sign-in of a");
        self.ledger.set_aside(&self.asides(), &note, noon()).unwrap()
    }

    fn take_back(&self, id: Option<&str>) -> (Way, Entry) {
        let way = self.ledger.way_back(id).unwrap();
        (way.way, self.ledger.take_back(&way, noon()).unwrap())
    }

    fn modified(&self, below: &str) -> std::time::SystemTime {
        fs::metadata(self.path(below)).unwrap().modified().unwrap()
    }
}

#[test]
fn what_was_set_aside_comes_back_whole() {
    let world = World::new();
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    File::options().write(true).open(world.path("auth/a_tokens.json")).unwrap().set_modified(old).unwrap();
    let done = world.set_aside();
    assert!(done.left.is_empty(), "{:?}", done.left);
    assert!(!world.path("auth").exists() && !world.path("cache/x").exists());
    assert!(world.path("cache").exists());
    let entry = done.entry.unwrap();
    assert_eq!((entry.kind, entry.paths().len()), (Kind::Reset, 4));

    let (way, undone) = world.take_back(None);
    assert_eq!(way, Way::Exact);
    assert_eq!(world.text("auth/a_tokens.json").as_deref(), Some("tokens"));
    assert_eq!(world.text("auth/a_lock.json").as_deref(), Some("lock"));
    assert_eq!(world.text("cache/x/package.json").as_deref(), Some("{}"));
    assert_eq!(world.modified("auth/a_tokens.json"), old);
    assert!(matches!(world.ledger.way_back(None), Err(ChangeError::NothingToUndo)));

    let (way, _) = world.take_back(Some(undone.id.as_str()));
    assert_eq!(way, Way::Exact);
    assert!(!world.path("auth").exists() && !world.path("cache/x").exists());
    world.take_back(None);
    assert_eq!(world.text("auth/a_tokens.json").as_deref(), Some("tokens"));
}

#[test]
fn what_stands_there_by_then_is_set_aside_in_turn_and_comes_back() {
    let world = World::new();
    world.set_aside();
    put(world.path("auth/a_tokens.json"), "newer tokens");
    put(world.path("auth/b_tokens.json"), "of another server");
    let (way, undone) = world.take_back(None);
    assert_eq!(way, Way::Inverse);
    assert_eq!(world.text("auth/a_tokens.json").as_deref(), Some("tokens"));
    assert_eq!(world.text("auth/b_tokens.json").as_deref(), Some("of another server"));
    let (way, _) = world.take_back(Some(undone.id.as_str()));
    assert_eq!(way, Way::Exact);
    assert_eq!(world.text("auth/a_tokens.json").as_deref(), Some("newer tokens"));
    assert_eq!(world.text("auth/a_lock.json"), None);
}

#[test]
fn a_place_that_changes_between_look_and_act_is_left() {
    let world = World::new();
    world.set_aside();
    let way = world.ledger.way_back(None).unwrap();
    put(world.path("auth/a_lock.json"), "another");
    let error = world.ledger.take_back(&way, noon()).unwrap_err();
    assert!(matches!(error, ChangeError::ChangedSinceRead { .. }), "{error}");
    assert_eq!(world.text("auth/a_lock.json").as_deref(), Some("another"));
    assert_eq!(world.text("auth/a_tokens.json"), None);
}

#[test]
fn what_cannot_go_stays_and_is_told() {
    let world = World::new();
    put(world.path("auth/unknown"), "theirs");
    let mut asides = world.asides();
    asides.push(world.aside("absent", Sort::Whole));
    asides.push(world.aside("cache", Sort::SecretFile));
    let done = world.ledger.set_aside(&asides, &Note::new(Kind::Reset, "Reset"), noon()).unwrap();
    let mut left: Vec<_> = done.left.iter().map(|left| left.path.clone()).collect();
    left.sort();
    assert_eq!(left, [world.path("absent"), world.path("auth"), world.path("cache")]);
    assert_eq!(world.text("auth/unknown").as_deref(), Some("theirs"));
    let nothing = world.ledger.set_aside(&asides[4..5], &Note::new(Kind::Reset, "Reset"), noon()).unwrap();
    assert!(nothing.entry.is_none());
    assert_eq!(world.ledger.entries().len(), 1);
}

#[test]
fn a_change_that_was_cut_off_counts_as_far_as_it_came() {
    let world = World::new();
    let mut entry = world.set_aside().entry.unwrap();
    let Deed::Files(files) = &entry.deed else { panic!() };
    let first = files.places[0].clone();
    world.ledger.quarantine.give_back(&first.path, first.before.as_ref().unwrap()).unwrap();
    entry.state = State::Announced;
    world.ledger.journal.write(&world.ledger.disk, &entry).unwrap();
    let seen = world.ledger.entries();
    assert_eq!(seen[0].paths().len(), 2, "the tokens and their folder never went");
    world.take_back(None);
    assert_eq!(world.text("auth/a_tokens.json").as_deref(), Some("tokens"));
    assert_eq!(world.text("auth/a_lock.json").as_deref(), Some("lock"));
}

#[cfg(unix)]
#[test]
fn a_link_is_moved_as_a_link() {
    let world = World::new();
    put(world.path("outside/file"), "keep");
    std::os::unix::fs::symlink(world.path("outside"), world.path("cache/link")).unwrap();
    let link = world.aside("cache/link", Sort::Whole);
    let as_secret = Aside { sort: Sort::SecretFile, ..link.clone() };
    let note = Note::new(Kind::Reset, "Reset");
    let refused = world.ledger.set_aside(&[as_secret], &note, noon()).unwrap();
    assert_eq!(refused.left.len(), 1);
    world.ledger.set_aside(&[link], &note, noon()).unwrap();
    assert!(fs::symlink_metadata(world.path("cache/link")).is_err());
    assert_eq!(world.text("outside/file").as_deref(), Some("keep"));
    world.take_back(None);
    assert_eq!(world.text("cache/link/file").as_deref(), Some("keep"));
}
