//! The transport of 2024-11-05, HTTP+SSE: one stream carries all that the server says, and its first event names the
//! address for all that the host says. The session is the stream; when it breaks, a new one begins.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bridgekeeper_net::Url;
use bridgekeeper_net::header::HeaderMap;
use bytes::Bytes;
use tokio::time::{Instant, timeout, timeout_at};

use super::connect::Greeting;
use super::stream::{Came, Pauses};
use super::{Bridge, Request};
use crate::envelope::Envelope;
use crate::failure::Failure;
use crate::gate::Part;
use crate::memory::{Carrier, Era};
use crate::reply::Events;
use crate::retry::Replay;

/// How long the server may take to name its address.
const ENDPOINT: Duration = Duration::from_secs(10);

/// How long a stream stays open that is begun again soon. Where a server may run only for some seconds, the host's next
/// request needs a stream all the same.
const LASTING: Duration = Duration::from_secs(5);

/// What the server says in between is short. What is longer is an answer, and is not looked at twice.
const LONGEST_WORD: usize = 64 << 10;

/// Where messages go while this transport is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// The address that the stream named.
    At(Url),
    /// The stream is broken and not yet back.
    Away,
}

impl Bridge {
    /// Opens the stream, sends `initialize` to the address that it names, and reads the stream from then on.
    pub(super) async fn greet_on_stream(self: &Rc<Self>, initialize: &Bytes) -> Result<Greeting, Failure> {
        let (events, answer) = self.begin_on_stream(initialize.clone()).await?;
        self.log.info("the server speaks HTTP+SSE, the transport of 2024-11-05");
        self.note_version(&answer);
        self.background.borrow_mut().spawn_local(Rc::clone(self).keep_event_stream(events));
        Ok(Greeting { answer, era: Era::Legacy, carrier: Carrier::Sse })
    }

    /// Sends a request and waits until its answer has come on the stream. As on a stream of its own, the server's word in
    /// between says that it is at work: its progress, what it asks and what it logs (MCP 2025-11-25, *Timeouts*). Answers
    /// to other requests do not, nor what keeps the connection open.
    pub(super) async fn exchange_on_stream(&self, request: &Request) -> Result<(), Failure> {
        self.post_on_stream(&request.line, request.replay).await?;
        let mut answered = pin!(self.until(|| !self.is_waiting(&request.id)));
        let Some(after) = self.upstream.silence() else {
            answered.await;
            return Ok(());
        };
        let mut since = Instant::now();
        while timeout_at(since + after, &mut answered).await.is_err() {
            match self.heard.get().filter(|heard| *heard > since) {
                Some(heard) => since = heard,
                None => return Err(Failure::Silent { origin: self.origin(), after }),
            }
        }
        Ok(())
    }

    pub(super) async fn post_on_stream(&self, line: &Bytes, replay: Replay) -> Result<(), Failure> {
        let endpoint = self.endpoint.borrow().clone();
        let Some(Endpoint::At(url)) = endpoint else {
            return Err(Failure::StreamEnded { origin: self.origin() });
        };
        let response = self.post_patiently(&url, line, &HeaderMap::new(), replay).await?;
        self.checked(response).await.map(drop)
    }

    /// The stream, and the address that its first event names. An address on another origin is refused: the
    /// credentials are not for it.
    async fn open_event_stream(&self) -> Result<(Events, Url), Failure> {
        let opened = async {
            let mut events = self.open_stream(None, &HeaderMap::new(), None).await?;
            while let Some(event) = events.next(self.upstream.origin(), None).await? {
                if event.kind == "endpoint" {
                    let address = String::from_utf8_lossy(&event.data).trim().to_owned();
                    return Ok((events, self.upstream.resolve(&address)?));
                }
            }
            Err(Failure::StreamEnded { origin: self.origin() })
        };
        match timeout(ENDPOINT, opened).await {
            Ok(opened) => opened,
            Err(_) => Err(Failure::Silent { origin: self.origin(), after: ENDPOINT }),
        }
    }

    /// Reads the stream for as long as the bridge lives.
    async fn keep_event_stream(self: Rc<Self>, mut events: Events) {
        let mut pauses = Pauses::new(LASTING);
        loop {
            let opened = Instant::now();
            // However it ends, a new one is opened.
            let came = tokio::select! {
                came = self.read_event_stream(&mut events) => came,
                () = self.woken.notified() => Came::Messages,
            };
            pauses.note(came, opened.elapsed());
            self.asked.borrow_mut().clear();
            self.log.warning("the server's stream has ended; beginning a new session");
            *self.endpoint.borrow_mut() = Some(Endpoint::Away);
            // What was asked in the old session has no answer in the new one.
            self.give_up(&Failure::StreamEnded { origin: self.origin() });
            events = self.reopen_event_stream(&mut pauses).await;
        }
    }

    async fn read_event_stream(&self, events: &mut Events) -> Came {
        let mut came = Came::Nothing;
        while let Ok(Some(event)) = events.next(self.upstream.origin(), None).await {
            if is_word(&event.data) {
                self.heard.set(Some(Instant::now()));
            }
            came = Came::Messages;
            self.deliver_event(event, None);
            self.host.drained().await;
        }
        came
    }

    async fn reopen_event_stream(&self, pauses: &mut Pauses) -> Events {
        // New requests wait for the first attempt; after that they are told at once.
        let mut first = pauses.at_start().then(|| self.gate.enter(Part::Initialize));
        loop {
            self.pause(pauses.next(None)).await;
            match self.begin_again_on_stream().await {
                Ok(events) => return events,
                Err(failure) => {
                    self.log.debug(format_args!("the server's stream is not back yet: {failure}"));
                }
            }
            drop(first.take());
        }
    }

    /// Opens the stream and repeats the host's handshake on it.
    async fn begin_again_on_stream(&self) -> Result<Events, Failure> {
        let (Some(initialize), initialized) = self.own_handshake() else {
            return Err(Failure::StreamEnded { origin: self.origin() });
        };
        let (events, _) = self.begin_on_stream(initialize).await?;
        if let Some(initialized) = initialized {
            self.post_on_stream(&initialized, Replay::Safe).await?;
        }
        Ok(events)
    }

    /// Opens the stream and sends `initialize` on it. Comes with the answer.
    async fn begin_on_stream(&self, initialize: Bytes) -> Result<(Events, Vec<u8>), Failure> {
        let (mut events, endpoint) = self.open_event_stream().await?;
        let response = self.upstream.post(&endpoint, initialize, &HeaderMap::new()).await?;
        self.checked(response).await?;
        let silence = self.upstream.silence();
        while let Some(event) = events.next(self.upstream.origin(), silence).await? {
            if matches!(Envelope::parse(&event.data), Ok(Envelope::Response { .. })) {
                *self.endpoint.borrow_mut() = Some(Endpoint::At(endpoint));
                return Ok((events, event.into_document().text));
            }
            self.deliver_event(event, None);
        }
        Err(Failure::StreamEnded { origin: self.origin() })
    }
}

/// Whether a message is a notification or a request of the server.
fn is_word(message: &[u8]) -> bool {
    message.len() <= LONGEST_WORD
        && matches!(Envelope::parse(message), Ok(Envelope::Notification { .. } | Envelope::Request { .. }))
}
