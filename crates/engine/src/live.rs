//! The engine's live side: a set-up that is watched, and the acts that a window offers on it.
//!
//! One thread sleeps until something changes, looks, and hands the new snapshot to everybody who listens. There is no
//! timer while nothing changes, except where the system cannot watch a folder. An act is shown first and made by the
//! token of what was shown.
//!
//! Deliberately absent: windows, trays, and any decision about what is wrong.

mod accounts;
mod acts;
mod add;
mod claude;
mod config_file;
mod document;
mod leave;
mod log;
mod logs;
mod looking;
mod report;
mod reset;
mod server;
mod telling;
#[cfg(test)]
mod tests;
mod works;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bridgekeeper_claude::LogKind;
use bridgekeeper_doctor::text::Language;
use bridgekeeper_model::{Sentence, ServerName};

pub use accounts::{ImportDoneView, ImportPreview, SignInPhase, SignInProgress, SignOutDone, SignOutPreview};
pub use acts::ActError;
pub use add::{OfferedFile, OfferedView};
pub use claude::{FirewallRuleView, FirewallView, RestartNews, RestartPlan, RestartStep, ServerComesUp};
pub(crate) use logs::FollowedLogs;
pub use report::{ReportPart, ReportView, TrackerView};
pub use server::{
    Attempt, BridgeView, Cancelled, PrintedView, ProbeNews, ProbeView, StageView, ToolView, ToolsView,
    TrialNews, TrialView, WhoView,
};

pub use works::{AtWork, Closed, Work};

use crate::edits::Switch;
use crate::engine::Engine;
use crate::policy::Policy;
use crate::settings::SettingsFile;
use crate::view::event::{self, Event};
use crate::view::{Change, Preview, Snapshot};
use accounts::UnderWay;
use acts::Acts;
use add::Pasted;
use document::Desk;
use looking::Request;
use report::Prepared;
use telling::Told as _;
use works::Works;

/// Why findings of the engine's own matter and what to do, in every language beside English.
pub(crate) const PAGES: [(&str, &str); 1] = [("de", include_str!("../text/pages.de.md"))];
/// What the engine itself says, in every language beside English.
pub(crate) const LANGUAGES: [(&str, &str); 1] = [("de", include_str!("../text/de.json"))];

/// A set-up that is watched. It is watched until the last copy of this is dropped.
#[derive(Debug, Clone)]
pub struct Live {
    shared: Arc<Shared>,
    watched: Arc<Watched>,
    acts: Arc<Acts>,
    desk: Arc<Desk>,
    under_way: Arc<UnderWay>,
    pasted: Arc<Pasted>,
    prepared: Arc<Prepared>,
    works: Arc<Works>,
}

/// The thread that watches, as long as somebody wants it to.
#[derive(Debug)]
struct Watched(Sender<Request>);

#[derive(Debug)]
struct Shared {
    engine: Engine,
    told: Mutex<Told>,
}

#[derive(Debug)]
struct Told {
    snapshot: Arc<Snapshot>,
    /// What snapshots are told in.
    language: Arc<Language>,
    /// The servers whose logs tell that they sign in through a browser.
    signs_in: Arc<BTreeSet<ServerName>>,
    listeners: Vec<Sender<Arc<Snapshot>>>,
    hearers: Hearers,
}

/// Somebody who is told what happens, and says whether to go on.
type Hear = dyn Fn(&Event) -> ControlFlow<()> + Send;

/// Everybody who is told what happens.
#[derive(Default)]
struct Hearers(Vec<Box<Hear>>);

impl Hearers {
    fn tell(&mut self, events: &[Event]) {
        self.0.retain(|hear| !events.iter().any(|event| hear(event).is_break()));
    }
}

impl fmt::Debug for Hearers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hearers").field(&self.0.len()).finish()
    }
}

impl Live {
    /// Begins to watch. Returns at once; the first look is made by the watching thread.
    pub fn start(engine: Engine) -> Self {
        let now = (engine.context().now)().to_string();
        let snapshot = Arc::new(Snapshot::before_the_first_look(now));
        let told = Told {
            snapshot,
            language: Arc::default(),
            signs_in: Arc::default(),
            listeners: Vec::new(),
            hearers: Hearers::default(),
        };
        let shared = Arc::new(Shared { engine, told: Mutex::new(told) });
        let (requests, inbox) = mpsc::channel();
        looking::begin(Arc::clone(&shared), requests.clone(), inbox);
        Self {
            shared,
            watched: Arc::new(Watched(requests)),
            acts: Arc::default(),
            desk: Arc::default(),
            under_way: Arc::default(),
            pasted: Arc::default(),
            prepared: Arc::default(),
            works: Arc::default(),
        }
    }

    /// Tells every snapshot from now on in the language of this tag (`de`, `de-AT`), English where it has no words.
    pub fn speak(&self, tag: &str) {
        let language =
            Arc::new(Language::of_tag(tag).with(&LANGUAGES).with(&crate::told::FILES).with_pages(&PAGES));
        let old = std::mem::replace(&mut self.shared.told().language, Arc::clone(&language));
        if *old != *language {
            self.look();
        }
    }

    /// What is spoken.
    fn language(&self) -> Arc<Language> {
        Arc::clone(&self.shared.told().language)
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.shared.told().snapshot)
    }

    /// Every snapshot from now on, the newest one first.
    pub fn subscribe(&self) -> Receiver<Arc<Snapshot>> {
        let (sender, receiver) = mpsc::channel();
        let mut told = self.shared.told();
        // The receiver is still in our hands
        let _ = sender.send(Arc::clone(&told.snapshot));
        told.listeners.push(sender);
        receiver
    }

    /// Tells what happens from now on, beginning with how things are, until `hear` breaks off. It is called by the
    /// watching thread and must not wait.
    pub fn hear(&self, hear: impl Fn(&Event) -> ControlFlow<()> + Send + 'static) {
        let mut told = self.shared.told();
        // Before the first look there is nothing to tell; that look will tell it
        let is_over = told.snapshot.generation > 0
            && event::between(&Snapshot::before_the_first_look(String::new()), &told.snapshot)
                .iter()
                .any(|event| hear(event).is_break());
        if !is_over {
            told.hearers.0.push(Box::new(hear));
        }
    }

    /// Computes what a fix would change in the live config, for one server or all.
    pub fn preview_fix(&self, server: Option<&str>, finding: &str, fix: &str) -> Result<Preview, ActError> {
        let (snapshot, signs_in) = {
            let told = self.shared.told();
            (Arc::clone(&told.snapshot), Arc::clone(&told.signs_in))
        };
        let shown = self.acts.preview_fix(&self.shared.engine, &snapshot, &signs_in, server, finding, fix)?;
        Ok(shown.told(&self.language()))
    }

    /// Computes what switching a server off or on would change.
    pub fn preview_switch(&self, server: &str, switch: Switch) -> Result<Preview, ActError> {
        Ok(self.acts.preview_switch(&self.shared.engine, server, switch)?.told(&self.language()))
    }

    /// Makes a change that was shown, if the file is still the one that it was shown for.
    pub fn apply_fix(&self, token: &str) -> Result<Change, ActError> {
        let _write = self.begin(Work::Write)?;
        let made = self.acts.apply_fix(&self.shared.engine, token);
        if made.is_ok() {
            self.seal_copies();
        }
        self.look();
        Ok(made?.told(&self.language()))
    }

    /// Seals the copies that undo needs, on a thread of its own: the keyring may have to ask for a password.
    fn seal_copies(&self) {
        let (shared, write) = (Arc::clone(&self.shared), self.begin(Work::Write));
        std::thread::spawn(move || {
            // The next change seals them where this program is just being replaced.
            let Ok(_write) = write else { return };
            // Without a keyring they stay as they are, for the user alone, and the next change tries again.
            let _ = shared.engine.seal_copies();
        });
    }

    /// Every change that was made, newest first.
    pub fn history(&self) -> Result<Vec<Change>, ActError> {
        Ok(acts::history(&self.shared.engine).told(&self.language()))
    }

    /// Computes what taking a change back would change.
    pub fn preview_undo(&self, id: &str) -> Result<Preview, ActError> {
        Ok(self.acts.preview_undo(&self.shared.engine, id)?.told(&self.language()))
    }

    /// Takes back a change that was shown, if the file is still the one that it was shown for.
    pub fn undo(&self, token: &str) -> Result<Change, ActError> {
        let _write = self.begin(Work::Write)?;
        let undone = self.acts.undo(&self.shared.engine, token);
        self.look();
        Ok(undone?.told(&self.language()))
    }

    /// The config file that Claude reads.
    pub fn config_file(&self) -> Result<PathBuf, ActError> {
        acts::live_config(&self.shared.engine)
    }

    /// The log of one server, the newest where there are several; Claude's log of all servers where it has none.
    pub fn log_file(&self, server: &str) -> Result<PathBuf, ActError> {
        let wanted = LogKind::Server(ServerName::from(server));
        let files = self.shared.engine.context().home.log_files().files;
        let newest =
            |kind: &LogKind| files.iter().rev().find(|log| log.kind == *kind).map(|log| log.path.clone());
        newest(&wanted)
            .or_else(|| newest(&LogKind::Mcp))
            .ok_or_else(|| ActError::not_possible(format!("Claude has written no log of {server} yet")))
    }

    /// What an organisation has set for this computer and person, as it stands now.
    pub fn policy(&self) -> Policy {
        let (mut policy, language) = (self.shared.engine.policy(), self.language());
        for problem in &mut policy.problems {
            problem.why = Sentence::of(language.say(&problem.why));
        }
        policy
    }

    /// What the person has chosen for Bridgekeeper itself.
    pub fn settings(&self) -> &SettingsFile {
        self.shared.engine.settings()
    }

    /// The folder that everything of Bridgekeeper's is kept in.
    pub fn folder(&self) -> PathBuf {
        self.shared.engine.context().home.bridgekeeper_folder()
    }

    /// The folder of Claude's logs.
    pub fn log_folder(&self) -> Result<PathBuf, ActError> {
        let folders = self.shared.engine.context().home.log_files().folders;
        let existing = folders.into_iter().find(|folder| folder.is_dir());
        existing.ok_or_else(|| ActError::not_possible("Claude has written no logs yet"))
    }

    /// Looks now, and returns when the snapshot is as new as this call.
    fn look(&self) {
        let (done, looked) = mpsc::channel();
        if self.watched.0.send(Request::Look(done)).is_ok() {
            // An error means that the thread is gone, and with it everybody who would be told
            let _ = looked.recv();
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended by itself
        let _ = self.0.send(Request::End);
    }
}

impl Shared {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
