//! A server that does on the wire exactly what a test tells it, right or wrong.
//!
//! The test gives a function from request to [`Reply`]; a reply is bytes and endings. Nothing checks that they are
//! HTTP, let alone MCP. It runs on threads of its own and ends with its handle, every connection with it.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use socket2::SockRef;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// How many requests came before it, on any connection.
    pub number: usize,
    /// When it was read.
    pub at: Instant,
    /// `GET`, `POST`, `DELETE`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// As long as `Content-Length` says.
    pub body: Vec<u8>,
}

impl Incoming {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
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
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    stopped: AtomicBool,
    seen: Mutex<Vec<Incoming>>,
    /// By the order in which they came.
    open: Mutex<HashMap<usize, TcpStream>>,
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
        let listener = TcpListener::bind(address).expect("a port on 127.0.0.1");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let script: Script = Arc::new(script);
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared, &script)
        });
        Self { address, shared, accepting: Some(accepting) }
    }

    /// The MCP endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request so far, in the order in which they were read.
    pub fn seen(&self) -> Vec<Incoming> {
        lock(&self.shared.seen).clone()
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

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        for (_, connection) in lock(&self.shared.open).drain() {
            let _ = connection.shutdown(Shutdown::Both);
        }
        // Wakes the thread that accepts, which then sees that it is over and gives the port back.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

type Script = Arc<dyn Fn(&Incoming) -> Reply + Send + Sync>;

fn accept(listener: &TcpListener, shared: &Arc<Shared>, script: &Script) {
    for number in 0.. {
        let Ok((connection, _)) = listener.accept() else { return };
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        let _ = connection.set_nodelay(true);
        if let Ok(handle) = connection.try_clone() {
            lock(&shared.open).insert(number, handle);
        }
        let (shared, script) = (Arc::clone(shared), Arc::clone(script));
        // Ends when its connection does, and the server's end closes that.
        thread::spawn(move || {
            serve(connection, number, &shared, &script);
            // A hundred thousand of them may come in one test.
            lock(&shared.open).remove(&number);
        });
    }
}

fn serve(mut connection: TcpStream, number: usize, shared: &Shared, script: &Script) {
    let Ok(clone) = connection.try_clone() else { return };
    let mut reader = BufReader::new(clone);
    while let Some(mut incoming) = read_request(&mut reader) {
        {
            let mut seen = lock(&shared.seen);
            incoming.number = seen.len();
            seen.push(incoming.clone());
        }
        for step in script(&incoming).0 {
            let done = match step {
                Step::Send(bytes) => connection.write_all(&bytes).is_err(),
                Step::SendEach(channel) => {
                    let channel = lock(&channel);
                    channel.iter().any(|bytes| connection.write_all(&bytes).is_err())
                }
                Step::Close => true,
                Step::Reset => {
                    let _ = SockRef::from(&connection).set_linger(Some(Duration::ZERO));
                    // The other handles share the socket: shutting down would send an orderly end first.
                    lock(&shared.open).remove(&number);
                    return;
                }
                Step::Stall => {
                    let mut rest = Vec::new();
                    let _ = reader.read_to_end(&mut rest);
                    true
                }
            };
            if done {
                let _ = connection.shutdown(Shutdown::Both);
                return;
            }
        }
    }
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Incoming> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|&read| read > 0)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|&read| read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Incoming { number: 0, at: Instant::now(), method, path, headers, body })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
