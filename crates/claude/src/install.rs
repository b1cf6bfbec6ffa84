use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::home::Home;
use crate::places::Places;

/// One installed Claude Desktop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Install {
    /// Which build.
    #[serde(rename = "kind")]
    pub build: Build,
    /// Its version, where something says it.
    pub version: Option<String>,
    /// The program, or the folder that tells of it.
    pub path: PathBuf,
}

/// A build of Claude Desktop. They differ in where they keep their files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Build {
    /// Windows, Squirrel installer, until about February 2026.
    Classic,
    /// Windows, package (Store and the ordinary installer since February 2026).
    Msix,
    /// macOS.
    Macos,
    /// Linux, Anthropic's own package.
    Linux,
    /// Linux, somebody else's package of it.
    LinuxUnofficial,
}

impl Build {
    /// Name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Classic => "classic installer",
            Self::Msix => "Windows package (MSIX)",
            Self::Macos => "macOS app",
            Self::Linux => "Linux package",
            Self::LinuxUnofficial => "unofficial Linux build",
        }
    }
}

/// What is installed, and where it was looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installs {
    /// The builds that were found.
    pub found: Vec<Install>,
    /// Every place that was looked at.
    pub looked_in: Vec<PathBuf>,
    /// Places that could not be looked at.
    pub unreadable: Vec<crate::Unreadable>,
}

impl Home {
    /// Every Claude Desktop that this home can start.
    pub fn installs(&self) -> Installs {
        Places::of(self).installs
    }
}

/// Numbers between dots, compared as numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(Vec<u64>);

impl Version {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text.split('.').map(|number| number.parse().ok()).collect::<Option<_>>().map(Self)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u64::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}
