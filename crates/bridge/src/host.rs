//! The host's side: its standard input and output.
//!
//! Where the system can wait for them, the thread that carries everything reads and writes them itself (`direct`).
//! Elsewhere each has a thread of its own. Either way a host that does not read does not stop us from noticing that it
//! has gone. What waits to be written is counted in bytes, so that readers of the server's replies can wait instead of
//! filling the memory.

#[cfg(unix)]
mod direct;

#[cfg(unix)]
use std::cell::RefCell;
#[cfg(unix)]
use std::collections::VecDeque;
use std::io::{self, Read, Stdin, Stdout, Write};
#[cfg(unix)]
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::sync::{Notify, mpsc as async_mpsc};

#[cfg(unix)]
use self::direct::Direct;
use crate::lines::{Line, Lines};

/// Messages of the host that may wait to be sent on.
const INBOX: usize = 64;

/// Bytes that may wait for the host to read them before replies are held back.
const BACKLOG: usize = 4 << 20;

/// Bytes that may wait for it before nothing more is taken from it: some hosts write for a while before they read.
const PATIENCE: usize = 4 * BACKLOG;

/// Messages up to this size are collected into one write.
const SMALL: usize = 16 << 10;

/// The host's lines.
#[derive(Debug)]
pub(crate) enum Inbox {
    #[cfg(unix)]
    Direct {
        source: Direct,
        lines: Lines,
    },
    Thread(async_mpsc::Receiver<Line>),
}

impl Inbox {
    /// Begins to read. Wants a runtime around it.
    pub(crate) fn read_from(source: Stdin) -> io::Result<Self> {
        #[cfg(unix)]
        if let Some(source) = Direct::input(&source) {
            return Ok(Self::Direct { source, lines: Lines::new() });
        }
        let (sender, inbox) = async_mpsc::channel(INBOX);
        thread::Builder::new().name("stdin".into()).spawn(move || read_all(source, &sender))?;
        Ok(Self::Thread(inbox))
    }

    /// The next line; `None` at the end of the input. An error is its end: there is nobody left to talk to.
    pub(crate) async fn next(&mut self) -> Option<Line> {
        match self {
            #[cfg(unix)]
            Self::Direct { source, lines } => loop {
                if let Some(line) = lines.next_line() {
                    return Some(line);
                }
                if !source.read_into(lines).await.unwrap_or(false) {
                    return lines.last_line();
                }
            },
            Self::Thread(inbox) => inbox.recv().await,
        }
    }
}

fn read_all(mut source: impl Read, inbox: &async_mpsc::Sender<Line>) {
    let mut lines = Lines::new();
    loop {
        while let Some(line) = lines.next_line() {
            if inbox.blocking_send(line).is_err() {
                return;
            }
        }
        if !lines.fill(&mut source).is_ok_and(|read| read.bytes > 0) {
            break;
        }
    }
    if let Some(line) = lines.last_line() {
        // Nobody listens where the bridge ends.
        let _ = inbox.blocking_send(line);
    }
}

/// The way to the host. Lines are written in the order they were handed over.
pub(crate) struct Host {
    outbox: Outbox,
    shared: Arc<Shared>,
}

enum Outbox {
    #[cfg(unix)]
    Direct(Rc<Queue>),
    Thread(mpsc::Sender<Vec<u8>>),
}

#[derive(Default)]
struct Shared {
    waiting: AtomicUsize,
    /// Told when something was written, and when nothing more can be.
    drained: Notify,
    has_gone: AtomicBool,
    gone: Notify,
}

impl Host {
    /// Makes ready to write. Wants a local runtime around it.
    pub(crate) fn write_to(target: Stdout) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        #[cfg(unix)]
        if let Some(target) = Direct::output(&target) {
            let queue = Rc::new(Queue::default());
            tokio::task::spawn_local(write_queue(Rc::clone(&queue), target, Arc::clone(&shared)));
            return Ok(Self { outbox: Outbox::Direct(queue), shared });
        }
        let (outbox, queue) = mpsc::channel();
        thread::Builder::new().name("stdout".into()).spawn({
            let shared = Arc::clone(&shared);
            move || {
                if write_all(&queue, target, &shared).is_err() {
                    shared.note_gone();
                }
            }
        })?;
        Ok(Self { outbox: Outbox::Thread(outbox), shared })
    }

    /// Hands over one message, which must not hold a newline.
    pub(crate) fn send(&self, mut message: Vec<u8>) {
        message.push(b'\n');
        self.shared.waiting.fetch_add(message.len(), Ordering::Relaxed);
        match &self.outbox {
            #[cfg(unix)]
            Outbox::Direct(queue) => queue.push(message),
            // Fails when the host has gone; `gone` says so.
            Outbox::Thread(outbox) => drop(outbox.send(message)),
        }
    }

    /// Waits until the host has read most of what was sent.
    pub(crate) async fn drained(&self) {
        self.shared.until_waiting(BACKLOG).await;
    }

    /// Waits while the host reads so little of what it is told that nothing more should be taken from it.
    pub(crate) async fn reads(&self) {
        self.shared.until_waiting(PATIENCE).await;
    }

    /// Waits until the host has closed its end.
    pub(crate) async fn gone(&self) {
        self.shared.gone.notified().await;
    }

    /// Writes what is left, for as long as `limit` at most.
    pub(crate) async fn close(&self, limit: Duration) {
        let _ = tokio::time::timeout(limit, self.shared.until_waiting(0)).await;
    }
}

impl Shared {
    fn note_written(&self, bytes: usize) {
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
        self.drained.notify_waiters();
    }

    fn note_gone(&self) {
        self.has_gone.store(true, Ordering::Relaxed);
        self.gone.notify_one();
        self.drained.notify_waiters();
    }

    /// Waits until no more than so many bytes wait, or the host has gone.
    async fn until_waiting(&self, most: usize) {
        loop {
            let drained = self.drained.notified();
            if self.waiting.load(Ordering::Relaxed) <= most || self.has_gone.load(Ordering::Relaxed) {
                return;
            }
            drained.await;
        }
    }
}

/// Messages that wait for their turn on this thread.
#[cfg(unix)]
#[derive(Default)]
struct Queue {
    messages: RefCell<VecDeque<Vec<u8>>>,
    filled: Notify,
}

#[cfg(unix)]
impl Queue {
    fn push(&self, message: Vec<u8>) {
        self.messages.borrow_mut().push_back(message);
        self.filled.notify_one();
    }

    /// What one system call shall write: a message, or many small ones.
    fn next_write(&self) -> Option<Vec<u8>> {
        let mut messages = self.messages.borrow_mut();
        let mut batch = messages.pop_front()?;
        while batch.len() <= SMALL
            && let Some(next) = messages.pop_front_if(|next| next.len() <= SMALL)
        {
            batch.extend_from_slice(&next);
        }
        Some(batch)
    }
}

/// Messages that come while others are on their way are written together after them.
#[cfg(unix)]
async fn write_queue(queue: Rc<Queue>, target: Direct, shared: Arc<Shared>) {
    loop {
        while let Some(bytes) = queue.next_write() {
            if target.write_all(&bytes).await.is_err() {
                return shared.note_gone();
            }
            shared.note_written(bytes.len());
        }
        queue.filled.notified().await;
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
    shared.note_written(bytes.len());
    Ok(())
}
