//! A started server and everything that it starts, which ends with it.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::process::{ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use bridgekeeper_claude::start::Start;
use process_wrap::std::{ChildWrapper, CommandWrap};

use super::Cancelled;

/// Longest line that is read, in bytes.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;
/// Lines that wait to be taken. A server that prints faster waits itself.
const LINES_AHEAD: usize = 8;
/// Messages that wait for a server that does not read, beside those that the system keeps.
const MESSAGES_AHEAD: usize = 64;
/// How long is waited for what a server that has ended still had to say.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// How soon it is seen that a trial was cancelled.
const CANCEL_SEEN: Duration = Duration::from_millis(50);

/// A line that came.
#[derive(Debug)]
pub(super) enum Line {
    Out(String),
    Err(String),
    /// One of both streams is closed.
    Closed,
}

#[derive(Debug)]
pub(super) struct Running {
    child: Box<dyn ChildWrapper>,
    /// The way to its standard input, which a thread of its own writes: it may never be read.
    input: Option<SyncSender<String>>,
    lines: Receiver<Line>,
    cancelled: Cancelled,
}

impl Running {
    pub(super) fn start(start: &Start, cancelled: &Cancelled) -> io::Result<Self> {
        let mut command = CommandWrap::with_new(&start.program, |command| {
            command.args(&start.args).env_clear().envs(&start.env).current_dir(&start.folder);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        });
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::std::JobObject);
        let mut child = command.spawn()?;
        let (sender, lines) = sync_channel(LINES_AHEAD);
        if let Some(stdout) = child.stdout().take() {
            read(stdout, sender.clone(), Line::Out);
        }
        if let Some(stderr) = child.stderr().take() {
            read(stderr, sender, Line::Err);
        }
        let input = child.stdin().take().map(write);
        Ok(Self { child, input, lines, cancelled: cancelled.clone() })
    }

    /// Sends a message, without waiting for the server to read it. One that reads no more has ended, which its lines
    /// will tell, or does not want to know; then what comes on top of [`MESSAGES_AHEAD`] is left out.
    pub(super) fn send(&mut self, message: &str) {
        let sent = self.input.as_ref().map(|input| input.try_send(format!("{message}\n")));
        if matches!(sent, Some(Err(TrySendError::Disconnected(_)))) {
            self.input = None;
        }
    }

    /// The next line, until the deadline or until nobody wants to know any more. Both hold for a server that prints
    /// without end, too.
    pub(super) fn next(&self, deadline: Instant) -> Result<Line, RecvTimeoutError> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || self.cancelled.is_set() {
                return Err(RecvTimeoutError::Timeout);
            }
            match self.lines.recv_timeout(left.min(CANCEL_SEEN)) {
                Err(RecvTimeoutError::Timeout) => {}
                other => return other,
            }
        }
    }

    /// What it printed last, after it has ended.
    pub(super) fn last_words(&self) -> Vec<Line> {
        let end = Instant::now() + LAST_WORDS;
        std::iter::from_fn(|| self.next(end).ok()).collect()
    }

    /// How it ended, if it did so by itself before the deadline.
    pub(super) fn ended(&mut self, deadline: Instant) -> Option<ExitStatus> {
        loop {
            // What cannot be asked has not ended as far as we know
            let status = self.child.try_wait().ok().flatten();
            if status.is_some() || Instant::now() >= deadline {
                return status;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Closes its input, as Claude does. What has not ended when this is dropped is killed.
    pub(super) fn close_input(&mut self) {
        self.input = None;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Also what it has left behind; where nothing is left, there is nothing to end
        let _ = self.child.start_kill();
        let _ = self.child.wait();
    }
}

/// Writes until there is nothing more to send, and closes the input then. A write that blocks ends with the server.
fn write(mut input: ChildStdin) -> SyncSender<String> {
    let (sender, messages) = sync_channel::<String>(MESSAGES_AHEAD);
    thread::spawn(move || messages.iter().try_for_each(|message| input.write_all(message.as_bytes())));
    sender
}

fn read(stream: impl Read + Send + 'static, lines: SyncSender<Line>, line: fn(String) -> Line) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        loop {
            let mut bytes = Vec::new();
            match reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes) {
                Ok(0) | Err(_) => break,
                Ok(_) => {
                    let text = String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned();
                    if lines.send(line(text)).is_err() {
                        return;
                    }
                }
            }
        }
        // Nobody may listen any more
        let _ = lines.send(Line::Closed);
    });
}
