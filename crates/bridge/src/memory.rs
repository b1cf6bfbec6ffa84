//! What the last good connection with a server said, kept so that a host's first message is answered before the
//! network is reached.
//!
//! One small file for each server, set of header names and version of MCP that the host asks for. It holds what the
//! server tells everybody who may ask: no header, no session, and no part in which something looks like a secret.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bridgekeeper_formats::secrets;
use bridgekeeper_net::header::HeaderName;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;

use crate::folder;
use crate::modern::Call;
use crate::options::Options;

/// The folder of these files in Bridgekeeper's own.
const FOLDER: &str = "servers";

/// Changed when a file of an older bridge would be misread.
const SCHEMA: u32 = 1;

/// Largest file, in bytes. A server that says more is asked again each time.
const LARGEST: usize = 4 << 20;

/// How many servers are remembered.
const MOST: usize = 64;

/// What a server said when it was last reached.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Remembered {
    schema: u32,
    /// For people who look into the file.
    server: String,
    /// What it speaks.
    pub(crate) era: Era,
    /// Over what.
    pub(crate) carrier: Carrier,
    /// The result of `initialize`, or of `server/discover` for a host that asks for it.
    pub(crate) greeting: Option<Box<RawValue>>,
    /// The result of `tools/list`, where it came whole.
    pub(crate) tools: Option<Box<RawValue>>,
}

impl Remembered {
    fn says_the_same(&self, other: &Self) -> bool {
        let texts = |one: &Self| {
            [&one.greeting, &one.tools].map(|part| part.as_deref().map(RawValue::get).map(str::to_owned))
        };
        (self.era, self.carrier) == (other.era, other.carrier) && texts(self) == texts(other)
    }
}

/// The two ages of MCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Era {
    /// Up to 2025-11-25: with a handshake.
    Legacy,
    /// From 2026-07-28: without.
    Modern,
}

impl Era {
    /// Of a message: one of the newer age names its version.
    pub(crate) fn of(message: &[u8]) -> Self {
        if Call::parse(message).is_some() { Self::Modern } else { Self::Legacy }
    }
}

/// The two transports over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Carrier {
    /// Streamable HTTP.
    Http,
    /// HTTP+SSE.
    Sse,
}

/// What is remembered of one server.
#[derive(Debug)]
pub(crate) struct Memory {
    folder: Option<PathBuf>,
    /// Which server, and as whom: without values that may be secret.
    identity: String,
    server: String,
    recalled: RefCell<HashMap<String, Option<Remembered>>>,
    unwritten: Arc<Unwritten>,
    writes: RefCell<JoinSet<()>>,
}

/// What is not written yet.
#[derive(Debug, Default)]
struct Unwritten {
    files: Mutex<HashMap<PathBuf, Vec<u8>>>,
    /// One write at a time, so that the newest is the last.
    writing: Mutex<()>,
}

impl Memory {
    pub(crate) fn new(options: &Options) -> Self {
        let mut names: Vec<&str> = options.headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        let address = secrets::mask(options.server_url.as_str());
        // A path may differ in nothing but what is masked of it; passwords and queries, which can be guessed, stay out
        let path = options.server_url.path();
        Self {
            folder: options.folder().map(|folder| folder.join(FOLDER)),
            identity: format!("{address}\n{path}\n{}", names.join(",")),
            server: options.shown_url(),
            recalled: RefCell::default(),
            unwritten: Arc::default(),
            writes: RefCell::default(),
        }
    }

    /// What the server said to a host that asked for this version.
    pub(crate) fn recall(&self, version: &str) -> Option<Remembered> {
        let mut recalled = self.recalled.borrow_mut();
        recalled.entry(version.to_owned()).or_insert_with(|| read(&self.path(version)?)).clone()
    }

    /// Remembers what the server said in its greeting. Tools stay as they were remembered.
    pub(crate) fn keep_greeting(
        &self,
        version: &str,
        era: Era,
        carrier: Carrier,
        greeting: Option<&RawValue>,
    ) {
        let tools = self.recall(version).and_then(|remembered| remembered.tools);
        let greeting = greeting.map(ToOwned::to_owned);
        self.keep(
            version,
            Remembered { schema: SCHEMA, server: self.server.clone(), era, carrier, greeting, tools },
        );
    }

    /// Remembers the tools, or that they are not known, of a server whose greeting is remembered.
    pub(crate) fn keep_tools(&self, version: &str, tools: Option<&RawValue>) {
        if let Some(remembered) = self.recall(version) {
            self.keep(version, Remembered { tools: tools.map(ToOwned::to_owned), ..remembered });
        }
    }

    fn keep(&self, version: &str, mut new: Remembered) {
        let old = self.recall(version);
        if old.as_ref().is_some_and(|old| old.says_the_same(&new)) {
            return;
        }
        new.greeting = new.greeting.filter(|part| holds_no_secret(part));
        new.tools = new.tools.filter(|part| holds_no_secret(part));
        let is_known = old.is_some_and(|old| old.says_the_same(&new));
        let Ok(bytes) = serde_json::to_vec(&new) else { return };
        self.recalled.borrow_mut().insert(version.to_owned(), Some(new));
        if let Some(path) = self.path(version).filter(|_| !is_known && bytes.len() <= LARGEST) {
            lock(&self.unwritten.files).insert(path, bytes);
            let unwritten = Arc::clone(&self.unwritten);
            self.writes.borrow_mut().spawn_blocking(move || unwritten.write());
        }
    }

    /// Waits until all is written.
    pub(crate) async fn written(&self) {
        let writes = self.writes.take();
        writes.join_all().await;
    }

    fn path(&self, version: &str) -> Option<PathBuf> {
        let mut hash = Sha256::new();
        hash.update(format!("{}\n{version}", self.identity));
        let name = hash.finalize().iter().take(16).fold(String::new(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        });
        Some(self.folder.as_ref()?.join(name + ".json"))
    }
}

fn holds_no_secret(part: &RawValue) -> bool {
    secrets::known_spans(part.get()).is_empty()
}

fn read(path: &Path) -> Option<Remembered> {
    let text = fs::read_to_string(path).ok()?;
    serde_json::from_str::<Remembered>(&text).ok().filter(|remembered| remembered.schema == SCHEMA)
}

impl Unwritten {
    fn write(&self) {
        let _alone = lock(&self.writing);
        let files = std::mem::take(&mut *lock(&self.files));
        for (path, bytes) in files {
            // What cannot be kept is asked for again at the next start.
            let _ = folder::replace_patiently(&path, &bytes);
            path.parent().map(forget_the_oldest);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn forget_the_oldest(folder: &Path) {
    let mut files: Vec<(SystemTime, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort_unstable();
    for (_, path) in files.iter().rev().skip(MOST) {
        let _ = fs::remove_file(path);
    }
}
