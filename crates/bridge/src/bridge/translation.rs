//! A host of the time before 2026-07-28 in front of a server of that revision or later.
//!
//! The bridge answers the handshake from `server/discover`, gives each request the metadata it needs, keeps a
//! subscription for what the host would have heard on the session's stream, and turns the server's `input_required`
//! into requests to the host.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::connect::Greeting;
use super::stream::{Came, LONGEST_RETRY, Pauses};
use super::{Bridge, DISCOVERY, Request};
use crate::envelope::{Envelope, Id};
use crate::failure::{Failure, error_response};
use crate::lines::on_one_line;
use crate::memory::{Carrier, Era};
use crate::modern::{Call, VERSION, is_header_mismatch, offers_our_version, splice};
use crate::options::Protocol;
use crate::reply::{Body, Events};
use crate::retry::Replay;

/// How often one request may ask the host for more.
const ROUNDS: usize = 16;

/// The newest version with a handshake. It is offered to a host that asks for one that is not known.
const NEWEST_WITH_HANDSHAKE: &str = "2025-11-25";
const WITH_HANDSHAKE: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", NEWEST_WITH_HANDSHAKE];

/// In which version of MCP a server is asked what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// In the version that the host asks for. A server that speaks both ages takes it for a message of the time before,
    /// and turns it down because there is no session: then the host shakes hands itself. Asked in the revision it would
    /// name the revision alone, as those of the official Python SDK do, and what it can only ask the host within a
    /// session would be lost. One that has no handshake refuses the version and names those that it has.
    InTheHostsVersion,
    /// In 2026-07-28.
    InTheRevision,
}

/// What is known about host and server once the server has turned out to have no handshake.
#[derive(Debug)]
pub(super) struct Translation {
    /// The members of `_meta` that every request needs.
    metadata: String,
    /// What the server tells about when asked to, as members of the subscription's filter.
    lists: String,
    log_level: RefCell<Option<String>>,
    resources: RefCell<BTreeSet<String>>,
    /// Our requests to the host.
    asked: RefCell<HashMap<Id, oneshot::Sender<Bytes>>>,
    subscription: RefCell<Option<AbortHandle>>,
    /// Set by `notifications/initialized`: before it the host wants to hear nothing.
    initialized: Cell<bool>,
}

#[derive(Deserialize)]
struct Initialize<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    params: InitializeParams<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InitializeParams<'a> {
    #[serde(default)]
    protocol_version: String,
    #[serde(default, borrow)]
    capabilities: Option<&'a RawValue>,
    #[serde(default, borrow)]
    client_info: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Discovered<'a> {
    #[serde(borrow)]
    result: DiscoverResult<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DiscoverResult<'a> {
    supported_versions: Vec<String>,
    #[serde(borrow)]
    capabilities: &'a RawValue,
    #[serde(default, borrow)]
    instructions: Option<&'a RawValue>,
    #[serde(default, borrow)]
    server_info: Option<&'a RawValue>,
    #[serde(default, rename = "_meta", borrow)]
    meta: Option<DiscoverMeta<'a>>,
}

#[derive(Deserialize)]
struct DiscoverMeta<'a> {
    #[serde(default, rename = "io.modelcontextprotocol/serverInfo", borrow)]
    server_info: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Capabilities {
    tools: ListCapability,
    prompts: ListCapability,
    resources: ListCapability,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct ListCapability {
    list_changed: bool,
}

/// An answer, as far as it decides what to do next.
#[derive(Deserialize)]
struct Answer<T> {
    result: Option<T>,
}

/// Servers of before 2026-07-28 name none, which is `complete`; one that is not known makes the result invalid.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    #[serde(default)]
    result_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InputRequired<'a> {
    #[serde(default, borrow)]
    input_requests: BTreeMap<String, InputRequest<'a>>,
    #[serde(default, borrow)]
    request_state: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct InputRequest<'a> {
    #[serde(borrow)]
    method: &'a RawValue,
    #[serde(default, borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct HostAnswer<'a> {
    #[serde(default, borrow)]
    result: Option<&'a RawValue>,
    #[serde(default, borrow)]
    error: Option<&'a RawValue>,
}

impl Bridge {
    /// Asks the server what it is before the host's handshake is sent to it, and makes the answer to that handshake if
    /// it has none. A server that speaks the host's age too is left to the host (`None`): nothing is lost in
    /// translation then.
    pub(super) async fn greet_without_handshake(
        &self,
        initialize: &Bytes,
        question: Question,
    ) -> Result<Option<Greeting>, Failure> {
        let not_a_message = || Failure::NotAMessage { origin: self.origin() };
        let Ok(Initialize { id, params }) = serde_json::from_slice(initialize) else { return Ok(None) };
        let object = |value: Option<&RawValue>| value.map_or("{}", RawValue::get).to_owned();
        let (client, capabilities) = (object(params.client_info), object(params.capabilities));
        let in_version = |version: &str| {
            format!(
                r#""io.modelcontextprotocol/protocolVersion":"{version}","io.modelcontextprotocol/clientInfo":{client},"io.modelcontextprotocol/clientCapabilities":{capabilities}"#
            )
        };
        let metadata = in_version(VERSION);
        let first = match question {
            Question::InTheHostsVersion => in_version(offered(&params.protocol_version)),
            Question::InTheRevision => metadata.clone(),
        };
        let answer = match timeout(DISCOVERY, self.discover(&first, &metadata)).await {
            Ok(answer) => answer?,
            Err(_) => return Err(Failure::Silent { origin: self.origin(), after: DISCOVERY }),
        };
        let Discovered { result } = serde_json::from_slice(&answer).map_err(|_| not_a_message())?;
        let speaks =
            |versions: &[&str]| result.supported_versions.iter().any(|one| versions.contains(&one.as_str()));
        if !speaks(&[VERSION]) || (speaks(&WITH_HANDSHAKE) && self.protocol != Protocol::Modern) {
            return Ok(None);
        }
        let (translation, greeting) =
            Translation::new(metadata, &params, &result).ok_or_else(not_a_message)?;
        self.log.info(format_args!("the server speaks {VERSION}, the host an older version; translating"));
        *self.translation.borrow_mut() = Some(Rc::new(translation));
        VERSION.clone_into(&mut self.handshake.borrow_mut().spoken);
        let answer = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{greeting}}}"#, id.get()).into_bytes();
        Ok(Some(Greeting { answer, era: Era::Modern, carrier: Carrier::Http }))
    }

    /// Asks with the first metadata, and with the revision's own where only those are taken.
    async fn discover(&self, first: &str, own: &str) -> Result<Vec<u8>, Failure> {
        let ask = async |metadata: &str| {
            let id = self.own_id();
            let line = format!(
                r#"{{"jsonrpc":"2.0","id":{id},"method":"server/discover","params":{{"_meta":{{{metadata}}}}}}}"#
            );
            self.ask_server(&line.into(), Replay::Safe).await
        };
        match ask(first).await {
            Err(Failure::JsonRpc { error, .. })
                if offers_our_version(&error) || (first != own && is_header_mismatch(&error)) =>
            {
                ask(own).await
            }
            outcome => outcome,
        }
    }

    /// Carries a request of the host.
    pub(super) async fn translate(
        self: &Rc<Self>,
        request: &Request,
        with: &Rc<Translation>,
    ) -> Result<(), Failure> {
        match &*request.method {
            "ping" => self.finish_with_result(&request.id, "{}"),
            "logging/setLevel" => {
                *with.log_level.borrow_mut() = parameter(&request.line, "level");
                self.finish_with_result(&request.id, "{}");
            }
            method @ ("resources/subscribe" | "resources/unsubscribe") => {
                if let Some(uri) = parameter(&request.line, "uri") {
                    let mut resources = with.resources.borrow_mut();
                    if method == "resources/subscribe" {
                        resources.insert(uri)
                    } else {
                        resources.remove(&uri)
                    };
                }
                self.subscribe(with);
                self.finish_with_result(&request.id, "{}");
            }
            _ => return self.carry_rounds(request, with).await,
        }
        Ok(())
    }

    /// Sends a request until the server needs nothing more for it.
    async fn carry_rounds(&self, request: &Request, with: &Translation) -> Result<(), Failure> {
        let not_a_message = || Failure::NotAMessage { origin: self.origin() };
        let line = std::str::from_utf8(&request.line).map_err(|_| not_a_message())?;
        let line = splice::add_meta(line, &with.metadata_now()).ok_or_else(not_a_message)?;
        let mut answer = self.ask_server(&line.clone().into(), request.replay).await?;
        for _ in 0..ROUNDS {
            let Some(more) = self.input_for(&answer, with).await? else {
                return self.finish_translated(&request.id, answer);
            };
            let next = splice::add_params(&line, &more).ok_or_else(not_a_message)?;
            let next = splice::with_id(&next, &self.own_id()).ok_or_else(not_a_message)?;
            answer = self.ask_server(&next.into(), request.replay).await?;
        }
        Err(Failure::TooManyRounds { origin: self.origin() })
    }

    /// What the server needs before it can answer, asked of the host, as members of `params`. `None` if the answer is
    /// complete. The server's state goes back byte for byte.
    async fn input_for(&self, answer: &[u8], with: &Translation) -> Result<Option<String>, Failure> {
        let Ok(Answer { result: Some(Kind { result_type }) }) = serde_json::from_slice(answer) else {
            return Ok(None);
        };
        if matches!(&*result_type, "" | "complete") {
            return Ok(None);
        }
        let result = match serde_json::from_slice(answer) {
            Ok(Answer { result: Some(result) }) if result_type == "input_required" => result,
            _ => return Err(Failure::UnknownResult { origin: self.origin() }),
        };
        let InputRequired { input_requests, request_state } = result;
        let mut responses = Vec::new();
        for (key, InputRequest { method, params }) in &input_requests {
            let answer = self.ask_host(method.get(), *params, with).await?;
            let key = serde_json::to_string(key).unwrap_or_default();
            responses.push(format!("{key}:{answer}"));
        }
        let mut members = format!("\"inputResponses\":{{{}}}", responses.join(","));
        if let Some(state) = request_state {
            members += ",\"requestState\":";
            members += state.get();
        }
        Ok(Some(members))
    }

    async fn ask_host(
        &self,
        method: &str,
        params: Option<&RawValue>,
        with: &Translation,
    ) -> Result<String, Failure> {
        let id = self.own_id();
        let params = params.map_or("{}", RawValue::get);
        let line =
            format!(r#"{{"jsonrpc":"2.0","id":{id},"method":{method},"params":{params}}}"#).into_bytes();
        let Ok(Envelope::Request { id, .. }) = Envelope::parse(&line) else {
            return Err(Failure::NotAMessage { origin: self.origin() });
        };
        let (sender, answer) = oneshot::channel();
        with.asked.borrow_mut().insert(id, sender);
        self.host.send(on_one_line(line));
        // A person may be asked: there is no time limit but the host's own.
        let answer = answer.await.map_err(|_| Failure::Ending)?;
        match serde_json::from_slice(&answer) {
            Ok(HostAnswer { result: Some(result), .. }) => Ok(result.get().to_owned()),
            Ok(HostAnswer { error: Some(error), .. }) => Err(Failure::Host { error: error.get().into() }),
            _ => Err(Failure::Host {
                error: r#"{"code":-32603,"message":"the host's answer is no message"}"#.into(),
            }),
        }
    }

    /// Takes a notification or an answer of the host.
    pub(super) fn take_translated(self: &Rc<Self>, line: &Bytes, with: &Rc<Translation>) {
        match Envelope::parse(line) {
            Ok(Envelope::Response { id: Some(id) }) => match with.asked.borrow_mut().remove(&id) {
                // Nobody waits any more if the request behind it was cancelled.
                Some(asker) => drop(asker.send(line.clone())),
                None => self.log.debug("dropped an answer of the host that nobody waits for"),
            },
            Ok(Envelope::Notification { method }) if method == "notifications/initialized" => {
                with.initialized.set(true);
                self.subscribe(with);
            }
            _ => self.log.debug("dropped a notification that the server has no use for"),
        }
    }

    /// Begins the subscription anew with what the host wants to hear now.
    fn subscribe(self: &Rc<Self>, with: &Rc<Translation>) {
        if let Some(old) = with.subscription.take() {
            old.abort();
        }
        let Some(filter) = with.filter().filter(|_| with.initialized.get()) else { return };
        let (bridge, with_listener) = (Rc::clone(self), Rc::clone(with));
        let listener = self.background.borrow_mut().spawn_local(async move {
            bridge.keep_subscription(&filter, &with_listener).await;
        });
        *with.subscription.borrow_mut() = Some(listener);
    }

    async fn keep_subscription(&self, filter: &str, with: &Translation) {
        let mut pauses = Pauses::new(LONGEST_RETRY);
        loop {
            match self.open_subscription(filter, with).await {
                Ok(mut events) => {
                    let opened = Instant::now();
                    let came = tokio::select! {
                        came = self.read_subscription(&mut events) => came,
                        () = self.woken.notified() => Came::Messages,
                    };
                    pauses.note(came, opened.elapsed());
                }
                Err(failure) if failure.is_refusal() => {
                    self.log.debug(format_args!("the server has no subscriptions: {failure}"));
                    return;
                }
                Err(failure) => self.log.debug(format_args!("the subscription is closed: {failure}")),
            }
            self.pause(pauses.next(None)).await;
        }
    }

    async fn read_subscription(&self, events: &mut Events) -> Came {
        let mut came = Came::Nothing;
        // However it ends, a new one is opened.
        while let Ok(Some(event)) = events.next(self.upstream.origin(), None).await {
            match Envelope::parse(&event.data) {
                Ok(Envelope::Notification { method })
                    if method == "notifications/subscriptions/acknowledged" => {}
                // It is over.
                Ok(Envelope::Response { .. }) => break,
                _ => {
                    came = Came::Messages;
                    self.deliver_event(event, None);
                }
            }
            self.host.drained().await;
        }
        came
    }

    async fn open_subscription(&self, filter: &str, with: &Translation) -> Result<Events, Failure> {
        let line: Bytes = format!(
            r#"{{"jsonrpc":"2.0","id":{},"method":"subscriptions/listen","params":{{"_meta":{{{}}},"notifications":{{{filter}}}}}}}"#,
            self.own_id(),
            with.metadata_now(),
        )
        .into();
        let call = Call::parse(&line).ok_or_else(|| Failure::NotAMessage { origin: self.origin() })?;
        let response = self.post_modern(&line, &call, Replay::Safe).await?;
        match Body::of(&response) {
            Body::Events => Ok(Events::new(response)),
            Body::Json | Body::Empty | Body::Other(_) => {
                Err(Failure::ContentType { origin: self.origin(), content_type: "no event stream".into() })
            }
        }
    }

    /// Gives the host the answer, under the id that the host knows.
    pub(super) fn finish_translated(&self, id: &Id, answer: Vec<u8>) -> Result<(), Failure> {
        let not_a_message = || Failure::NotAMessage { origin: self.origin() };
        let Ok(Envelope::Response { id: answered }) = Envelope::parse(&answer) else {
            return Err(not_a_message());
        };
        if answered.as_ref() == Some(id) {
            self.finish(id, answer);
            return Ok(());
        }
        let text = std::str::from_utf8(&answer).map_err(|_| not_a_message())?;
        match (answered, serde_json::from_str::<HostAnswer<'_>>(text)) {
            (None, Ok(HostAnswer { error: Some(error), .. })) => {
                self.finish(id, error_response(id, error.get()));
            }
            _ => self.finish(id, splice::with_id(text, id.raw()).ok_or_else(not_a_message)?.into_bytes()),
        }
        Ok(())
    }
}

impl Translation {
    /// Comes with the result of `initialize`.
    fn new(
        metadata: String,
        host: &InitializeParams<'_>,
        server: &DiscoverResult<'_>,
    ) -> Option<(Self, String)> {
        let version = offered(&host.protocol_version);
        let server_info = server.server_info.or_else(|| server.meta.as_ref()?.server_info);
        let server_info = server_info.map_or(r#"{"name":"unnamed","version":"0"}"#, RawValue::get);
        let mut greeting = format!(
            r#"{{"protocolVersion":"{version}","capabilities":{},"serverInfo":{server_info}"#,
            server.capabilities.get(),
        );
        if let Some(instructions) = server.instructions {
            greeting += ",\"instructions\":";
            greeting += instructions.get();
        }
        greeting.push('}');
        let capabilities: Capabilities = serde_json::from_str(server.capabilities.get()).ok()?;
        let lists = [
            ("tools", capabilities.tools),
            ("prompts", capabilities.prompts),
            ("resources", capabilities.resources),
        ];
        let lists: Vec<String> = lists
            .into_iter()
            .filter(|(_, capability)| capability.list_changed)
            .map(|(list, _)| format!("\"{list}ListChanged\":true"))
            .collect();
        let translation = Self {
            metadata,
            lists: lists.join(","),
            log_level: RefCell::default(),
            resources: RefCell::default(),
            asked: RefCell::default(),
            subscription: RefCell::default(),
            initialized: Cell::new(false),
        };
        Some((translation, greeting))
    }

    /// The members of `_meta` for a request that is sent now.
    pub(super) fn metadata_now(&self) -> String {
        match &*self.log_level.borrow() {
            Some(level) => format!("{},\"io.modelcontextprotocol/logLevel\":{level}", self.metadata),
            None => self.metadata.clone(),
        }
    }

    /// The members of the subscription's filter; `None` where there is nothing to hear.
    fn filter(&self) -> Option<String> {
        let resources = self.resources.borrow();
        let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
        match (self.lists.as_str(), resources.join(",")) {
            ("", uris) if uris.is_empty() => None,
            (lists, uris) if uris.is_empty() => Some(lists.to_owned()),
            ("", uris) => Some(format!("\"resourceSubscriptions\":[{uris}]")),
            (lists, uris) => Some(format!("{lists},\"resourceSubscriptions\":[{uris}]")),
        }
    }
}

/// The version of MCP that a host is offered which asks for `asked`.
pub(super) fn offered(asked: &str) -> &str {
    if WITH_HANDSHAKE.contains(&asked) { asked } else { NEWEST_WITH_HANDSHAKE }
}

/// The tool that a `tools/call` names.
pub(super) fn tool_name(line: &[u8]) -> Option<String> {
    serde_json::from_str(&parameter(line, "name")?).ok()
}

/// A member of a message's `params`, as JSON text.
pub(super) fn parameter(line: &[u8], name: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        params: BTreeMap<String, &'a RawValue>,
    }
    let Message { params } = serde_json::from_slice(line).ok()?;
    Some(params.get(name)?.get().to_owned())
}
