//! What a window shows: one snapshot of everything, and the shapes of the acts that start from it.
//!
//! The wall is here so that the window, the tray and their tests read the same sentence from the same place. A
//! view holds text that can be shown as it is: secrets masked, times as RFC 3339 in UTC, numbers within 32 bits
//! because JavaScript has no larger whole ones.
//!
//! Deliberately absent: layout, colours, languages, and anything a window could change. It acts through the
//! engine, with ids from here.

pub(crate) mod difference;
pub mod event;
mod projection;
pub(crate) mod story;
mod thing;

use bridgekeeper_model::{Applicability, Health, Indicator, Severity, Source};
use serde::Serialize;

pub use thing::{Fate, ThingView};

pub(crate) use projection::{Looked, Shown, live_config};

/// All that there is to show at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Snapshot {
    /// Counts the snapshots of one run, from 1; a later one is newer.
    pub generation: u32,
    /// The Claude Desktop that was found.
    pub claude: Claude,
    /// The worst state of all servers, which the tray's shape shows.
    pub overall: Overall,
    /// Every server, in the order of the config; those that only logs mention come last.
    pub servers: Vec<ServerView>,
    /// What was found about the set-up as a whole.
    pub setup_findings: Vec<FindingView>,
    /// What could not be looked at, which is never shown as fine.
    pub not_checked: Vec<NotChecked>,
    /// What is being read while this snapshot is incomplete, e.g. a log of gigabytes.
    pub checking: Option<String>,
    /// When the files were read.
    pub read_at: String,
}

/// The Claude Desktop whose config is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Claude {
    /// Whether an install or its config is there.
    pub found: bool,
    /// The kind of install in a word or two, e.g. `Store build`.
    pub kind: Option<String>,
    /// Its version, as it names itself.
    pub version: Option<String>,
    /// Whether it runs now; `None` where that was not looked at.
    pub running: Option<bool>,
    /// The config file that it reads.
    pub config_path: Option<String>,
    /// Why that file is the one.
    pub why_live: Option<String>,
    /// Where it was looked for.
    pub looked_in: Vec<String>,
}

/// The worst state of all servers. Servers that are off, stopped or never seen do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Overall {
    /// A server does not work, or the config cannot be read.
    Failing,
    /// A server waits for the person to sign in.
    NeedsSignIn,
    /// A server was started and has not answered yet.
    Starting,
    /// Every server that is in use works.
    Connected,
    /// Nothing is in use, or Claude was not found.
    Idle,
}

/// One server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ServerView {
    /// The key in the config or the display name in the log.
    pub name: String,
    /// Where it is listed.
    pub source: Source,
    /// Its state.
    pub state: Health,
    /// Since when, where the log says so.
    pub since: Option<String>,
    /// One sentence: the cause where something is wrong, else what it is.
    pub summary: String,
    /// How Claude starts it, secrets masked.
    pub command_line: String,
    /// What was found about it, root cause first.
    pub findings: Vec<FindingView>,
    /// The newest run as its log tells it, oldest first.
    pub timeline: Vec<Moment>,
    /// The signs by which a person knows that it works.
    pub signs: Vec<SignView>,
}

/// One sign of success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignView {
    /// Which.
    pub kind: SignKind,
    /// What is known of it.
    pub known: Indicator,
    /// The line that tells it.
    pub evidence: Option<EvidenceView>,
}

/// A sign of success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum SignKind {
    /// Signed in, where that is needed, and connected.
    SignedIn,
    /// It listed its tools.
    ToolsListed,
    /// No crash of the sign-in.
    NoSignInCrash,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FindingView {
    /// Id of the rule.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// The server it concerns; `None` for the set-up as a whole.
    pub server: Option<String>,
    /// The cause in one sentence.
    pub message: String,
    /// Why it matters, from the rule's page. Plain text; paragraphs are parted by an empty line.
    pub why: String,
    /// What to do, from the rule's page.
    pub what_to_do: String,
    /// The lines that prove it.
    pub evidence: Vec<EvidenceView>,
    /// What can be done, best first.
    pub fixes: Vec<FixView>,
}

/// One line of a log or of the config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct EvidenceView {
    /// The file's name.
    pub file: String,
    /// Line in it, from 1.
    pub line: u32,
    /// The line, shortened and masked.
    pub text: String,
    /// When it was written, where it says so.
    pub time: Option<String>,
}

/// One repair that a finding offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FixView {
    /// Id of the fix.
    pub id: String,
    /// What it will change, as an imperative sentence.
    pub title: String,
    /// Whether it may be made without asking.
    pub applicability: Applicability,
    /// What it costs, said before the click: a new sign-in, a token that moves.
    pub price: Option<String>,
}

/// One moment in a server's newest run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Moment {
    /// What happened, in a few words.
    pub label: String,
    /// When, where the log says so.
    pub at: Option<String>,
    /// How it is drawn.
    pub kind: MomentKind,
}

/// What a moment means for the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum MomentKind {
    /// A step on the way.
    Normal,
    /// The run broke here.
    Bad,
    /// The server answered.
    Good,
}

/// Something that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct NotChecked {
    /// What should have been looked at.
    pub check: String,
    /// Why it was not.
    pub why: String,
}

/// A change as it will be made, line by line, secrets masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Preview {
    /// Stands for exactly this change of exactly this state of the file.
    pub token: String,
    /// The file's name.
    pub file: String,
    /// What the change is, as an imperative sentence.
    pub fix_title: String,
    /// The lines that change, with the lines around them; none where no text changes.
    pub lines: Vec<DiffLine>,
    /// What is moved, ended or started; none where a text changes.
    pub things: Vec<ThingView>,
    /// What else happens or must be known.
    pub notes: Vec<String>,
    /// Whether Claude runs now and so needs a restart afterwards; `None` where that was not looked at.
    pub claude_running: Option<bool>,
    /// What closing Claude around the change is good for.
    pub closing: Closing,
}

/// Whether Claude is closed while a change is made: it writes its whole config from memory while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Closing {
    /// Nothing: Claude does not run, or the change closes it by itself.
    Idle,
    /// Claude cannot write over the change then.
    Offered,
    /// The change is made in no other way.
    Needed,
}

/// One line of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DiffLine {
    /// Whether it stays, comes, goes, or stands for lines left out.
    pub kind: DiffKind,
    /// Its number before the change, from 1.
    pub old: Option<u32>,
    /// Its number after the change, from 1.
    pub new: Option<u32>,
    /// The line without its end, secrets masked.
    pub text: String,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum DiffKind {
    /// It stays.
    Same,
    /// It comes.
    Add,
    /// It goes.
    Remove,
    /// It stands for lines that stay and are not shown.
    Gap,
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Change {
    /// Its id in the journal.
    pub id: String,
    /// When it was made.
    pub at: String,
    /// What it was, as an imperative sentence.
    pub title: String,
    /// The file that was changed.
    pub file: String,
    /// The server it concerned; `None` for several or the set-up as a whole.
    pub server: Option<String>,
    /// Whether it was taken back.
    pub undone: bool,
    /// Whether it can be taken back now.
    pub can_undo: bool,
    /// Why it cannot.
    pub why_not: Option<String>,
    /// What should have gone with it and is still there, told once when it was made.
    pub left: Vec<String>,
}
