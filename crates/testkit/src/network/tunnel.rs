//! A forward proxy that tunnels (CONNECT). Whatever host is asked for, it leads to one server: so a test can use a
//! public name on loopback.

use std::io::{self, BufReader, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::listener::{Listener, Parting, lock};
use crate::scripted::Request;

/// A running proxy. Dropping it ends every connection.
#[derive(Debug)]
pub struct TunnelProxy {
    listener: Listener,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl TunnelProxy {
    /// Starts it on a free port of 127.0.0.1. `None` refuses every tunnel with 407.
    pub fn start(upstream: Option<SocketAddr>) -> io::Result<Self> {
        let socket = TcpListener::bind(("127.0.0.1", 0))?;
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let listener = Listener::start(socket, {
            let seen = Arc::clone(&seen);
            move |client, _| {
                // Either side may go away at any time; then the tunnel is over.
                let _ = tunnel(client, upstream, &seen);
                Parting::Close
            }
        })?;
        Ok(Self { listener, seen })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Every CONNECT so far, oldest first.
    pub fn seen(&self) -> Vec<Request> {
        lock(&self.seen).clone()
    }
}

fn tunnel(client: TcpStream, upstream: Option<SocketAddr>, seen: &Mutex<Vec<Request>>) -> io::Result<()> {
    let mut client = BufReader::new(client);
    let origin = format!("http://{}", client.get_ref().local_addr()?);
    let Some(request) = Request::read(&mut client, &origin)? else { return Ok(()) };
    lock(seen).push(request);
    // The client says nothing more before it has the answer, so the buffer is empty.
    let mut client = client.into_inner();
    let Some(upstream) = upstream else {
        return client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    };
    let server = TcpStream::connect(upstream)?;
    client.write_all(b"HTTP/1.1 200 Connection Established\r\n\r\n")?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    std::thread::Builder::new().name("tunnel".into()).spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    })?;
    let (mut from_server, mut to_client) = (server, client);
    io::copy(&mut from_server, &mut to_client)?;
    to_client.shutdown(Shutdown::Both)
}
