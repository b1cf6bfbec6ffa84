//! One run, from the first line of the host to the end of the session.

use std::collections::HashMap;
use std::io::{self, Stdin, Stdout};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_formats::secrets;
use bridgekeeper_net::source_address;
use bridgekeeper_oauth::Credentials;
use bytes::Bytes;
use tokio::runtime::LocalOptions;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet, spawn_local};
use tokio::time::timeout;

use crate::bridge::{Bridge, Request, Wanted};
use crate::clock::machine_slept;
use crate::credentials::InKeyring;
use crate::end::told_to_end;
use crate::envelope::{Envelope, Id, NotAMessage, split_batch};
use crate::failure::Failure;
use crate::gate::{OnItsWay, Part};
use crate::host::{Host, Inbox};
use crate::lines::{LONGEST_LINE, Line};
use crate::log::Log;
use crate::memory::Era;
use crate::options::Options;
use crate::remains::Remains;
use crate::retry::Replay;
use crate::way::Way;

/// How long requests may still be answered after the host has closed its end.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// How long the server may take to hear that the session is over.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long the host may take to read the last lines of the log.
const LAST_LINES: Duration = Duration::from_millis(200);

/// The host's ends of the pipes.
#[derive(Debug)]
pub struct Streams {
    /// Where the host's messages come from.
    pub input: Stdin,
    /// Where the server's messages go.
    pub output: Stdout,
}

/// Carries messages until the host closes its end. Errors on the way become answers; an error here means that the
/// bridge could not begin.
pub fn run(options: &Options, warnings: &[String], streams: Streams, log: Log) -> io::Result<()> {
    for warning in warnings {
        log.warning(warning);
    }
    log.info(format_args!("version {}, carrying to {}", env!("CARGO_PKG_VERSION"), options.shown_url()));
    if let Some(script) = &options.net.proxies.script {
        log.warning(format_args!(
            "this system chooses its proxy by a script, {}, which is not run; the server is reached directly. Where that \
             fails, name the proxy as HTTPS_PROXY in the entry's env",
            secrets::mask(script)
        ));
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build_local(LocalOptions::default())?;
    let bridge = runtime.block_on(async {
        let inbox = Inbox::read_from(streams.input)?;
        let host = Host::write_to(streams.output)?;
        let store: Arc<dyn Credentials> = Arc::new(InKeyring::of_bridge(options));
        let bridge = Rc::new(Bridge::new(options, store, host, log));
        carry(Rc::clone(&bridge), inbox, options.keep_alive).await;
        bridge.host.close(FAREWELL).await;
        io::Result::Ok(bridge)
    })?;
    // A name that is being looked up must not hold the process.
    runtime.shutdown_background();
    if let Some(Bridge { log, .. }) = Rc::into_inner(bridge) {
        log.close(LAST_LINES);
    }
    Ok(())
}

async fn carry(bridge: Rc<Bridge>, mut inbox: Inbox, keep_alive: Option<Duration>) {
    let mut pump = Pump::new(bridge);
    pump.begin_housekeeping(keep_alive);
    // A task of its own, so that it is not looked at with each message.
    let mut told = spawn_local(told_to_end());
    loop {
        tokio::select! {
            line = next_line(&pump.bridge.host, &mut inbox) => match line {
                Some(Line::Text(text)) => pump.accept(text),
                Some(Line::TooLong(envelopes)) => {
                    pump.refuse(&envelopes, &Failure::HostTooLong { limit: LONGEST_LINE });
                }
                None => break,
            },
            () = pump.bridge.host.gone() => return pump.leave().await,
            reason = &mut told => {
                match reason.map_err(io::Error::other).flatten() {
                    Ok(reason) => pump.bridge.log.info(reason.text()),
                    Err(error) => pump.bridge.log.warning(format_args!("signals cannot be heard: {error}")),
                }
                return pump.leave().await;
            }
        }
    }
    told.abort();
    pump.finish().await;
}

/// The host's next line, as soon as the host has read enough of what it was told.
async fn next_line(host: &Host, inbox: &mut Inbox) -> Option<Line> {
    host.reads().await;
    inbox.next().await
}

/// A notification that waits for those before it to be taken by the server.
struct Notice {
    line: Bytes,
    replay: Replay,
    part: Part,
    on_its_way: OnItsWay,
    /// The request that the host has cancelled by it.
    cancels: Option<(Id, Cancellable)>,
}

/// A request that is on its way.
struct Cancellable {
    era: Era,
    task: AbortHandle,
}

struct Pump {
    bridge: Rc<Bridge>,
    tasks: JoinSet<()>,
    /// The host's requests that it can cancel.
    cancellable: HashMap<Id, Cancellable>,
    notices: mpsc::UnboundedSender<Notice>,
}

impl Pump {
    fn new(bridge: Rc<Bridge>) -> Self {
        let (notices, queue) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn_local(pass_notices(Rc::clone(&bridge), queue));
        Self { bridge, tasks, cancellable: HashMap::new(), notices }
    }

    /// What goes on beside the messages.
    fn begin_housekeeping(&mut self, keep_alive: Option<Duration>) {
        let bridge = Rc::clone(&self.bridge);
        self.tasks.spawn_local(async move {
            if let Err(error) = bridge.status.keep(&bridge.log).await {
                bridge.log.debug(format_args!("there is no status file: {error}"));
            }
        });
        let bridge = Rc::clone(&self.bridge);
        self.tasks.spawn_local(async move { bridge.watch_sign_in().await });
        let bridge = Rc::clone(&self.bridge);
        self.tasks.spawn_local(async move {
            loop {
                machine_slept().await;
                bridge.begin_anew("the machine has slept");
            }
        });
        let bridge = Rc::clone(&self.bridge);
        self.tasks.spawn_local(async move {
            let mut way = Way::new(source_address);
            loop {
                way.changed(|| bridge.ends()).await;
                bridge.begin_anew("the network is another one");
            }
        });
        if let Some(interval) = keep_alive {
            let bridge = Rc::clone(&self.bridge);
            self.tasks.spawn_local(async move { bridge.keep_alive(interval).await });
        }
    }

    /// Takes what the host wrote in one line: a message, or a batch (MCP 2025-03-26).
    fn accept(&mut self, line: Vec<u8>) {
        // Those that are done by now; waiting for them would cost a turn for each.
        while self.tasks.try_join_next().is_some() {}
        if line.first() != Some(&b'[') {
            return self.accept_message(line.into());
        }
        match split_batch(&line) {
            Ok(messages) => {
                for message in messages {
                    self.accept_message(Bytes::copy_from_slice(message));
                }
            }
            Err(reason) => self.refuse(&Remains::of(&line), &Failure::HostNotAMessage { reason }),
        }
    }

    /// Answers what cannot be carried: the host its requests, the server what it has asked.
    fn refuse(&mut self, envelopes: &[Vec<u8>], failure: &Failure) {
        self.bridge.log.warning(format_args!("{failure}. {}", failure.next_step()));
        for envelope in envelopes {
            match Envelope::parse(envelope) {
                Ok(Envelope::Request { id, .. }) => self.bridge.host.send(failure.response_to(&id)),
                Ok(Envelope::Response { id: Some(id) }) => {
                    self.accept_message(failure.response_to(&id).into());
                }
                Ok(Envelope::Notification { .. } | Envelope::Response { id: None }) | Err(_) => {}
            }
        }
    }

    fn accept_message(&mut self, line: Bytes) {
        let received = match Received::parse(&line) {
            Ok(received) => received,
            Err(reason) => {
                return self.refuse(&Remains::of(&line), &Failure::HostNotAMessage { reason });
            }
        };
        let bridge = Rc::clone(&self.bridge);
        match received {
            Received::Request { id, method } => {
                if &*method == "tools/call" {
                    bridge.person_acts();
                }
                let wanted = Wanted::of(&method, &line);
                if !bridge.expect(&id, wanted) {
                    return bridge.host.send(Failure::DuplicateId { id: id.clone() }.response_to(&id));
                }
                let handshake = (&*method == "initialize").then(|| {
                    bridge.begin_handshake(&line);
                    bridge.gate.enter(Part::Initialize)
                });
                let replay = Replay::of(&method);
                let cancellable = handshake.is_none().then(|| (id.clone(), Era::of(&line)));
                let request = Request { id, method, line, replay, wanted, handshake };
                let task = self.tasks.spawn_local(async move { bridge.carry(request).await });
                if let Some((id, era)) = cancellable {
                    if self.cancellable.len() > 2 * self.tasks.len() {
                        self.cancellable.retain(|_, request| !request.task.is_finished());
                    }
                    self.cancellable.insert(id, Cancellable { era, task });
                }
            }
            Received::Notification { replay, part, cancels } => {
                let cancels = cancels.and_then(|id| self.cancellable.remove_entry(&id));
                if let Some((id, Cancellable { era, task })) = &cancels {
                    if bridge.cancels_by_closing(*era) {
                        task.abort();
                        return bridge.forget(id);
                    }
                    bridge.forget_if_cancelled(id);
                }
                if part == Part::Initialized {
                    bridge.remember_initialized(line.clone());
                }
                let on_its_way = bridge.gate.enter(part);
                // The receiver lives as long as this does.
                let _ = self.notices.send(Notice { line, replay, part, on_its_way, cancels });
            }
            Received::Response => {
                let on_its_way = bridge.gate.enter(Part::Other);
                self.tasks.spawn_local(async move {
                    bridge.tell(line, Replay::Unsafe, Part::Other).await;
                    drop(on_its_way);
                });
            }
        }
    }

    /// Lets what is on its way come to its end, answers the rest, and takes leave of the server.
    async fn finish(self) {
        self.bridge.end_sign_in();
        let last = async {
            self.bridge.all_answered().await;
            self.bridge.gate.quiet().await;
        };
        tokio::select! {
            _ = timeout(LAST_ANSWERS, last) => {}
            () = self.bridge.host.gone() => {}
            _ = told_to_end() => {}
        }
        self.leave().await;
    }

    /// Answers what is left and takes leave of the server.
    async fn leave(self) {
        let Self { bridge, tasks, .. } = self;
        bridge.give_up(&Failure::Ending);
        drop(tasks);
        bridge.status.end();
        tokio::join!(bridge.end_session(FAREWELL), bridge.remembers(FAREWELL));
        bridge.end_background();
    }
}

/// What a message of the host asks of the bridge.
enum Received {
    Request { id: Id, method: Box<str> },
    Notification { replay: Replay, part: Part, cancels: Option<Id> },
    Response,
}

impl Received {
    fn parse(line: &[u8]) -> Result<Self, NotAMessage> {
        Ok(match Envelope::parse(line)? {
            Envelope::Request { id, method } => Self::Request { id, method: method.into() },
            Envelope::Notification { method } => {
                let part =
                    if method == "notifications/initialized" { Part::Initialized } else { Part::Other };
                let cancels =
                    (method == "notifications/cancelled").then(|| Envelope::cancelled(line)).flatten();
                Self::Notification { replay: Replay::of(&method), part, cancels }
            }
            Envelope::Response { .. } => Self::Response,
        })
    }
}

/// Notifications keep their order: each one waits until the server has taken the one before.
async fn pass_notices(bridge: Rc<Bridge>, mut queue: mpsc::UnboundedReceiver<Notice>) {
    while let Some(Notice { line, replay, part, on_its_way, cancels }) = queue.recv().await {
        bridge.tell(line, replay, part).await;
        // Once the server knows of it nothing more is said about the request, and many never end its stream.
        if let Some((id, request)) = cancels {
            request.task.abort();
            bridge.forget(&id);
        }
        drop(on_its_way);
    }
}
