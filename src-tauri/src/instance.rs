//! One instance per home.
//!
//! A lock's name, the D-Bus name on Linux, the mutex on Windows and the socket on macOS all come from the app's
//! identifier. An app on a stand-in home gets an identifier of its own, so that a demo never talks to the app that
//! watches the real home, nor shares its web data.

use std::path::Path;

use sha2::{Digest as _, Sha256};

/// The identifier for an app on that home; the plain one where no stand-in is given.
pub(crate) fn identifier(plain: &str, stand_in: Option<&Path>) -> String {
    let Some(home) = stand_in else { return plain.to_owned() };
    let home = home.canonicalize().unwrap_or_else(|_| home.to_owned());
    let hash = Sha256::digest(home.as_os_str().as_encoded_bytes());
    let short = hash.iter().take(6).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    // A part of a D-Bus name must not begin with a digit
    format!("{plain}.home{short:012x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_home_has_the_plain_name() {
        assert_eq!(identifier("app.bridgekeeper.desktop", None), "app.bridgekeeper.desktop");
    }

    #[test]
    fn one_folder_has_one_name_however_it_is_spelled() {
        let home = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        let name = |path: &Path| identifier("a.b", Some(path));
        assert_eq!(name(home.path()), name(&home.path().join(".")));
        assert_ne!(name(home.path()), name(other.path()));
        let unique = name(home.path());
        assert!(unique.strip_prefix("a.b.home").is_some_and(|hash| hash.len() == 12), "{unique}");
    }
}
