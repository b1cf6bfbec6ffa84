//! Servers that answer as they are told, hang or lie: one for each stage at which a connection can fail.
//!
//! They are written on plain sockets, because a web framework would not let them break the rules. One thread per
//! connection; everything ends with the handle. What arrived can be read back.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use socket2::SockRef;

mod buffering;
mod tunnel;

/// Connecting on loopback takes microseconds; whoever waits longer is not in the queue.
const QUEUED: Duration = Duration::from_millis(200);

pub use buffering::BufferingProxy;
pub use tunnel::TunnelProxy;

/// One HTTP request as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path with query.
    pub path: String,
    /// Names in lower case; the last value of each.
    pub headers: BTreeMap<String, String>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Asked {
    /// The JSON-RPC method of its body, where there is one.
    pub fn rpc_method(&self) -> Option<String> {
        let message: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        Some(message.get("method")?.as_str()?.to_owned())
    }

    /// The JSON-RPC id of its body, `null` where there is none.
    pub fn rpc_id(&self) -> serde_json::Value {
        serde_json::from_slice::<serde_json::Value>(&self.body)
            .ok()
            .and_then(|message| message.get("id").cloned())
            .unwrap_or_default()
    }
}

/// What a scripted server does with one request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Sends a whole response.
    Whole {
        /// The status.
        status: u16,
        /// Headers beside `Content-Length`.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Sends the head of a response and what there is of its body, and leaves it open.
    Open {
        /// Headers beside the framing.
        headers: Vec<(String, String)>,
        /// The first part of the body.
        body: Vec<u8>,
    },
    /// Never answers.
    Silence,
    /// Closes the connection.
    Close,
}

impl Answer {
    /// A status with a few plain words.
    pub fn status(status: u16) -> Self {
        Self::Whole { status, headers: Vec::new(), body: format!("status {status}").into_bytes() }
    }

    /// Status 200 with JSON.
    pub fn json(body: &serde_json::Value) -> Self {
        Self::typed(200, "application/json", body.to_string())
    }

    /// A body with its type.
    pub fn typed(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Whole { status, headers: vec![("Content-Type".into(), content_type.into())], body: body.into() }
    }

    /// A JSON-RPC result for the request.
    pub fn result(asked: &Asked, result: &serde_json::Value) -> Self {
        Self::json(&serde_json::json!({"jsonrpc": "2.0", "id": asked.rpc_id(), "result": result}))
    }

    /// An event stream that stays open after these bytes.
    pub fn events(body: impl Into<Vec<u8>>) -> Self {
        Self::Open { headers: vec![("Content-Type".into(), "text/event-stream".into())], body: body.into() }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Self::Whole { headers, .. } | Self::Open { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.into()));
        }
        self
    }
}

/// What is spoken on a connection once it stands.
pub(crate) type Speak = dyn Fn(TcpStream) -> Parting + Send + Sync;

/// How a connection ends when everything has been said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parting {
    Close,
    /// With RST.
    Reset,
}

/// Decides on one request; the string is the server's origin.
type Script = dyn Fn(&Asked, &str) -> Answer + Send + Sync;

/// A server that answers each request as its script says.
#[derive(Debug)]
pub struct Scripted {
    listener: Listener,
    asked: Arc<Mutex<Vec<Asked>>>,
    origin: String,
}

impl Scripted {
    /// Starts it on a free port of 127.0.0.1, without TLS. The script is given the request and the server's origin.
    pub fn start(script: impl Fn(&Asked, &str) -> Answer + Send + Sync + 'static) -> io::Result<Self> {
        Self::start_with("http", script, Ok)
    }

    /// Starts it with something between the socket and HTTP, such as TLS.
    pub(crate) fn start_with<S: Read + Write>(
        scheme: &str,
        script: impl Fn(&Asked, &str) -> Answer + Send + Sync + 'static,
        secure: impl Fn(TcpStream) -> io::Result<S> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let socket = TcpListener::bind(("127.0.0.1", 0))?;
        let origin = format!("{scheme}://{}", socket.local_addr()?);
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let listener = Listener::start(socket, {
            let (asked, origin) = (Arc::clone(&asked), origin.clone());
            move |stream| {
                // A client that goes away in the middle of an exchange is no failure of the server.
                let _ = secure(stream).and_then(|stream| converse(stream, &asked, &script, &origin));
                Parting::Close
            }
        })?;
        Ok(Self { listener, asked, origin })
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address
    }

    /// Every request so far, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.asked).clone()
    }
}

/// Answers one request after the other until one leaves its response open or the client goes away.
fn converse<S: Read + Write>(
    stream: S,
    asked: &Mutex<Vec<Asked>>,
    script: &Script,
    origin: &str,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream)? {
        lock(asked).push(request.clone());
        match script(&request, origin) {
            Answer::Whole { status, mut headers, body } => {
                let last = request.headers.get("connection").is_some_and(|value| value == "close");
                headers.push(("Content-Length".into(), body.len().to_string()));
                if last {
                    headers.push(("Connection".into(), "close".into()));
                }
                write_head(stream.get_mut(), status, &headers)?;
                stream.get_mut().write_all(&body)?;
                stream.get_mut().flush()?;
                if last {
                    return Ok(());
                }
            }
            Answer::Open { mut headers, body } => {
                headers.push(("Transfer-Encoding".into(), "chunked".into()));
                write_head(stream.get_mut(), 200, &headers)?;
                if !body.is_empty() {
                    write!(stream.get_mut(), "{:x}\r\n", body.len())?;
                    stream.get_mut().write_all(&body)?;
                    stream.get_mut().write_all(b"\r\n")?;
                }
                stream.get_mut().flush()?;
                return wait_for_the_end(&mut stream);
            }
            Answer::Silence => return wait_for_the_end(&mut stream),
            Answer::Close => return Ok(()),
        }
    }
    Ok(())
}

fn write_head(stream: &mut impl Write, status: u16, headers: &[(String, String)]) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {status} Scripted\r\n").into_bytes();
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n")?;
    }
    head.extend_from_slice(b"\r\n");
    stream.write_all(&head)
}

/// The next request; `None` at the end of the connection.
pub(crate) fn read_request(stream: &mut BufReader<impl Read>) -> io::Result<Option<Asked>> {
    let Some(first) = read_line(stream)? else { return Ok(None) };
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = BTreeMap::new();
    while let Some(line) = read_line(stream)?.filter(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Some(Asked { method, path, headers, body }))
}

fn read_line(stream: &mut BufReader<impl Read>) -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = stream.read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end().to_owned()))
}

pub(crate) fn wait_for_the_end(stream: &mut impl Read) -> io::Result<()> {
    io::copy(stream, &mut io::sink()).map(drop)
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The connections that are open, by the order in which they came.
type Open = Mutex<HashMap<usize, TcpStream>>;

/// A socket that is listened on, and every connection made to it. Dropping it ends them all.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    open: Arc<Open>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    pub(crate) fn start(
        socket: TcpListener,
        speak: impl Fn(TcpStream) -> Parting + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let address = socket.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let open: Arc<Open> = Arc::default();
        let speak: Arc<Speak> = Arc::new(speak);
        let thread = std::thread::Builder::new().name("scripted".into()).spawn({
            let (stop, open) = (Arc::clone(&stop), Arc::clone(&open));
            move || accept(&socket, &stop, &open, &speak)
        })?;
        Ok(Self { address, stop, open, thread: Some(thread) })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }
}

fn accept(socket: &TcpListener, stop: &AtomicBool, open: &Arc<Open>, speak: &Arc<Speak>) {
    for (number, stream) in socket.incoming().flatten().enumerate() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let (Ok(kept), Ok(last)) = (stream.try_clone(), stream.try_clone()) else { continue };
        lock(open).insert(number, kept);
        let (open, speak) = (Arc::clone(open), Arc::clone(speak));
        // What cannot get a thread hangs, which a test notices.
        let _ = std::thread::Builder::new().name("connection".into()).spawn(move || {
            let parting = speak(stream);
            // A hundred thousand of them may come in one test.
            lock(&open).remove(&number);
            match parting {
                Parting::Close => drop(last.shutdown(Shutdown::Both)),
                // Shutting it down would send an orderly end first; so the last handle is let go of.
                Parting::Reset => drop(SockRef::from(&last).set_linger(Some(Duration::ZERO))),
            }
        });
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        for stream in lock(&self.open).values() {
            // It may have ended by itself.
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the thread that accepts; when nobody accepts any more there is nothing to wake.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        // What came meanwhile.
        for stream in lock(&self.open).values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// A port of 127.0.0.1 on which nothing listens.
pub fn closed_port() -> io::Result<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0))?.local_addr()
}

/// Accepts connections and never says a word: TLS and HTTP hang on it.
#[derive(Debug)]
pub struct Mute {
    listener: Listener,
}

impl Mute {
    /// Starts it on a free port of 127.0.0.1.
    pub fn start() -> io::Result<Self> {
        let socket = TcpListener::bind(("127.0.0.1", 0))?;
        let listener = Listener::start(socket, |mut stream| {
            let _ = wait_for_the_end(&mut stream);
            Parting::Close
        })?;
        Ok(Self { listener })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.listener.address()
    }
}

/// A port whose queue of connections is full and never emptied. On Linux what comes after is dropped: connecting to
/// it hangs. Elsewhere it may be refused.
#[derive(Debug)]
pub struct FullQueue {
    socket: TcpListener,
    waiting: Vec<TcpStream>,
}

impl FullQueue {
    /// Fills the queue of a free port of 127.0.0.1.
    pub fn start() -> io::Result<Self> {
        let socket = TcpListener::bind(("127.0.0.1", 0))?;
        let address = socket.local_addr()?;
        let mut waiting = Vec::new();
        // The standard library asks for a queue of 128 on most systems; the first that has to wait shows its end.
        while let Ok(stream) = TcpStream::connect_timeout(&address, QUEUED) {
            waiting.push(stream);
        }
        Ok(Self { socket, waiting })
    }

    /// Where connections hang.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// How many connections are in the queue.
    pub const fn waiting(&self) -> usize {
        self.waiting.len()
    }
}
