use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bridgekeeper_model::Secret;

use super::*;
use crate::{Keyring, SecretBytes};

const HOME: &str = "/home/ada";

fn keyring(path: &Path, passphrase: &'static str) -> Keyring {
    Keyring::of_file(path, Path::new(HOME), Arc::new(move |_| Some(Secret::new(passphrase))))
}

fn value(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

#[test]
fn values_come_back_in_another_process_and_stand_in_the_file_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring");
    let one = keyring(&path, "open sesame");
    assert_eq!(one.get("key").unwrap(), None);
    assert!(!path.exists(), "looking makes no file");
    one.set("key", &value("hunter2")).unwrap();
    one.set_long("long", &SecretBytes::from(vec![7; 6000])).unwrap();
    let other = keyring(&path, "open sesame");
    assert_eq!(other.get("key").unwrap(), Some(value("hunter2")));
    assert_eq!(other.get_long("long").unwrap().unwrap().reveal().len(), 6000);
    let bytes = std::fs::read(&path).unwrap();
    for hidden in [b"hunter2".as_slice(), b"key@", b"open sesame"] {
        assert!(!bytes.windows(hidden.len()).any(|part| part == hidden));
    }
    other.remove("key").unwrap();
    assert_eq!(one.get("key").unwrap(), None);
    let elsewhere =
        Keyring::of_file(&path, Path::new("/home/b"), Arc::new(|_| Some(Secret::new("open sesame"))));
    assert_eq!(elsewhere.get_long("long").unwrap(), None, "each home has its own names");
}

#[test]
fn a_wrong_passphrase_opens_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring");
    keyring(&path, "right").set("key", &value("v")).unwrap();
    let before = std::fs::read(&path).unwrap();
    let wrong = keyring(&path, "wrong");
    for error in [wrong.get("key").unwrap_err(), wrong.set("key", &value("w")).unwrap_err()] {
        assert_eq!(error.code(), "keyring-denied", "{error}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let nobody = Keyring::of_file(&path, Path::new(HOME), Arc::new(|_| None));
    assert_eq!(nobody.get("key").unwrap_err().code(), "keyring-locked");
    assert!(!nobody.opens_unasked());
}

#[test]
fn a_torn_or_changed_file_is_damaged_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring");
    keyring(&path, "p").set("key", &value("a value of some length")).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for torn in [&whole[..whole.len() - 3], &whole[..40], b"", b"{}", &flipped] {
        let mut file = File::create(&path).unwrap();
        file.write_all(torn).unwrap();
        drop(file);
        let keyring = keyring(&path, "p");
        assert!(matches!(keyring.get("key"), Err(KeyringError::Damaged)), "{}", torn.len());
        assert!(matches!(keyring.set("key", &value("w")), Err(KeyringError::Damaged)));
        assert_eq!(std::fs::read(&path).unwrap(), torn, "nothing is written over it");
    }
}

#[test]
fn what_a_killed_writer_left_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring");
    keyring(&path, "p").set("key", &value("old")).unwrap();
    let mut half = File::create(folder.path().join(".keyring-half")).unwrap();
    half.write_all(b"bridgekeeper keyring file 1\nhalf").unwrap();
    assert_eq!(keyring(&path, "p").get("key").unwrap(), Some(value("old")));
}

#[cfg(unix)]
#[test]
fn only_the_user_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring");
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    keyring(&path, "p").set("key", &value("v")).unwrap();
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    keyring(&path, "p").set("key", &value("w")).unwrap();
    assert_eq!(mode(), 0o600);
}

#[cfg(windows)]
#[test]
fn only_the_user_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring");
    let beside = folder.path().join("beside");
    File::create(&beside).unwrap();
    assert_ne!(windows::tests::strangers(&beside), Vec::<String>::new(), "the folder lets others in");
    windows::keep_to_the_user(&beside).unwrap();
    assert_eq!(windows::tests::strangers(&beside), Vec::<String>::new());
    for text in ["v", "w"] {
        keyring(&path, "p").set("key", &value(text)).unwrap();
        assert_eq!(windows::tests::strangers(&path), Vec::<String>::new());
    }
    assert_eq!(keyring(&path, "p").get("key").unwrap(), Some(value("w")));
}

#[test]
fn writers_side_by_side_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring");
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = &path;
            scope.spawn(move || keyring(path, "p").set(&format!("key {writer}"), &value("v")).unwrap());
        }
    });
    let all = keyring(&path, "p");
    assert!((0..4).all(|writer| all.get(&format!("key {writer}")).unwrap().is_some()));
}

#[test]
fn a_passphrase_is_asked_for_once_and_told_what_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let keyring = Keyring::of_file(
        &path,
        Path::new(HOME),
        Arc::new(move |purpose| {
            assert_eq!(purpose, Purpose::Create);
            count.fetch_add(1, Ordering::SeqCst);
            Some(Secret::new("p"))
        }),
    );
    keyring.set("key", &value("v")).unwrap();
    keyring.set("key", &value("w")).unwrap();
    assert_eq!(keyring.get("key").unwrap(), Some(value("w")));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn only_a_whole_path_names_a_file() {
    let named = |text: &str| {
        let text = text.to_owned();
        let chosen = Keyring::chosen(
            Path::new(HOME),
            move |name| (name == "BRIDGEKEEPER_KEYRING").then(|| text.clone()),
            Arc::new(|_| None),
        );
        chosen.get("key").unwrap_err().to_string()
    };
    assert!(named("none").contains("no keyring"), "{}", named("none"));
    for wrong in ["file:keyring", "file:", "plain", "/tmp/x"] {
        assert!(named(wrong).contains("BRIDGEKEEPER_KEYRING"), "{}", named(wrong));
    }
}
