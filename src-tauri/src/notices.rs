//! When the person is told something outside the window, and what.
//!
//! Only what asks for an act is told: entries that are gone, a sign-in, a server that worked and does no longer, a Claude
//! that works from an older config. Nothing is said of a success. Whatever is told must last: Claude starts a server,
//! closes it and starts it again within a second or two. What passes before it is told was nothing.
//!
//! Decisions alone stand here, as functions of snapshots and the clock; `tell` brings them to the desktop.

pub(crate) mod tell;
mod when;

use std::collections::{BTreeMap, BTreeSet};

use bridgekeeper_engine::view::Snapshot;
use bridgekeeper_model::Health;
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::address::Address;
use crate::text::Words;
pub(crate) use when::Wishes;

/// How long a server must fail or wait for a sign-in.
const SETTLED: SignedDuration = SignedDuration::from_secs(4);
/// How long servers that follow each other are waited for, so that all are told at once.
const TOGETHER: SignedDuration = SignedDuration::from_secs(12);
/// How long a person who changes the config by hand has to restart Claude without being told.
const UNTIL_RESTART: SignedDuration = SignedDuration::from_secs(20);
/// How long nothing is told of a server again that comes and goes.
const REST: SignedDuration = SignedDuration::from_mins(10);
/// The rule that finds lost entries.
const LOST: &str = "config-entries-lost";
/// More names than this are told as their number.
const NAMES: usize = 4;

/// What is told, each of which can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    EntriesLost,
    SignInNeeded,
    StoppedWorking,
    ClaudeNeedsRestart,
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) title: String,
    pub(crate) body: String,
    /// What a click opens.
    pub(crate) address: Address,
}

/// Where the person looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attention {
    /// At our window, which shows it all.
    Window,
    Elsewhere,
}

/// What is wrong with whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Lost,
    SignIn(String),
    Failing(String),
    Restart,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    /// What was wrong at the last look; `None` before the first.
    wrong: Option<BTreeSet<Subject>>,
    /// Servers that worked since they were last told of.
    worked: BTreeSet<String>,
    /// What will be told if it lasts, and since when it is so.
    pending: BTreeMap<Subject, Timestamp>,
    /// What was told last, and when.
    told: BTreeMap<Subject, Timestamp>,
    /// The text of what was lost.
    lost: String,
    runs: bool,
}

impl Watched {
    /// Takes in a new snapshot.
    pub(crate) fn see(&mut self, snapshot: &Snapshot, now: Timestamp) {
        if snapshot.checking.is_some() {
            return;
        }
        let wrong = wrong(snapshot);
        if let Some(finding) = snapshot.setup_findings.iter().find(|finding| finding.id == LOST) {
            self.lost.clone_from(&finding.message);
        }
        self.pending.retain(|subject, since| match subject {
            Subject::Restart => !was_restarted(snapshot, *since),
            Subject::Lost | Subject::SignIn(_) | Subject::Failing(_) => wrong.contains(subject),
        });
        let before = self.wrong.replace(wrong.clone());
        let is_news = |subject: &&Subject| match (&before, subject) {
            (Some(before), _) => !before.contains(subject),
            // Entries that were lost while nobody watched are news; how servers did then is not
            (None, subject) => **subject == Subject::Lost,
        };
        for subject in wrong.iter().filter(is_news) {
            let matters = match subject {
                Subject::Failing(server) => self.worked.contains(server),
                Subject::Lost | Subject::SignIn(_) | Subject::Restart => true,
            };
            if matters && !self.rests(subject, now) {
                self.pending.insert(subject.clone(), now);
            }
        }
        let works = snapshot.servers.iter().filter(|server| server.state == Health::Connected);
        self.worked.extend(works.map(|server| server.name.clone()));
        self.runs = snapshot.claude.running == Some(true);
    }

    /// Takes in that entries of Claude's config were changed.
    pub(crate) fn see_changed_entries(&mut self, now: Timestamp) {
        if self.runs {
            self.pending.insert(Subject::Restart, now);
        }
    }

    /// When to ask for what there is to tell; `None` while there is nothing.
    pub(crate) fn due(&self, wishes: &Wishes, now: &Zoned) -> Option<Timestamp> {
        let kinds: BTreeSet<Kind> = self.pending.keys().map(Subject::kind).collect();
        let first = kinds.into_iter().filter_map(|kind| self.settled(kind)).min()?;
        Some(first.max(wishes.silent_until(now).unwrap_or(first)))
    }

    /// What there is to tell now. It is told once.
    pub(crate) fn take(
        &mut self,
        wishes: &Wishes,
        attention: Attention,
        now: &Zoned,
        words: &Words,
    ) -> Vec<Notice> {
        if wishes.silent_until(now).is_some() {
            return Vec::new();
        }
        let mut notices = Vec::new();
        for kind in [Kind::EntriesLost, Kind::StoppedWorking, Kind::SignInNeeded, Kind::ClaudeNeedsRestart] {
            if self.settled(kind).is_none_or(|due| due > now.timestamp()) {
                continue;
            }
            let ripe: Vec<Subject> =
                self.pending.keys().filter(|subject| subject.kind() == kind).cloned().collect();
            for subject in &ripe {
                self.pending.remove(subject);
                self.told.insert(subject.clone(), now.timestamp());
                if let Subject::Failing(server) = subject {
                    self.worked.remove(server);
                }
            }
            if attention == Attention::Elsewhere && wishes.wants(kind) {
                notices.push(self.notice(kind, &ripe, words));
            }
        }
        notices
    }

    /// When all that is pending of a kind has lasted long enough, or the first of it has waited for the others.
    fn settled(&self, kind: Kind) -> Option<Timestamp> {
        let since = || self.pending.iter().filter(|(subject, _)| subject.kind() == kind).map(|(_, at)| *at);
        let wait = if kind == Kind::ClaudeNeedsRestart { UNTIL_RESTART } else { SETTLED };
        let (first, last) = (since().min()?, since().max()?);
        Some((last + wait).min(first + wait.max(TOGETHER)))
    }

    fn rests(&self, subject: &Subject, now: Timestamp) -> bool {
        *subject != Subject::Lost
            && self.told.get(subject).is_some_and(|told| now.duration_since(*told) < REST)
    }

    fn notice(&self, kind: Kind, subjects: &[Subject], words: &Words) -> Notice {
        let servers: Vec<&str> = subjects.iter().filter_map(Subject::server).collect();
        let (one, many) = match kind {
            Kind::EntriesLost => {
                let title = words.entries_lost.to_owned();
                return Notice { title, body: self.lost.clone(), address: Address::Setup };
            }
            Kind::ClaudeNeedsRestart => {
                let (title, body) = (words.claude_needs_a_restart.to_owned(), words.restart_why.to_owned());
                return Notice { title, body, address: Address::Window };
            }
            Kind::SignInNeeded => (words.sign_in_needed, words.sign_ins_needed),
            Kind::StoppedWorking => (words.stopped_working, words.several_stopped_working),
        };
        match servers.as_slice() {
            [server] => {
                let (server, title) = ((*server).to_owned(), one(server));
                let (hint, address) = match kind {
                    Kind::SignInNeeded => (words.sign_in_hint, Address::SignIn(server)),
                    Kind::EntriesLost | Kind::StoppedWorking | Kind::ClaudeNeedsRestart => {
                        ("", Address::Server(server))
                    }
                };
                Notice { title, body: hint.to_owned(), address }
            }
            several => {
                let shown = several.iter().take(NAMES).copied().collect::<Vec<_>>().join(", ");
                let rest = several.len().saturating_sub(NAMES);
                let body = if rest == 0 { shown } else { format!("{shown}, {}", (words.more)(rest)) };
                Notice { title: many(several.len()), body, address: Address::Servers }
            }
        }
    }
}

impl Subject {
    const fn kind(&self) -> Kind {
        match self {
            Self::Lost => Kind::EntriesLost,
            Self::SignIn(_) => Kind::SignInNeeded,
            Self::Failing(_) => Kind::StoppedWorking,
            Self::Restart => Kind::ClaudeNeedsRestart,
        }
    }

    fn server(&self) -> Option<&str> {
        match self {
            Self::SignIn(server) | Self::Failing(server) => Some(server),
            Self::Lost | Self::Restart => None,
        }
    }
}

fn wrong(snapshot: &Snapshot) -> BTreeSet<Subject> {
    let lost = snapshot.setup_findings.iter().any(|finding| finding.id == LOST).then_some(Subject::Lost);
    let servers = snapshot.servers.iter().filter_map(|server| match server.state {
        Health::Failing => Some(Subject::Failing(server.name.clone())),
        Health::NeedsSignIn => Some(Subject::SignIn(server.name.clone())),
        Health::Starting | Health::Connected | Health::Stopped | Health::NeverSeen | Health::Off => None,
    });
    servers.chain(lost).collect()
}

/// Whether Claude ended since then, or started its servers anew.
fn was_restarted(snapshot: &Snapshot, since: Timestamp) -> bool {
    let later = |time: &String| time.parse::<Timestamp>().is_ok_and(|time| time > since);
    snapshot.claude.running == Some(false)
        || snapshot.servers.iter().filter_map(|server| server.since.as_ref()).any(later)
}

#[cfg(test)]
mod tests;
