//! The pump: each of the host's messages becomes one POST, each of the server's messages one line.

mod event_stream;
mod modern;
mod session;
mod stream;
mod translation;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use bridgekeeper_net::header::HeaderMap;
use bridgekeeper_net::{Response, Url};
use bytes::Bytes;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use self::event_stream::Endpoint;
use self::session::Handshake;
use self::translation::{Discovery, Translation};
use crate::envelope::{Envelope, Id, NotAMessage, split_batch};
use crate::failure::{BodyKind, Failure, error_response};
use crate::gate::{Gate, OnItsWay};
use crate::host::Host;
use crate::lines::on_one_line;
use crate::log::Log;
use crate::modern::Call;
use crate::modern::tools::Tools;
use crate::options::{Options, Protocol, Transport};
use crate::reply::{self, Body, Events};
use crate::retry::{Acquaintance, Patience, Replay};
use crate::upstream::Upstream;

/// One host, one server.
pub(crate) struct Bridge {
    pub(crate) host: Host,
    pub(crate) log: Log,
    pub(crate) gate: Rc<Gate>,
    upstream: Upstream,
    handshake: RefCell<Handshake>,
    renewing: Mutex<()>,
    waiting: RefCell<HashSet<Id>>,
    answered: Notify,
    listening: Cell<bool>,
    transport: Transport,
    protocol: Protocol,
    /// The host itself has asked the server what it is.
    host_discovers: Cell<bool>,
    /// Set once the server has turned out to speak HTTP+SSE.
    endpoint: RefCell<Option<Endpoint>>,
    acquaintance: Cell<Acquaintance>,
    tools: RefCell<Tools>,
    /// Set once a server without a handshake has turned out to stand behind a host that has one.
    translation: RefCell<Option<Rc<Translation>>>,
    /// How many requests were our own, for their ids.
    own_requests: Cell<u64>,
    background: RefCell<JoinSet<()>>,
}

/// A request of the host.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) id: Id,
    pub(crate) method: Box<str>,
    pub(crate) line: Bytes,
    pub(crate) replay: Replay,
    /// Held by `initialize` until it is answered.
    pub(crate) handshake: Option<OnItsWay>,
}

/// A request whose reply is being read.
#[derive(Debug)]
struct Exchange<'a> {
    id: &'a Id,
    /// The head of the reply to `initialize`: it may name the session.
    handshake: Option<HeaderMap>,
    /// The answer is a list of tools by the rules of 2026-07-28.
    lists_tools: bool,
    /// A broken stream can be taken up again (not since 2026-07-28).
    resumable: bool,
}

impl Exchange<'_> {
    const fn of(id: &Id) -> Exchange<'_> {
        Exchange { id, handshake: None, lists_tools: false, resumable: true }
    }
}

impl Bridge {
    pub(crate) fn new(options: &Options, host: Host, log: Log) -> Self {
        Self {
            host,
            log,
            gate: Rc::default(),
            upstream: Upstream::new(options),
            handshake: RefCell::default(),
            renewing: Mutex::default(),
            waiting: RefCell::default(),
            answered: Notify::new(),
            listening: Cell::new(false),
            transport: options.transport,
            protocol: options.protocol,
            host_discovers: Cell::new(false),
            endpoint: RefCell::default(),
            acquaintance: Cell::new(Acquaintance::Stranger),
            tools: RefCell::default(),
            translation: RefCell::default(),
            own_requests: Cell::new(0),
            background: RefCell::default(),
        }
    }

    /// Notes that a request waits for its answer. `false` if one with that id waits already.
    pub(crate) fn expect(&self, id: &Id) -> bool {
        self.waiting.borrow_mut().insert(id.clone())
    }

    /// Carries a request to the server and sees to it that it is answered.
    pub(crate) async fn carry(self: &Rc<Self>, request: Request) {
        if request.handshake.is_some() {
            self.handshake.borrow_mut().initialize = Some(request.line.clone());
        } else {
            self.gate.open().await;
        }
        let rest = self.exchange(&request).await;
        match &rest {
            // A server of the time before says in some way or other that it does not know the method.
            Err(Failure::Status { status, .. })
                if &*request.method == "server/discover"
                    && matches!(status.as_u16(), 400 | 404 | 405 | 406 | 415) =>
            {
                self.answer(&request.id, &Failure::NoDiscovery);
            }
            Err(failure) => self.answer(&request.id, failure),
            Ok(_) => {}
        }
        // Whoever waited for the handshake may go on.
        drop(request);
        if let Ok(Some(rest)) = rest {
            self.read_rest(rest).await;
        }
    }

    /// Carries a notification or a response, to which there is no answer.
    pub(crate) async fn tell(self: &Rc<Self>, line: Bytes, replay: Replay) {
        self.gate.answered().await;
        if let Some(translation) = self.translation() {
            return self.take_translated(&line, &translation);
        }
        let told = if let Some(call) = Call::parse(&line) {
            self.post_modern(&line, &call, replay).await.map(drop)
        } else if self.endpoint.borrow().is_some() {
            self.post_on_stream(&line, replay).await
        } else {
            self.post(&line, replay).await.map(drop)
        };
        if let Err(failure) = told {
            self.log.warning(format_args!("the server did not take a notification or an answer: {failure}"));
        }
    }

    /// Waits until every request is answered.
    pub(crate) async fn all_answered(&self) {
        self.until(|| self.waiting.borrow().is_empty()).await;
    }

    /// Answers what is still waiting, with one and the same failure.
    pub(crate) fn give_up(&self, failure: &Failure) {
        for id in self.waiting.take() {
            self.host.send(failure.response_to(&id));
        }
        self.answered.notify_waiters();
    }

    /// Answers with the failure, unless the answer has come by another way.
    fn answer(&self, id: &Id, failure: &Failure) {
        if self.waiting.borrow_mut().remove(id) {
            self.log.warning(format_args!("{failure}. {}", failure.next_step()));
            self.host.send(failure.response_to(id));
            self.answered.notify_waiters();
        }
    }

    /// Sends the request and reads until its answer is there. What the server may say after it comes back unread.
    async fn exchange(self: &Rc<Self>, request: &Request) -> Result<Option<Events>, Failure> {
        if let Some(translation) = self.translation() {
            return self.translate(request, &translation).await.map(|()| None);
        }
        if request.handshake.is_some() {
            return self.initialize(request).await;
        }
        if self.endpoint.borrow().is_some() {
            return self.exchange_on_stream(request).await.map(|()| None);
        }
        if let Some(call) = Call::parse(&request.line) {
            self.host_discovers.set(true);
            return self.exchange_modern(request, &call).await;
        }
        let response = self.post(&request.line, request.replay).await?;
        self.read_answer(response, Exchange::of(&request.id)).await
    }

    /// Finds out what the server speaks: the revision without a handshake, then Streamable HTTP with the host's own
    /// `initialize`, then HTTP+SSE (MCP 2026-07-28 and 2025-11-25, *Backwards Compatibility*).
    async fn initialize(self: &Rc<Self>, request: &Request) -> Result<Option<Events>, Failure> {
        if self.is_discovery_due() {
            match self.initialize_translated(request).await {
                Ok(Discovery::Translated) => return Ok(None),
                Ok(Discovery::HasHandshake) if self.protocol == Protocol::Auto => {}
                Ok(Discovery::HasHandshake) => return Err(Failure::NotModern { origin: self.origin() }),
                // A server of the time before refuses in one way or another. One that is not there is not asked twice.
                Err(failure) if self.protocol == Protocol::Modern || matches!(failure, Failure::Net(_)) => {
                    return Err(failure);
                }
                Err(failure) => {
                    self.log.debug(format_args!("the server does not know server/discover: {failure}"));
                }
            }
        }
        if matches!(self.transport, Transport::SseFirst | Transport::SseOnly) {
            match self.initialize_on_stream(request).await {
                Err(failure) if self.transport == Transport::SseFirst && failure.is_refusal() => {}
                outcome => return outcome.map(|()| None),
            }
        }
        let response = self
            .post_patiently(self.upstream.url(), &request.line, &HeaderMap::new(), request.replay)
            .await?;
        let may_be_older =
            self.transport == Transport::HttpFirst && matches!(response.status().as_u16(), 400 | 404 | 405);
        match self.checked(response).await {
            Ok(response) => {
                let handshake = Some(response.headers().clone());
                self.read_answer(response, Exchange { handshake, ..Exchange::of(&request.id) }).await
            }
            Err(failure) if may_be_older => match self.initialize_on_stream(request).await {
                Ok(()) => Ok(None),
                // What the server said to `initialize` tells more than that it has no stream either.
                Err(_) if self.endpoint.borrow().is_none() => Err(failure),
                Err(failure) => Err(failure),
            },
            Err(failure) => Err(failure),
        }
    }

    async fn read_answer(
        &self,
        response: Response,
        exchange: Exchange<'_>,
    ) -> Result<Option<Events>, Failure> {
        match Body::of(&response) {
            Body::Json => {
                let text = reply::document(response, self.upstream.origin(), self.upstream.silence()).await?;
                let delivered = self.deliver(text, Some(&exchange));
                delivered.map_err(|_| Failure::NotAMessage { origin: self.origin() })?;
                self.host.drained().await;
            }
            Body::Events => return self.follow(Events::new(response), &exchange).await.map(Some),
            // The answer may come on the server's own stream.
            Body::Empty if self.listening.get() => {
                let limit = self.upstream.silence().unwrap_or(Duration::MAX);
                let _ = timeout(limit, self.until(|| !self.is_waiting(exchange.id))).await;
            }
            Body::Empty => {}
            Body::Other(content_type) => {
                return Err(Failure::ContentType { origin: self.origin(), content_type });
            }
        }
        if self.is_waiting(exchange.id) {
            Err(Failure::Unanswered { origin: self.origin() })
        } else {
            Ok(None)
        }
    }

    /// Posts a message, again and again where that is safe and may help.
    async fn post_patiently(
        &self,
        url: &Url,
        line: &Bytes,
        headers: &HeaderMap,
        replay: Replay,
    ) -> Result<Response, Failure> {
        let mut patience = Patience::new(replay);
        loop {
            let outcome = self.upstream.post(url, line.clone(), headers).await;
            if outcome.is_ok() {
                self.acquaintance.set(Acquaintance::Known);
            }
            let Some(wait) = patience.after(&outcome, self.acquaintance.get()) else { return outcome };
            self.log.debug(format_args!("sending again in {} ms", wait.as_millis()));
            sleep(wait).await;
        }
    }

    /// Lets a successful response pass, and reads an error.
    async fn checked(&self, response: Response) -> Result<Response, Failure> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        if let Some(target) = self.upstream.redirect_target(&response) {
            return Err(Failure::Redirected { origin: self.origin(), target });
        }
        let kind = match Body::of(&response) {
            Body::Empty => BodyKind::Empty,
            Body::Other(name) if name == "text/html" => BodyKind::Html,
            Body::Json | Body::Events | Body::Other(_) => BodyKind::Other,
        };
        let body = reply::error_body(response, self.upstream.silence()).await;
        match serde_json::from_slice::<ErrorBody<'_>>(&body) {
            Ok(body) => Err(Failure::JsonRpc { status, error: body.error.get().into() }),
            Err(_) => Err(Failure::Status { origin: self.origin(), status, kind }),
        }
    }

    /// Hands what the server sent to the host: one message, or the messages of a batch (MCP 2025-03-26).
    fn deliver(&self, text: Vec<u8>, exchange: Option<&Exchange<'_>>) -> Result<(), NotAMessage> {
        if text.trim_ascii_start().first() != Some(&b'[') {
            return self.deliver_message(text, exchange);
        }
        for message in split_batch(&text)? {
            self.deliver_message(message.to_vec(), exchange)?;
        }
        Ok(())
    }

    fn deliver_message(
        &self,
        mut message: Vec<u8>,
        exchange: Option<&Exchange<'_>>,
    ) -> Result<(), NotAMessage> {
        message.truncate(message.trim_ascii_end().len());
        match Envelope::parse(&message)? {
            Envelope::Request { .. } | Envelope::Notification { .. } => self.host.send(on_one_line(message)),
            Envelope::Response { id: Some(id) } => {
                if self.waiting.borrow_mut().remove(&id) {
                    if let Some(exchange) = exchange.filter(|exchange| *exchange.id == id) {
                        if let Some(head) = &exchange.handshake {
                            self.begin_session(head, &message);
                        }
                        if exchange.lists_tools {
                            message = self.learn_tools(message);
                        }
                    }
                    self.host.send(on_one_line(message));
                    self.answered.notify_waiters();
                } else {
                    self.log.debug("dropped an answer that no request waits for");
                }
            }
            // The server could not read the id: the answer belongs to the request it was given to.
            Envelope::Response { id: None } => {
                let body: ErrorBody<'_> = serde_json::from_slice(&message)?;
                if let Some(exchange) = exchange
                    && self.waiting.borrow_mut().remove(exchange.id)
                {
                    self.host.send(on_one_line(error_response(exchange.id, body.error.get())));
                    self.answered.notify_waiters();
                }
            }
        }
        Ok(())
    }

    async fn until(&self, done: impl Fn() -> bool) {
        loop {
            let answered = self.answered.notified();
            if done() {
                return;
            }
            answered.await;
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

    fn translation(&self) -> Option<Rc<Translation>> {
        self.translation.borrow().clone()
    }

    /// Whether the host speaks to a server that has no sessions: then cancelling a request closes its stream.
    pub(crate) fn cancels_by_closing(&self, line: &[u8]) -> bool {
        self.translation.borrow().is_some() || Call::parse(line).is_some()
    }

    fn is_waiting(&self, id: &Id) -> bool {
        self.waiting.borrow().contains(id)
    }

    fn origin(&self) -> String {
        self.upstream.origin().to_owned()
    }
}

/// A JSON-RPC error, whatever its id.
#[derive(Deserialize)]
struct ErrorBody<'a> {
    #[serde(borrow, deserialize_with = "error_object")]
    error: &'a RawValue,
}

/// Takes what is an error object and nothing else: bodies of OAuth have an `error` too, which is a text (RFC 6750).
fn error_object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'de RawValue, D::Error> {
    #[derive(Deserialize)]
    struct ErrorObject<'a> {
        #[serde(rename = "code")]
        _code: i64,
        #[serde(rename = "message", borrow)]
        _message: Cow<'a, str>,
    }
    let error = <&RawValue>::deserialize(deserializer)?;
    serde_json::from_str::<ErrorObject<'_>>(error.get()).map_err(D::Error::custom)?;
    Ok(error)
}
