//! A reverse proxy with the habit that breaks event streams: like nginx with `proxy_buffering on`, it passes a
//! response on when a buffer is full or the response has ended.

use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};

use crate::listener::{Listener, Parting, wait_for_the_end};
use crate::scripted::Request;

/// Bytes gathered before anything is passed on; nginx's default is one page.
const BUFFER: usize = 4096;

/// A running proxy in front of one server. Dropping it ends every connection.
#[derive(Debug)]
pub struct BufferingProxy {
    listener: Listener,
}

impl BufferingProxy {
    /// Starts it on a free port of 127.0.0.1.
    pub fn start(upstream: SocketAddr) -> io::Result<Self> {
        let socket = TcpListener::bind(("127.0.0.1", 0))?;
        let listener = Listener::start(socket, move |client, _| {
            // Either side may go away at any time; then the exchange is over.
            let _ = pass_on(client, upstream);
            Parting::Close
        })?;
        Ok(Self { listener })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.listener.address()
    }
}

/// One exchange per connection, so that the end of the response is the end of the upstream connection.
fn pass_on(client: TcpStream, upstream: SocketAddr) -> io::Result<()> {
    let mut client = BufReader::new(client);
    let origin = format!("http://{}", client.get_ref().local_addr()?);
    let Some(request) = Request::read(&mut client, &origin)? else { return Ok(()) };
    let mut server = TcpStream::connect(upstream)?;
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method(), request.target()).into_bytes();
    for (name, value) in request.headers().iter().filter(|(name, _)| *name != "connection") {
        write!(head, "{name}: {value}\r\n")?;
    }
    head.extend_from_slice(b"connection: close\r\n\r\n");
    server.write_all(&head)?;
    server.write_all(request.body())?;

    let mut client = client.into_inner();
    hang_up_with(&client, &server)?;
    let mut buffer = Vec::new();
    let mut piece = [0; BUFFER];
    loop {
        let read = server.read(&mut piece)?;
        buffer.extend_from_slice(&piece[..read]);
        if read == 0 || buffer.len() >= BUFFER {
            client.write_all(&buffer)?;
            buffer.clear();
        }
        if read == 0 {
            return client.shutdown(Shutdown::Both);
        }
    }
}

/// When the client goes away, the server is told.
fn hang_up_with(client: &TcpStream, server: &TcpStream) -> io::Result<()> {
    let (mut client, server) = (client.try_clone()?, server.try_clone()?);
    std::thread::Builder::new().name("hang-up".into()).spawn(move || {
        let _ = wait_for_the_end(&mut client);
        let _ = server.shutdown(Shutdown::Both);
    })?;
    Ok(())
}
