//! Where one system's builds of Claude keep things. Filled by `windows.rs`, `macos.rs` and `linux.rs`.

use std::path::PathBuf;

use bridgekeeper_model::Os;

use crate::home::Home;
use crate::install::Installs;
use crate::{linux, macos, windows};

/// Every place that a build of one system uses, whether something stands there or not.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Folders that hold `claude_desktop_config.json` and the extensions.
    pub(crate) profiles: Vec<Profile>,
    /// Files that people write in the belief that Claude reads them, and why it does not.
    pub(crate) decoys: Vec<(PathBuf, &'static str)>,
    /// Folders in which a build writes its logs, oldest habit first.
    pub(crate) log_folders: Vec<PathBuf>,
    /// The builds that are installed.
    pub(crate) installs: Installs,
}

/// A folder with settings, and which build owns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) folder: PathBuf,
    pub(crate) kind: ProfileKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProfileKind {
    /// The user's ordinary folder: the only one, except where Windows keeps a private copy.
    Ordinary,
    /// The private copy of a packaged Claude (`Packages\Claude_*\LocalCache\Roaming\Claude`).
    PackageCopy,
    /// The third-party (enterprise) profile, `Claude-3p`.
    ThirdParty,
}

impl Places {
    pub(crate) fn of(home: &Home) -> Self {
        match home.os() {
            Os::Windows => windows::places(home),
            Os::Macos => macos::places(home),
            Os::Linux => linux::places(home),
        }
    }
}
