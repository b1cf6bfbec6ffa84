//! A server's life as its log tells it: one session per start.

use std::collections::VecDeque;

use bridgekeeper_formats::log::{Event, LogEntry, Message, MessageKind, Origin};
use bridgekeeper_model::Evidence;

/// Sessions that are kept per server and file.
const SESSIONS_KEPT: usize = 16;
/// Processes of the bridge that are told apart within a session.
const PIDS_KEPT: usize = 8;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Claude closed the server on purpose.
    Intentional,
    /// The pipe closed and nothing says why.
    Closed,
    /// The process ended by itself.
    Unexpected,
}

/// One start of a server and what came of it. Every step keeps the line that proves it.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// Claude began to start the server.
    pub initializing: Option<Evidence>,
    /// The process was spawned.
    pub started: Option<Evidence>,
    /// Claude sent `initialize`.
    pub initialize: Option<Evidence>,
    /// The server answered `initialize`.
    pub answered: Option<Evidence>,
    /// The server listed its tools.
    pub tools: Option<Evidence>,
    /// The bridge reached the remote server.
    pub bridged: Option<Evidence>,
    /// The bridge waits for the person to sign in.
    pub sign_in: Option<Evidence>,
    /// How it ended.
    pub end: Option<(End, Evidence)>,
    /// The program that Claude really ran.
    pub program: Option<String>,
    /// The address that the bridge connects to.
    pub url: Option<String>,
    /// The protocol version that Claude asked for.
    pub protocol: Option<String>,
    /// Claude began to close it.
    pub closing: bool,
    /// The bridge's process ids that wrote lines.
    pub pids: Vec<u32>,
    /// Server processes that are running: Claude often starts two.
    running: u32,
    initialize_id: Option<String>,
}

impl Session {
    /// Whether `initialize` was sent and not answered.
    pub fn awaits_answer(&self) -> bool {
        self.initialize.is_some() && self.answered.is_none()
    }

    /// Whether this is the answer to, or the cancelling of, `initialize`.
    pub fn is_initialize(&self, id: &str) -> bool {
        self.initialize_id.as_deref().map_or(id == "0", |initialize| initialize == id)
    }

    /// Whether it proved that it works.
    pub fn success(&self) -> Option<&Evidence> {
        self.answered.as_ref().or(self.bridged.as_ref())
    }

    /// The first line of it.
    pub fn first(&self) -> Option<&Evidence> {
        [&self.initializing, &self.started, &self.initialize, &self.sign_in, &self.bridged]
            .into_iter()
            .flatten()
            .next()
    }

    /// The newest line of it.
    pub fn last(&self) -> Option<&Evidence> {
        let end = self.end.as_ref().map(|(_, evidence)| evidence);
        [
            end,
            self.tools.as_ref(),
            self.answered.as_ref(),
            self.bridged.as_ref(),
            self.sign_in.as_ref(),
            self.initialize.as_ref(),
            self.started.as_ref(),
            self.initializing.as_ref(),
        ]
        .into_iter()
        .flatten()
        .max_by_key(|evidence| evidence.line)
    }

    fn is_blank(&self) -> bool {
        self.first().is_none() && self.end.is_none() && !self.closing
    }
}

/// The life of one server in one file.
#[derive(Debug, Clone, Default)]
pub struct Track {
    /// The present session, or the last one.
    pub current: Session,
    /// The sessions before it, oldest first, at most sixteen.
    pub earlier: VecDeque<Session>,
    /// Number of the present session, from 0.
    pub number: u64,
    /// The latest success: session number and line.
    pub success: Option<(u64, Evidence)>,
}

impl Track {
    /// Every session that is kept, oldest first.
    pub fn sessions(&self) -> impl DoubleEndedIterator<Item = &Session> {
        self.earlier.iter().chain(std::iter::once(&self.current))
    }

    /// Takes one line in. `proof` makes the evidence, which is only needed where a step is kept.
    pub(super) fn note(&mut self, entry: &LogEntry<'_>, event: Event<'_>, proof: impl FnOnce() -> Evidence) {
        if let Origin::McpRemote { pid } = entry.origin {
            self.note_pid(pid);
        }
        match event {
            Event::Initializing => {
                self.begin();
                self.current.initializing = Some(proof());
            }
            Event::Started => {
                if self.current.end.is_some() {
                    self.begin();
                }
                self.current.running = self.current.running.max(1);
                keep(&mut self.current.started, proof);
            }
            Event::Command { program } => self.current.program = Some(program.to_owned()),
            Event::FromClient(message) => self.note_call(&message, proof),
            Event::FromServer(message) => self.note_answer(&message, proof),
            Event::ShuttingDown | Event::BridgeShutdown => self.current.closing = true,
            Event::TransportClosed => self.close(End::Closed, proof),
            Event::IntentionalShutdown => self.close_on_purpose(proof),
            Event::ClosedUnexpectedly => self.close(End::Unexpected, proof),
            Event::Disconnected => {
                if self.current.end.is_none() {
                    self.close(End::Closed, proof);
                }
            }
            Event::BridgeConnecting { url } => {
                if self.current.end.is_some() {
                    self.begin();
                }
                self.current.url = Some(url.to_owned());
            }
            Event::BridgeConnected => {
                self.current.sign_in = None;
                let proof = proof();
                self.success = Some((self.number, proof.clone()));
                self.current.bridged = Some(proof);
            }
            Event::BridgeWaitsForSignIn => keep(&mut self.current.sign_in, proof),
            Event::BridgeSignedIn => self.current.sign_in = None,
        }
    }

    fn note_pid(&mut self, pid: u32) {
        let pids = &mut self.current.pids;
        if pid != 0 && !pids.contains(&pid) && pids.len() < PIDS_KEPT {
            pids.push(pid);
        }
    }

    /// A start. While another process of the same server runs it is the second copy that Claude often starts.
    fn begin(&mut self) {
        let running = if self.current.end.is_some() { 0 } else { self.current.running };
        let last = std::mem::take(&mut self.current);
        if !last.is_blank() {
            if self.earlier.len() == SESSIONS_KEPT {
                self.earlier.pop_front();
            }
            self.earlier.push_back(last);
            self.number += 1;
        }
        self.current.running = running + 1;
    }

    fn note_call(&mut self, message: &Message<'_>, proof: impl FnOnce() -> Evidence) {
        if message.method == Some("initialize") {
            if self.current.end.is_some() {
                self.begin();
            }
            self.current.initialize_id = message.id.map(|id| id.0.to_owned());
            self.current.protocol = member(message.body, "protocolVersion").map(str::to_owned);
            keep(&mut self.current.initialize, proof);
        }
    }

    fn note_answer(&mut self, message: &Message<'_>, proof: impl FnOnce() -> Evidence) {
        if message.kind != MessageKind::Result && !message.summarised {
            return;
        }
        if message.body.contains("\"tools\":[") {
            keep(&mut self.current.tools, proof);
        } else if self.current.answered.is_none() {
            let proof = proof();
            self.success = Some((self.number, proof.clone()));
            self.current.answered = Some(proof);
        }
    }

    fn close(&mut self, how: End, proof: impl FnOnce() -> Evidence) {
        let known =
            self.current.end.as_ref().is_some_and(|(end, _)| *end != End::Closed || how == End::Closed);
        if !known {
            let how = if self.current.closing && how == End::Closed { End::Intentional } else { how };
            self.current.end = Some((how, proof()));
        }
    }

    fn close_on_purpose(&mut self, proof: impl FnOnce() -> Evidence) {
        self.current.running = self.current.running.saturating_sub(1);
        let other_runs = self.current.running > 0;
        self.current.closing = false;
        self.current.end = if other_runs { None } else { Some((End::Intentional, proof())) };
    }
}

fn keep(place: &mut Option<Evidence>, proof: impl FnOnce() -> Evidence) {
    if place.is_none() {
        *place = Some(proof());
    }
}

/// The string value of the first member of this name, wherever it stands.
pub(crate) fn member<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let key = format!("\"{name}\"");
    let rest = &json[json.find(&key)? + key.len()..];
    let value = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    value.find('"').map(|end| &value[..end])
}
