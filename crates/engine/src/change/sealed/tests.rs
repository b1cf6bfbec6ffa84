use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bridgekeeper_testkit::files::put;
use bridgekeeper_vault::{Keyring, KeyringError};
use keyring_core::{CredentialStore, mock};

use super::*;
use crate::change::{Aside, Kind, Ledger, Note, Proposed, Sort, Way};

const BEFORE: &[u8] = b"{\"env\": {\"TOKEN\": \"s3cr3t-one\"}}";
const AFTER: &[u8] = b"{\"env\": {\"TOKEN\": \"s3cr3t-two\"}}";

struct World {
    folder: tempfile::TempDir,
    ledger: Ledger,
    locked: Arc<AtomicBool>,
    asked: Arc<AtomicBool>,
    store: Arc<CredentialStore>,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<CredentialStore> = mock::Store::new().unwrap();
        let (locked, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let ledger = Ledger::in_folder(folder.path().join("data"));
        let mut world = Self { folder, ledger, locked, asked, store };
        world.start_again();
        put(world.config(), BEFORE);
        world
    }

    /// As the program finds it when it is started the next time.
    fn start_again(&mut self) {
        let (locked, asked) = (Arc::clone(&self.locked), Arc::clone(&self.asked));
        let store = Arc::clone(&self.store);
        let open = move || {
            asked.store(true, Ordering::Relaxed);
            if locked.load(Ordering::Relaxed) {
                return Err(KeyringError::Locked { why: "in this test".to_owned() });
            }
            Ok(Arc::clone(&store))
        };
        let keyring = Keyring::opened_by(open, self.folder.path());
        self.ledger = Ledger::sealed_by(keyring, self.folder.path().join("data"));
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("config.json")
    }

    fn change(&self) {
        let proposed = Proposed {
            path: &self.config(),
            read: Some(BEFORE),
            after: Some(AFTER),
            edits: &[],
            note: Note::new(Kind::Fix, "Change"),
            off: None,
        };
        self.ledger.make(&proposed, now()).unwrap();
    }

    fn take_back(&self) -> Result<Way, ChangeError> {
        let way = self.ledger.way_back(None)?;
        self.ledger.take_back(&way, now())?;
        Ok(way.way)
    }

    /// Whether any file of ours holds the secret as it is.
    fn a_copy_can_be_read(&self) -> bool {
        let folders = ["snapshots", "quarantine", "journal"];
        let files = folders.iter().flat_map(|name| fs::read_dir(self.folder.path().join("data").join(name)));
        files.flatten().flatten().any(|file| {
            let bytes = fs::read(file.path()).unwrap_or_default();
            bytes.windows(6).any(|part| part == b"s3cr3t")
        })
    }
}

fn now() -> jiff::Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

#[test]
fn without_a_key_nobody_is_asked_and_undo_is_exact() {
    let world = World::new();
    world.change();
    assert_eq!(world.ledger.copies(), Copies::Plain);
    assert!(world.a_copy_can_be_read());
    assert_eq!(world.take_back().unwrap(), Way::Exact);
    assert_eq!(fs::read(world.config()).unwrap(), BEFORE);
    assert!(!world.asked.load(Ordering::Relaxed));
}

#[test]
fn plain_copies_are_sealed_once_there_is_a_key_and_undo_stays_exact() {
    let mut world = World::new();
    world.change();
    world.ledger.seal().unwrap();
    world.ledger.seal().unwrap();
    assert_eq!(world.ledger.copies(), Copies::Sealed);
    assert!(!world.a_copy_can_be_read());
    world.start_again();
    assert_eq!(world.take_back().unwrap(), Way::Exact);
    assert_eq!(fs::read(world.config()).unwrap(), BEFORE);
}

#[test]
fn with_a_key_a_change_asks_nobody_and_is_sealed_at_once() {
    let mut world = World::new();
    world.ledger.seal().unwrap();
    world.start_again();
    world.asked.store(false, Ordering::Relaxed);
    world.change();
    assert!(!world.asked.load(Ordering::Relaxed), "sealing needs no keyring");
    assert!(!world.a_copy_can_be_read());
    assert_eq!(world.take_back().unwrap(), Way::Exact);
}

#[test]
fn a_locked_keyring_and_a_lost_key_are_told_and_change_nothing() {
    let mut world = World::new();
    world.change();
    world.ledger.seal().unwrap();
    world.start_again();
    world.locked.store(true, Ordering::Relaxed);
    let error = world.take_back().unwrap_err();
    assert!(matches!(error, ChangeError::Sealed(SealError::Keyring(KeyringError::Locked { .. }))), "{error}");
    assert_eq!(fs::read(world.config()).unwrap(), AFTER);
    world.locked.store(false, Ordering::Relaxed);
    world.store = mock::Store::new().unwrap();
    world.start_again();
    let error = world.take_back().unwrap_err();
    assert!(matches!(error, ChangeError::Sealed(SealError::KeyLost)), "{error}");
    world.ledger.seal().unwrap();
    let error = world.take_back().unwrap_err();
    assert!(matches!(error, ChangeError::Sealed(SealError::Open(OpenError::OtherKey))), "{error}");
}

#[test]
fn what_is_set_aside_is_sealed_and_comes_back_as_it_was() {
    let mut world = World::new();
    let aside =
        Aside { path: world.config(), trusted: world.folder.path().to_owned(), sort: Sort::SecretFile };
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    fs::File::options().write(true).open(world.config()).unwrap().set_modified(old).unwrap();
    let permissions = fs::metadata(world.config()).unwrap().permissions();
    world.ledger.set_aside(&[aside], &Note::new(Kind::Reset, "Reset"), now()).unwrap();
    assert!(world.a_copy_can_be_read());
    world.ledger.seal().unwrap();
    world.ledger.seal().unwrap();
    assert!(!world.a_copy_can_be_read() && !world.config().exists());
    world.start_again();
    assert_eq!(world.take_back().unwrap(), Way::Exact);
    assert_eq!(fs::read(world.config()).unwrap(), BEFORE);
    let metadata = fs::metadata(world.config()).unwrap();
    assert_eq!((metadata.modified().unwrap(), metadata.permissions()), (old, permissions));
}
