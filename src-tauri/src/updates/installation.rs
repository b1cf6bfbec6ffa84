//! How this program came to this computer, which decides what replaces it: a package of the same kind, or somebody else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bridgekeeper_model::Os;
use tauri::utils::config::BundleType;
use tauri::utils::platform::bundle_type;

use super::view::OffBy;

/// A kind of installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Installation {
    Deb,
    Rpm,
    AppImage,
    /// By the installer for Windows.
    Windows,
    /// An app in a folder of macOS.
    Mac(PathBuf),
    /// None that is known: built from source, unpacked by hand, packaged by a distribution.
    Other,
}

/// A command's standard output; `None` where it cannot be had.
pub(crate) type Ask<'a> = dyn Fn(&str, &[&str]) -> Option<String> + 'a;

/// The package's name in the lists of package managers.
const PACKAGE: &str = "bridgekeeper";

impl Installation {
    /// That of the program that runs.
    pub(crate) fn of_this_program(environment: &BTreeMap<String, String>) -> Self {
        let program = std::env::current_exe().unwrap_or_default();
        Self::of(Os::current(), program, bundle_type().as_ref(), environment)
    }

    /// That of a program which lies there, and which the bundler marked so.
    fn of(
        os: Os,
        program: PathBuf,
        marked: Option<&BundleType>,
        environment: &BTreeMap<String, String>,
    ) -> Self {
        match (os, marked) {
            // The bundler marks its own installers alone, and ours is not one of them
            (Os::Windows, _) if program.with_file_name("uninstall.exe").is_file() => Self::Windows,
            (Os::Macos, _) if program.to_string_lossy().contains(".app/Contents/MacOS") => Self::Mac(program),
            (Os::Linux, Some(BundleType::Deb)) => Self::Deb,
            (Os::Linux, Some(BundleType::Rpm)) => Self::Rpm,
            (Os::Linux, Some(BundleType::AppImage)) if environment.contains_key("APPIMAGE") => Self::AppImage,
            _ => Self::Other,
        }
    }

    /// The name of its packages in a release's description; `None` where there are none.
    pub(crate) fn target(&self) -> Option<String> {
        let (system, kind) = match self {
            Self::Deb => ("linux", "deb"),
            Self::Rpm => ("linux", "rpm"),
            Self::AppImage => ("linux", "appimage"),
            Self::Windows => ("windows", "nsis"),
            Self::Mac(_) => ("darwin", "app"),
            Self::Other => return None,
        };
        Some(format!("{system}-{}-{kind}", std::env::consts::ARCH))
    }

    /// Who updates it in our place, or why nobody can. Asks the package manager, which takes a moment.
    pub(crate) fn updated_by(&self, ask: &Ask<'_>, path: &str) -> Option<OffBy> {
        match self {
            Self::Deb if comes_from_apt(ask) => Some(OffBy::Packages { command: "apt".to_owned() }),
            Self::Rpm if comes_from_dnf(ask) => Some(OffBy::Packages { command: "dnf".to_owned() }),
            Self::Deb | Self::Rpm => lacks_rights(path).then_some(OffBy::Rights),
            // macOS runs it from a hidden copy until it was moved, and a disk image cannot be written
            Self::Mac(program) => is_not_at_home(program).then_some(OffBy::Place),
            Self::AppImage | Self::Windows => None,
            Self::Other => Some(OffBy::Build),
        }
    }
}

/// Whether a repository offers the package, too.
fn comes_from_apt(ask: &Ask<'_>) -> bool {
    let policy = ask("apt-cache", &["policy", PACKAGE]).unwrap_or_default();
    let table = policy.lines().skip_while(|line| !line.trim().starts_with("Version table"));
    table.skip(1).any(|line| line.contains("://") || line.contains(" file:/"))
}

/// Whether it was installed from a repository, and not from a file.
fn comes_from_dnf(ask: &Ask<'_>) -> bool {
    let query = ["-C", "-q", "repoquery", "--installed", "--qf", "%{from_repo}", PACKAGE];
    let from = ask("dnf", &query).unwrap_or_default();
    let from = from.trim();
    !from.is_empty() && !from.starts_with(['@', '<']) && from != "commandline"
}

/// A package is installed with an administrator's rights, which these programs ask for.
fn lacks_rights(path: &str) -> bool {
    let is_there = |program: &str| std::env::split_paths(path).any(|folder| folder.join(program).is_file());
    !["pkexec", "sudo"].into_iter().any(is_there)
}

fn is_not_at_home(program: &Path) -> bool {
    program.starts_with("/Volumes") || program.to_string_lossy().contains("/AppTranslocation/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM_A_FILE: &str = "bridgekeeper:\n  Installed: 0.1.0\n  Candidate: 0.1.0\n  Version table:\n *** 0.1.0 100\n        100 /var/lib/dpkg/status\n";

    #[test]
    fn what_a_repository_offers_its_package_manager_updates() {
        let from_a_repository =
            FROM_A_FILE.to_owned() + "        500 https://deb.example stable/main amd64 Packages\n";
        let folder = tempfile::tempdir().unwrap();
        std::fs::File::create(folder.path().join("pkexec")).unwrap();
        let path = folder.path().display().to_string();
        let apt = |says: &str| Installation::Deb.updated_by(&|_, _| Some(says.to_owned()), &path);
        assert_eq!(apt(FROM_A_FILE), None);
        assert_eq!(apt(&from_a_repository), Some(OffBy::Packages { command: "apt".to_owned() }));
        let dnf = |says: &str| Installation::Rpm.updated_by(&|_, _| Some(says.to_owned()), &path);
        assert_eq!(dnf("@commandline\n"), None);
        assert_eq!(dnf("<unknown>\n"), None);
        assert_eq!(dnf("fedora\n"), Some(OffBy::Packages { command: "dnf".to_owned() }));
    }

    #[test]
    fn a_package_that_nobody_here_may_install_is_not_ours_to_update() {
        let empty = tempfile::tempdir().unwrap().path().display().to_string();
        assert_eq!(Installation::Deb.updated_by(&|_, _| None, &empty), Some(OffBy::Rights));
        assert_eq!(Installation::AppImage.updated_by(&|_, _| None, &empty), None);
        let mac = |path: &str| Installation::Mac(path.into()).updated_by(&|_, _| None, "");
        assert_eq!(mac("/Applications/Bridgekeeper.app/Contents/MacOS/bridgekeeper-desktop"), None);
        assert_eq!(mac("/Volumes/Bridgekeeper/Bridgekeeper.app/Contents/MacOS/x"), Some(OffBy::Place));
        assert_eq!(Installation::Other.updated_by(&|_, _| None, ""), Some(OffBy::Build));
    }

    #[test]
    fn where_a_program_lies_and_how_it_is_marked_tell_how_it_came() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("bridgekeeper-desktop.exe");
        let none = BTreeMap::new();
        let of = |os, program: &Path, marked: Option<BundleType>, environment: &BTreeMap<_, _>| {
            Installation::of(os, program.to_owned(), marked.as_ref(), environment)
        };
        assert_eq!(of(Os::Windows, &program, None, &none), Installation::Other, "unpacked by hand");
        std::fs::File::create(folder.path().join("uninstall.exe")).unwrap();
        assert_eq!(of(Os::Windows, &program, None, &none), Installation::Windows);
        assert_eq!(of(Os::Linux, &program, None, &none), Installation::Other);

        let app = Path::new("/Applications/Bridgekeeper.app/Contents/MacOS/bridgekeeper-desktop");
        assert_eq!(of(Os::Macos, app, None, &none), Installation::Mac(app.to_owned()));
        assert_eq!(of(Os::Macos, Path::new("/opt/bridgekeeper-desktop"), None, &none), Installation::Other);

        let program = Path::new("/usr/bin/bridgekeeper-desktop");
        assert_eq!(of(Os::Linux, program, Some(BundleType::Deb), &none), Installation::Deb);
        assert_eq!(of(Os::Linux, program, Some(BundleType::Rpm), &none), Installation::Rpm);
        // Unpacked, an AppImage is a folder that nothing replaces
        assert_eq!(of(Os::Linux, program, Some(BundleType::AppImage), &none), Installation::Other);
        let mounted = BTreeMap::from([("APPIMAGE".to_owned(), "/home/ada/Bridgekeeper.AppImage".to_owned())]);
        assert_eq!(of(Os::Linux, program, Some(BundleType::AppImage), &mounted), Installation::AppImage);
    }

    #[test]
    fn each_kind_has_packages_of_its_own() {
        let arch = std::env::consts::ARCH;
        assert_eq!(Installation::Deb.target(), Some(format!("linux-{arch}-deb")));
        assert_eq!(Installation::Rpm.target(), Some(format!("linux-{arch}-rpm")));
        assert_eq!(Installation::AppImage.target(), Some(format!("linux-{arch}-appimage")));
        assert_eq!(Installation::Windows.target(), Some(format!("windows-{arch}-nsis")));
        assert_eq!(Installation::Mac(PathBuf::new()).target(), Some(format!("darwin-{arch}-app")));
        assert_eq!(Installation::Other.target(), None);
    }
}
