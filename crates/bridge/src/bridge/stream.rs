//! Event streams: the reply to one request, and the server's own (MCP 2025-11-25, *Resumability and Redelivery*).
//!
//! A stream that breaks off is taken up again behind its last event. Event ids belong to one stream, so each stream
//! has a cursor of its own.

use std::pin::pin;
use std::time::Duration;

use bridgekeeper_net::header::HeaderMap;
use tokio::time::{sleep, timeout};

use super::{Bridge, Exchange};
use crate::failure::Failure;
use crate::gate::OnItsWay;
use crate::reply::{Body, Events};
use crate::sse::Event;
use crate::upstream::Session;

/// How long a stream is read on after its answer, so that the connection can be used again.
const AFTER_ANSWER: Duration = Duration::from_secs(1);

/// First and longest wait before a stream is opened again, where the server names none.
pub(super) const RETRY: Duration = Duration::from_secs(1);
pub(super) const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// The waits that a server may ask for.
const SHORTEST_ASKED: Duration = Duration::from_millis(50);
const LONGEST_ASKED: Duration = Duration::from_mins(5);

/// How long requests wait for the server's own stream to begin. Some servers send its head with its first event.
const OPENING: Duration = Duration::from_millis(500);

/// How often in a row the rest of an answer is asked for while the server cannot be reached.
const RESUMPTIONS: u32 = 5;

/// Where a stream can be taken up again, and when.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    last_event_id: Option<String>,
    retry: Option<Duration>,
}

impl Cursor {
    /// The stream can be taken up again.
    pub(super) const fn is_set(&self) -> bool {
        self.last_event_id.is_some()
    }

    pub(super) fn note(&mut self, event: &Event) {
        if let Some(id) = &event.id {
            self.last_event_id = Some(id.clone()).filter(|id| !id.is_empty());
        }
        if let Some(milliseconds) = event.retry {
            self.retry = Some(Duration::from_millis(milliseconds).clamp(SHORTEST_ASKED, LONGEST_ASKED));
        }
    }
}

impl Bridge {
    /// Reads a reply stream until the answer is there, and takes it up again where it breaks off before.
    pub(super) async fn follow(
        &self,
        mut events: Events,
        exchange: &Exchange<'_>,
    ) -> Result<Events, Failure> {
        let mut cursor = Cursor::default();
        loop {
            let end = self.read_reply(&mut events, &mut cursor, exchange).await;
            if !self.is_waiting(exchange.id) {
                return Ok(events);
            }
            if !cursor.is_set() || !exchange.resumable {
                end?;
                return Err(Failure::StreamEnded { origin: self.origin() });
            }
            events = Box::pin(self.resume(&cursor)).await?;
        }
    }

    async fn read_reply(
        &self,
        events: &mut Events,
        cursor: &mut Cursor,
        exchange: &Exchange<'_>,
    ) -> Result<(), Failure> {
        let silence = self.upstream.silence();
        while let Some(event) = events.next(self.upstream.origin(), silence).await? {
            cursor.note(&event);
            self.deliver_event(event, Some(exchange));
            self.host.drained().await;
            if !self.is_waiting(exchange.id) {
                break;
            }
        }
        Ok(())
    }

    /// Reads on behind an answer for a while: only a stream that was read to its end gives its connection back.
    pub(super) async fn read_rest(&self, mut events: Events) {
        let rest = async {
            while let Ok(Some(event)) = events.next(self.upstream.origin(), None).await {
                self.deliver_event(event, None);
            }
        };
        let _ = timeout(AFTER_ANSWER, rest).await;
    }

    pub(super) async fn resume(&self, cursor: &Cursor) -> Result<Events, Failure> {
        let mut wait = cursor.retry.unwrap_or(RETRY);
        let mut attempt = 1;
        loop {
            sleep(wait).await;
            let (session, _) = self.session();
            match self.open_stream(cursor.last_event_id.as_deref(), session.headers()).await {
                Err(Failure::Net(failure)) if attempt < RESUMPTIONS => {
                    self.log.debug(format_args!("the stream is not back yet: {failure}"));
                    attempt += 1;
                    wait = (wait * 2).min(LONGEST_RETRY);
                }
                outcome => return outcome,
            }
        }
    }

    /// Keeps the server's own stream open for as long as the bridge lives. A server may have none.
    ///
    /// The host's requests wait for its beginning, for a moment: what a server asks on a stream that is not open yet is
    /// lost, and the call that it belongs to with it.
    pub(super) async fn listen(&self, opening: OnItsWay) {
        let has_session = self.endpoint.borrow().is_none() && self.translation.borrow().is_none();
        if !has_session || self.listening.replace(true) {
            return;
        }
        let mut cursor = Cursor::default();
        let mut wait = RETRY;
        let mut opening = Some(opening);
        // A server without a stream of its own may say so with the 404 of a lost session. One that was open tells.
        let mut has_been_open = false;
        loop {
            let (session, generation) = self.session();
            let last = cursor.last_event_id.clone();
            let outcome = tokio::select! {
                outcome = self.open_own(last.as_deref(), &session, &mut opening) => outcome,
                () = self.woken.notified() => continue,
            };
            match outcome {
                Ok(mut events) => {
                    self.log.debug("the server's own stream is open");
                    has_been_open = true;
                    tokio::select! {
                        any = self.read_own(&mut events, &mut cursor) => if any { wait = RETRY },
                        () = self.woken.notified() => wait = RETRY,
                    }
                }
                Err(failure) if session.has_id() && has_been_open && failure.is_lost_session() => {
                    cursor = Cursor::default();
                    has_been_open = false;
                    if let Err(failure) = self.renew(generation).await {
                        self.log.debug(format_args!("no new session: {failure}"));
                    }
                }
                Err(failure) if failure.is_refusal() => {
                    self.log.debug(format_args!("the server has no stream of its own: {failure}"));
                    break;
                }
                Err(failure) => self.log.debug(format_args!("the server's own stream is closed: {failure}")),
            }
            self.pause(cursor.retry.unwrap_or(wait)).await;
            wait = (wait * 2).min(LONGEST_RETRY);
        }
        self.listening.set(false);
    }

    /// Opens it. What waits for its beginning waits no longer than [`OPENING`].
    async fn open_own(
        &self,
        last_event_id: Option<&str>,
        session: &Session,
        opening: &mut Option<OnItsWay>,
    ) -> Result<Events, Failure> {
        let mut opened = pin!(self.open_stream(last_event_id, session.headers()));
        let in_time = timeout(OPENING, &mut opened).await;
        drop(opening.take());
        match in_time {
            Ok(outcome) => outcome,
            Err(_) => opened.await,
        }
    }

    /// Reads the server's own stream to its end. `true` if anything came.
    async fn read_own(&self, events: &mut Events, cursor: &mut Cursor) -> bool {
        let mut any = false;
        // However it ends, it is opened again.
        while let Ok(Some(event)) = events.next(self.upstream.origin(), None).await {
            any = true;
            cursor.note(&event);
            self.deliver_event(event, None);
            self.host.drained().await;
        }
        any
    }

    pub(super) async fn open_stream(
        &self,
        last_event_id: Option<&str>,
        headers: &HeaderMap,
    ) -> Result<Events, Failure> {
        let response = self.upstream.listen(last_event_id, headers).await?;
        let response = self.checked(response).await?;
        match Body::of(&response) {
            Body::Events => Ok(Events::new(response)),
            Body::Other(content_type) => Err(Failure::ContentType { origin: self.origin(), content_type }),
            Body::Json | Body::Empty => {
                Err(Failure::ContentType { origin: self.origin(), content_type: "no event stream".into() })
            }
        }
    }
}
