//! Requests of the bridge's own: to look at the tools, to keep the connection alive. Their answers are not for the
//! host.

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::connect::Connection;
use super::{Bridge, Call};
use crate::envelope::{Envelope, Id};
use crate::failure::Failure;
use crate::memory::{Carrier, Era};
use crate::modern::{self, splice};
use crate::retry::Replay;

/// How long the server may take for what nobody but the bridge waits for.
const PATIENCE: Duration = Duration::from_secs(30);

impl Bridge {
    /// An id for a request of our own, as JSON text.
    pub(super) fn own_id(&self) -> String {
        format!("\"{}\"", self.own_number())
    }

    /// The same, as text.
    pub(super) fn own_number(&self) -> String {
        let next = self.own_requests.get() + 1;
        self.own_requests.set(next);
        format!("mcp-bridge/{next}")
    }

    /// Asks the server for something that has no parameters and changes nothing.
    pub(super) async fn ask(self: &Rc<Self>, method: &str) -> Result<Vec<u8>, Failure> {
        let line = format!(r#"{{"jsonrpc":"2.0","id":{},"method":"{method}"}}"#, self.own_id());
        match timeout(PATIENCE, self.ask_with(line)).await {
            Ok(answer) => answer,
            Err(_) => Err(Failure::Silent { origin: self.origin(), after: PATIENCE }),
        }
    }

    pub(super) async fn ask_with(self: &Rc<Self>, line: String) -> Result<Vec<u8>, Failure> {
        let not_a_message = || Failure::NotAMessage { origin: self.origin() };
        if let Some(translation) = self.translation() {
            let line = splice::add_meta(&line, &translation.metadata_now()).ok_or_else(not_a_message)?;
            return self.ask_server(&line.into(), Replay::Safe).await;
        }
        let line = Bytes::from(line);
        if self.endpoint.borrow().is_none() {
            return self.swallow_answer(self.post(&line, Replay::Safe).await?, Era::Legacy).await;
        }
        let Ok(Envelope::Request { id, .. }) = Envelope::parse(&line) else { return Err(not_a_message()) };
        self.ask_on_stream(&line, id).await
    }

    async fn ask_on_stream(&self, line: &Bytes, id: Id) -> Result<Vec<u8>, Failure> {
        let (sender, answer) = oneshot::channel();
        self.asked.borrow_mut().insert(id, sender);
        self.post_on_stream(line, Replay::Safe).await?;
        answer.await.map_err(|_| Failure::StreamEnded { origin: self.origin() })
    }

    /// Sends one request of 2026-07-28 and waits for its answer, which is not yet for the host.
    pub(super) async fn ask_server(&self, line: &Bytes, replay: Replay) -> Result<Vec<u8>, Failure> {
        let call = Call::parse(line).ok_or_else(|| Failure::NotAMessage { origin: self.origin() })?;
        let response = self.post_modern(line, &call, replay).await?;
        self.swallow_answer(response, Era::Modern).await
    }

    /// After `server/discover` was answered from memory: asks the server, and remembers what it says for next time.
    pub(super) async fn check_discovery(&self, version: &str, line: &[u8]) {
        let Some(line) =
            std::str::from_utf8(line).ok().and_then(|line| splice::with_id(line, &self.own_id()))
        else {
            return;
        };
        match timeout(PATIENCE, self.ask_server(&line.into(), Replay::Safe)).await {
            Ok(Ok(answer)) => {
                if let Some(result) = modern::result_of(&answer) {
                    self.memory.keep_greeting(version, Era::Modern, Carrier::Http, Some(result));
                }
            }
            Ok(Err(failure)) if failure.is_refusal() => {
                self.log.debug(format_args!("the server is another than it was: {failure}"));
                self.memory.keep_greeting(version, Era::Legacy, Carrier::Http, None);
            }
            Ok(Err(failure)) => {
                self.log.debug(format_args!("the server could not be asked what it is: {failure}"));
            }
            Err(_) => self.log.debug("the server did not say in time what it is"),
        }
    }

    /// Pings the server for as long as the bridge lives (`--keep-alive`). The protocol of 2026-07-28 has no sessions,
    /// so there is nothing to keep.
    pub(crate) async fn keep_alive(self: &Rc<Self>, interval: Duration) {
        loop {
            sleep(interval).await;
            let is_connected = matches!(*self.connection.borrow(), Connection::Made);
            if is_connected && self.translation().is_none() {
                match self.ask("ping").await {
                    Ok(_) => self.log.debug("the server answered a ping"),
                    Err(failure) => {
                        self.log.warning(format_args!("the server did not answer a ping: {failure}"));
                        self.status.failed(&failure);
                    }
                }
            }
        }
    }

    pub(super) fn learn_tools_where_modern(&self, answer: Vec<u8>) -> Vec<u8> {
        if self.translation().is_some() { self.learn_tools(answer) } else { answer }
    }
}
