//! What goes wrong before a server has read a request: ports, queues and proxies.
//!
//! Deliberately absent: replies. What a server does with a request it has read stands in [`scripted`](crate::scripted).

mod buffering;
mod tunnel;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

pub use buffering::BufferingProxy;
pub use tunnel::TunnelProxy;

use crate::listener::{Listener, Parting, wait_for_the_end};

/// Connecting on loopback takes microseconds; whoever waits longer is not in the queue.
const QUEUED: Duration = Duration::from_millis(200);

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
        let listener = Listener::start(socket, |mut stream, _| {
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
