//! What must hold in any real keyring. It is run by the tests beside it where a keyring is at hand that no person
//! uses: in a D-Bus session of its own, under Wine, and where every change is tested.

use std::path::Path;

use bridgekeeper_vault::{Keyring, OpeningKey, SecretBytes};

/// A value comes, is replaced, stays apart from another home's, and goes.
pub(crate) fn keeps_replaces_and_removes(home: &Path) {
    let keyring = Keyring::of_system(home);
    let other = Keyring::of_system(&home.join("other"));
    assert_eq!(keyring.get("key").unwrap(), None);
    let key = OpeningKey::generate();
    keyring.set("key", &key.to_secret()).unwrap();
    assert_eq!(keyring.get("key").unwrap().unwrap(), key.to_secret());
    assert_eq!(other.get("key").unwrap(), None);
    let longest = SecretBytes::from((0..=255).cycle().take(2560).collect::<Vec<u8>>());
    keyring.set("key", &longest).unwrap();
    assert_eq!(keyring.get("key").unwrap().unwrap(), longest);
    let long = SecretBytes::from((0..=255).cycle().take(6000).collect::<Vec<u8>>());
    keyring.set_long("long", &long).unwrap();
    assert_eq!(keyring.get_long("long").unwrap().unwrap(), long);
    keyring.remove_long("long").unwrap();
    assert_eq!(keyring.get_long("long").unwrap(), None);
    keyring.remove("key").unwrap();
    keyring.remove("key").unwrap();
    assert_eq!(keyring.get("key").unwrap(), None);
}

#[cfg(any(windows, target_os = "macos"))]
#[test]
fn the_keyring_of_the_system_keeps_replaces_and_removes() {
    if std::env::var_os("WINEPREFIX").is_none() && std::env::var_os("CI").is_none() {
        return println!("skipped: this is somebody's own Credential Manager or Keychain");
    }
    let home = tempfile::tempdir().unwrap();
    keeps_replaces_and_removes(home.path());
}
