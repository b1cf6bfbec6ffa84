//! What a scripted server does when a request has come: a head, bytes, and an ending, each of which may be left out.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::Request;
use crate::listener::{Stop, lock};

/// How often a reply that waits for the test looks whether the server is to end.
const GLANCE: Duration = Duration::from_millis(50);

/// What the server does when a request has come. Where no ending is named, it reads the next request.
#[derive(Debug, Clone)]
pub struct Reply {
    head: Option<Head>,
    parts: Vec<Part>,
    ending: Ending,
}

/// The head of a response, and the body where that comes whole.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// `None` is a stream, which has no length and ends with the connection.
    pub(crate) body: Option<Vec<u8>>,
}

/// Something that is sent after the head.
#[derive(Debug, Clone)]
enum Part {
    Bytes(Vec<u8>),
    Drip(Vec<u8>, Duration),
    Each(Arc<Mutex<Receiver<Vec<u8>>>>),
}

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The next request is read.
    Next,
    Close,
    Reset,
    Stall,
}

/// What comes in one piece.
impl Reply {
    /// A status without a body.
    pub fn status(status: u16) -> Self {
        Self::of(Head { status, headers: Vec::new(), body: Some(Vec::new()) })
    }

    /// Status 202, for a message that needs no answer.
    pub fn accepted() -> Self {
        Self::status(202)
    }

    /// A body with its type.
    pub fn typed(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self::of(Head { status, headers, body: Some(body.into()) })
    }

    /// A JSON document with status 200.
    pub fn json(body: &Value) -> Self {
        Self::typed(200, "application/json", body.to_string())
    }

    /// The JSON-RPC result of a request, as JSON.
    pub fn result(request: &Request, result: &Value) -> Self {
        Self::json(&json!({ "jsonrpc": "2.0", "id": request.message()["id"], "result": result }))
    }

    /// The result of `initialize`, in whatever version was asked for.
    pub fn initialized(request: &Request) -> Self {
        let version = &request.message()["params"]["protocolVersion"];
        let server = json!({ "name": "scripted", "version": "1" });
        Self::result(
            request,
            &json!({ "protocolVersion": version, "capabilities": {}, "serverInfo": server }),
        )
    }

    /// What a server says that keeps the rules of the 2025 era: it has no sessions and no stream, and whatever it is
    /// asked is `ok`.
    pub fn proper(request: &Request) -> Self {
        match (request.method(), request.rpc_method()) {
            ("POST", "initialize") => Self::initialized(request),
            ("POST", _) if request.message()["id"].is_null() => Self::accepted(),
            ("POST", _) => Self::result(request, &json!({ "ok": true })),
            _ => Self::status(405),
        }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Some(head) = &mut self.head {
            head.headers.push((name.to_owned(), value.into()));
        }
        self
    }

    /// With the id of a session of Streamable HTTP.
    #[must_use]
    pub fn with_session(self, id: impl Into<String>) -> Self {
        self.with("Mcp-Session-Id", id)
    }

    /// With this body, and no word of its type.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        if let Some(head) = &mut self.head {
            head.body = Some(body.into());
        }
        self
    }

    /// With another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        if let Some(head) = &mut self.head {
            head.status = status;
        }
        self
    }
}

/// What comes in pieces, and how it ends.
impl Reply {
    /// Not a byte; an ending says what happens instead.
    pub const fn nothing() -> Self {
        Self { head: None, parts: Vec::new(), ending: Ending::Next }
    }

    /// These bytes and no others.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::nothing().and(bytes)
    }

    /// The head of a body without a length; [`Reply::and`] says what comes of it. It ends with the connection.
    pub fn stream(content_type: &str) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self::of(Head { status: 200, headers, body: None })
    }

    /// The head of an event stream.
    pub fn events() -> Self {
        Self::stream("text/event-stream")
    }

    /// Then these bytes.
    #[must_use]
    pub fn and(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.then(Part::Bytes(bytes.into()))
    }

    /// Then these bytes, one after each such time.
    #[must_use]
    pub fn drip(self, bytes: impl Into<Vec<u8>>, every: Duration) -> Self {
        self.then(Part::Drip(bytes.into(), every))
    }

    /// Then whatever comes through the channel, until it is closed.
    #[must_use]
    pub fn and_each(self, bytes: Receiver<Vec<u8>>) -> Self {
        self.then(Part::Each(Arc::new(Mutex::new(bytes))))
    }

    /// Then the end of the connection.
    #[must_use]
    pub const fn close(self) -> Self {
        self.ending(Ending::Close)
    }

    /// Then a reset of the connection (RST).
    #[must_use]
    pub const fn reset(self) -> Self {
        self.ending(Ending::Reset)
    }

    /// Then nothing for as long as the client waits.
    #[must_use]
    pub const fn stall(self) -> Self {
        self.ending(Ending::Stall)
    }
}

impl Reply {
    fn of(head: Head) -> Self {
        Self { head: Some(head), ..Self::nothing() }
    }

    fn then(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    const fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// Sends what there is to send. Whoever asked that the connection be closed is told that it will be.
    pub(super) fn send(self, stream: &mut impl Write, request: &Request, stop: &Stop) -> io::Result<Ending> {
        let closes = request.header("connection") == Some("close");
        if let Some(head) = self.head {
            stream.write_all(&head.bytes(closes))?;
            stream.flush()?;
        }
        for part in self.parts {
            part.send(stream, stop)?;
        }
        Ok(if closes && self.ending == Ending::Next { Ending::Close } else { self.ending })
    }

    /// For a server that frames its responses by itself: what comes whole, or how else it ends.
    pub(crate) fn whole(self) -> Result<Head, Ending> {
        match (self.head, self.ending) {
            (Some(head @ Head { body: Some(_), .. }), Ending::Next) => Ok(head),
            (_, ending) => Err(ending),
        }
    }
}

impl Head {
    fn bytes(mut self, closes: bool) -> Vec<u8> {
        if let Some(body) = &self.body {
            self.headers.push(("Content-Length".into(), body.len().to_string()));
        }
        if closes || self.body.is_none() {
            self.headers.push(("Connection".into(), "close".into()));
        }
        let headers: String =
            self.headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
        let mut bytes = format!("HTTP/1.1 {} Scripted\r\n{headers}\r\n", self.status).into_bytes();
        bytes.extend(self.body.unwrap_or_default());
        bytes
    }
}

impl Part {
    fn send(self, stream: &mut impl Write, stop: &Stop) -> io::Result<()> {
        let mut send = |bytes: &[u8]| stream.write_all(bytes).and_then(|()| stream.flush());
        match self {
            Self::Bytes(bytes) => send(&bytes),
            Self::Drip(bytes, every) => {
                bytes.iter().take_while(|_| !stop.wait(every)).try_for_each(|byte| send(&[*byte]))
            }
            Self::Each(channel) => {
                let channel = lock(&channel);
                loop {
                    match channel.recv_timeout(GLANCE) {
                        Ok(bytes) => send(&bytes)?,
                        Err(RecvTimeoutError::Timeout) if !stop.is_set() => {}
                        Err(_) => return Ok(()),
                    }
                }
            }
        }
    }
}
