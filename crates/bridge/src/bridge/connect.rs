//! The connection with the server: found out about, made with the host's own handshake, made again when it failed.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use bridgekeeper_net::header::HeaderMap;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};

use super::stand_in::{StandIn, with_changing_tools};
use super::stream::{LONGEST_RETRY, RETRY};
use super::translation::Question;
use super::{Bridge, Request};
use crate::envelope::Id;
use crate::failure::Failure;
use crate::memory::{Carrier, Era};
use crate::options::{Protocol, Transport};
use crate::retry::Replay;

/// How long the host's first message waits for a server that nothing is remembered of.
const FIRST_ANSWER: Duration = Duration::from_secs(10);

/// How it stands with the server.
#[derive(Debug, Clone, Default)]
pub(super) enum Connection {
    /// The host has not shaken hands, and may never do.
    #[default]
    NotBegun,
    /// The server is being asked.
    Making,
    /// The server has answered.
    Made,
    /// It could not be made.
    Failed(Rc<Failure>),
}

/// What a server has turned out to be, with its answer to `initialize`, which may be an error.
#[derive(Debug)]
pub(super) struct Greeting {
    pub(super) answer: Vec<u8>,
    pub(super) era: Era,
    pub(super) carrier: Carrier,
}

#[derive(Deserialize)]
struct Initialize {
    #[serde(default)]
    params: InitializeParams,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct InitializeParams {
    protocol_version: String,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(default, borrow)]
    result: Option<&'a RawValue>,
    #[serde(default, borrow)]
    error: Option<&'a RawValue>,
}

/// An attempt to connect. One that is given up midway, because the host has cancelled the request that made it, has
/// failed: the next request tries anew.
struct Attempt<'a>(&'a RefCell<Connection>);

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut connection = self.0.borrow_mut();
        if matches!(*connection, Connection::Making) {
            *connection = Connection::Failed(Rc::new(Failure::Ending));
        }
    }
}

impl Bridge {
    /// Takes down the host's `initialize`, before anything that the host wrote after it.
    pub(crate) fn begin_handshake(&self, line: &Bytes) {
        let version = serde_json::from_slice(line)
            .map_or_else(|_| String::new(), |Initialize { params }| params.protocol_version);
        self.handshake.borrow_mut().begin(line.clone(), version);
    }

    /// Carries the host's `initialize`: answers it from memory at once, or when the server has answered, or after a
    /// while without it.
    pub(super) async fn carry_initialize(self: &Rc<Self>, request: Request) {
        let Request { id, handshake: on_its_way, .. } = request;
        let version = self.handshake.borrow().version.clone();
        let remembered = self.remembered(&version);
        if let Some(greeting) = remembered.as_ref().and_then(|remembered| remembered.greeting.as_deref()) {
            self.log.info("answered the host from what the server said last time");
            self.stand_in.set(StandIn::Memory);
            self.finish_with_result(&id, &with_changing_tools(greeting.get()));
        }
        let (bridge, host_id) = (Rc::clone(self), id.clone());
        self.background.borrow_mut().spawn_local(async move {
            bridge.shake_hands(Some(&host_id)).await;
            drop(on_its_way);
            bridge.settle().await;
        });
        let answered = self.until(|| !self.is_waiting(&id));
        if timeout_at(self.first_message() + FIRST_ANSWER, answered).await.is_err() {
            self.stand_in_for_server(&id);
        }
    }

    /// When the host began to wait.
    pub(super) fn first_message(&self) -> Instant {
        let first = self.first_message.get().unwrap_or_else(Instant::now);
        self.first_message.set(Some(first));
        first
    }

    /// Waits until the server has been greeted; tries anew if the last attempt failed. Those who ask while an attempt
    /// is under way share its outcome.
    pub(super) async fn connected(self: &Rc<Self>) -> Result<(), Failure> {
        let before = self.attempts.get();
        if matches!(*self.connection.borrow(), Connection::NotBegun | Connection::Made) {
            return Ok(());
        }
        let _alone = self.renewing.lock().await;
        let connection = self.connection.borrow().clone();
        match connection {
            Connection::Failed(failure) if self.attempts.get() > before => {
                Err(Failure::NotConnected(failure))
            }
            Connection::Failed(_) => {
                Box::pin(self.shake_hands(None)).await;
                match &*self.connection.borrow() {
                    Connection::Failed(failure) => Err(Failure::NotConnected(Rc::clone(failure))),
                    Connection::NotBegun | Connection::Making | Connection::Made => Ok(()),
                }
            }
            Connection::NotBegun | Connection::Making | Connection::Made => Ok(()),
        }
    }

    /// Greets the server. `host_id` is the host's `initialize` if it may still wait for its answer.
    pub(super) async fn shake_hands(self: &Rc<Self>, host_id: Option<&Id>) {
        let (Some(initialize), _) = self.own_handshake() else { return };
        *self.connection.borrow_mut() = Connection::Making;
        let _attempt = Attempt(&self.connection);
        self.status.connecting();
        let outcome = self.greet(&initialize).await;
        self.attempts.set(self.attempts.get() + 1);
        self.status.clock_ahead(self.upstream.clock_ahead());
        match outcome {
            Ok(greeting) => self.take_greeting(host_id, greeting).await,
            Err(failure) => self.note_no_connection(host_id, failure),
        }
        self.changed.notify_waiters();
    }

    async fn take_greeting(self: &Rc<Self>, host_id: Option<&Id>, greeting: Greeting) {
        let Greeting { answer, era, carrier } = greeting;
        let refused = match serde_json::from_slice(&answer) {
            Ok(Answer { result: Some(result), .. }) => {
                let version = self.handshake.borrow().version.clone();
                self.memory.keep_greeting(&version, era, carrier, Some(result));
                *self.connection.borrow_mut() = Connection::Made;
                self.status.connected(&self.handshake.borrow().spoken);
                None
            }
            Ok(Answer { error: Some(error), .. }) => {
                let failure = Rc::new(Failure::Server { error: error.get().into() });
                *self.connection.borrow_mut() = Connection::Failed(Rc::clone(&failure));
                Some(failure)
            }
            _ => {
                let failure = Failure::NotAMessage { origin: self.origin() };
                return self.note_no_connection(host_id, failure);
            }
        };
        if let Some(id) = host_id {
            // Whatever it is, the host gets it as it came.
            if let Err(failure) = self.finish_translated(id, answer) {
                self.answer(id, &failure);
            }
        }
        if let Some(failure) = refused {
            return self.status.not_connected(&failure);
        }
        if let Err(failure) = self.tell_initialized().await {
            self.log.warning(format_args!("the server did not take notifications/initialized: {failure}"));
        }
    }

    fn note_no_connection(&self, host_id: Option<&Id>, failure: Failure) {
        let failure = Rc::new(failure);
        self.status.not_connected(&failure);
        *self.connection.borrow_mut() = Connection::Failed(Rc::clone(&failure));
        match host_id {
            // The host stays while a person signs in.
            Some(id) if self.is_waiting(id) && matches!(*failure, Failure::SignIn(_)) => {
                self.stand_in_for_server(id);
            }
            Some(id) if self.is_waiting(id) => self.refuse(id, &Failure::NotConnected(failure)),
            _ => self.log.warning(format_args!("no connection: {failure}. {}", failure.next_step())),
        }
    }

    /// Tries until the server is there, if the host was answered without it, and then tells what is different.
    async fn settle(self: &Rc<Self>) {
        let mut wait = RETRY;
        let made = || matches!(*self.connection.borrow(), Connection::Made);
        while !made() {
            if self.stand_in.get() == StandIn::None {
                return;
            }
            self.sign_in_ended().await;
            tokio::select! {
                () = self.pause(wait) => {}
                () = self.until(made) => {}
            }
            if !made() {
                // The next attempt follows.
                let _ = self.connected().await;
            }
            wait = (wait * 2).min(LONGEST_RETRY);
        }
        self.until(|| self.handshake.borrow().is_initialized()).await;
        self.tell_what_is_different().await;
    }

    /// Finds out what the server speaks: the revision without a handshake alone, then Streamable HTTP with the host's own
    /// `initialize`, then HTTP+SSE (MCP 2026-07-28 and 2025-11-25, *Backwards Compatibility*). What it spoke last
    /// time is tried first.
    async fn greet(self: &Rc<Self>, initialize: &Bytes) -> Result<Greeting, Failure> {
        let version = self.handshake.borrow().version.clone();
        let last = self.remembered(&version).map(|remembered| (remembered.era, remembered.carrier));
        let first = match last {
            _ if !self.is_discovery_due() => None,
            _ if self.protocol == Protocol::Modern => Some(Question::InTheRevision),
            Some((Era::Legacy, _)) => None,
            Some((Era::Modern, _)) => Some(Question::InTheRevision),
            None => Some(Question::InTheHostsVersion),
        };
        if let Some(question) = first {
            match self.greet_without_handshake(initialize, question).await {
                Ok(Some(greeting)) => return Ok(greeting),
                Ok(None) if self.protocol == Protocol::Auto => {}
                Ok(None) => return Err(Failure::NotModern { origin: self.origin() }),
                // A server of the time before refuses in one way or another. One that is not there is not asked twice.
                Err(failure) if self.protocol == Protocol::Modern || matches!(failure, Failure::Net(_)) => {
                    return Err(failure);
                }
                Err(failure) => {
                    self.log.debug(format_args!("the server does not know server/discover: {failure}"));
                }
            }
        }
        let carrier = last.map_or(Carrier::Http, |(_, carrier)| carrier);
        match self.greet_with_handshake(initialize, carrier).await {
            // It may have become another server since.
            Err(failure)
                if failure.is_refusal()
                    && self.is_discovery_due()
                    && first != Some(Question::InTheRevision) =>
            {
                let greeting = self.greet_without_handshake(initialize, Question::InTheRevision).await;
                greeting.ok().flatten().ok_or(failure)
            }
            outcome => outcome,
        }
    }

    async fn greet_with_handshake(
        self: &Rc<Self>,
        initialize: &Bytes,
        last: Carrier,
    ) -> Result<Greeting, Failure> {
        let stream_first = matches!(self.transport, Transport::SseFirst | Transport::SseOnly)
            || (last == Carrier::Sse && self.transport == Transport::HttpFirst);
        if stream_first {
            match self.greet_on_stream(initialize).await {
                Err(failure) if self.transport != Transport::SseOnly && failure.is_refusal() => {}
                outcome => return outcome,
            }
        }
        let url = self.upstream.url();
        let response = self.post_patiently(url, initialize, &HeaderMap::new(), Replay::Safe).await?;
        let may_be_older = !stream_first
            && self.transport == Transport::HttpFirst
            && matches!(response.status().as_u16(), 400 | 404 | 405);
        match self.checked(response).await {
            Ok(response) => {
                let head = response.headers().clone();
                let answer = self.swallow_answer(response, Era::Legacy).await?;
                self.begin_session(&head, &answer);
                Ok(Greeting { answer, era: Era::Legacy, carrier: Carrier::Http })
            }
            Err(failure) if may_be_older => match self.greet_on_stream(initialize).await {
                // One whose stream is in order speaks the older transport.
                Err(foreign @ Failure::ForeignEndpoint { .. }) => Err(foreign),
                // What the server said to `initialize` tells more than that it has no stream either.
                Err(_) if self.endpoint.borrow().is_none() => Err(failure),
                outcome => outcome,
            },
            Err(failure) => Err(failure),
        }
    }

    fn is_discovery_due(&self) -> bool {
        match self.protocol {
            Protocol::Legacy => false,
            Protocol::Modern => true,
            // A host that has asked itself has had its answer.
            Protocol::Auto => self.transport != Transport::SseOnly && !self.host_discovers.get(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_that_is_given_up_has_failed() {
        let connection = RefCell::new(Connection::Making);
        drop(Attempt(&connection));
        assert!(matches!(*connection.borrow(), Connection::Failed(_)));
        let connection = RefCell::new(Connection::Made);
        drop(Attempt(&connection));
        assert!(matches!(*connection.borrow(), Connection::Made));
    }
}
