//! Reading what the server answers: one JSON document, or a stream of events.

use std::collections::VecDeque;
use std::ops::Deref;
use std::time::Duration;

use bridgekeeper_net::Response;
use bridgekeeper_net::header::{CONTENT_ENCODING, CONTENT_TYPE};
use tokio::time::timeout;

use crate::envelope::NotAMessage;
use crate::failure::Failure;
use crate::scan::Scan;
use crate::sse::{Event, EventParser, TooLarge};

/// Largest JSON document that is read, in bytes.
const LARGEST_DOCUMENT: usize = 256 << 20;

/// Largest part of an error's body that is read, in bytes.
const LARGEST_ERROR: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What the body of a response is, by its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    /// `application/json`
    Json,
    /// `text/event-stream`
    Events,
    /// There is none.
    Empty,
    /// Some other type, as the server names it.
    Other(String),
}

impl Body {
    /// Reads the head. A body without a type is taken for JSON: what is in it decides.
    pub(crate) fn of(response: &Response) -> Self {
        let status = response.status().as_u16();
        let named =
            response.headers().get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let essence = named
            .as_deref()
            .map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        let packed = response.headers().get(CONTENT_ENCODING).filter(|coding| *coding != "identity");
        match essence.as_deref() {
            _ if matches!(status, 202 | 204) || response.content_length() == Some(0) => Self::Empty,
            _ if let Some(coding) = packed => {
                Self::Other(format!("a body in {}", String::from_utf8_lossy(coding.as_bytes())))
            }
            Some("application/json") | None => Self::Json,
            Some("text/event-stream") => Self::Events,
            Some(other) => Self::Other(other.to_owned()),
        }
    }
}

/// A document that was looked at while it came.
#[derive(Debug)]
pub(crate) struct Document {
    /// All of it.
    pub(crate) text: Vec<u8>,
    /// What the look at it has found; an error for a batch, too.
    pub(crate) scanned: Result<Scan, NotAMessage>,
}

/// Reads a whole JSON document.
pub(crate) async fn document(
    mut response: Response,
    origin: &str,
    silence: Option<Duration>,
) -> Result<Document, Failure> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let mut text = Vec::with_capacity(announced.min(LARGEST_DOCUMENT) + 1);
    let mut scanned = Ok(Scan::default());
    while let Some(chunk) = within(silence, origin, response.chunk()).await? {
        if text.len() + chunk.len() > LARGEST_DOCUMENT {
            return Err(Failure::TooLarge { origin: origin.to_owned(), limit: LARGEST_DOCUMENT });
        }
        text.extend_from_slice(&chunk);
        scanned = scanned.and_then(|mut scan| scan.read(&text).map(|()| scan));
    }
    // What begins with it is no JSON, and may be taken for it all the same (RFC 8259, 8.1).
    if text.starts_with(BYTE_ORDER_MARK) {
        text.drain(..BYTE_ORDER_MARK.len());
        let mut scan = Scan::default();
        scanned = scan.read(&text).map(|()| scan);
    }
    Ok(Document { text, scanned })
}

/// Reads the body of an error as far as it comes; what is missing does not matter.
pub(crate) async fn error_body(mut response: Response, silence: Option<Duration>) -> Vec<u8> {
    let mut whole = Vec::new();
    while whole.len() < LARGEST_ERROR
        && let Ok(Some(chunk)) = within(silence, "", response.chunk()).await
    {
        whole.extend_from_slice(&chunk);
    }
    whole
}

/// A response body read as server-sent events.
#[derive(Debug)]
pub(crate) struct Events {
    response: Response,
    parser: EventParser,
    /// What the look at the event that has begun has found.
    scanned: Result<Scan, NotAMessage>,
    ready: VecDeque<ReadEvent>,
}

/// An event whose data was looked at while it came.
#[derive(Debug)]
pub(crate) struct ReadEvent {
    event: Event,
    scanned: Result<Scan, NotAMessage>,
}

impl Events {
    pub(crate) fn new(response: Response) -> Self {
        Self { response, parser: EventParser::new(), scanned: Ok(Scan::default()), ready: VecDeque::new() }
    }

    /// The next event; `None` when the server has ended the stream.
    pub(crate) async fn next(
        &mut self,
        origin: &str,
        silence: Option<Duration>,
    ) -> Result<Option<ReadEvent>, Failure> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            let Some(chunk) = within(silence, origin, self.response.chunk()).await? else { return Ok(None) };
            self.read(&chunk).map_err(|_| Failure::TooLarge {
                origin: origin.to_owned(),
                limit: crate::sse::LARGEST_EVENT,
            })?;
        }
    }

    fn read(&mut self, chunk: &[u8]) -> Result<(), TooLarge> {
        let Self { parser, scanned, ready, .. } = self;
        parser.feed(chunk, |event| {
            let scanned = std::mem::replace(scanned, Ok(Scan::default()));
            ready.push_back(ReadEvent { event, scanned });
        })?;
        if let Ok(scan) = scanned
            && let Err(error) = scan.read(parser.data())
        {
            *scanned = Err(error);
        }
        Ok(())
    }
}

impl ReadEvent {
    /// Its data, looked at to the end.
    pub(crate) fn into_document(self) -> Document {
        let text = self.event.data;
        let scanned = self.scanned.and_then(|mut scan| scan.read(&text).map(|()| scan));
        Document { text, scanned }
    }
}

impl Deref for ReadEvent {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.event
    }
}

/// Waits for the server, but not for ever.
pub(crate) async fn within<T>(
    silence: Option<Duration>,
    origin: &str,
    answer: impl Future<Output = Result<T, bridgekeeper_net::Error>>,
) -> Result<T, Failure> {
    match silence {
        None => Ok(answer.await?),
        Some(after) => match timeout(after, answer).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(Failure::Silent { origin: origin.to_owned(), after }),
        },
    }
}
