//! GNOME Keyring in a D-Bus session of its own: open, locked, and absent.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use bridgekeeper_testkit::keyring::Session;
use bridgekeeper_vault::{Keyring, KeyringError, SecretBytes};

use crate::native;

const HOME: &str = "/home/ada";
const PATIENCE: Duration = Duration::from_secs(20);

fn session(password: Option<&str>) -> Option<Session> {
    let started = Session::start().and_then(|mut session| {
        if password.is_some() {
            session.start_keyring(password)?;
        }
        Ok(session)
    });
    started.map_err(|why| println!("{why}")).ok()
}

fn assert_passed(output: &Output) {
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[test]
fn it_keeps_replaces_and_removes() {
    let Some(session) = session(Some("open sesame")) else { return };
    assert_passed(&session.run("secret_service::inside_an_open_keyring"));
}

#[test]
fn a_locked_one_is_told_as_locked() {
    let Some(mut session) = session(Some("open sesame")) else { return };
    assert_passed(&session.run("secret_service::inside_a_keyring_that_is_locked_later"));
    session.start_keyring(None).unwrap();
    assert_passed(&session.run("secret_service::inside_a_locked_keyring"));
}

#[test]
fn a_session_without_one_is_told_as_such() {
    let Some(session) = session(None) else { return };
    assert_passed(&session.run("secret_service::inside_a_session_without_keyring"));
}

#[test]
#[ignore = "runs in a session that the tests above make"]
fn inside_an_open_keyring() {
    native::keeps_replaces_and_removes(Path::new(HOME));
}

#[test]
#[ignore = "runs in a session that the tests above make"]
fn inside_a_keyring_that_is_locked_later() {
    Keyring::of_system(Path::new(HOME)).set("key", &SecretBytes::from(b"value".to_vec())).unwrap();
}

#[test]
#[ignore = "runs in a session that the tests above make"]
fn inside_a_locked_keyring() {
    let keyring = Keyring::of_system(Path::new(HOME)).with_patience(PATIENCE);
    let error = keyring.get("key").unwrap_err();
    assert!(matches!(error, KeyringError::Locked { .. }), "{error:?}");
}

#[test]
#[ignore = "runs in a session that the tests above make"]
fn inside_a_session_without_keyring() {
    let error = Keyring::of_system(Path::new(HOME)).with_patience(PATIENCE).get("key").unwrap_err();
    assert!(matches!(error, KeyringError::Missing { .. }), "{error:?}");
}
