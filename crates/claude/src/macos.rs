//! macOS: one build, one folder for settings, one for logs.

use std::path::{Path, PathBuf};

use crate::config::CONFIG_FILE;
use crate::files::{self, Content};
use crate::home::Home;
use crate::install::{Build, Install, Installs};
use crate::places::{Places, Profile, ProfileKind};

pub(crate) fn places(home: &Home) -> Places {
    let support = home.path(home.root(), &["Library", "Application Support"]);
    let ordinary = home.path(&support, &["Claude"]);
    let folder = "Claude reads the file in Library/Application Support/Claude, not this one";
    Places {
        decoys: vec![
            (
                home.path(&ordinary, &[&format!("{CONFIG_FILE}.txt")]),
                "Claude reads only the file without .txt",
            ),
            (home.path(home.root(), &[".config", "Claude", CONFIG_FILE]), folder),
            (home.path(home.root(), &[".claude", CONFIG_FILE]), folder),
            (home.path(home.root(), &[CONFIG_FILE]), folder),
        ],
        profiles: vec![Profile { folder: ordinary, kind: ProfileKind::Ordinary }],
        log_folders: vec![home.path(home.root(), &["Library", "Logs", "Claude"])],
        installs: installs(home),
    }
}

/// `Claude.app` for everybody or for this user.
fn installs(home: &Home) -> Installs {
    let mut installs = Installs::default();
    let folders = home.machine().into_iter().chain([home.root()]);
    let apps: Vec<PathBuf> =
        folders.map(|folder| home.path(folder, &["Applications", "Claude.app"])).collect();
    for path in &apps {
        if path.is_dir() {
            let version = bundle_version(home, path);
            installs.found.push(Install { build: Build::Macos, version, path: path.clone() });
        }
    }
    installs.looked_in = apps;
    installs
}

/// `CFBundleShortVersionString` of an XML property list; a binary one says nothing here.
fn bundle_version(home: &Home, app: &Path) -> Option<String> {
    let Content::Read(bytes) = files::read_config(&home.path(app, &["Contents", "Info.plist"])) else {
        return None;
    };
    let text = String::from_utf8(bytes).ok()?;
    let (_, rest) = text.split_once("<key>CFBundleShortVersionString</key>")?;
    let (_, rest) = rest.split_once("<string>")?;
    let (version, _) = rest.split_once("</string>")?;
    Some(version.trim().to_owned())
}
