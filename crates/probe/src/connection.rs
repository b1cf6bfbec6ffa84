//! An MCP server after the handshake: what it speaks and how to ask it.

use std::collections::VecDeque;

use bridgekeeper_net::header::HeaderMap;
use bridgekeeper_net::sse::{Event, EventParser};
use bridgekeeper_net::{Error as NetError, Method, Response, Url};
use serde_json::{Value, json};

use crate::endpoint::{Endpoint, Kind, answer_in, headers, legacy, modern, read};

/// What a handshake came to. At least one of the two is there.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) modern: Option<Modern>,
    pub(crate) legacy: Option<Legacy>,
}

/// A server of the 2026-07-28 era.
#[derive(Debug)]
pub(crate) struct Modern {
    pub(crate) versions: Vec<String>,
    pub(crate) name: Option<String>,
    pub(crate) capabilities: Value,
    pub(crate) kind: Kind,
}

/// A session of the 2025 era.
#[derive(Debug)]
pub(crate) struct Legacy {
    pub(crate) version: String,
    pub(crate) name: Option<String>,
    pub(crate) capabilities: Value,
    pub(crate) channel: Channel,
}

/// How the messages of a session travel.
#[derive(Debug)]
pub(crate) enum Channel {
    /// Streamable HTTP.
    Post { session: Option<String>, kind: Kind },
    /// HTTP+SSE of 2024-11-05.
    Events(Box<EventChannel>),
}

/// Why a request has no result.
#[derive(Debug)]
pub(crate) enum NoResult {
    Net(NetError),
    Refused(String),
}

impl From<NetError> for NoResult {
    fn from(error: NetError) -> Self {
        Self::Net(error)
    }
}

impl Connection {
    pub(crate) fn capabilities(&self) -> &Value {
        match (&self.modern, &self.legacy) {
            (Some(modern), _) => &modern.capabilities,
            (None, Some(legacy)) => &legacy.capabilities,
            (None, None) => &Value::Null,
        }
    }

    /// Sends a request in the newest era that the server speaks, and gives its result.
    pub(crate) async fn request(
        &mut self,
        endpoint: &Endpoint<'_>,
        id: &str,
        method: &str,
        params: Value,
    ) -> Result<Value, NoResult> {
        let reply = if self.modern.is_some() {
            let (message, extra) = modern(id, method, params);
            read(endpoint.post(&message, extra).await?, id).await?
        } else {
            let Some(session) = &mut self.legacy else { return Err(NoResult::Refused("no session".into())) };
            let message = legacy(id, method, &params);
            if let Channel::Events(channel) = &mut session.channel {
                return channel.request(endpoint, &message, id).await;
            }
            read(endpoint.post(&message, session.headers()).await?, id).await?
        };
        reply.result().cloned().ok_or_else(|| NoResult::Refused(reply.words()))
    }

    /// Ends the session that was opened, if one was.
    pub(crate) async fn close(&self, endpoint: &Endpoint<'_>) {
        if let Some(legacy) = &self.legacy
            && let Channel::Post { session: Some(_), .. } = legacy.channel
        {
            // A server may refuse (405) or be gone; there is nothing left to do about it.
            let _ = endpoint.ask(Method::DELETE, legacy.headers()).await;
        }
    }
}

impl Legacy {
    /// The headers of every message after the handshake.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut all = headers([("mcp-protocol-version", &self.version)]);
        if let Channel::Post { session: Some(session), .. } = &self.channel {
            all.extend(headers([("mcp-session-id", session)]));
        }
        all
    }

    /// Tells the server that the handshake is over.
    pub(crate) async fn initialized(&mut self, endpoint: &Endpoint<'_>) -> Result<(), NetError> {
        let message = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        match &self.channel {
            Channel::Post { .. } => endpoint.post(&message, self.headers()).await.map(drop),
            Channel::Events(channel) => channel.post(endpoint, &message).await.map(drop),
        }
    }
}

/// The two halves of HTTP+SSE: a stream to read, an address to write to.
#[derive(Debug)]
pub(crate) struct EventChannel {
    stream: EventStream,
    post_url: Url,
}

impl EventChannel {
    /// Waits for the `endpoint` event. The address in it must be of the server's own origin: the headers go there.
    pub(crate) async fn open(response: Response, endpoint: &Endpoint<'_>) -> Result<Self, NoResult> {
        let mut stream = EventStream::new(response);
        while let Some(event) = stream.next().await? {
            if event.kind != "endpoint" {
                continue;
            }
            let address = String::from_utf8_lossy(&event.data);
            return match endpoint.url.join(address.trim()) {
                Ok(post_url) if post_url.origin() == endpoint.url.origin() => Ok(Self { stream, post_url }),
                Ok(elsewhere) => Err(NoResult::Refused(format!(
                    "it names an address of another origin for messages, {}",
                    crate::text::shown(&elsewhere)
                ))),
                Err(_) => Err(NoResult::Refused("it names no address for messages".into())),
            };
        }
        Err(NoResult::Refused("its event stream ended without naming an address for messages".into()))
    }

    pub(crate) async fn request(
        &mut self,
        endpoint: &Endpoint<'_>,
        message: &Value,
        id: &str,
    ) -> Result<Value, NoResult> {
        let response = self.post(endpoint, message).await?;
        if !response.status().is_success() {
            return Err(NoResult::Refused(format!("status {}", response.status().as_u16())));
        }
        while let Some(event) = self.stream.next().await? {
            let Some(answer) = answer_in(&event.data, id) else { continue };
            let error = answer["error"]["message"].as_str().map(crate::text::quoted).unwrap_or_default();
            return answer.get("result").cloned().ok_or(NoResult::Refused(error));
        }
        Err(NoResult::Refused("the event stream ended before the answer".into()))
    }

    async fn post(&self, endpoint: &Endpoint<'_>, message: &Value) -> Result<Response, NetError> {
        let there = Endpoint { url: self.post_url.clone(), ..*endpoint };
        there.post(message, HeaderMap::new()).await
    }
}

/// The events of a response as they arrive.
#[derive(Debug)]
pub(crate) struct EventStream {
    response: Response,
    parser: EventParser,
    ready: VecDeque<Event>,
}

impl EventStream {
    pub(crate) fn new(response: Response) -> Self {
        Self { response, parser: EventParser::new(), ready: VecDeque::new() }
    }

    /// The next event; `None` at the end of the stream, or when an event is too large to be one.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>, NetError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            let Some(piece) = self.response.chunk().await? else { return Ok(None) };
            if self.parser.feed(&piece, |event| self.ready.push_back(event)).is_err() {
                return Ok(None);
            }
        }
    }
}
