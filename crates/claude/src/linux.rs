//! Linux: Anthropic's own package and the builds of others, which share one folder.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::config::CONFIG_FILE;
use crate::files;
use crate::home::Home;
use crate::install::{Build, Install, Installs};
use crate::places::{Places, Profile, ProfileKind};

pub(crate) fn places(home: &Home) -> Places {
    let config = home.variable("XDG_CONFIG_HOME").unwrap_or_else(|| home.root().join(".config"));
    let ordinary = config.join("Claude");
    let folder = "Claude reads the file in .config/Claude (with a capital C), not this one";
    Places {
        decoys: vec![
            (config.join("claude").join(CONFIG_FILE), folder),
            (home.root().join(".claude").join(CONFIG_FILE), folder),
            (home.root().join(CONFIG_FILE), folder),
        ],
        log_folders: vec![ordinary.join("logs")],
        profiles: vec![Profile { folder: ordinary, kind: ProfileKind::Ordinary }],
        installs: installs(home),
    }
}

fn installs(home: &Home) -> Installs {
    let mut installs = Installs::default();
    if let Some(machine) = home.machine() {
        for program in ["usr/bin/claude-desktop", "usr/lib/claude-desktop", "opt/claude-desktop"] {
            installs.looked_in.push(machine.join(program));
        }
        if let Some(path) = installs.looked_in.iter().find(|path| path.exists()) {
            let package = debian_package(&machine.join("var/lib/dpkg/status"));
            let official = package.as_ref().is_some_and(|package| package.by_anthropic);
            let build = if official { Build::Linux } else { Build::LinuxUnofficial };
            let version = package.and_then(|package| package.version);
            installs.found.push(Install { build, version, path: path.clone() });
        }
    }
    let applications = home.root().join("Applications");
    let is_image = |name: &str| name.to_lowercase().starts_with("claude") && name.ends_with(".AppImage");
    for name in files::list(&applications, &mut installs.unreadable) {
        if is_image(&name) {
            let path = applications.join(name);
            installs.found.push(Install { build: Build::LinuxUnofficial, version: None, path });
        }
    }
    let user: PathBuf = home.root().join(".local/share/claude-desktop");
    if user.is_dir() {
        installs.found.push(Install { build: Build::LinuxUnofficial, version: None, path: user.clone() });
    }
    installs.looked_in.extend([applications.join("Claude*.AppImage"), user]);
    installs
}

#[derive(Debug, Default, PartialEq, Eq)]
struct DebianPackage {
    version: Option<String>,
    by_anthropic: bool,
}

/// The paragraph of `claude-desktop` in dpkg's status file.
fn debian_package(status: &Path) -> Option<DebianPackage> {
    let mut lines = BufReader::new(File::open(status).ok()?).lines().map_while(Result::ok);
    lines.find(|line| line == "Package: claude-desktop")?;
    let mut package = DebianPackage::default();
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some(version) = line.strip_prefix("Version: ") {
            package.version = Some(version.to_owned());
        } else if let Some(maintainer) = line.strip_prefix("Maintainer: ") {
            package.by_anthropic = maintainer.to_lowercase().contains("anthropic");
        }
    }
    Some(package)
}
