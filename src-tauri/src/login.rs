//! Whether the app starts when the person logs in. The system's own list of such programs is the only truth: it is
//! read whenever it is shown, because the person may change it there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use auto_launch::{AutoLaunch, AutoLaunchBuilder, MacOSLaunchMode, WindowsEnableMode};
use tracing::warn;

use crate::options::Options;

/// The name in the system's list.
const NAME: &str = "Bridgekeeper";

/// How the app is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    AtLogin,
    ByHand,
}

/// This program's line in the system's list. There is none for an app on a stand-in home, which leaves the real one alone.
pub(crate) struct Login(Option<AutoLaunch>);

impl Login {
    /// In no list, and never put into one.
    pub(crate) const fn nowhere() -> Self {
        Self(None)
    }

    /// For the program that runs, found in the environment it was started with.
    pub(crate) fn of_this_program(options: &Options, environment: &BTreeMap<String, String>) -> Self {
        if options.home.is_some() {
            return Self(None);
        }
        let started = std::env::current_exe().ok();
        let Some(program) = program(started, environment) else { return Self(None) };
        let entry = AutoLaunchBuilder::new()
            .set_app_name(NAME)
            .set_app_path(&word(&program))
            .set_args(&["--tray"])
            .set_macos_launch_mode(MacOSLaunchMode::LaunchAgent)
            .set_windows_enable_mode(WindowsEnableMode::CurrentUser)
            .build();
        Self(entry.inspect_err(|cause| warn!(%cause, "the app cannot be started at login")).ok())
    }

    /// What the system's list says; `None` where the app cannot be in it.
    pub(crate) fn start(&self) -> Option<Start> {
        match self.0.as_ref()?.is_enabled() {
            Ok(true) => Some(Start::AtLogin),
            Ok(false) => Some(Start::ByHand),
            Err(cause) => {
                warn!(%cause, "what starts at login could not be read");
                None
            }
        }
    }

    /// Changes the list.
    pub(crate) fn set(&self, start: Start) -> Result<(), auto_launch::Error> {
        let Some(entry) = &self.0 else { return Ok(()) };
        match start {
            Start::AtLogin => entry.enable(),
            Start::ByHand => entry.disable(),
        }
    }
}

/// The file to start. An `AppImage` runs from a folder that is another one each time and names itself in `APPIMAGE`.
fn program(started: Option<PathBuf>, environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    let image = environment.get("APPIMAGE").map(PathBuf::from).filter(|image| image.is_file());
    image.or(started)
}

/// The path as one word of the command line that the list holds: a run key of Windows and the `Exec` of a desktop
/// entry are read as one, a launch agent is not.
fn word(program: &Path) -> String {
    let path = program.display().to_string();
    if cfg!(windows) {
        format!("\"{path}\"")
    } else if cfg!(target_os = "macos") {
        path
    } else {
        // Desktop Entry Specification, "The Exec key"
        let escaped = path.replace('\\', r"\\\\").replace('"', r#"\\""#).replace('`', r"\\`");
        format!("\"{}\"", escaped.replace('$', r"\\$").replace('%', "%%"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_on_a_stand_in_home_is_in_no_list() {
        let options = Options { home: Some("/tmp/elsewhere".into()), ..Options::default() };
        let login = Login::of_this_program(&options, &BTreeMap::new());
        assert_eq!(login.start(), None);
        login.set(Start::AtLogin).unwrap();
        assert_eq!(login.start(), None);
    }

    #[test]
    fn an_app_image_is_started_by_its_own_name() {
        let image = tempfile::NamedTempFile::new().unwrap();
        let path = image.path().to_str().unwrap().to_owned();
        let environment = BTreeMap::from([("APPIMAGE".to_owned(), path)]);
        let mounted = Some(PathBuf::from("/tmp/.mount_x/bridgekeeper-desktop"));
        assert_eq!(program(mounted.clone(), &environment).as_deref(), Some(image.path()));
        assert_eq!(program(mounted.clone(), &BTreeMap::new()), mounted);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_path_is_one_word_of_a_desktop_entry() {
        assert_eq!(word(Path::new("/opt/my apps/b")), r#""/opt/my apps/b""#);
        assert_eq!(word(Path::new("/opt/100%")), r#""/opt/100%%""#);
    }
}
