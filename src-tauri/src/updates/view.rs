//! Updates as the window sees them.

use bridgekeeper_engine::live::Work;
use serde::Serialize;

/// How it stands with updates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct UpdatesView {
    /// The version that runs.
    pub version: String,
    /// The version that it replaced, after an update until the next start.
    pub replaced: Option<String>,
    /// When they were last looked for, to the end.
    pub looked_at: Option<String>,
    /// Where it stands.
    pub state: UpdateState,
    /// The newer release, once one was found.
    pub release: Option<ReleaseView>,
}

/// A newer release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct ReleaseView {
    /// Its version.
    pub version: String,
    /// When it was published.
    pub date: Option<String>,
    /// What is new, as its publisher wrote it. Plain text.
    pub notes: Option<String>,
    /// The size of its package in bytes, where that is said.
    pub size: Option<u32>,
}

/// Where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum UpdateState {
    /// There are none here.
    Off {
        /// Whose doing it is.
        by: OffBy,
    },
    /// Nobody has looked since the start.
    NotLooked,
    /// The newest release is being looked up.
    Looking,
    /// There is none that is newer.
    UpToDate,
    /// There is one, and it was not downloaded.
    Found,
    /// Its package is being downloaded.
    Downloading {
        /// Bytes so far.
        received: u32,
        /// Bytes there will be, where that is said.
        of: Option<u32>,
    },
    /// Its package is here and carries the right signature.
    Ready,
    /// It is installed as soon as this is over.
    Waiting {
        /// What is under way.
        work: Work,
    },
    /// It is being installed.
    Installing,
    /// It went wrong. Nothing was installed.
    Failed {
        /// How.
        why: FailureKind,
        /// In the words of whoever noticed it.
        detail: String,
    },
}

impl UpdateState {
    /// Whether something is being done that another must wait for.
    pub(super) const fn is_at_work(&self) -> bool {
        matches!(self, Self::Looking | Self::Downloading { .. } | Self::Waiting { .. } | Self::Installing)
    }
}

/// Why there are no updates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "who", rename_all = "kebab-case")]
pub enum OffBy {
    /// Whoever looks after this computer.
    Policy {
        /// Who they are, and where they said it.
        decided: String,
    },
    /// The build names no publisher, or is no package that could be replaced.
    Build,
    /// A package manager updates it.
    Packages {
        /// Its command.
        command: String,
    },
    /// Nobody here may install packages.
    Rights,
    /// It runs from a place that cannot be written.
    Place,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The server was not reached, or has nothing there.
    Network,
    /// It stopped in the middle.
    Silent,
    /// It is not, or leads to what is not, encrypted.
    Insecure,
    /// It sends more, or less, than it said.
    Size,
    /// What it says of the release cannot be read.
    Unreadable,
    /// The release has no package for this kind of installation.
    NoPackage,
    /// The package does not carry the right signature.
    Signature,
    /// The package is signed as another version.
    OtherVersion,
    /// It could not be kept on the disk.
    NotKept,
    /// The system did not install it, or nobody allowed it.
    NotInstalled,
}
