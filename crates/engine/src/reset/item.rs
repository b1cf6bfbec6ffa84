use std::path::PathBuf;

use bridgekeeper_machine::Process;
use bridgekeeper_mcp_remote::{FileKind, Record};
use serde::Serialize;

use super::owners::Owner;
use crate::change::Sort;
use crate::folder::Folder;

/// One thing that a reset concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Where it is; of a port `127.0.0.1:PORT`, of a process the program that runs.
    pub path: PathBuf,
    /// Its size; `None` for what has none.
    pub bytes: Option<u64>,
    /// Seconds since it was last written, or since the process began; `None` where nobody knows.
    pub age_s: Option<u64>,
    /// The servers that it belongs to, as far as their entries tell.
    pub servers: Vec<Owner>,
    /// Those of them that the reset was not asked for and that lose it, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<Owner>,
    /// What becomes of it.
    pub action: Action,
    /// How that went.
    pub result: Outcome,
    /// Why it is left, what else it touches, or what the system said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The process and the port that a lock, a lease or a registration tells of.
    #[serde(skip)]
    pub(super) record: Record,
    /// The process, of an item that is one.
    #[serde(skip)]
    pub(super) process: Option<Process>,
    /// The folder above it from which on no link is followed, of an item that is set aside.
    #[serde(skip)]
    pub(super) trusted: Option<PathBuf>,
}

/// What a reset may find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// Claude Desktop, which runs: it and its servers would write again what is set aside.
    Claude,
    /// A bridge whose Claude is gone.
    Process,
    /// A callback port that somebody holds.
    Port,
    /// Access and refresh tokens.
    Tokens,
    /// A sign-in of our own, whose tokens the keyring holds.
    SignIn,
    /// A registration with a sign-in service.
    ClientInfo,
    /// The secret of a sign-in that was begun.
    CodeVerifier,
    /// What a sign-in that was begun knows of the service.
    DiscoveryState,
    /// The mark of a refresh that was begun.
    RefreshLease,
    /// The mark of a bridge that waits for a sign-in.
    Lock,
    /// The bridge's own log, which holds tokens.
    DebugLog,
    /// What an interrupted write left.
    LeftOver,
    /// A folder of such files.
    Folder,
    /// The bridge as npx installed it.
    NpxCache,
    /// A log of Claude's.
    Log,
}

/// What becomes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is moved where it can be taken back from.
    Quarantine,
    /// It is ended. That cannot be taken back.
    Stop,
    /// It is stopped first and started again at the end.
    Restart,
    /// It stays: it is not ours to move.
    Keep,
    /// It should go and cannot: the note says why.
    Skip,
}

/// How far an item came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was shown; nothing was done.
    Planned,
    /// It was done.
    Done,
    /// It was left as it is.
    Left,
    /// It was tried in vain; it is as it was.
    Failed,
}

impl Item {
    /// An item of that kind, of which nothing else is known yet, that is to be set aside.
    pub(super) fn planned(kind: ItemKind) -> Self {
        Self {
            kind,
            path: PathBuf::new(),
            bytes: None,
            age_s: None,
            servers: vec![],
            shared_with: vec![],
            action: Action::Quarantine,
            result: Outcome::Planned,
            note: None,
            record: Record::default(),
            process: None,
            trusted: None,
        }
    }

    /// Its text, where it is a file of at most `limit` bytes that is reached without a link.
    pub(crate) fn read_text(&self, limit: u64) -> Option<String> {
        let (folder, name) = (self.path.parent()?, self.path.file_name()?);
        Folder::open(self.trusted.as_ref()?, folder).ok()?.read_text(name, limit)
    }

    /// Whether the reset takes it away. Claude alone is no reason for one.
    pub fn goes(&self) -> bool {
        matches!(self.action, Action::Quarantine | Action::Stop)
    }

    /// Whether it should have gone and is still there.
    pub fn is_left_over(&self) -> bool {
        self.action == Action::Skip || self.result == Outcome::Failed
    }

    /// Notes that it was tried in vain.
    pub(super) fn fail(&mut self, why: impl Into<String>) {
        self.result = Outcome::Failed;
        self.remark(why);
    }

    /// Adds a remark to those that are there.
    pub(super) fn remark(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.note = Some(match self.note.take() {
            Some(note) => format!("{note}; {text}"),
            None => text,
        });
    }
}

impl ItemKind {
    /// In one or two words, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Claude => "Claude Desktop",
            Self::Process => "running bridge",
            Self::Port => "callback port",
            Self::Tokens => "tokens",
            Self::SignIn => "sign-in",
            Self::ClientInfo => "registration",
            Self::CodeVerifier => "sign-in secret",
            Self::DiscoveryState => "sign-in state",
            Self::RefreshLease => "refresh lease",
            Self::Lock => "lock",
            Self::DebugLog => "debug log",
            Self::LeftOver => "left-over",
            Self::Folder => "folder",
            Self::NpxCache => "npx cache",
            Self::Log => "Claude's log",
        }
    }

    pub(super) fn of_file(kind: &FileKind) -> Self {
        match kind {
            FileKind::ClientInfo => Self::ClientInfo,
            FileKind::Tokens => Self::Tokens,
            FileKind::CodeVerifier { .. } => Self::CodeVerifier,
            FileKind::DiscoveryState { .. } => Self::DiscoveryState,
            FileKind::RefreshInProgress => Self::RefreshLease,
            FileKind::Lock => Self::Lock,
            FileKind::DebugLog => Self::DebugLog,
            FileKind::LeftOver { .. } => Self::LeftOver,
        }
    }

    /// How it is set aside.
    pub(super) fn sort(self) -> Sort {
        match self {
            Self::Tokens | Self::ClientInfo | Self::CodeVerifier | Self::DebugLog | Self::LeftOver => {
                Sort::SecretFile
            }
            Self::Folder => Sort::EmptyFolder,
            Self::SignIn
            | Self::Claude
            | Self::Process
            | Self::Port
            | Self::DiscoveryState
            | Self::RefreshLease
            | Self::Lock
            | Self::NpxCache
            | Self::Log => Sort::Whole,
        }
    }
}
