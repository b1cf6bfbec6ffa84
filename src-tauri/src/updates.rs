//! Newer releases of this program: looked for, fetched, checked, and installed at a quiet moment.
//!
//! What is fetched is not believed. A package is kept only if it carries the publisher's signature for the version that
//! its release names, and is checked again by whoever installs it. Nothing is installed while somebody signs in or a file
//! is written, and nothing of it happens on the way to the tray: without a publisher, without consent, or under a policy
//! there is no thread, no timer and no request.

mod clock;
mod failure;
mod host;
mod installation;
mod metered;
mod source;
#[cfg(test)]
mod tests;
mod view;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::updates::{Download, Kept, KeptUpdate, Received};
use jiff::Timestamp;
use serde_json::Value;
use tauri::{AppHandle, Runtime, Url};
use tauri_plugin_updater::{Error, Update};
use tracing::{info, warn};

use failure::Failure;
use host::Host;
pub(crate) use installation::Installation;
pub(crate) use source::Source;
pub use view::{FailureKind, OffBy, ReleaseView, UpdateState, UpdatesView};

/// The description of a release is a page of text at most.
const LARGEST_DESCRIPTION: u64 = 1 << 20;
/// A package is a tenth of this.
const LARGEST_PACKAGE: u64 = 300 << 20;
/// How long a server may say nothing.
const SILENCE: Duration = Duration::from_secs(30);
/// How long a description may take.
const DESCRIPTION: Duration = Duration::from_mins(1);
/// How long a package may take on a slow line.
const PACKAGE: Duration = Duration::from_hours(2);

/// The updates of this program.
#[derive(Clone)]
pub(crate) struct Updates(Arc<Shared>);

struct Shared {
    source: Option<Source>,
    /// The name of our packages in a release's description.
    target: String,
    world: World,
    host: OnceLock<Box<dyn Host>>,
    /// Who updates this installation in our place, once that was asked.
    others: OnceLock<Option<OffBy>>,
    told: Mutex<Told>,
}

/// What an update needs of the world, handed in for tests.
struct World {
    /// The environment.
    variable: Box<Variable>,
    /// Who updates this installation in our place.
    others: Box<dyn Fn() -> Option<OffBy> + Send + Sync>,
    /// Whether what is downloaded costs money; `None` where the system does not say.
    metered: fn() -> Option<bool>,
    /// Has a package replace this program, after checking its signature.
    install: Box<Install>,
    /// How long a server may say nothing.
    silence: Duration,
}

type Variable = dyn Fn(&str) -> Option<String> + Send + Sync;
type Install = dyn Fn(&Update, &[u8]) -> Result<Then, Error> + Send + Sync;

/// What follows an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The program ends and the new one begins.
    Relaunch,
    /// Nothing, in tests.
    #[cfg(test)]
    Nothing,
}

struct Told {
    state: UpdateState,
    looked_at: Option<Timestamp>,
    replaced: Option<String>,
    /// Whether an installer has run since the last start, whatever it did.
    installed: bool,
    found: Option<Found>,
}

/// A newer release, and the package of it that is for us.
#[derive(Clone)]
struct Found {
    update: Update,
    release: ReleaseView,
    description: String,
}

/// Who wants to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    ByThePerson,
    ByTheClock,
}

impl Updates {
    /// Those of a host without any, such as a test's.
    pub(crate) fn none() -> Self {
        Self::of(None, String::new(), World::of_this_computer(Installation::Other, BTreeMap::new()))
    }

    /// Those of this program as it was built and installed.
    pub(crate) fn of_this_program(environment: &BTreeMap<String, String>) -> Self {
        let installation = Installation::of_this_program(environment);
        let target = installation.target().unwrap_or_default();
        Self::of(Source::of_this_build(), target, World::of_this_computer(installation, environment.clone()))
    }

    fn of(source: Option<Source>, target: String, world: World) -> Self {
        let told = Told {
            state: UpdateState::NotLooked,
            looked_at: None,
            replaced: None,
            installed: false,
            found: None,
        };
        let (host, others) = (OnceLock::new(), OnceLock::new());
        Self(Arc::new(Shared { source, target, world, host, others, told: Mutex::new(told) }))
    }

    /// Who publishes them.
    pub(crate) fn source(&self) -> Option<&Source> {
        self.0.source.as_ref()
    }

    /// Begins to look for them, if this program has a publisher. Says whether this start follows an update.
    pub(crate) fn begin<R: Runtime>(&self, app: &AppHandle<R>) -> bool {
        if self.0.source.is_none() || self.0.host.set(Box::new(app.clone())).is_err() {
            return false;
        }
        let follows = self.host().is_some_and(|host| self.note_start(host));
        clock::begin(self);
        follows
    }

    /// The version that only has to be installed.
    pub(crate) fn ready(&self) -> Option<String> {
        let told = self.told();
        let is_ready = matches!(told.state, UpdateState::Ready | UpdateState::Waiting { .. });
        told.found.as_ref().filter(|_| is_ready).map(|found| found.release.version.clone())
    }

    /// How it stands. May ask a package manager, once.
    pub(crate) fn view(&self) -> UpdatesView {
        let off = self.off();
        let told = self.told();
        UpdatesView {
            version: self.host().map_or_else(|| env!("CARGO_PKG_VERSION").to_owned(), Host::version),
            replaced: told.replaced.clone(),
            looked_at: told.looked_at.map(|at| at.to_string()),
            state: off.map_or_else(|| told.state.clone(), |by| UpdateState::Off { by }),
            release: told.found.as_ref().map(|found| found.release.clone()),
        }
    }

    /// Looks for a newer release, and downloads it where the person has updates on and it costs nothing. Comes back when
    /// that is done. Nothing where there are no updates, or something is being done already.
    pub(crate) fn look(&self, asked: Asked) {
        let (None, Some(host), Some(source)) = (self.off(), self.host(), &self.0.source) else { return };
        let by_itself = host.live().settings().settings().updates;
        if asked == Asked::ByTheClock && !by_itself {
            return;
        }
        let Some(before) = self.go_over_to(UpdateState::Looking) else { return };
        let found = match self.newest(host, source) {
            Ok(Some(found)) => found,
            Ok(None) => return self.tell(UpdateState::UpToDate),
            // What is ready stays so
            Err(failure) if before == UpdateState::Ready => {
                warn!(?failure, "what is ready may not be the newest");
                return self.tell(before);
            }
            Err(failure) => return self.fail(failure),
        };
        info!(version = found.release.version, "there is a newer release");
        let is_here = found.is_kept(&kept(&host.live()));
        self.told().found = Some(found);
        if is_here {
            return self.tell(UpdateState::Ready);
        }
        self.tell(UpdateState::Found);
        if by_itself && (self.0.world.metered)() != Some(true) {
            self.download();
        }
    }

    /// Downloads the release that was found, and checks its signature.
    pub(crate) fn download(&self) {
        let (None, Some(host), Some(found)) = (self.off(), self.host(), self.found()) else { return };
        if self.go_over_to(UpdateState::Downloading { received: 0, of: found.release.size }).is_none() {
            return;
        }
        match self.fetch(host, &found) {
            Ok(()) => self.tell(UpdateState::Ready),
            Err(failure) => self.fail(failure),
        }
    }

    /// Installs the release that is ready once nothing is under way that must not be broken off, and begins anew as it.
    pub(crate) fn install(&self) {
        let (None, Some(host), Some(found)) = (self.off(), self.host(), self.found()) else { return };
        let live = host.live();
        let first = live.under_way().map_or(UpdateState::Installing, |work| UpdateState::Waiting { work });
        if self.go_over_to(first).is_none() {
            return;
        }
        let Some(closed) = live.close_when_quiet() else { return self.tell(UpdateState::Ready) };
        self.tell(UpdateState::Installing);
        match self.replace(host, &found) {
            Ok(Then::Relaunch) => {
                // Nothing begins in this process any more
                std::mem::forget(closed);
                host.relaunch();
            }
            #[cfg(test)]
            Ok(Then::Nothing) => drop(closed),
            Err(failure) => self.fail(failure),
        }
    }

    /// Looks, downloads and installs without asking, on a thread of its own. Not at the start that follows an installer,
    /// or one that changes nothing would run for ever.
    pub(crate) fn update_now(&self) {
        if self.told().installed {
            return;
        }
        let updates = self.clone();
        std::thread::spawn(move || {
            updates.look(Asked::ByThePerson);
            if updates.told().state == UpdateState::Found {
                updates.download();
            }
            if updates.ready().is_some() {
                updates.install();
            }
        });
    }

    /// Leaves it for later, if it waits for something as yet.
    pub(crate) fn postpone(&self) {
        if let Some(host) = self.host() {
            host.live().stop_waiting();
        }
    }

    /// Takes in that this start follows an update, if it does.
    fn note_start(&self, host: &dyn Host) -> bool {
        let kept = kept(&host.live());
        let Some(replaced) = kept.take_replaced() else { return false };
        self.told().installed = true;
        if replaced == host.version() {
            warn!("the update was not installed; its package waits on");
            return false;
        }
        info!(replaced, "this start follows an update");
        if let Err(cause) = kept.clear() {
            warn!(%cause, "the package that was installed was not removed");
        }
        self.told().replaced = Some(replaced);
        true
    }

    /// The newest release, if it is newer than this program.
    fn newest(&self, host: &dyn Host, source: &Source) -> Result<Option<Found>, Failure> {
        let url = source.description.clone();
        let what = self.file(host, url, "application/json", LARGEST_DESCRIPTION, DESCRIPTION);
        let bytes = what.fetch(&self.0.world.variable, &mut |_| ControlFlow::Continue(()))?;
        let description: Value =
            serde_json::from_slice(&bytes).map_err(|cause| Failure::unreadable(&cause))?;
        let offered = host.offered(source, &self.0.target, description.clone())?;
        self.told().looked_at = Some(Timestamp::now());
        Ok(offered.map(|update| {
            let release = ReleaseView::of(&update, &description["platforms"][&self.0.target]["size"]);
            Found { update, release, description: description.to_string() }
        }))
    }

    /// Brings the package of a release here, and keeps it if it is good.
    fn fetch(&self, host: &dyn Host, found: &Found) -> Result<(), Failure> {
        let url = found.update.download_url.clone();
        let mut what = self.file(host, url, "application/octet-stream", LARGEST_PACKAGE, PACKAGE);
        what.length = found.release.size.map(u64::from);
        let mut last = 0;
        let package = what.fetch(&self.0.world.variable, &mut |Received { bytes, of }| {
            // The window is told of each hundredth
            let part = bytes * 100 / of.unwrap_or(LARGEST_PACKAGE).max(1);
            if part != last {
                last = part;
                self.tell(UpdateState::Downloading { received: short(bytes), of: of.map(short) });
                if self.off().is_some() {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        })?;
        found.update.verify(&package)?;
        let update = KeptUpdate { release: found.description.clone(), package };
        kept(&host.live()).keep(&update).map_err(|cause| Failure::not_kept(&cause))
    }

    /// Replaces this program. On Windows it does not come back where that works: the installer has taken over.
    fn replace(&self, host: &dyn Host, found: &Found) -> Result<Then, Failure> {
        let kept = kept(&host.live());
        let waiting = kept.kept().filter(|one| one.release == found.description);
        let package = waiting.ok_or_else(Failure::gone)?.package;
        found.update.verify(&package)?;
        kept.note_replaced(&host.version()).map_err(|cause| Failure::not_kept(&cause))?;
        host.keep();
        info!(version = found.release.version, "installing");
        (self.0.world.install)(&found.update, &package).map_err(|cause| {
            kept.take_replaced();
            Failure::of_install(cause)
        })
    }

    fn file(
        &self,
        host: &dyn Host,
        url: Url,
        accept: &'static str,
        largest: u64,
        whole: Duration,
    ) -> Download {
        let user_agent = format!("bridgekeeper/{} ({})", host.version(), self.0.target);
        Download { url, accept, user_agent, length: None, largest, silence: self.0.world.silence, whole }
    }

    /// Who has them off, apart from the person.
    fn off(&self) -> Option<OffBy> {
        match self.host() {
            Some(host) if self.0.source.is_some() => forbidden(&host.live())
                .map(|decided| OffBy::Policy { decided })
                .or_else(|| self.0.others.get_or_init(|| (self.0.world.others)()).clone()),
            _ => Some(OffBy::Build),
        }
    }

    /// Goes over to that state and returns the one before, unless something is being done: of two who ask, one begins.
    fn go_over_to(&self, state: UpdateState) -> Option<UpdateState> {
        let before = {
            let mut told = self.told();
            if told.state.is_at_work() {
                return None;
            }
            std::mem::replace(&mut told.state, state)
        };
        self.announce();
        Some(before)
    }

    fn tell(&self, state: UpdateState) {
        self.told().state = state;
        self.announce();
    }

    fn fail(&self, Failure { why, detail }: Failure) {
        warn!(?why, detail, "no update");
        self.tell(UpdateState::Failed { why, detail });
    }

    fn announce(&self) {
        if let Some(host) = self.host() {
            host.announce(&self.view());
        }
    }

    fn found(&self) -> Option<Found> {
        self.told().found.clone()
    }

    fn host(&self) -> Option<&dyn Host> {
        self.0.host.get().map(AsRef::as_ref)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Found {
    /// Whether its package is here and good.
    fn is_kept(&self, kept: &Kept) -> bool {
        let one = kept.kept().filter(|one| one.release == self.description);
        one.is_some_and(|one| self.update.verify(&one.package).is_ok())
    }
}

impl fmt::Debug for Updates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updates").field("source", &self.0.source).finish_non_exhaustive()
    }
}

impl World {
    fn of_this_computer(installation: Installation, environment: BTreeMap<String, String>) -> Self {
        let path = environment.get("PATH").cloned().unwrap_or_default();
        Self {
            variable: Box::new(move |name| environment.get(name).cloned()),
            others: Box::new(move || installation.updated_by(&said_by, &path)),
            metered: metered::is_metered,
            install: Box::new(|update, package| update.install(package).map(|()| Then::Relaunch)),
            silence: SILENCE,
        }
    }
}

impl ReleaseView {
    fn of(update: &Update, size: &Value) -> Self {
        Self {
            version: update.version.clone(),
            date: update.raw_json["pub_date"].as_str().map(str::to_owned),
            notes: update.body.clone().filter(|notes| !notes.trim().is_empty()),
            size: size.as_u64().and_then(|size| u32::try_from(size).ok()),
        }
    }
}

/// Who forbids updates on this computer.
fn forbidden(live: &Live) -> Option<String> {
    let policy = live.policy();
    policy.updates_off.then(|| crate::error::told(&policy.decided_by()))
}

fn kept(live: &Live) -> Kept {
    Kept::in_folder(&live.folder())
}

fn short(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// What a program prints, in English.
fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = std::process::Command::new(program).args(arguments).env("LC_ALL", "C").output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
