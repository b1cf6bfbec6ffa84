//! The thread that sleeps, looks and tells.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::Shared;
use super::config_file::SeenConfig;
use super::logs::FollowedLogs;
use crate::bridges;
use crate::computer::{self, Subject};
use crate::view::event::{self, Event};
use crate::view::{Looked, Snapshot, live_config};
use crate::watch::{Interest, Wake, Watch};

/// How long nothing must have changed before a look: a file is often written in several pieces.
const QUIET: Duration = Duration::from_millis(80);
/// How long a look is put off at most while changes keep coming.
const PATIENCE: Duration = Duration::from_millis(400);
/// What is written is told within a second, so at most half of that is spent waiting.
const _: () = assert!(PATIENCE.as_millis() <= 500 && QUIET.as_millis() <= PATIENCE.as_millis());
/// How often folders are looked at that the system cannot watch.
const POLL: Duration = Duration::from_secs(2);

/// How long the checks of the computer rest at least.
const REST: Duration = Duration::from_secs(5);
/// How long a check of the computer may take before it counts as failed.
const CHECKS: Duration = Duration::from_secs(20);

/// What the thread is asked for.
#[derive(Debug)]
pub(super) enum Request {
    /// Something may have changed.
    Changed,
    /// A check of the computer told something.
    Told,
    /// Look now and say when it is done.
    Look(Sender<()>),
    /// Nobody is interested any more.
    End,
}

impl From<Wake> for Request {
    fn from(Wake: Wake) -> Self {
        Self::Changed
    }
}

pub(super) fn begin(shared: Arc<Shared>, requests: Sender<Request>, inbox: Receiver<Request>) {
    std::thread::spawn(move || {
        let tell = requests.clone();
        let watch = Watch::new(requests);
        let logs = FollowedLogs::new(shared.engine.context());
        let checks_due = Some(Instant::now());
        Looking { shared, watch, logs, config: None, tell, checks_due, checked: None }.run(&inbox);
    });
}

struct Looking {
    shared: Arc<Shared>,
    watch: Watch,
    logs: FollowedLogs,
    /// The config at the last look; `None` before the first.
    config: Option<SeenConfig>,
    /// Where the checks of the computer say that they have ended.
    tell: Sender<Request>,
    /// When the computer is to be looked at again.
    checks_due: Option<Instant>,
    /// When it was looked at last.
    checked: Option<Instant>,
}

/// Why the thread woke.
enum Woken {
    /// Files may have changed, or somebody asked.
    Look,
    /// The computer told something.
    Tell,
}

impl Looking {
    fn run(mut self, inbox: &Receiver<Request>) {
        let mut waiting = Vec::new();
        let mut woken = Woken::Look;
        loop {
            match woken {
                Woken::Look => self.look(),
                Woken::Tell => self.tell(),
            }
            for done in waiting.drain(..) {
                let done: Sender<()> = done;
                // Whoever asked may have gone
                let _ = done.send(());
            }
            woken = match self.sleep(inbox, &mut waiting) {
                Ok(woken) => woken,
                Err(End) => return,
            };
            if matches!(woken, Woken::Look) && self.checks_due.is_none() {
                self.checks_due = Some(self.checked.map_or_else(Instant::now, |checked| checked + REST));
            }
        }
    }

    /// Watches first and looks then, so that nothing changes unseen in between.
    fn look(&mut self) {
        let mut interest = self.interest();
        loop {
            self.watch.follow(&interest);
            self.logs.catch_up(self.shared.engine.context());
            self.tell();
            let now = self.interest();
            if now == interest {
                return;
            }
            interest = now;
        }
    }

    /// Begins the checks of the computer. They tell when they have ended.
    fn look_at_computer(&mut self) {
        self.checked = Some(Instant::now());
        self.checks_due = None;
        let context = self.shared.engine.context();
        let tell = self.tell.clone();
        let told = move || {
            // The thread may have ended
            let _ = tell.send(Request::Told);
        };
        drop(computer::begin(context, Subject::of(context), CHECKS, told));
    }

    fn interest(&self) -> Interest {
        let home = &self.shared.engine.context().home;
        Interest {
            files: home.configs().into_iter().map(|config| config.path).collect(),
            folders: home.log_files().folders.into_iter().chain([bridges::folder(home)]).collect(),
        }
    }

    /// Tells everybody, if there is something new to tell.
    fn tell(&mut self) {
        let engine = &self.shared.engine;
        let journal = super::acts::changes(engine);
        engine.guard_all();
        let report = engine.report(&journal, self.logs.logs());
        let home = &engine.context().home;
        let config = SeenConfig::read(live_config(&report).map(|config| config.path.as_path()));
        let before = self.config.as_ref();
        let change = before.and_then(|before| before.change_to(&config, &journal, |path| home.shorten(path)));
        let language = Arc::clone(&self.shared.told().language);
        let looked = Looked {
            home,
            report: &report,
            scan: &self.logs.logs().scan,
            running: engine.context().computer.claude_runs(),
            config: config.file(),
            language: &language,
        };
        let signs_in = Arc::new(self.logs.logs().signing_in());
        let mut told = self.shared.told();
        told.signs_in = signs_in;
        let generation = told.snapshot.generation + 1;
        let new = Snapshot::of(&looked, generation, (engine.context().now)().to_string());
        let mut events: Vec<Event> = change.map(Event::ConfigChanged).into_iter().collect();
        if !new.shows_the_same(&told.snapshot) {
            let new = Arc::new(new);
            events.extend(event::between(&told.snapshot, &new));
            told.snapshot = Arc::clone(&new);
            told.listeners.retain(|listener| listener.send(Arc::clone(&new)).is_ok());
        }
        told.hearers.tell(&events);
        drop(told);
        self.config = Some(config);
    }

    /// Sleeps until there is a reason to look.
    fn sleep(&mut self, inbox: &Receiver<Request>, waiting: &mut Vec<Sender<()>>) -> Result<Woken, End> {
        let first = loop {
            if self.checks_due.is_some_and(|due| due <= Instant::now()) {
                self.look_at_computer();
            }
            let checks = self.checks_due.map(|due| due.saturating_duration_since(Instant::now()));
            let poll = (!self.watch.polled().is_empty()).then_some(POLL);
            let Some(limit) = [checks, poll].into_iter().flatten().min() else {
                break inbox.recv().map_err(|_| End)?;
            };
            match inbox.recv_timeout(limit) {
                Ok(request) => break request,
                Err(RecvTimeoutError::Timeout) if poll == Some(limit) => return Ok(Woken::Look),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(End),
            }
        };
        let latest = Instant::now() + PATIENCE;
        let mut woken = Woken::Tell;
        let mut next = Ok(first);
        loop {
            match next {
                Ok(Request::Changed) => woken = Woken::Look,
                Ok(Request::Told) => {}
                Ok(Request::Look(done)) => {
                    waiting.push(done);
                    return Ok(Woken::Look);
                }
                Ok(Request::End) | Err(RecvTimeoutError::Disconnected) => return Err(End),
                Err(RecvTimeoutError::Timeout) => return Ok(woken),
            }
            next = inbox.recv_timeout(QUIET.min(latest.saturating_duration_since(Instant::now())));
        }
    }
}

/// The thread shall end.
struct End;
