//! An HTTP server that does on the wire exactly what a test tells it, right or wrong.
//!
//! The test gives a function from [`Request`] to [`Reply`]; a reply is bytes and an ending. Nothing checks that they are
//! HTTP, let alone MCP: a web framework would not let them break the rules. Behind TLS it is a
//! [`TlsServer`](crate::tls::TlsServer).
//!
//! Deliberately absent: a memory. What a server must know from one request to the next stands in the test's function;
//! servers that keep the rules are [`mcp`](crate::mcp) and [`oauth`](crate::oauth), and what goes wrong before a request
//! is read stands in [`network`](crate::network).

mod reply;
mod request;

use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

pub use reply::Reply;
pub(crate) use reply::{Ending, Head};
pub use request::Request;

use crate::listener::{Listener, Parting, Stop, lock, wait_for_the_end};

/// Longer than any request takes to come, also where many tests run at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. Dropping it closes its port and every connection.
#[derive(Debug)]
pub struct ScriptedServer {
    listener: Listener,
    origin: String,
    seen: Arc<Seen>,
}

/// Every request so far, and who waits for the next.
#[derive(Debug, Default)]
struct Seen {
    requests: Mutex<Vec<Request>>,
    came: Condvar,
}

impl ScriptedServer {
    /// Starts a server on a free port of 127.0.0.1 that asks `script` what to do with each request.
    ///
    /// # Panics
    /// If there is no free port.
    pub fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), script)
    }

    /// Starts it at a given address: where another one was before.
    ///
    /// # Panics
    /// If the address is taken.
    pub fn start_at(address: SocketAddr, script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_with("http", address, script, Ok).expect("a port on 127.0.0.1")
    }

    /// Starts it with something between the socket and HTTP, such as TLS.
    pub(crate) fn start_with<S: Read + Write>(
        scheme: &str,
        address: SocketAddr,
        script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
        secure: impl Fn(TcpStream) -> io::Result<S> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let socket = TcpListener::bind(address)?;
        let origin = format!("{scheme}://{}", socket.local_addr()?);
        let seen: Arc<Seen> = Arc::default();
        let listener = Listener::start(socket, {
            let (seen, origin) = (Arc::clone(&seen), origin.clone());
            move |stream, stop| {
                let parting =
                    secure(stream).and_then(|stream| converse(stream, &origin, &seen, &script, stop));
                // A client that goes away in the middle of an exchange is no failure of the server.
                parting.unwrap_or(Parting::Close)
            }
        })?;
        Ok(Self { listener, origin, seen })
    }

    /// The MCP endpoint.
    pub fn url(&self) -> String {
        format!("{}/mcp", self.origin)
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Every request so far, in the order in which they were read.
    pub fn seen(&self) -> Vec<Request> {
        lock(&self.seen.requests).clone()
    }

    /// Waits until a request has come that is wanted.
    ///
    /// # Panics
    /// If none comes within 30 seconds.
    pub fn wait_for(&self, wanted: impl Fn(&Request) -> bool) -> Request {
        let seen = lock(&self.seen.requests);
        let none_yet = |seen: &mut Vec<Request>| !seen.iter().any(&wanted);
        let came = self.seen.came.wait_timeout_while(seen, PATIENCE, none_yet);
        let (seen, _) = came.unwrap_or_else(PoisonError::into_inner);
        seen.iter().find(|request| wanted(request)).cloned().unwrap_or_else(|| {
            let came: Vec<String> = seen.iter().map(Request::to_string).collect();
            panic!("no such request came, but {came:#?}");
        })
    }
}

impl Seen {
    fn push(&self, request: Request) {
        lock(&self.requests).push(request);
        self.came.notify_all();
    }
}

/// Answers one request after the other until a reply ends the connection or the client goes away.
fn converse<S: Read + Write>(
    stream: S,
    origin: &str,
    seen: &Seen,
    script: &impl Fn(&Request) -> Reply,
    stop: &Stop,
) -> io::Result<Parting> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = Request::read(&mut stream, origin)? {
        seen.push(request.clone());
        match script(&request).send(stream.get_mut(), &request, stop)? {
            Ending::Next => {}
            Ending::Close => return Ok(Parting::Close),
            Ending::Reset => return Ok(Parting::Reset),
            Ending::Stall => {
                wait_for_the_end(&mut stream)?;
                return Ok(Parting::Close);
            }
        }
    }
    Ok(Parting::Close)
}

/// One event of a stream.
pub fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}
