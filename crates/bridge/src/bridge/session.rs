//! The session with the server: begun by the host's handshake, renewed with the same handshake when the server has
//! lost it, ended with DELETE (MCP 2025-11-25, *Session Management*).

use std::rc::Rc;
use std::time::Duration;

use bridgekeeper_net::Response;
use bridgekeeper_net::header::HeaderMap;
use bytes::Bytes;
use serde::Deserialize;
use tokio::time::timeout;

use super::stream::Cursor;
use super::{Bridge, ErrorBody};
use crate::envelope::Envelope;
use crate::failure::Failure;
use crate::gate::Part;
use crate::memory::Era;
use crate::reply::{self, Body, Events};
use crate::retry::Replay;
use crate::upstream::Session;

/// In how many lost sessions a message is tried.
const SESSIONS: usize = 8;

/// How many of them are made for it. The first may be lost to others before it comes to it; what is refused in the second,
/// too, is not refused for the session.
const OWN_SESSIONS: usize = 2;

/// Who has made the new session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Renewal {
    Own,
    OfAnother,
}

/// The handshake as the host wrote it, and the session that came of it.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    initialize: Option<Bytes>,
    initialized: Option<Bytes>,
    /// The server of the present connection has heard `notifications/initialized`.
    told: bool,
    /// The version of MCP that the host asked for.
    pub(super) version: String,
    /// The version that the server speaks.
    pub(super) spoken: String,
    session: Session,
    /// Counts the sessions, so that requests that fail together renew it once.
    generation: u64,
}

impl Handshake {
    /// The host has sent `initialize`.
    pub(super) fn begin(&mut self, initialize: Bytes, version: String) {
        *self =
            Self { initialize: Some(initialize), version, generation: self.generation, ..Self::default() };
    }

    /// The host's part of the handshake is over.
    pub(super) const fn is_initialized(&self) -> bool {
        self.initialized.is_some()
    }
}

#[derive(Deserialize)]
struct InitializeAnswer {
    result: InitializeResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InitializeResult {
    protocol_version: String,
}

impl Bridge {
    /// Remembers the host's `notifications/initialized` for the next session.
    pub(crate) fn remember_initialized(&self, line: Bytes) {
        self.handshake.borrow_mut().initialized = Some(line);
        self.changed.notify_waiters();
    }

    /// Tells the server that the host is ready, once for each connection, and begins to listen to it.
    pub(super) async fn tell_initialized(self: &Rc<Self>) -> Result<(), Failure> {
        let line = {
            let mut handshake = self.handshake.borrow_mut();
            let Some(line) = handshake.initialized.clone().filter(|_| !handshake.told) else { return Ok(()) };
            handshake.told = true;
            line
        };
        self.tell_server(&line, Replay::Safe).await?;
        if self.endpoint.borrow().is_none() && self.translation().is_none() {
            let (bridge, opening) = (Rc::clone(self), self.gate.enter(Part::Initialized));
            self.background.borrow_mut().spawn_local(async move { bridge.listen(opening).await });
        }
        Ok(())
    }

    /// Waits until what is to be remembered is written, for as long as `limit` at most.
    pub(crate) async fn remembers(&self, limit: Duration) {
        let _ = timeout(limit, self.memory.written()).await;
    }

    /// Ends the session, for as long as `limit` at most.
    pub(crate) async fn end_session(&self, limit: Duration) {
        let (session, _) = self.session();
        if session.has_id() {
            match timeout(limit, self.upstream.end(session.headers())).await {
                Ok(Ok(())) => self.log.debug("told the server that the session is over"),
                Ok(Err(failure)) => self.log.debug(format_args!("could not end the session: {failure}")),
                Err(_) => self.log.debug("could not end the session in time"),
            }
        }
    }

    /// Posts a message within the session; renews the session where the server has lost it. A session that others have
    /// renewed may be lost again before this message comes to it.
    pub(super) async fn post(&self, line: &Bytes, replay: Replay) -> Result<Response, Failure> {
        let mut own = 0;
        for _ in 0..SESSIONS {
            let (session, generation) = self.session();
            let response = self.post_patiently(self.upstream.url(), line, session.headers(), replay).await?;
            match self.checked(response).await {
                Err(failure) if own < OWN_SESSIONS && session.has_id() && failure.is_lost_session() => {}
                outcome => return outcome,
            }
            if Box::pin(self.renew(generation)).await? == Renewal::Own {
                own += 1;
            }
        }
        let (session, _) = self.session();
        self.checked(self.post_patiently(self.upstream.url(), line, session.headers(), replay).await?).await
    }

    /// `initialize` and `notifications/initialized` as the host wrote them.
    pub(super) fn own_handshake(&self) -> (Option<Bytes>, Option<Bytes>) {
        let handshake = self.handshake.borrow();
        (handshake.initialize.clone(), handshake.initialized.clone())
    }

    /// Makes a new session, unless somebody else has done so since `generation`.
    pub(super) async fn renew(&self, generation: u64) -> Result<Renewal, Failure> {
        let _alone = self.renewing.lock().await;
        if self.session().1 != generation {
            return Ok(Renewal::OfAnother);
        }
        let (initialize, initialized) = self.own_handshake();
        // Without one there was no session that could have been lost.
        let Some(initialize) = initialize else { return Ok(Renewal::Own) };
        self.log.info("the server has lost the session; beginning a new one");
        let response = self
            .checked(self.upstream.post(self.upstream.url(), initialize, &HeaderMap::new()).await?)
            .await?;
        let head = response.headers().clone();
        let answer = self.swallow_answer(response, Era::Legacy).await?;
        if let Ok(ErrorBody { error }) = serde_json::from_slice(&answer) {
            // The lost session stays, so that the next request tries again.
            return Err(Failure::Server { error: error.get().into() });
        }
        self.begin_session(&head, &answer);
        if let Some(initialized) = initialized {
            let (session, _) = self.session();
            self.checked(self.upstream.post(self.upstream.url(), initialized, session.headers()).await?)
                .await?;
        }
        Ok(Renewal::Own)
    }

    /// Takes down the session that the answer to `initialize` brought.
    pub(super) fn begin_session(&self, head: &HeaderMap, answer: &[u8]) {
        let version = self.note_version(answer);
        let mut handshake = self.handshake.borrow_mut();
        handshake.session = Session::new(head, version.as_deref());
        handshake.generation += 1;
    }

    /// Takes down the version of MCP that the server has chosen.
    pub(super) fn note_version(&self, answer: &[u8]) -> Option<String> {
        let InitializeAnswer { result } = serde_json::from_slice(answer).ok()?;
        self.handshake.borrow_mut().spoken.clone_from(&result.protocol_version);
        Some(result.protocol_version)
    }

    pub(super) fn session(&self) -> (Session, u64) {
        let handshake = self.handshake.borrow();
        (handshake.session.clone(), handshake.generation)
    }

    /// Reads the answer to a request of our own, which is not for the host. Other messages pass. A stream that breaks off
    /// is taken up again as far as the revision of its request has a way to.
    pub(super) async fn swallow_answer(&self, response: Response, era: Era) -> Result<Vec<u8>, Failure> {
        let body = Body::of(&response);
        if body != Body::Events {
            let silence = self.upstream.silence();
            let answer = reply::document(response, self.upstream.origin(), silence).await?.text;
            return match body {
                // What is a message all the same is taken for one.
                Body::Other(content_type) if Envelope::parse(&answer).is_err() => {
                    Err(Failure::ContentType { origin: self.origin(), content_type })
                }
                Body::Json | Body::Events | Body::Empty | Body::Other(_) => Ok(answer),
            };
        }
        let mut events = Events::new(response);
        let mut cursor = Cursor::default();
        loop {
            match self.next_answer(&mut events, &mut cursor).await {
                Ok(Some(answer)) => return Ok(answer),
                end if !cursor.is_set() || era == Era::Modern => {
                    end?;
                    return Err(Failure::StreamEnded { origin: self.origin() });
                }
                _ => events = self.resume(&cursor).await?,
            }
        }
    }

    async fn next_answer(
        &self,
        events: &mut Events,
        cursor: &mut Cursor,
    ) -> Result<Option<Vec<u8>>, Failure> {
        while let Some(event) = events.next(self.upstream.origin(), self.upstream.silence()).await? {
            cursor.note(&event);
            if matches!(Envelope::parse(&event.data), Ok(Envelope::Response { .. })) {
                return Ok(Some(event.into_document().text));
            }
            self.deliver_event(event, None);
        }
        Ok(None)
    }
}
