//! One MCP endpoint and one exchange with it.

use bridgekeeper_net::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use bridgekeeper_net::sse::EventParser;
use bridgekeeper_net::{
    Client, Error as NetError, Fault, Method, Request, Response, Stage as NetStage, StatusCode, Url,
};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::Cause;
use crate::cause::{
    CONNECT_TIMEOUT, CONNECTION_REFUSED, CONNECTION_RESET, DNS_FAILURE, PROXY_REQUIRED, TLS_CERT_EXPIRED,
    TLS_FAILURE, TLS_UNTRUSTED_CA, TLS_WRONG_NAME,
};

/// The newest revision with `initialize`.
pub(crate) const LEGACY: &str = "2025-11-25";
/// The newest revision without.
pub(crate) const MODERN: &str = "2026-07-28";
/// Every revision a client can be expected to know.
pub(crate) const REVISIONS: [&str; 5] = [MODERN, LEGACY, "2025-06-18", "2025-03-26", "2024-11-05"];

/// Largest body or event that is read, in bytes.
const LARGEST: usize = 16 << 20;
const EVENT_STREAM: &str = "text/event-stream";

/// The server's MCP address with the headers that were given for it.
pub(crate) struct Endpoint<'a> {
    pub(crate) client: &'a Client,
    pub(crate) url: Url,
    pub(crate) headers: &'a HeaderMap,
}

impl Endpoint<'_> {
    /// Sends a message; the head of the answer comes back.
    pub(crate) async fn post(&self, message: &Value, extra: HeaderMap) -> Result<Response, NetError> {
        let mut headers = self.with_own(extra);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.send(Method::POST, headers, message.to_string().into()).await
    }

    /// Asks for the server's own stream of events.
    pub(crate) async fn get(&self, extra: HeaderMap) -> Result<Response, NetError> {
        let mut headers = self.with_own(extra);
        headers.insert(ACCEPT, HeaderValue::from_static(EVENT_STREAM));
        self.send(Method::GET, headers, Bytes::new()).await
    }

    /// Any other method, without a body.
    pub(crate) async fn ask(&self, method: Method, extra: HeaderMap) -> Result<Response, NetError> {
        self.send(method, self.with_own(extra), Bytes::new()).await
    }

    fn with_own(&self, extra: HeaderMap) -> HeaderMap {
        let mut headers = self.headers.clone();
        headers.extend(extra);
        headers
    }

    async fn send(&self, method: Method, headers: HeaderMap, body: Bytes) -> Result<Response, NetError> {
        let request = Request { method, url: self.url.clone(), headers, body };
        match self.client.send(request.clone()).await {
            // A connection that was kept may have been closed meanwhile, which is no fault of the server.
            Err(error) if error.stage() == NetStage::Http && error.fault() == Fault::Closed => {
                self.client.send(request).await
            }
            answered => answered,
        }
    }
}

/// Headers from names and values; what is no header value is left out.
pub(crate) fn headers<const N: usize>(pairs: [(&'static str, &str); N]) -> HeaderMap {
    pairs
        .into_iter()
        .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?)))
        .collect()
}

/// A request of the 2026-07-28 era, and the headers that go with it.
pub(crate) fn modern(id: &str, method: &str, mut params: Value) -> (Value, HeaderMap) {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": client_info(),
    });
    let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
    (message, headers([("mcp-protocol-version", MODERN), ("mcp-method", method)]))
}

/// A request of the 2025 era.
pub(crate) fn legacy(id: &str, method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

pub(crate) fn client_info() -> Value {
    json!({"name": "bridgekeeper-probe", "version": env!("CARGO_PKG_VERSION")})
}

/// What kind of body a response has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    Events,
    Html,
    Other,
}

pub(crate) fn kind(response: &Response) -> Kind {
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim() {
        "application/json" => Kind::Json,
        EVENT_STREAM => Kind::Events,
        "text/html" | "application/xhtml+xml" => Kind::Html,
        _ => Kind::Other,
    }
}

/// An answer, read as far as it matters.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) kind: Kind,
    /// The JSON-RPC message that answers the request, or the one error without an id.
    pub(crate) message: Option<Value>,
    /// The beginning of a body that holds no such message.
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn result(&self) -> Option<&Value> {
        self.message.as_ref()?.get("result")
    }

    pub(crate) fn error_code(&self) -> Option<i64> {
        self.message.as_ref()?.get("error")?.get("code")?.as_i64()
    }

    /// What the server says of its refusal, in its own words.
    pub(crate) fn words(&self) -> String {
        let error = self.message.as_ref().and_then(|message| message["error"]["message"].as_str());
        let words = error.unwrap_or(if self.kind == Kind::Html { "" } else { &self.text });
        let status = format!("status {}", self.status.as_u16());
        match crate::text::quoted(words) {
            words if words.is_empty() => status,
            words => format!("{status}, “{words}”"),
        }
    }
}

/// Reads the answer to the request `id`, from a document or out of an event stream.
pub(crate) async fn read(mut response: Response, id: &str) -> Result<Reply, NetError> {
    let (status, headers, kind) = (response.status(), response.headers().clone(), kind(&response));
    let mut reply = Reply { status, headers, kind, message: None, text: String::new() };
    if kind == Kind::Events {
        let mut parser = EventParser::with_limit(LARGEST);
        while let (None, Some(piece)) = (&reply.message, response.chunk().await?) {
            let each = |event: bridgekeeper_net::sse::Event| {
                if reply.message.is_none() {
                    reply.message = answer_in(&event.data, id);
                }
            };
            if parser.feed(&piece, each).is_err() {
                break;
            }
        }
        return Ok(reply);
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        body.extend_from_slice(&piece);
        if body.len() > LARGEST {
            break;
        }
    }
    reply.message = answer_in(&body, id);
    reply.text = String::from_utf8_lossy(&body[..body.len().min(400)]).into_owned();
    Ok(reply)
}

/// The message that answers `id`, alone or in a batch. An error may come without an id.
pub(crate) fn answer_in(bytes: &[u8], id: &str) -> Option<Value> {
    let answers = |message: &Value| {
        let has = |member: &str| message.get(member).is_some();
        let to_us = message.get("id").and_then(Value::as_str) == Some(id);
        let to_nobody = has("error") && message.get("id").is_none_or(Value::is_null);
        (to_us && (has("result") || has("error"))) || to_nobody
    };
    let message: Value = serde_json::from_slice(bytes).ok()?;
    if let Value::Array(batch) = message {
        return batch.into_iter().find(answers);
    }
    Some(message).filter(answers)
}

/// The cause that a failed exchange stands for.
pub(crate) const fn cause(error: &NetError) -> &'static Cause {
    match (error.stage(), error.fault()) {
        (NetStage::Resolve, _) => &DNS_FAILURE,
        (NetStage::Proxy, _) => &PROXY_REQUIRED,
        (_, Fault::Refused) => &CONNECTION_REFUSED,
        (_, Fault::TimedOut | Fault::Unreachable) => &CONNECT_TIMEOUT,
        (_, Fault::UnknownIssuer) => &TLS_UNTRUSTED_CA,
        (_, Fault::Expired) => &TLS_CERT_EXPIRED,
        (_, Fault::WrongName) => &TLS_WRONG_NAME,
        (NetStage::Tls, _) => &TLS_FAILURE,
        (NetStage::Connect | NetStage::Http, _) => &CONNECTION_RESET,
    }
}

/// A failed exchange as a sentence.
pub(crate) fn sentence(error: &NetError) -> String {
    format!("The connection to {} failed: {}.", error.origin(), crate::text::quoted(&error.cause()))
}
