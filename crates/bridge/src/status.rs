//! The status file of this bridge under `~/.bridgekeeper/run`, by which the app and the console know how it is doing.
//!
//! It is written when something changes, and not more often than every few seconds for what is on its way. What killed
//! bridges left behind is removed at the start of the next one: nobody holds their locks.

use std::cell::RefCell;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bridgekeeper_formats::secrets;
use bridgekeeper_model::{BridgeError, BridgeState, BridgeStatus};
use bridgekeeper_net::Url;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

use crate::failure::Failure;
use crate::folder;
use crate::log::Log;
use crate::options::Options;

/// A bridge that ends at once leaves no trace, and nothing is written while the host waits for its first answer.
const FIRST: Duration = Duration::from_millis(100);

/// How often the number of requests on their way is written at most.
const SELDOM: Duration = Duration::from_secs(5);

/// When it is tried again to write what could not be written: on Windows somebody may be reading the file all the time.
const AGAIN: Duration = Duration::from_secs(1);

/// A clock that has moved less than this, in seconds, has not been set.
const SAME_CLOCK: u64 = 60;

/// How this bridge is doing.
#[derive(Debug)]
pub(crate) struct Status {
    now: RefCell<BridgeStatus>,
    folder: Option<PathBuf>,
    changed: Notify,
    /// Told when the change is one that a person waits for.
    urgent: Notify,
    file: RefCell<Option<StatusFile>>,
}

impl Status {
    pub(crate) fn new(options: &Options) -> Self {
        let mut now = BridgeStatus::at_start(
            std::process::id(),
            Timestamp::now(),
            env!("CARGO_PKG_VERSION").to_owned(),
            options.shown_url(),
        );
        now.started_as = Some(options.fingerprint.digest(&now));
        Self {
            now: RefCell::new(now),
            folder: options.folder().map(|folder| folder.join(BridgeStatus::FOLDER)),
            changed: Notify::new(),
            urgent: Notify::new(),
            file: RefCell::default(),
        }
    }

    pub(crate) fn connecting(&self) {
        self.enter(BridgeState::Connecting);
    }

    /// A person has to sign in, at this address.
    pub(crate) fn needs_sign_in(&self, at: &Url) {
        self.now.borrow_mut().sign_in_at = Some(at.to_string());
        self.enter(BridgeState::NeedsSignIn);
    }

    /// The server has answered the handshake; `protocol` is the version that it speaks.
    pub(crate) fn connected(&self, protocol: &str) {
        {
            let mut now = self.now.borrow_mut();
            now.protocol = Some(protocol.to_owned()).filter(|version| !version.is_empty());
            now.session_since = Some(Timestamp::now());
        }
        self.enter(BridgeState::Connected);
    }

    /// An answer has come from the server.
    pub(crate) fn answered(&self) {
        let state = self.now.borrow().state;
        if state != BridgeState::Connected {
            self.enter(BridgeState::Connected);
        }
    }

    /// There is no connection.
    pub(crate) fn not_connected(&self, failure: &Failure) {
        self.note(failure);
        self.enter(failure.state().unwrap_or(BridgeState::Failing));
    }

    /// A request went wrong.
    pub(crate) fn failed(&self, failure: &Failure) {
        self.note(failure);
        match failure.state() {
            Some(state) => self.enter(state),
            None => self.changed.notify_one(),
        }
    }

    fn note(&self, failure: &Failure) {
        let message = format!("{failure}. {}", failure.next_step());
        self.now.borrow_mut().last_error = Some(BridgeError {
            stage: failure.stage().as_str().to_owned(),
            message: secrets::mask(&message).into_owned(),
            at: Timestamp::now(),
        });
    }

    /// So many requests wait for their answers.
    pub(crate) fn in_flight(&self, count: usize) {
        self.now.borrow_mut().in_flight = count;
        self.changed.notify_one();
    }

    /// So many seconds this machine's clock is ahead of the server's. What changes from answer to answer is the way.
    pub(crate) fn clock_ahead(&self, seconds: Option<i64>) {
        let mut now = self.now.borrow_mut();
        let known = now.clock_ahead;
        let is_news = |seconds: i64| known.is_none_or(|known| seconds.abs_diff(known) >= SAME_CLOCK);
        if let Some(seconds) = seconds.filter(|seconds| is_news(*seconds)) {
            now.clock_ahead = Some(seconds);
            self.changed.notify_one();
        }
    }

    fn enter(&self, state: BridgeState) {
        let mut now = self.now.borrow_mut();
        if now.state != state {
            now.state = state;
            now.since = Timestamp::now();
        }
        if state != BridgeState::NeedsSignIn {
            now.sign_in_at = None;
        }
        self.changed.notify_one();
        self.urgent.notify_one();
    }

    /// Keeps the file for as long as the bridge lives. Where it cannot be made there is none: the bridge works without
    /// it. Where it cannot be replaced it goes, for it would tell what is no longer so, and comes back when it can.
    pub(crate) async fn keep(&self, log: &Log) -> io::Result<()> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        sleep(FIRST).await;
        let first = self.now.borrow().clone();
        let mut written = Some(first.clone());
        let file = blocking(move || StatusFile::begin(&folder, &first)).await?;
        let path = file.path.clone();
        *self.file.borrow_mut() = Some(file);
        loop {
            let earliest = Instant::now() + SELDOM;
            self.changed.notified().await;
            // Requests that come and go in between cost no turn of this task.
            tokio::select! {
                () = sleep_until(earliest) => {}
                () = self.urgent.notified() => {}
            }
            let now = self.now.borrow().clone();
            if written.as_ref() == Some(&now) {
                continue;
            }
            let (path, status) = (path.clone(), now.clone());
            match blocking(move || write_or_remove(&path, &status)).await {
                Ok(()) => written = Some(now),
                Err(error) => {
                    log.debug(format_args!("the status file could not be written: {error}"));
                    written = None;
                    sleep(AGAIN).await;
                    self.changed.notify_one();
                    self.urgent.notify_one();
                }
            }
        }
    }

    /// Removes the file.
    pub(crate) fn end(&self) {
        self.file.take();
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(panicked) => Err(io::Error::other(panicked)),
    }
}

/// The file and the lock that says that its bridge lives. Both go when this is dropped.
#[derive(Debug)]
struct StatusFile {
    path: PathBuf,
    lock: Option<File>,
}

impl StatusFile {
    fn begin(folder: &Path, first: &BridgeStatus) -> io::Result<Self> {
        folder::make(folder)?;
        remove_stale(folder);
        // Two processes of one id cannot have started in the same nanosecond.
        let path = folder.join(format!("{}-{}.json", first.pid, first.started.as_nanosecond()));
        let lock = File::create_new(path.with_extension("lock"))?;
        lock.lock()?;
        write(&path, first)?;
        Ok(Self { path, lock: Some(lock) })
    }
}

impl Drop for StatusFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        // Windows does not remove a file that is open.
        drop(self.lock.take());
        let _ = fs::remove_file(self.path.with_extension("lock"));
    }
}

fn write_or_remove(path: &Path, status: &BridgeStatus) -> io::Result<()> {
    write(path, status).inspect_err(|error| {
        // On Windows it says that somebody reads the file, who would miss it.
        if error.kind() != io::ErrorKind::PermissionDenied {
            let _ = fs::remove_file(path);
        }
    })
}

fn write(path: &Path, status: &BridgeStatus) -> io::Result<()> {
    folder::replace_patiently(path, &serde_json::to_vec(status)?)
}

/// Removes what bridges left behind that were killed.
fn remove_stale(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "lock") && !is_held(&path) {
            let _ = fs::remove_file(path.with_extension("json"));
            let _ = fs::remove_file(path);
        }
    }
}

fn is_held(lock: &Path) -> bool {
    let Ok(file) = File::open(lock) else { return false };
    match file.try_lock_shared() {
        Ok(()) => false,
        // Where locks do not work nothing is taken for dead.
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => true,
    }
}
