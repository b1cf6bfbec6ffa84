//! One signs in, one renews, however many processes there are.
//!
//! The locks are the operating system's own, on files in a folder that all bridges share. A process that ends, however
//! it ends, lets go of them at once: there is no pid to check and no age to guess.
//!
//! Where the store keeps nothing, an empty file says by its time when a browser was last opened in vain for the others,
//! so that they open none after the other.
//!
//! Deliberately absent: anything in the files. What one process got, the others read from the store.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};

use crate::lease::{self, Lease};
use crate::{Account, Error};

/// For how long after a browser that brought the others nothing they open none by themselves.
const RESTRAINT: Duration = Duration::from_mins(10);

/// What is done by one process at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    SignIn,
    Renewal,
}

/// The folder of the locks.
#[derive(Debug, Clone)]
pub struct Locks {
    folder: PathBuf,
    lease: Option<PathBuf>,
}

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    _lease: Option<Lease>,
    _file: Option<File>,
}

impl Held {
    /// Nobody else is asked: there is one process alone.
    pub(crate) const fn alone() -> Self {
        Self { _lease: None, _file: None }
    }

    /// The same, with mcp-remote's lease beside it.
    pub(crate) fn with_lease(self, lease: Option<Lease>) -> Self {
        Self { _lease: lease, ..self }
    }
}

impl Locks {
    /// Locks in this folder, which is made when the first one is taken.
    pub const fn in_folder(folder: PathBuf) -> Self {
        Self { folder, lease: None }
    }

    /// Also waits for the lease that mcp-remote takes while it renews tokens of the same server
    /// (`{hash}_refresh_in_progress.json`).
    #[must_use]
    pub fn with_lease(self, file: PathBuf) -> Self {
        Self { lease: Some(file), ..self }
    }

    /// Takes the lock if nobody holds it.
    pub(crate) fn take_if_free(&self, task: Task, account: &Account) -> Result<Option<Held>, Error> {
        let file = open(&self.path(task, account)).map_err(Error::Lock)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Held { _lease: None, _file: Some(file) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Error::Lock(error)),
        }
    }

    /// Takes the lock, however long that takes.
    pub(crate) async fn take(&self, task: Task, account: &Account) -> Result<Held, Error> {
        loop {
            if let Some(held) = self.take_if_free(task, account)? {
                return Ok(held);
            }
            self.until_free(task, account).await?;
        }
    }

    /// Waits until whoever holds the lock lets go of it. All who wait go on at the same time.
    pub(crate) async fn until_free(&self, task: Task, account: &Account) -> Result<(), Error> {
        let path = self.path(task, account);
        waiting(move || {
            let file = open(&path)?;
            file.lock_shared()?;
            Ok(file)
        })
        .await
        .map(drop)
    }

    /// Waits while mcp-remote renews tokens of the same server.
    pub(crate) async fn until_lease_is_free(&self, now: impl Fn() -> Timestamp) {
        if let Some(file) = &self.lease {
            lease::until_free(file, now).await;
        }
    }

    /// Tells the other processes that a browser was opened whose sign-in is of no use to them. Where that cannot be
    /// written the lock still keeps them from opening theirs at the same time.
    pub(crate) fn opened_in_vain(&self, account: &Account, now: Timestamp) {
        if let Ok(file) = open(&self.restraint(account)) {
            let _ = file.set_modified(now.into());
        }
    }

    /// Takes that back: what was got is in the store.
    pub(crate) fn opened_for_all(&self, account: &Account) {
        // It is there only where something went wrong before.
        let _ = std::fs::remove_file(self.restraint(account));
    }

    /// Whether a browser was opened lately whose sign-in is of no use to the others.
    pub(crate) fn was_opened_in_vain(&self, account: &Account, now: Timestamp) -> bool {
        let opened = std::fs::metadata(self.restraint(account)).and_then(|file| file.modified());
        opened.is_ok_and(|at| SystemTime::from(now).duration_since(at).is_ok_and(|passed| passed < RESTRAINT))
    }

    fn path(&self, task: Task, account: &Account) -> PathBuf {
        let task = match task {
            Task::SignIn => "sign-in",
            Task::Renewal => "renewal",
        };
        self.file(account, task)
    }

    fn restraint(&self, account: &Account) -> PathBuf {
        self.file(account, "browser")
    }

    fn file(&self, account: &Account, what: &str) -> PathBuf {
        let text = format!("{}\n{}", account.server, account.name);
        let hash = digest(&SHA256, text.as_bytes());
        let name = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]);
        self.folder.join(format!("{name}.{what}.lock"))
    }
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// Does what blocks on a thread of its own. Where the answer is no longer wanted, the lock is let go as soon as it is
/// had.
async fn waiting(act: impl FnOnce() -> io::Result<File> + Send + 'static) -> Result<File, Error> {
    match tokio::task::spawn_blocking(act).await {
        Ok(file) => file.map_err(Error::Lock),
        Err(_) => Err(Error::Lock(io::ErrorKind::Interrupted.into())),
    }
}
