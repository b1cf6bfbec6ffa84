//! Which config file Claude reads, and why.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::files::{self, Content};
use crate::home::Home;
use crate::install::Build;
use crate::places::{Places, Profile, ProfileKind};

/// Name of the file that holds `mcpServers`.
pub const CONFIG_FILE: &str = "claude_desktop_config.json";

/// A file that Claude reads, or that somebody may believe it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigCandidate {
    /// Where it is.
    pub path: PathBuf,
    /// Whether Claude reads it.
    pub live: Live,
    /// The reason, as one sentence without a full stop.
    pub why: String,
    /// What stands there. [`Content::Absent`] only for the file that Claude would read and that is not there.
    pub content: Content,
    /// When it was last written.
    pub modified: Option<SystemTime>,
}

/// Whether Claude reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Live {
    /// It does.
    Yes,
    /// It does not: an edit in it has no effect.
    No,
    /// What is on disk does not tell.
    Undecided,
}

impl Home {
    /// Every config file there is, the live one first; where Claude would read one that is not there, that one
    /// too. Empty only where nothing of Claude is on this home.
    pub fn configs(&self) -> Vec<ConfigCandidate> {
        let places = Places::of(self);
        let builds: Vec<Build> = places.installs.found.iter().map(|install| install.build).collect();
        let copies: Vec<bool> =
            of_kind(&places, ProfileKind::PackageCopy).map(|p| self.has_config(p)).collect();
        let facts = Facts {
            classic: builds.contains(&Build::Classic),
            packages: copies.len(),
            copies: copies.iter().filter(|exists| **exists).count(),
            ordinary: of_kind(&places, ProfileKind::Ordinary).any(|profile| self.has_config(profile)),
            last_started: self.last_started(&builds),
        };
        let mut candidates: Vec<ConfigCandidate> = Vec::new();
        for profile in &places.profiles {
            let (live, why) = facts.decide(profile.kind, self.has_config(profile));
            let path = self.path(&profile.folder, &[CONFIG_FILE]);
            let known = candidates.iter().any(|other| files::same_file(&other.path, &path));
            let content = files::read_config(&path);
            let wanted = content != Content::Absent || (live == Live::Yes && !builds.is_empty());
            if !known && wanted {
                candidates.push(candidate(path, live, why.to_owned(), content));
            }
        }
        for (path, why) in places.decoys {
            let content = files::read_config(&path);
            let known = candidates.iter().any(|other| files::same_file(&other.path, &path));
            if content != Content::Absent && !known {
                candidates.push(candidate(path, Live::No, why.to_owned(), content));
            }
        }
        candidates.sort_by_key(|candidate| match candidate.live {
            Live::Yes => 0,
            Live::Undecided => 1,
            Live::No => 2,
        });
        candidates
    }

    fn has_config(&self, profile: &Profile) -> bool {
        self.path(&profile.folder, &[CONFIG_FILE]).is_file()
    }

    /// Which Windows build wrote the newest log, where its lines name the program's folder.
    fn last_started(&self, builds: &[Build]) -> Option<Build> {
        if !(builds.contains(&Build::Classic) && builds.contains(&Build::Msix)) {
            return None;
        }
        let logs = self.log_files().files;
        logs.iter().rev().take(LOGS_TO_ASK).find_map(|log| build_named_in(&log.path))
    }
}

/// How many of the newest logs are asked which build wrote them.
const LOGS_TO_ASK: usize = 4;
/// How much of a log's end is read for that.
const TAIL_BYTES: u64 = 256 * 1024;

fn build_named_in(log: &Path) -> Option<Build> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = std::fs::File::open(log).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES))).ok()?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let msix = text.rfind("WindowsApps\\Claude_").max(text.rfind("WindowsApps\\\\Claude_"));
    let classic = text.rfind("AnthropicClaude\\app-").max(text.rfind("AnthropicClaude\\\\app-"));
    match (msix, classic) {
        (None, None) => None,
        (msix, classic) if msix > classic => Some(Build::Msix),
        _ => Some(Build::Classic),
    }
}

fn of_kind(places: &Places, kind: ProfileKind) -> impl Iterator<Item = &Profile> {
    places.profiles.iter().filter(move |profile| profile.kind == kind)
}

fn candidate(path: PathBuf, live: Live, why: String, content: Content) -> ConfigCandidate {
    ConfigCandidate { modified: files::modified(&path), path, live, why, content }
}

/// What the decision rests on.
#[derive(Debug, Clone, Copy)]
struct Facts {
    /// The classic build is installed.
    classic: bool,
    /// How many packages of Claude Windows knows for this user.
    packages: usize,
    /// How many of them have a config in their private copy.
    copies: usize,
    /// There is a config in the ordinary folder.
    ordinary: bool,
    /// Which build wrote the newest log, asked only where both are installed.
    last_started: Option<Build>,
}

impl Facts {
    /// Windows shows a packaged program its private copy of a file in AppData where there is one, else the real
    /// file; what it creates goes into the private copy ("flexible virtualization").
    fn decide(&self, kind: ProfileKind, exists: bool) -> (Live, &'static str) {
        use Live::{No, Undecided, Yes};
        match kind {
            ProfileKind::ThirdParty if self.packages == 0 && !self.classic && !self.ordinary && exists => {
                (Undecided, "it belongs to Claude's third-party profile; nothing else of Claude is here")
            }
            ProfileKind::ThirdParty => (No, "only Claude's third-party (enterprise) profile reads it"),
            ProfileKind::Ordinary if self.packages == 0 => {
                (Yes, "it is the only file that Claude reads here")
            }
            ProfileKind::Ordinary if self.copies == 0 && (self.ordinary || self.classic) => {
                (Yes, "the packaged Claude has no private copy, so Windows shows it this file")
            }
            ProfileKind::Ordinary if self.copies == 0 => {
                (No, "the packaged Claude would write its private copy instead")
            }
            ProfileKind::PackageCopy if !exists && (self.ordinary || self.classic || self.copies > 0) => {
                (No, "there is no private copy in this package")
            }
            ProfileKind::PackageCopy if self.packages > 1 && self.copies != 1 => (
                Undecided,
                "several packages of Claude are installed and the files do not tell which one is used",
            ),
            ProfileKind::PackageCopy | ProfileKind::Ordinary if self.classic => self.between_two_builds(kind),
            ProfileKind::PackageCopy => {
                (Yes, "Claude is installed as a Windows package, and Windows shows it this private copy")
            }
            ProfileKind::Ordinary => (
                No,
                "the packaged Claude has a private copy and does not see this file, although Edit Config opens it",
            ),
        }
    }

    fn between_two_builds(&self, kind: ProfileKind) -> (Live, &'static str) {
        let reader = if kind == ProfileKind::PackageCopy { Build::Msix } else { Build::Classic };
        match self.last_started {
            Some(started) if started == reader => {
                (Live::Yes, "two Claudes are installed; the one that wrote the newest log reads this file")
            }
            Some(_) => {
                (Live::No, "two Claudes are installed; the one that wrote the newest log reads another file")
            }
            None => (
                Live::Undecided,
                "a classic and a packaged Claude are both installed, each reads its own file, and no log tells which \
                 one is used",
            ),
        }
    }
}
