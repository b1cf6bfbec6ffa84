//! The host's side: its standard input and output, each on a thread of its own.
//!
//! Threads, because a pipe cannot be waited for alike on every system, and a host that does not read must not stop
//! us from noticing that it has gone. What waits to be written is counted in bytes, so that readers of the server's
//! replies can wait instead of filling the memory.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::sync::{Notify, mpsc as async_mpsc, oneshot};

use crate::lines::{Line, Lines};

/// Messages of the host that may wait to be sent on.
const INBOX: usize = 64;

/// Bytes that may wait for the host to read them before replies are held back.
const BACKLOG: usize = 4 << 20;

/// Messages up to this size are collected into one write.
const SMALL: usize = 16 << 10;

/// Reads the host's lines on a thread of its own. The channel closes at the end of the input.
pub(crate) fn read(source: impl Read + Send + 'static) -> io::Result<async_mpsc::Receiver<Line>> {
    let (sender, inbox) = async_mpsc::channel(INBOX);
    thread::Builder::new().name("stdin".into()).spawn(move || {
        let mut lines = Lines::new(source);
        // An error on standard input is its end: there is nobody left to talk to.
        while let Ok(Some(line)) = lines.next_line() {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    })?;
    Ok(inbox)
}

/// The way to the host. Lines are written in the order they were handed over.
pub(crate) struct Host {
    outbox: mpsc::Sender<Vec<u8>>,
    shared: Arc<Shared>,
    finished: oneshot::Receiver<()>,
}

#[derive(Default)]
struct Shared {
    waiting: AtomicUsize,
    drained: Notify,
    gone: Notify,
}

impl Host {
    /// Starts the thread that writes.
    pub(crate) fn write_to(target: impl Write + Send + 'static) -> io::Result<Self> {
        let (outbox, queue) = mpsc::channel();
        let (done, finished) = oneshot::channel();
        let shared = Arc::new(Shared::default());
        thread::Builder::new().name("stdout".into()).spawn({
            let shared = Arc::clone(&shared);
            move || {
                if write_all(&queue, target, &shared).is_err() {
                    shared.gone.notify_one();
                }
                let _ = done.send(());
            }
        })?;
        Ok(Self { outbox, shared, finished })
    }

    /// Hands over one message, which must not hold a newline.
    pub(crate) fn send(&self, mut message: Vec<u8>) {
        message.push(b'\n');
        self.shared.waiting.fetch_add(message.len(), Ordering::Relaxed);
        // Fails when the host has gone; `gone` says so.
        let _ = self.outbox.send(message);
    }

    /// Waits until the host has read most of what was sent.
    pub(crate) async fn drained(&self) {
        loop {
            let drained = self.shared.drained.notified();
            if self.shared.waiting.load(Ordering::Relaxed) <= BACKLOG {
                return;
            }
            drained.await;
        }
    }

    /// Waits until the host has closed its end.
    pub(crate) async fn gone(&self) {
        self.shared.gone.notified().await;
    }

    /// Writes what is left, for as long as `limit` at most.
    pub(crate) async fn close(self, limit: Duration) {
        drop(self.outbox);
        let _ = tokio::time::timeout(limit, self.finished).await;
    }
}

fn write_all(queue: &mpsc::Receiver<Vec<u8>>, mut target: impl Write, shared: &Shared) -> io::Result<()> {
    let mut batch = Vec::new();
    while let Ok(message) = queue.recv() {
        // Under load many small messages wait: one system call takes them all.
        let mut next = Some(message);
        while let Some(message) = next {
            if batch.is_empty() && message.len() > SMALL {
                write(&message, &mut target, shared)?;
            } else {
                batch.extend_from_slice(&message);
            }
            next = if batch.len() < SMALL { queue.try_recv().ok() } else { None };
        }
        if !batch.is_empty() {
            write(&batch, &mut target, shared)?;
            batch.clear();
            batch.shrink_to(4 * SMALL);
        }
    }
    Ok(())
}

fn write(bytes: &[u8], target: &mut impl Write, shared: &Shared) -> io::Result<()> {
    target.write_all(bytes)?;
    target.flush()?;
    shared.waiting.fetch_sub(bytes.len(), Ordering::Relaxed);
    shared.drained.notify_waiters();
    Ok(())
}
