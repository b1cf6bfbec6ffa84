//! The server's side: HTTP requests to the one MCP endpoint (MCP 2025-11-25, *Transports*, Streamable HTTP), with
//! what each of them must carry.

use std::time::Duration;

use bridgekeeper_net::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use bridgekeeper_net::{Client, Method, Request, Response, Url, origin};
use bytes::Bytes;

use crate::failure::Failure;
use crate::reply::within;

const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What the server said in the handshake and wants to hear again with every request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Session {
    id: Option<HeaderValue>,
    protocol_version: Option<HeaderValue>,
}

impl Session {
    /// Reads the session's id from the response to `initialize`, and takes the version from its result.
    pub(crate) fn new(head: &HeaderMap, protocol_version: Option<&str>) -> Self {
        let id = head.get(SESSION_ID).cloned().map(|mut id| {
            // Whoever knows it can take the session over.
            id.set_sensitive(true);
            id
        });
        Self {
            id,
            protocol_version: protocol_version.and_then(|version| HeaderValue::from_str(version).ok()),
        }
    }

    pub(crate) const fn has_id(&self) -> bool {
        self.id.is_some()
    }

    fn add_to(&self, headers: &mut HeaderMap) {
        if let Some(id) = &self.id {
            headers.insert(SESSION_ID, id.clone());
        }
        if let Some(version) = &self.protocol_version {
            headers.insert(PROTOCOL_VERSION, version.clone());
        }
    }
}

/// The MCP endpoint.
#[derive(Debug)]
pub(crate) struct Upstream {
    client: Client,
    url: Url,
    origin: String,
    headers: HeaderMap,
    silence: Option<Duration>,
}

impl Upstream {
    pub(crate) fn new(client: Client, url: Url, headers: HeaderMap, silence: Option<Duration>) -> Self {
        let origin = origin(&url);
        Self { client, url, origin, headers, silence }
    }

    /// Scheme, host and port, for messages.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Longest silence of the server within one request.
    pub(crate) const fn silence(&self) -> Option<Duration> {
        self.silence
    }

    /// Sends one message.
    pub(crate) async fn post(&self, message: Bytes, session: &Session) -> Result<Response, Failure> {
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        session.add_to(&mut headers);
        let sent = self.client.send(self.request(Method::POST, headers, message));
        within(self.silence, &self.origin, sent).await
    }

    /// Opens a stream of the server's own messages, or takes one up again behind an event. A server may hold back the
    /// response's head until it has something to say, so there is no time limit.
    pub(crate) async fn listen(
        &self,
        last_event_id: Option<&str>,
        session: &Session,
    ) -> Result<Response, Failure> {
        let mut headers = self.headers.clone();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(id) = last_event_id.and_then(|id| HeaderValue::from_bytes(id.as_bytes()).ok()) {
            headers.insert(LAST_EVENT_ID, id);
        }
        session.add_to(&mut headers);
        Ok(self.client.send(self.request(Method::GET, headers, Bytes::new())).await?)
    }

    /// Tells the server that the session is over. It may refuse (405), which is fine.
    pub(crate) async fn end(&self, session: &Session) -> Result<(), Failure> {
        let mut headers = self.headers.clone();
        session.add_to(&mut headers);
        self.client.send(self.request(Method::DELETE, headers, Bytes::new())).await?;
        Ok(())
    }

    /// The origin that a response sends us to, where it does.
    pub(crate) fn redirect_target(&self, response: &Response) -> Option<String> {
        let target =
            response.status().is_redirection().then(|| response.redirect_target(&self.url)).flatten()?;
        Some(origin(&target))
    }

    fn request(&self, method: Method, headers: HeaderMap, body: Bytes) -> Request {
        Request { method, url: self.url.clone(), headers, body }
    }
}
