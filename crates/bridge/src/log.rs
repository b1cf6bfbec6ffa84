//! What the bridge says about itself: on standard error, which Claude keeps in the server's log file, and in a file
//! of its own if one is asked for.
//!
//! A line never holds a header's value, a session id, or a message's content: there is no call that would take one.
//! What looks like a secret all the same is masked.
//!
//! A thread of its own writes, because a host that does not read its end must not stop the bridge. Lines that find the
//! queue full are counted and left out.

use std::fmt::Display;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, channel, sync_channel};
use std::thread;
use std::time::Duration;

use bridgekeeper_formats::secrets;
use bridgekeeper_net::Url;
use jiff::Timestamp;

/// Lines that may wait to be written.
const QUEUE: usize = 256;

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// Nothing at all (`--silent`).
    Silent,
    /// What a person reading the log wants to know.
    #[default]
    Normal,
    /// Each step (`--debug`).
    Debug,
}

/// What is written in one line.
struct Line {
    /// What looks like a secret in it is masked.
    text: String,
    /// Written as it is.
    link: Option<String>,
}

/// Writes lines that begin with the time and the program's name.
#[derive(Debug)]
pub struct Log {
    verbosity: Verbosity,
    queue: SyncSender<Line>,
    left_out: Arc<AtomicU64>,
    finished: Receiver<()>,
}

impl Log {
    /// A log that writes to each of the targets.
    pub fn new(verbosity: Verbosity, mut targets: Vec<Box<dyn Write + Send>>) -> Self {
        let (queue, lines) = sync_channel::<Line>(QUEUE);
        let (done, finished) = channel();
        let left_out = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&left_out);
        let writer = thread::Builder::new().name("stderr".into());
        // Without a thread the bridge works, and says nothing.
        let _ = writer.spawn(move || {
            for line in lines {
                let left_out = counter.swap(0, Ordering::Relaxed);
                let note = if left_out == 0 { String::new() } else { mention(left_out) };
                let text =
                    note + &secrets::mask(&line.text) + line.link.as_deref().unwrap_or_default() + "\n";
                for target in &mut targets {
                    // A host that closed standard error does not want to know.
                    let _ = target.write_all(text.as_bytes()).and_then(|()| target.flush());
                }
            }
            let _ = done.send(());
        });
        Self { verbosity, queue, left_out, finished }
    }

    pub(crate) fn info(&self, text: impl Display) {
        self.line(Verbosity::Normal, "", &text);
    }

    /// Writes a link that a person has to open, whole: without its parameters it leads nowhere.
    pub(crate) fn link(&self, text: impl Display, link: &Url) {
        self.line_with(Verbosity::Normal, "", &text, Some(format!(" {link}")));
    }

    pub(crate) fn warning(&self, text: impl Display) {
        self.line(Verbosity::Normal, "warning: ", &text);
    }

    pub(crate) fn debug(&self, text: impl Display) {
        self.line(Verbosity::Debug, "debug: ", &text);
    }

    /// Writes what is left, for as long as `limit` at most.
    pub(crate) fn close(self, limit: Duration) {
        drop(self.queue);
        let _ = self.finished.recv_timeout(limit);
    }

    fn line(&self, from: Verbosity, level: &str, text: &dyn Display) {
        self.line_with(from, level, text, None);
    }

    fn line_with(&self, from: Verbosity, level: &str, text: &dyn Display, link: Option<String>) {
        if self.verbosity < from {
            return;
        }
        let text = format!("{:.3} mcp-bridge: {level}{text}", Timestamp::now());
        if let Err(TrySendError::Full(_)) = self.queue.try_send(Line { text, link }) {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn mention(left_out: u64) -> String {
    format!("{:.3} mcp-bridge: {left_out} lines were left out; nobody read them\n", Timestamp::now())
}
