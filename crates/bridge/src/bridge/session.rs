//! The session with the server: begun by the host's handshake, renewed with the same handshake when the server has
//! lost it, ended with DELETE (MCP 2025-11-25, *Session Management*).

use std::time::Duration;

use bridgekeeper_net::header::HeaderMap;
use bridgekeeper_net::{Response, StatusCode};
use bytes::Bytes;
use serde::Deserialize;
use tokio::time::timeout;

use super::Bridge;
use crate::envelope::Envelope;
use crate::failure::Failure;
use crate::reply::{self, Body, Events};
use crate::retry::Replay;
use crate::upstream::Session;

/// The handshake as the host wrote it, and the session that came of it.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    pub(super) initialize: Option<Bytes>,
    initialized: Option<Bytes>,
    session: Session,
    /// Counts the sessions, so that requests that fail together renew it once.
    generation: u64,
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

    /// Posts a message within the session; renews the session once if the server has lost it.
    pub(super) async fn post(&self, line: &Bytes, replay: Replay) -> Result<Response, Failure> {
        let (session, generation) = self.session();
        let response = self.post_patiently(self.upstream.url(), line, session.headers(), replay).await?;
        if response.status() != StatusCode::NOT_FOUND || !session.has_id() {
            return self.checked(response).await;
        }
        self.renew(generation).await?;
        let (session, _) = self.session();
        self.checked(self.post_patiently(self.upstream.url(), line, session.headers(), replay).await?).await
    }

    /// `initialize` and `notifications/initialized` as the host wrote them.
    pub(super) fn own_handshake(&self) -> (Option<Bytes>, Option<Bytes>) {
        let handshake = self.handshake.borrow();
        (handshake.initialize.clone(), handshake.initialized.clone())
    }

    /// Makes a new session, unless somebody else has done so since `generation`.
    pub(super) async fn renew(&self, generation: u64) -> Result<(), Failure> {
        let _alone = self.renewing.lock().await;
        if self.session().1 != generation {
            return Ok(());
        }
        let (initialize, initialized) = self.own_handshake();
        // Without one there was no session that could have been lost.
        let Some(initialize) = initialize else { return Ok(()) };
        self.log.info("the server has lost the session; beginning a new one");
        let response = self
            .checked(self.upstream.post(self.upstream.url(), initialize, &HeaderMap::new()).await?)
            .await?;
        let head = response.headers().clone();
        let answer = self.swallow_answer(response).await?;
        self.begin_session(&head, &answer);
        if let Some(initialized) = initialized {
            let (session, _) = self.session();
            self.checked(self.upstream.post(self.upstream.url(), initialized, session.headers()).await?)
                .await?;
        }
        Ok(())
    }

    /// Takes down the session that the answer to `initialize` brought.
    pub(super) fn begin_session(&self, head: &HeaderMap, answer: &[u8]) {
        let answer: Option<InitializeAnswer> = serde_json::from_slice(answer).ok();
        let version = answer.map(|answer| answer.result.protocol_version);
        let mut handshake = self.handshake.borrow_mut();
        handshake.session = Session::new(head, version.as_deref());
        handshake.generation += 1;
    }

    pub(super) fn session(&self) -> (Session, u64) {
        let handshake = self.handshake.borrow();
        (handshake.session.clone(), handshake.generation)
    }

    /// Reads the answer to a request of our own, which is not for the host. Other messages pass.
    pub(super) async fn swallow_answer(&self, response: Response) -> Result<Vec<u8>, Failure> {
        let silence = self.upstream.silence();
        if Body::of(&response) != Body::Events {
            return reply::document(response, self.upstream.origin(), silence).await;
        }
        let mut events = Events::new(response);
        while let Some(event) = events.next(self.upstream.origin(), silence).await? {
            if matches!(Envelope::parse(&event.data), Ok(Envelope::Response { .. })) {
                return Ok(event.data);
            }
            self.deliver_event(event, None);
        }
        Err(Failure::StreamEnded { origin: self.origin() })
    }
}
