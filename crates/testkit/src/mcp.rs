//! A real MCP server on loopback, spoken by the official SDK: Streamable HTTP, replies as JSON or SSE, two tools.
//!
//! It runs on a thread of its own, so that a program without a runtime can start it, and ends with its handle, with
//! the process, or at the end of its lifetime, whichever comes first. What it saw on the wire can be read back:
//! a test asks the server what was sent, not the sender.
//!
//! Deliberately absent: faults. A server that breaks the rules is another server.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request as Incoming, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::serve::ListenerExt as _;
use futures_util::stream;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{Implementation, ServerCapabilities, ServerConfig};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ServerHandler, schemars, tool, tool_handler, tool_router};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::listener::lock;
use crate::oauth::Authority;
use crate::scripted::{Ending, Head, Reply, Request};

/// Largest request body that is read, in bytes.
const BODY_LIMIT: usize = 64 << 20;

/// How the server frames its replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Replies {
    /// Sessions, and an event stream for every reply.
    #[default]
    Sse,
    /// No sessions, and one JSON document for every reply.
    Json,
}

/// What kind of server to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// How it replies.
    pub replies: Replies,
    /// A header, as name and value, without which every request is answered with 401.
    pub required_header: Option<(String, String)>,
    /// When it ends by itself, whatever became of its handle.
    pub lifetime: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { replies: Replies::default(), required_header: None, lifetime: Duration::from_mins(10) }
    }
}

/// A running server. Dropping it closes its port and every connection, and waits until that is done.
#[derive(Debug)]
pub struct McpServer {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl McpServer {
    /// Starts a server on a free port of 127.0.0.1; it accepts connections when this returns.
    pub fn start(options: Options) -> std::io::Result<Self> {
        Self::start_behind(options, None)
    }

    /// Starts it behind a guard that answers whatever may not reach it.
    pub(crate) fn start_behind(options: Options, guard: Option<Arc<Authority>>) -> std::io::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let seen = Arc::default();
        let stop = CancellationToken::new();
        let origin = format!("http://{address}");
        let gate = Gate {
            origin: origin.clone(),
            required_header: options.required_header,
            seen: Arc::clone(&seen),
        };
        let router = router(options.replies, gate, stop.clone());
        let router = match guard {
            Some(authority) => {
                router.layer(middleware::from_fn_with_state(Guard { authority, origin }, guarded))
            }
            None => router,
        };
        let thread = std::thread::Builder::new().name("mcp-server".into()).spawn({
            let stop = stop.clone();
            move || runtime.block_on(serve(listener, router, stop, options.lifetime))
        })?;
        Ok(Self { address, seen, stop, thread: Some(thread) })
    }

    /// The MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Every request so far, oldest first.
    pub fn seen(&self) -> Vec<Request> {
        lock(&self.seen).clone()
    }
}

impl Drop for McpServer {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A panic in the server has printed itself; a second one in a destructor would abort the test.
            let _ = thread.join();
        }
    }
}

async fn serve(listener: std::net::TcpListener, router: Router, stop: CancellationToken, lifetime: Duration) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    // Without it the kernel holds back an event until the client has acknowledged the one before: 40 ms each.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    // Not a graceful shutdown: it would wait for event streams that never end.
    tokio::select! {
        _ = axum::serve(listener, router) => {}
        () = stop.cancelled() => {}
        () = tokio::time::sleep(lifetime) => {}
    }
}

fn router(replies: Replies, gate: Gate, stop: CancellationToken) -> Router {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(replies == Replies::Sse)
        .with_json_response(replies == Replies::Json)
        .with_cancellation_token(stop);
    let service: StreamableHttpService<Tools, LocalSessionManager> =
        StreamableHttpService::new(|| Ok(Tools), Arc::default(), config);
    Router::new().nest_service("/mcp", service).layer(middleware::from_fn_with_state(gate, watch))
}

#[derive(Clone)]
struct Gate {
    origin: String,
    required_header: Option<(String, String)>,
    seen: Arc<Mutex<Vec<Request>>>,
}

/// Records the request, and lets it pass if it carries what it must.
async fn watch(State(gate): State<Gate>, incoming: Incoming, next: Next) -> Response {
    let Some((incoming, request)) = read(incoming, &gate.origin).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let allowed =
        gate.required_header.is_none_or(|(name, value)| request.header(&name) == Some(value.as_str()));
    lock(&gate.seen).push(request);
    if allowed {
        next.run(incoming).await
    } else {
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], "unauthorized").into_response()
    }
}

#[derive(Clone)]
struct Guard {
    authority: Arc<Authority>,
    origin: String,
}

/// Asks the guard first.
async fn guarded(State(guard): State<Guard>, incoming: Incoming, next: Next) -> Response {
    let Some((incoming, request)) = read(incoming, &guard.origin).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match guard.authority.answer(&request) {
        None => next.run(incoming).await,
        Some(reply) => respond(reply).await,
    }
}

/// A request as it came, and as it is recorded. `None` where its body is too long.
async fn read(incoming: Incoming, origin: &str) -> Option<(Incoming, Request)> {
    let (parts, body) = incoming.into_parts();
    let body = to_bytes(body, BODY_LIMIT).await.ok()?;
    let headers = parts.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let target = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let request = Request::new(origin, parts.method.to_string(), target, headers.collect(), body.to_vec());
    Some((Incoming::from_parts(parts, Body::from(body)), request))
}

async fn respond(reply: Reply) -> Response {
    match reply.whole() {
        Ok(Head { status, headers, body }) => {
            let mut response = Response::new(Body::from(body.unwrap_or_default()));
            *response.status_mut() =
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    response.headers_mut().append(name, value);
                }
            }
            response
        }
        Err(Ending::Stall) => std::future::pending().await,
        // The head goes out and the body breaks off: the client knows that there was an answer, and not which.
        Err(Ending::Next | Ending::Close | Ending::Reset) => {
            let broken = stream::once(async { Err::<Bytes, _>(std::io::Error::other("lost on the way")) });
            Response::new(Body::from_stream(broken))
        }
    }
}

#[derive(Clone)]
struct Tools;

#[derive(Deserialize, schemars::JsonSchema)]
struct Echo {
    /// The text to give back.
    message: String,
}

#[derive(Deserialize, schemars::JsonSchema)]
struct Add {
    a: f64,
    b: f64,
}

#[tool_router]
impl Tools {
    #[tool(description = "Gives the message back")]
    fn echo(Parameters(Echo { message }): Parameters<Echo>) -> String {
        message
    }

    #[tool(description = "Adds two numbers")]
    fn add(Parameters(Add { a, b }): Parameters<Add>) -> String {
        (a + b).to_string()
    }
}

#[tool_handler]
impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("bridgekeeper-testkit", env!("CARGO_PKG_VERSION")))
    }
}
