//! A socket of 127.0.0.1 with a thread for each connection, for every server here that speaks for itself.
//!
//! All of it ends with the handle: a connection is shut down under whoever reads from it or writes to it, and whoever
//! waits for something else asks [`Stop`].

use std::collections::HashMap;
use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

/// How long nobody is accepted after that has failed, as it does while too many files are open.
const REST: Duration = Duration::from_millis(10);

/// How a connection ends when everything has been said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parting {
    Close,
    /// With RST.
    Reset,
}

/// What is spoken on a connection once it stands.
type Speak = dyn Fn(TcpStream, &Stop) -> Parting + Send + Sync;

/// The connections that are open, by the order in which they came.
type Open = Mutex<HashMap<usize, TcpStream>>;

/// A socket that is listened on, and every connection made to it. Dropping it ends them all.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
    stop: Arc<Stop>,
    open: Arc<Open>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    pub(crate) fn start(
        socket: TcpListener,
        speak: impl Fn(TcpStream, &Stop) -> Parting + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let address = socket.local_addr()?;
        let stop: Arc<Stop> = Arc::default();
        let open: Arc<Open> = Arc::default();
        let speak: Arc<Speak> = Arc::new(speak);
        let thread = Builder::new().name("listener".into()).spawn({
            let (stop, open) = (Arc::clone(&stop), Arc::clone(&open));
            move || accept(&socket, &stop, &open, &speak)
        })?;
        Ok(Self { address, stop, open, thread: Some(thread) })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.set();
        let end_all = || {
            for stream in lock(&self.open).values() {
                // It may have ended by itself.
                let _ = stream.shutdown(Shutdown::Both);
            }
        };
        end_all();
        // Wakes the thread that accepts; when nobody accepts any more there is nothing to wake.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        // What came meanwhile.
        end_all();
    }
}

fn accept(socket: &TcpListener, stop: &Arc<Stop>, open: &Arc<Open>, speak: &Arc<Speak>) {
    for (number, stream) in socket.incoming().enumerate() {
        if stop.is_set() {
            return;
        }
        let Ok(stream) = stream else {
            stop.wait(REST);
            continue;
        };
        // Else the kernel holds back what comes in pieces.
        let _ = stream.set_nodelay(true);
        let (Ok(kept), Ok(last)) = (stream.try_clone(), stream.try_clone()) else { continue };
        lock(open).insert(number, kept);
        let connection = Connection { number, last, open: Arc::clone(open), parting: Parting::Close };
        let (stop, speak) = (Arc::clone(stop), Arc::clone(speak));
        // What cannot get a thread is closed, which a test notices.
        let _ = Builder::new().name("connection".into()).spawn(move || connection.part(speak(stream, &stop)));
    }
}

/// Ends a connection when it has been spoken on, also where that was a panic.
struct Connection {
    number: usize,
    last: TcpStream,
    open: Arc<Open>,
    parting: Parting,
}

impl Connection {
    fn part(mut self, parting: Parting) {
        self.parting = parting;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // A hundred thousand of them may come in one test.
        lock(&self.open).remove(&self.number);
        match self.parting {
            Parting::Close => drop(self.last.shutdown(Shutdown::Both)),
            // Shutting it down would send an orderly end first; so the last handle is let go of.
            Parting::Reset => drop(SockRef::from(&self.last).set_linger(Some(Duration::ZERO))),
        }
    }
}

/// Whether the server has been told to end.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    set: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    pub(crate) fn is_set(&self) -> bool {
        *lock(&self.set)
    }

    /// Lets this time pass, or less if it is told meanwhile, and says whether it has been told.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        let (set, _) = self
            .changed
            .wait_timeout_while(lock(&self.set), time, |set| !*set)
            .unwrap_or_else(PoisonError::into_inner);
        *set
    }

    fn set(&self) {
        *lock(&self.set) = true;
        self.changed.notify_all();
    }
}

/// Reads until the other side has ended the connection.
pub(crate) fn wait_for_the_end(stream: &mut impl Read) -> io::Result<()> {
    io::copy(stream, &mut io::sink()).map(drop)
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
