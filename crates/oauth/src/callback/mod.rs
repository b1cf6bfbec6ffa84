//! Where the browser brings the answer: a listener on this machine's loopback that lives as long as one sign-in
//! (RFC 8252 §7.3).
//!
//! It is bound before the browser opens, so that an answer never meets a closed door. Whoever else knocks gets a page
//! that says nothing and changes nothing: neither a wrong `state` nor any other request can end the sign-in, and no
//! text of a request is ever shown.

mod page;
mod ports;
mod request;
mod words;

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use bridgekeeper_net::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

pub(crate) use self::page::Page;
pub use self::ports::{PortChoice, Ports};
use self::request::{Judged, Judgement, judge};
use self::words::Words;
use crate::Error;
use crate::authorization::{Expected, Parameters};

/// Most requests that are read at once; more wait.
const AT_ONCE: usize = 64;
/// Largest head of a request, in bytes. A code is short, but some issuers send long ones.
const LARGEST_HEAD: usize = 32 << 10;
/// Longest time for the head of a request.
const HEAD: Duration = Duration::from_secs(10);

/// How the answer of the browser reaches us.
#[derive(Debug, Clone)]
pub struct CallbackSettings {
    /// The host in the redirect address: `127.0.0.1`, `localhost`, or a name that leads to this machine.
    pub host: String,
    /// The path in the redirect address; begins with `/`.
    pub path: String,
    /// Which ports are tried.
    pub ports: Ports,
    /// How long a person may take to come back.
    pub open_for: Duration,
    /// Where the browser is sent after a sign-in, instead of the page of our own.
    pub success_url: Option<Url>,
}

impl CallbackSettings {
    /// The redirect address with this port (RFC 6749 §3.1.2).
    pub(crate) fn redirect_uri(&self, port: u16) -> String {
        format!("http://{}:{port}{}", self.host, self.path)
    }
}

/// A bound listener.
#[derive(Debug)]
pub(crate) struct Callback {
    listener: TcpListener,
    settings: CallbackSettings,
    port: u16,
}

/// The browser that waits to hear what came of it.
#[derive(Debug)]
pub(crate) struct Waiting {
    stream: TcpStream,
    words: &'static Words,
    success_url: Option<Url>,
}

impl Callback {
    /// Takes the first port that is free, on 127.0.0.1 only.
    pub(crate) async fn bind(settings: &CallbackSettings) -> Result<Self, Error> {
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for port in settings.ports.candidates() {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
                Ok(listener) => {
                    return Ok(Self {
                        port: listener.local_addr().map_err(Error::NoPort)?.port(),
                        listener,
                        settings: settings.clone(),
                    });
                }
                // Taken, or reserved by Windows for something else (EACCES).
                Err(error) => last = error,
            }
        }
        Err(Error::NoPort(last))
    }

    /// The address that is registered and sent along.
    pub(crate) fn redirect_uri(&self) -> String {
        self.settings.redirect_uri(self.port)
    }

    /// Waits for the answer that is ours, however many others come.
    pub(crate) async fn answer(&self, expected: &Expected) -> Result<(Parameters, Waiting), Error> {
        let mut open = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if open.len() < AT_ONCE => match accepted {
                    Ok((stream, _)) => {
                        let judge = request::Judge {
                            host: self.settings.host.clone(),
                            port: self.port,
                            path: self.settings.path.clone(),
                            expected: expected.clone(),
                        };
                        open.spawn(async move { hear(stream, &judge).await });
                    }
                    // Too many open files, or a connection that was gone at once: it may go better in a moment.
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                },
                Some(heard) = open.join_next() => if let Ok(Some((parameters, stream, words))) = heard {
                    let success_url = self.settings.success_url.clone();
                    return Ok((parameters, Waiting { stream, words, success_url }));
                },
            }
        }
    }
}

impl Waiting {
    /// Tells the person that it worked.
    pub(crate) async fn succeeded(self) {
        let page = self.success_url.map_or(Page::SignedIn, Page::Elsewhere);
        send(self.stream, &page, self.words).await;
    }

    /// Tells the person that it did not.
    pub(crate) async fn failed(self) {
        send(self.stream, &Page::NotSignedIn, self.words).await;
    }
}

/// Reads one request. `None` where it was not the answer; it has then been dealt with.
async fn hear(
    mut stream: TcpStream,
    judge_of: &request::Judge,
) -> Option<(Parameters, TcpStream, &'static Words)> {
    let head = timeout(HEAD, read_head(&mut stream)).await.ok()?.ok()?;
    let Judged { judgement, words } = judge(&head, judge_of);
    match judgement {
        Judgement::Answer(parameters) => Some((parameters, stream, words)),
        Judgement::Stranger(page) => {
            send(stream, &page, words).await;
            None
        }
    }
}

async fn read_head(stream: &mut TcpStream) -> io::Result<zeroize::Zeroizing<Vec<u8>>> {
    let mut head = zeroize::Zeroizing::new(Vec::with_capacity(LARGEST_HEAD));
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() >= LARGEST_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if stream.read_buf(&mut *head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(head)
}

/// A page that cannot be delivered is nobody's loss.
async fn send(mut stream: TcpStream, page: &Page, words: &Words) {
    let sent = async {
        stream.write_all(page.response(words).as_bytes()).await?;
        stream.shutdown().await?;
        // What the browser still has to say is read, or the page may be lost with the connection.
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = timeout(Duration::from_secs(2), sent).await;
}
