//! The pump: each of the host's messages becomes one POST, each of the server's messages one line.

mod connect;
mod deliver;
mod event_stream;
mod modern;
mod older_server;
mod open_calls;
mod own;
mod session;
mod signed_in;
mod stand_in;
mod stream;
mod translation;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_net::header::HeaderMap;
use bridgekeeper_net::{Ends, Response, Url};
use bridgekeeper_oauth::Credentials;
use bytes::Bytes;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use tokio::sync::{Mutex, Notify, Semaphore, SemaphorePermit, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use self::connect::Connection;
pub(crate) use self::deliver::Wanted;
use self::event_stream::Endpoint;
use self::older_server::Subscription;
use self::open_calls::OpenCalls;
use self::session::Handshake;
use self::stand_in::StandIn;
use self::translation::Translation;
use crate::envelope::Id;
use crate::failure::{BodyKind, Failure, speaks_of_a_session};
use crate::gate::{Gate, OnItsWay, Part};
use crate::host::Host;
use crate::log::Log;
use crate::memory::{Carrier, Era, Memory};
use crate::modern::Call;
use crate::modern::tools::Tools;
use crate::options::{Options, Protocol, Transport};
use crate::reply::{self, Body, Events};
use crate::retry::{Acquaintance, Patience, Replay};
use crate::status::Status;
use crate::tool_filter::ToolFilter;
use crate::upstream::Upstream;

/// How long a host that asks what the server is waits for it.
const DISCOVERY: Duration = Duration::from_secs(10);

/// Requests that are at the server at once; others wait. Each may take a connection, of which a process can have few on
/// some systems, and an answer of any size.
const AT_ONCE: usize = 200;

/// How long a server that was silent may take to hear that nobody waits for its answer.
const TAKING_BACK: Duration = Duration::from_secs(5);

/// One host, one server.
pub(crate) struct Bridge {
    pub(crate) host: Host,
    pub(crate) log: Log,
    pub(crate) gate: Rc<Gate>,
    pub(crate) status: Status,
    upstream: Upstream,
    memory: Memory,
    filter: ToolFilter,
    transport: Transport,
    protocol: Protocol,
    handshake: RefCell<Handshake>,
    connection: RefCell<Connection>,
    /// How often the server was greeted.
    attempts: Cell<u64>,
    /// Held while the server is being greeted again.
    renewing: Mutex<()>,
    first_message: Cell<Option<Instant>>,
    stand_in: Cell<StandIn>,
    /// The host has seen tools that were remembered.
    shown_tools: Cell<bool>,
    /// The host's requests that wait for their answers.
    waiting: RefCell<HashMap<Id, Wanted>>,
    /// For the requests that are at the server.
    turns: Semaphore,
    /// Our own requests that wait for theirs on a stream that carries everything.
    asked: RefCell<HashMap<Id, oneshot::Sender<Vec<u8>>>>,
    /// Told when an answer has come or the connection has changed.
    changed: Notify,
    /// Told when the machine has slept or the network has changed.
    woken: Notify,
    listening: Cell<bool>,
    /// The host itself has asked the server what it is.
    host_discovers: Cell<bool>,
    /// Set once the server has turned out to speak HTTP+SSE.
    endpoint: RefCell<Option<Endpoint>>,
    /// When the server last said something on that transport's stream that is no answer.
    heard: Cell<Option<Instant>>,
    acquaintance: Cell<Acquaintance>,
    tools: RefCell<Tools>,
    /// Set once a server without a handshake has turned out to stand behind a host that has one.
    translation: RefCell<Option<Rc<Translation>>>,
    /// The bridge has shaken hands in the place of a host that does not.
    older_server: Cell<bool>,
    /// The way for answers in the place of such a host.
    answers_for_host: RefCell<Option<mpsc::UnboundedSender<Bytes>>>,
    /// What such a host wants to hear.
    subscriptions: RefCell<Vec<Subscription>>,
    /// In the middle of which it can be asked.
    open_calls: RefCell<OpenCalls>,
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
    pub(crate) wanted: Wanted,
    /// Held by `initialize` until it is answered.
    pub(crate) handshake: Option<OnItsWay>,
}

/// A request whose reply is being read.
#[derive(Debug)]
struct Exchange<'a> {
    id: &'a Id,
    /// A broken stream can be taken up again (not since 2026-07-28).
    resumable: bool,
}

impl Bridge {
    pub(crate) fn new(options: &Options, store: Arc<dyn Credentials>, host: Host, log: Log) -> Self {
        Self {
            host,
            log,
            gate: Rc::default(),
            status: Status::new(options),
            upstream: Upstream::new(options, store),
            memory: Memory::new(options),
            filter: options.tools.clone(),
            transport: options.transport,
            protocol: options.protocol,
            handshake: RefCell::default(),
            connection: RefCell::default(),
            attempts: Cell::new(0),
            renewing: Mutex::default(),
            first_message: Cell::new(None),
            stand_in: Cell::default(),
            shown_tools: Cell::new(false),
            waiting: RefCell::default(),
            turns: Semaphore::new(AT_ONCE),
            asked: RefCell::default(),
            changed: Notify::new(),
            woken: Notify::new(),
            listening: Cell::new(false),
            host_discovers: Cell::new(false),
            endpoint: RefCell::default(),
            heard: Cell::new(None),
            acquaintance: Cell::new(Acquaintance::Stranger),
            tools: RefCell::default(),
            translation: RefCell::default(),
            older_server: Cell::new(false),
            answers_for_host: RefCell::default(),
            subscriptions: RefCell::default(),
            open_calls: RefCell::default(),
            own_requests: Cell::new(0),
            background: RefCell::default(),
        }
    }

    /// Notes that a request waits for its answer. `false` if one with that id waits already.
    pub(crate) fn expect(&self, id: &Id, wanted: Wanted) -> bool {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.contains_key(id) {
            return false;
        }
        waiting.insert(id.clone(), wanted);
        self.status.in_flight(waiting.len());
        true
    }

    /// Carries a request to the server and sees to it that it is answered.
    ///
    /// What few requests need is boxed, here and below: the task of each call would be as large as the largest of it.
    pub(crate) async fn carry(self: &Rc<Self>, request: Request) {
        let begun = self.first_message();
        if request.handshake.is_some() {
            return Box::pin(self.carry_initialize(request)).await;
        }
        if let Some(result) = self.answer_in_its_place(&request) {
            return self.finish_with_result(&request.id, &result);
        }
        if let Some(failure) = self.refused(&request) {
            return self.answer(&request.id, &failure);
        }
        if &*request.method == "server/discover" {
            return Box::pin(self.carry_discovery(request, begun)).await;
        }
        self.gate.open().await;
        let rest = match self.connected().await {
            Ok(()) => {
                let _turn = self.turn(&request).await;
                // It may have been answered while it waited, and must not be carried then.
                if !self.is_waiting(&request.id) {
                    return;
                }
                self.exchange(&request).await
            }
            Err(failure) => Err(failure),
        };
        match rest {
            Err(failure) => {
                let in_vain = matches!(failure, Failure::Silent { .. }) && self.is_waiting(&request.id);
                self.answer(&request.id, &failure);
                if in_vain {
                    Box::pin(self.take_back(&request)).await;
                }
            }
            Ok(Some(rest)) => self.read_rest(rest).await,
            Ok(None) => {}
        }
    }

    /// Waits until few enough requests are at the server. A ping asks whether anybody is there and a subscription has no
    /// end: they wait for nobody.
    async fn turn(&self, request: &Request) -> Option<SemaphorePermit<'_>> {
        let at_once = request.wanted == Wanted::EndOfSubscription || &*request.method == "ping";
        // It is never closed.
        if at_once { None } else { self.turns.acquire().await.ok() }
    }

    /// Tells a server that was silent for too long that nobody waits any more (MCP 2025-11-25, *Timeouts*).
    async fn take_back(self: &Rc<Self>, request: &Request) {
        if self.cancels_by_closing(Era::of(&request.line)) {
            return;
        }
        let line = format!(
            r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{},"reason":"no answer in time"}}}}"#,
            request.id.raw()
        );
        match timeout(TAKING_BACK, self.tell_server(&line.into(), Replay::Safe)).await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => self.log.debug(format_args!("could not take a request back: {failure}")),
            Err(_) => self.log.debug("could not take a request back in time"),
        }
    }

    /// Carries the question what the server is, of a host that speaks 2026-07-28. It is answered from memory where
    /// that helps. A server of the time before says in some way or other that it does not know the method; so does
    /// the bridge in its place, because the host then shakes hands.
    async fn carry_discovery(self: &Rc<Self>, request: Request, begun: Instant) {
        let version = Call::parse(&request.line).map(|call| call.version.into_owned()).unwrap_or_default();
        self.host_discovers.set(true);
        let last = self.remembered(&version).map(|remembered| (remembered.era, remembered.greeting));
        let rest = match last {
            _ if self.protocol == Protocol::Legacy => Err(Failure::NoDiscovery),
            Some((Era::Legacy, _)) => Err(Failure::NoDiscovery),
            Some((Era::Modern, Some(greeting))) => {
                self.finish_with_result(&request.id, greeting.get());
                return self.check_discovery(&version, &request.line).await;
            }
            _ => match timeout_at(begun + DISCOVERY, self.exchange_discovery(&request)).await {
                Ok(rest) => rest,
                Err(_) => Err(Failure::NoDiscovery),
            },
        };
        match rest {
            Err(Failure::Status { status, .. }) if matches!(status.as_u16(), 400 | 404 | 405 | 406 | 415) => {
                self.memory.keep_greeting(&version, Era::Legacy, Carrier::Http, None);
                self.answer(&request.id, &Failure::NoDiscovery);
            }
            Err(failure) => self.answer(&request.id, &failure),
            Ok(Some(rest)) => self.read_rest(rest).await,
            Ok(None) => {}
        }
    }

    async fn exchange_discovery(self: &Rc<Self>, request: &Request) -> Result<Option<Events>, Failure> {
        match Call::parse(&request.line) {
            Some(call) => self.exchange_modern(request, &call).await,
            None => self.exchange_in_session(request).await,
        }
    }

    /// Carries a notification or a response, to which there is no answer.
    pub(crate) async fn tell(self: &Rc<Self>, line: Bytes, replay: Replay, part: Part) {
        self.gate.answered().await;
        if matches!(*self.connection.borrow(), Connection::Failed(_)) {
            return self.log.debug("kept a notification back: there is no connection");
        }
        let told = if part == Part::Initialized {
            self.tell_initialized().await
        } else {
            self.tell_server(&line, replay).await
        };
        if let Err(failure) = told {
            self.log.warning(format_args!("the server did not take a notification or an answer: {failure}"));
        }
    }

    async fn tell_server(self: &Rc<Self>, line: &Bytes, replay: Replay) -> Result<(), Failure> {
        if let Some(translation) = self.translation() {
            self.take_translated(line, &translation);
            Ok(())
        } else if let Some(call) = Call::parse(line).filter(|_| !self.older_server.get()) {
            self.post_modern(line, &call, replay).await.map(drop)
        } else if self.endpoint.borrow().is_some() {
            self.post_on_stream(line, replay).await
        } else {
            self.post(line, replay).await.map(drop)
        }
    }

    /// Sends the request and reads until its answer is there. What the server may say after it comes back unread.
    async fn exchange(self: &Rc<Self>, request: &Request) -> Result<Option<Events>, Failure> {
        if let Some(translation) = self.translation() {
            return Box::pin(self.translate(request, &translation)).await.map(|()| None);
        }
        if let Some(call) = Call::parse(&request.line) {
            return Box::pin(self.carry_modern(request, &call)).await;
        }
        self.exchange_in_session(request).await
    }

    async fn exchange_in_session(&self, request: &Request) -> Result<Option<Events>, Failure> {
        if self.endpoint.borrow().is_some() {
            return Box::pin(self.exchange_on_stream(request)).await.map(|()| None);
        }
        let response = self.post(&request.line, request.replay).await?;
        self.read_answer(response, Exchange { id: &request.id, resumable: true }).await
    }

    async fn read_answer(
        &self,
        response: Response,
        exchange: Exchange<'_>,
    ) -> Result<Option<Events>, Failure> {
        match Body::of(&response) {
            Body::Json => {
                // What the host is behind with fills the memory once.
                self.host.drained().await;
                let silence = self.upstream.silence();
                let document = reply::document(response, self.upstream.origin(), silence).await?;
                let delivered = self.deliver(document, Some(&exchange));
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
            Err(_) if kind == BodyKind::Other && speaks_of_a_session(&body) => {
                Err(Failure::Status { origin: self.origin(), status, kind: BodyKind::AboutTheSession })
            }
            Err(_) => Err(Failure::Status { origin: self.origin(), status, kind }),
        }
    }

    async fn until(&self, done: impl Fn() -> bool) {
        loop {
            let changed = self.changed.notified();
            if done() {
                return;
            }
            changed.await;
        }
    }

    /// What the command line forbids.
    fn refused(&self, request: &Request) -> Option<Failure> {
        if self.filter.is_empty() || &*request.method != "tools/call" {
            return None;
        }
        match translation::tool_name(&request.line) {
            Some(name) if self.filter.allows(&name) => None,
            // What names no tool here may name one to the server.
            name => Some(Failure::ToolFiltered { name: name.unwrap_or_default() }),
        }
    }

    /// What was open before may be dead without knowing it: new connections are made, and streams opened again.
    pub(crate) fn begin_anew(&self, why: &str) {
        self.log.info(format_args!("{why}; beginning new connections"));
        self.upstream.begin_new_connections();
        self.woken.notify_waiters();
    }

    /// The ends of the connection on which the server answered last.
    pub(crate) const fn ends(&self) -> Option<Ends> {
        self.upstream.ends()
    }

    /// Waits before something is tried again, but not while the network has changed: it may work now.
    async fn pause(&self, wait: Duration) {
        // Cut short or not makes no difference.
        let _ = timeout(wait, self.woken.notified()).await;
    }

    /// Ends what goes on beside the host's messages.
    pub(crate) fn end_background(&self) {
        drop(self.background.take());
    }

    fn translation(&self) -> Option<Rc<Translation>> {
        self.translation.borrow().clone()
    }

    /// Whether the host speaks to a server that has no sessions: then cancelling a request closes its stream.
    pub(crate) fn cancels_by_closing(&self, request: Era) -> bool {
        self.translation.borrow().is_some() || (request == Era::Modern && !self.older_server.get())
    }

    fn is_waiting(&self, id: &Id) -> bool {
        self.waiting.borrow().contains_key(id) || self.is_apart(id)
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
