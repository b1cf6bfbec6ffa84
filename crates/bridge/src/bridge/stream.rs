//! Event streams: the reply to one request, and the server's own (MCP 2025-11-25, *Resumability and Redelivery*).
//!
//! A stream that breaks off is taken up again behind its last event. Event ids belong to one stream, so each stream
//! has a cursor of its own.

use std::pin::pin;
use std::time::Duration;

use bridgekeeper_net::header::{HeaderMap, HeaderValue};
use tokio::time::{Instant, sleep, timeout};

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
            // One that no header can carry cannot be sent back.
            let can_be_sent = !id.is_empty() && HeaderValue::from_bytes(id.as_bytes()).is_ok();
            self.last_event_id = can_be_sent.then(|| id.clone());
        }
        if let Some(milliseconds) = event.retry {
            self.retry = Some(Duration::from_millis(milliseconds).clamp(SHORTEST_ASKED, LONGEST_ASKED));
        }
    }
}

/// What came on the server's own stream before it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Came {
    Nothing,
    /// Places to take it up again alone, as servers do that want to be asked from time to time.
    Marks,
    Messages,
}

/// The pauses between the server's own streams. They begin with what the server asks for, and grow for as long as
/// nothing comes: a server that ends each stream at once must not keep both sides busy.
#[derive(Debug)]
pub(super) struct Pauses {
    lasting: Duration,
    in_vain: u32,
    longest: Option<Duration>,
}

impl Pauses {
    /// A stream that stays open for so long does not end in vain.
    pub(super) const fn new(lasting: Duration) -> Self {
        Self { lasting, in_vain: 0, longest: None }
    }

    pub(super) fn note(&mut self, came: Came, open: Duration) {
        let came = if open < self.lasting { came } else { Came::Messages };
        (self.in_vain, self.longest) = match came {
            Came::Nothing => (self.in_vain, None),
            Came::Marks => (self.in_vain, Some(RETRY)),
            Came::Messages => (0, None),
        };
    }

    /// Whether the next one is the first after a stream that was worth it.
    pub(super) fn at_start(&self) -> bool {
        self.in_vain == 0
    }

    pub(super) fn next(&mut self, asked: Option<Duration>) -> Duration {
        let first = asked.unwrap_or(RETRY);
        let longest = self.longest.unwrap_or(LONGEST_RETRY).max(first);
        let pause = first.saturating_mul(2_u32.saturating_pow(self.in_vain)).min(longest);
        self.in_vain = self.in_vain.saturating_add(1);
        pause
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
        let mut heard = Instant::now();
        loop {
            let end = self.read_reply(&mut events, &mut cursor, exchange, &mut heard).await;
            if !self.is_waiting(exchange.id) {
                return Ok(events);
            }
            if !cursor.is_set() || !exchange.resumable {
                end?;
                return Err(Failure::StreamEnded { origin: self.origin() });
            }
            // A server that takes the stream up again each time, and says nothing on it, is silent.
            if let Some(after) = self.upstream.silence().filter(|after| heard.elapsed() >= *after) {
                return Err(Failure::Silent { origin: self.origin(), after });
            }
            events = match Box::pin(self.resume(&cursor)).await {
                // It marks its streams and cannot give one back, which says nothing about the address.
                Err(failure) if failure.is_no_such_stream() => {
                    return Err(Failure::StreamEnded { origin: self.origin() });
                }
                resumed => resumed?,
            };
        }
    }

    async fn read_reply(
        &self,
        events: &mut Events,
        cursor: &mut Cursor,
        exchange: &Exchange<'_>,
        heard: &mut Instant,
    ) -> Result<(), Failure> {
        let silence = self.upstream.silence();
        while let Some(event) = events.next(self.upstream.origin(), silence).await? {
            *heard = Instant::now();
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
            // A server that holds back the head of an answer's stream is as silent as one that holds back the answer.
            let silence = self.upstream.silence();
            match self.open_stream(cursor.last_event_id.as_deref(), session.headers(), silence).await {
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
        let mut pauses = Pauses::new(LONGEST_RETRY);
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
                    let opened = Instant::now();
                    let came = tokio::select! {
                        came = self.read_own(&mut events, &mut cursor) => came,
                        () = self.woken.notified() => Came::Messages,
                    };
                    pauses.note(came, opened.elapsed());
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
            self.pause(pauses.next(cursor.retry)).await;
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
        let mut opened = pin!(self.open_stream(last_event_id, session.headers(), None));
        let in_time = timeout(OPENING, &mut opened).await;
        drop(opening.take());
        match in_time {
            Ok(outcome) => outcome,
            Err(_) => opened.await,
        }
    }

    /// Reads the server's own stream to its end, and says what came.
    async fn read_own(&self, events: &mut Events, cursor: &mut Cursor) -> Came {
        let mut came = Came::Nothing;
        // However it ends, it is opened again.
        while let Ok(Some(event)) = events.next(self.upstream.origin(), None).await {
            came = came.max(if event.data.is_empty() { Came::Marks } else { Came::Messages });
            cursor.note(&event);
            self.deliver_event(event, None);
            self.host.drained().await;
        }
        came
    }

    pub(super) async fn open_stream(
        &self,
        last_event_id: Option<&str>,
        headers: &HeaderMap,
        silence: Option<Duration>,
    ) -> Result<Events, Failure> {
        let response = self.upstream.listen(last_event_id, headers, silence).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_no_header_can_name_is_none() {
        let mut cursor = Cursor::default();
        let mut note = |id: &str| {
            cursor.note(&Event { id: Some(id.to_owned()), ..Event::default() });
            cursor.last_event_id.clone()
        };
        assert_eq!(note("grüße 7").as_deref(), Some("grüße 7"));
        assert_eq!(note("\u{7}"), None);
        assert_eq!(note(""), None);
    }

    #[test]
    fn pauses_grow_while_nothing_comes_and_begin_as_the_server_asks() {
        let asked = Duration::from_millis(100);
        let waits = |came: Came, asked: Option<Duration>| {
            let mut pauses = Pauses::new(LONGEST_RETRY);
            let all = std::iter::repeat_with(|| {
                pauses.note(came, Duration::ZERO);
                pauses.next(asked).as_millis()
            });
            all.take(10).collect::<Vec<_>>()
        };
        let dead = [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000, 30000];
        assert_eq!(waits(Came::Nothing, None), dead);
        assert_eq!(
            waits(Came::Nothing, Some(asked)),
            [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000]
        );
        assert_eq!(waits(Came::Marks, Some(asked))[..6], [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(waits(Came::Messages, Some(asked)), [100; 10]);
        let long = Duration::from_mins(1);
        assert_eq!(waits(Came::Nothing, Some(long))[..2], [60_000, 60_000]);

        let mut pauses = Pauses::new(Duration::from_secs(5));
        for (open, pause) in [(4, 1), (4, 2), (5, 1), (4, 2)] {
            pauses.note(Came::Nothing, Duration::from_secs(open));
            assert_eq!(pauses.next(None), Duration::from_secs(pause), "{open} s open");
        }
    }
}
