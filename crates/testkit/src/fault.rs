//! A server that does on the wire exactly what a test tells it, right or wrong.
//!
//! The test gives a function from request to [`Reply`]; a reply is bytes and endings. Nothing checks that they are
//! HTTP, let alone MCP. Where whole answers will do, [`Scripted`](crate::stages::Scripted) is shorter; both listen and
//! read requests in the same way.

use std::io::{BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::ops::Deref;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::stages::{Asked, Listener, Parting, lock, read_request, wait_for_the_end};

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// How many requests came before it, on any connection.
    pub number: usize,
    /// When it was read.
    pub at: Instant,
    asked: Asked,
}

impl Deref for Incoming {
    type Target = Asked;

    fn deref(&self) -> &Asked {
        &self.asked
    }
}

impl Incoming {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The body as JSON; `null` where it is none.
    pub fn message(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The JSON-RPC method of the body, or the empty text.
    pub fn rpc_method(&self) -> String {
        self.message()["method"].as_str().unwrap_or_default().to_owned()
    }
}

/// What to do with a connection.
#[derive(Debug, Clone)]
enum Step {
    Send(Vec<u8>),
    SendEach(Arc<Mutex<Receiver<Vec<u8>>>>),
    Close,
    Reset,
    Stall,
}

/// What the server does when a request has come.
#[derive(Debug, Clone, Default)]
pub struct Reply(Vec<Step>);

impl Reply {
    /// These bytes and no others.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self(vec![Step::Send(bytes.into())])
    }

    /// A complete response.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = head(status, headers);
        bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes());
        bytes.extend(body);
        Self::raw(bytes)
    }

    /// A JSON document with status 200.
    pub fn json(body: &Value) -> Self {
        Self::new(200, &[("Content-Type", "application/json")], body.to_string())
    }

    /// 202, for what needs no answer.
    pub fn accepted() -> Self {
        Self::new(202, &[], "")
    }

    /// The result of a request, as JSON.
    pub fn result(request: &Incoming, result: &Value) -> Self {
        Self::json(&json!({ "jsonrpc": "2.0", "id": request.message()["id"], "result": result }))
    }

    /// The result of `initialize`, with a session's id unless it is empty.
    pub fn initialized(request: &Incoming, session: &str) -> Self {
        let version = request.message()["params"]["protocolVersion"].clone();
        let result = json!({
            "jsonrpc": "2.0",
            "id": request.message()["id"],
            "result": { "protocolVersion": version, "capabilities": {}, "serverInfo": { "name": "fault", "version": "1" } },
        });
        let mut headers = vec![("Content-Type", "application/json")];
        if !session.is_empty() {
            headers.push(("Mcp-Session-Id", session));
        }
        Self::new(200, &headers, result.to_string())
    }

    /// The head of an event stream; [`Reply::and`] says what comes on it. The connection ends with the stream.
    pub fn events() -> Self {
        let mut bytes = head(200, &[("Content-Type", "text/event-stream"), ("Connection", "close")]);
        bytes.extend(b"\r\n");
        Self::raw(bytes)
    }

    /// Then these bytes.
    #[must_use]
    pub fn and(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.then(Step::Send(bytes.into()))
    }

    /// Then whatever comes through the channel, until it is closed.
    #[must_use]
    pub fn and_each(self, bytes: Receiver<Vec<u8>>) -> Self {
        self.then(Step::SendEach(Arc::new(Mutex::new(bytes))))
    }

    /// Then the end of the connection.
    #[must_use]
    pub fn close(self) -> Self {
        self.then(Step::Close)
    }

    /// Then a reset of the connection (RST).
    #[must_use]
    pub fn reset(self) -> Self {
        self.then(Step::Reset)
    }

    /// Then nothing for as long as the client waits.
    #[must_use]
    pub fn stall(self) -> Self {
        self.then(Step::Stall)
    }

    fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }
}

fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let headers: String = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
    format!("HTTP/1.1 {status} Status\r\n{headers}").into_bytes()
}

/// One event of a stream.
pub fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

/// A running server. Dropping it closes its port and every connection.
#[derive(Debug)]
pub struct FaultServer {
    listener: Listener,
    seen: Arc<Mutex<Vec<Incoming>>>,
}

impl FaultServer {
    /// Starts a server that asks `script` what to do with each request.
    ///
    /// # Panics
    /// If there is no free port on 127.0.0.1.
    pub fn start(script: impl Fn(&Incoming) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), script)
    }

    /// Starts it at a given address: where another one was before.
    ///
    /// # Panics
    /// If the address is taken.
    pub fn start_at(
        address: SocketAddr,
        script: impl Fn(&Incoming) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let socket = TcpListener::bind(address).expect("a port on 127.0.0.1");
        let seen: Arc<Mutex<Vec<Incoming>>> = Arc::default();
        let listener = Listener::start(socket, {
            let seen = Arc::clone(&seen);
            move |connection| serve(connection, &seen, &script)
        });
        Self { listener: listener.expect("an address and a thread"), seen }
    }

    /// The MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address())
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Every request so far, in the order in which they were read.
    pub fn seen(&self) -> Vec<Incoming> {
        lock(&self.seen).clone()
    }

    /// Waits until a request has come that is wanted.
    ///
    /// # Panics
    /// If none comes within 30 seconds.
    pub fn wait_for(&self, wanted: impl Fn(&Incoming) -> bool) -> Incoming {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(found) = self.seen().into_iter().find(&wanted) {
                return found;
            }
            assert!(Instant::now() < deadline, "no such request came: {:#?}", self.seen());
            thread::yield_now();
        }
    }
}

fn serve(
    mut connection: TcpStream,
    seen: &Mutex<Vec<Incoming>>,
    script: &impl Fn(&Incoming) -> Reply,
) -> Parting {
    let _ = connection.set_nodelay(true);
    let Ok(clone) = connection.try_clone() else { return Parting::Close };
    let mut reader = BufReader::new(clone);
    while let Ok(Some(asked)) = read_request(&mut reader) {
        let incoming = {
            let mut seen = lock(seen);
            let incoming = Incoming { number: seen.len(), at: Instant::now(), asked };
            seen.push(incoming.clone());
            incoming
        };
        for step in script(&incoming).0 {
            let done = match step {
                Step::Send(bytes) => connection.write_all(&bytes).is_err(),
                Step::SendEach(channel) => {
                    let channel = lock(&channel);
                    channel.iter().any(|bytes| connection.write_all(&bytes).is_err())
                }
                Step::Close => true,
                Step::Reset => return Parting::Reset,
                Step::Stall => {
                    // However the client ends it, it is over.
                    let _ = wait_for_the_end(&mut reader);
                    true
                }
            };
            if done {
                return Parting::Close;
            }
        }
    }
    Parting::Close
}
