//! Windows: the classic (Squirrel) build, the packaged (MSIX) build with its private copy of AppData, and the
//! third-party profile.

use std::path::{Path, PathBuf};

use crate::config::CONFIG_FILE;
use crate::files;
use crate::home::Home;
use crate::install::{Build, Install, Installs, Version};
use crate::places::{Places, Profile, ProfileKind};

pub(crate) fn places(home: &Home) -> Places {
    let roaming = home.variable("APPDATA").unwrap_or_else(|| home.path(home.root(), &["AppData", "Roaming"]));
    let local = local_folder(home);
    let mut installs = Installs::default();
    let packages = packages(home, &local, &mut installs);

    let ordinary = home.path(&roaming, &["Claude"]);
    let third_party = home.path(&local, &["Claude-3p"]);
    let mut profiles = vec![Profile { folder: ordinary.clone(), kind: ProfileKind::Ordinary }];
    let mut log_folders = vec![home.path(&ordinary, &["logs"])];
    for package in &packages {
        let copy = home.path(package, &["LocalCache", "Roaming", "Claude"]);
        log_folders.push(home.path(&copy, &["logs"]));
        log_folders.push(home.path(package, &["LocalCache", "Local", "Claude", "Logs"]));
        profiles.push(Profile { folder: copy, kind: ProfileKind::PackageCopy });
    }
    log_folders.push(home.path(&third_party, &["logs"]));
    log_folders.push(home.path(&local, &["Claude", "Logs"]));
    profiles.push(Profile { folder: third_party, kind: ProfileKind::ThirdParty });

    classic(home, &local, &mut installs);
    packaged(home, &packages, &mut installs);
    Places { decoys: decoys(home, &ordinary, &local), profiles, log_folders, installs }
}

/// `%LOCALAPPDATA%`.
pub(crate) fn local_folder(home: &Home) -> PathBuf {
    home.variable("LOCALAPPDATA").unwrap_or_else(|| home.path(home.root(), &["AppData", "Local"]))
}

/// `Packages\Claude_*`. The part after `_` is the publisher's id; it is not relied on.
pub(crate) fn packages(home: &Home, local: &Path, installs: &mut Installs) -> Vec<PathBuf> {
    let folder = home.path(local, &["Packages"]);
    let names = files::list(&folder, &mut installs.unreadable);
    installs.looked_in.push(folder.join("Claude_*"));
    let is_claude = |name: &&String| name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("Claude_"));
    names.iter().filter(is_claude).map(|name| folder.join(name)).filter(|package| package.is_dir()).collect()
}

/// `%LOCALAPPDATA%\AnthropicClaude\app-X.Y.Z\claude.exe`; Squirrel keeps the version before the last, too.
fn classic(home: &Home, local: &Path, installs: &mut Installs) {
    let folder = home.path(local, &["AnthropicClaude"]);
    installs.looked_in.push(folder.clone());
    let names = files::list(&folder, &mut installs.unreadable);
    let newest = names
        .iter()
        .filter_map(|name| Some((name, Version::parse(name.strip_prefix("app-")?)?)))
        .filter(|(name, _)| home.path(&folder, &[name, "claude.exe"]).is_file())
        .max_by(|(_, a), (_, b)| a.cmp(b));
    if let Some((name, version)) = newest {
        let path = home.path(&folder, &[name, "claude.exe"]);
        installs.found.push(Install { build: Build::Classic, version: Some(version.to_string()), path });
    }
}

/// A package's folder tells that it is installed for this user. Its version stands in the name of its program
/// folder, which Windows does not let everybody list.
fn packaged(home: &Home, packages: &[PathBuf], installs: &mut Installs) {
    let programs = home.machine().map(|machine| home.path(machine, &["Program Files", "WindowsApps"]));
    // Not allowed to list is the normal case for a user and no trouble worth telling.
    let names = programs.as_ref().map(|folder| files::list(folder, &mut Vec::new())).unwrap_or_default();
    for package in packages {
        let family = package.file_name().unwrap_or_default().to_string_lossy();
        let publisher = family.split_once('_').map_or("", |(_, publisher)| publisher);
        // Claude_1.52386.2.0_x64__pzs8sxrjxfjjc
        let newest = names
            .iter()
            .filter(|name| name.ends_with(publisher))
            .filter_map(|name| {
                let rest = name
                    .get(..7)
                    .filter(|start| start.eq_ignore_ascii_case("Claude_"))
                    .map(|_| &name[7..])?;
                Some((name, Version::parse(rest.split('_').next()?)?))
            })
            .max_by(|(_, a), (_, b)| a.cmp(b));
        let (path, version) = match (newest, &programs) {
            (Some((name, version)), Some(programs)) => (programs.join(name), Some(version.to_string())),
            _ => (package.clone(), None),
        };
        installs.found.push(Install { build: Build::Msix, version, path });
    }
}

fn decoys(home: &Home, ordinary: &Path, local: &Path) -> Vec<(PathBuf, &'static str)> {
    let extension = "Explorer hides the ending .txt; Claude reads only the file without it";
    let roaming = "Claude reads AppData\\Roaming, not AppData\\Local";
    let folder = "Claude reads the file in its own folder, not this one";
    vec![
        (home.path(ordinary, &[&format!("{CONFIG_FILE}.txt")]), extension),
        (home.path(local, &["Claude", CONFIG_FILE]), roaming),
        (home.path(local, &["AnthropicClaude", CONFIG_FILE]), roaming),
        (home.path(home.root(), &[".claude", CONFIG_FILE]), folder),
        (home.path(home.root(), &[".config", "Claude", CONFIG_FILE]), folder),
        (home.path(home.root(), &[CONFIG_FILE]), folder),
    ]
}
