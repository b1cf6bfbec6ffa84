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

/// Whether the app that was there already ended while it was told that somebody wants its window: its name on the bus
/// is free then, but nothing runs.
#[cfg(target_os = "linux")]
pub(crate) fn has_just_gone(error: &tauri::Error) -> bool {
    let tauri::Error::PluginInitialization(plugin, why) = error else { return false };
    // One that is there and does not answer in time has no reply either
    let has_gone = why.contains("disconnected") || why.contains("org.freedesktop.DBus.Error.ServiceUnknown");
    plugin == "single-instance" && has_gone
}

/// Begins this program anew in its place, since a window system starts once in a process. Comes back only where that
/// fails.
#[cfg(target_os = "linux")]
pub(crate) fn start_anew() -> anyhow::Error {
    use std::os::unix::process::CommandExt as _;
    let error = match std::env::current_exe() {
        Ok(program) => std::process::Command::new(program).args(std::env::args_os().skip(1)).exec(),
        Err(error) => error,
    };
    anyhow::Error::new(error).context("could not start anew after the app that was there ended")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn an_app_that_ends_while_it_is_called_is_told_from_other_trouble() {
        let failed = |plugin: &str, why: &str| {
            let why = format!(
                "failed to forward arguments to the running instance: org.freedesktop.DBus.Error.{why}"
            );
            has_just_gone(&tauri::Error::PluginInitialization(plugin.to_owned(), why))
        };
        assert!(failed(
            "single-instance",
            "NoReply: Message recipient disconnected from message bus without replying"
        ));
        assert!(failed("single-instance", "NoReply: Remote peer disconnected"));
        assert!(failed("single-instance", "ServiceUnknown: The name is not activatable"));
        assert!(!failed(
            "single-instance",
            "NoReply: Message did not receive a reply (timeout by message bus)"
        ));
        assert!(!failed("single-instance", "UnknownMethod: Unknown method 'ExecuteCallback'"));
        assert!(!failed("updater", "NoReply: it"));
    }

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
