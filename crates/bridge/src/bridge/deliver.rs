//! The way to the host: every answer goes to it once, under the id that waits for it.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Bridge, ErrorBody, Exchange};
use crate::envelope::{Envelope, Id, NotAMessage, split_batch};
use crate::failure::{Failure, error_response};
use crate::lines::on_one_line;
use crate::memory::{Carrier, Era};
use crate::modern::splice;
use crate::remains::Remains;
use crate::reply::{Document, ReadEvent};
use crate::scan::Outline;

/// Characters of a foreign id that the log shows.
const LONGEST_SHOWN: usize = 100;

/// What the bridge itself wants with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Nothing: it passes.
    Nothing,
    /// The result of a tool's call.
    ToolResult,
    /// A list of tools.
    Tools(ToolsWanted),
    /// What the server is.
    Discovery,
    /// The end of a subscription, which may never come.
    EndOfSubscription,
}

/// A list of tools that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ToolsWanted {
    era: Era,
    from: Page,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    First,
    Later,
}

fn is_batch(text: &[u8]) -> bool {
    text.trim_ascii_start().first() == Some(&b'[')
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    result: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pages<'a> {
    #[serde(default, borrow)]
    next_cursor: Option<&'a RawValue>,
}

impl Wanted {
    /// By the request.
    pub(crate) fn of(method: &str, line: &[u8]) -> Self {
        match method {
            "tools/list" => {
                let era = Era::of(line);
                let from = if super::translation::parameter(line, "cursor").is_some() {
                    Page::Later
                } else {
                    Page::First
                };
                Self::Tools(ToolsWanted { era, from })
            }
            "tools/call" => Self::ToolResult,
            "server/discover" => Self::Discovery,
            "subscriptions/listen" => Self::EndOfSubscription,
            _ => Self::Nothing,
        }
    }
}

impl ToolsWanted {
    /// Whether the list was asked for from its beginning.
    pub(crate) fn is_whole(self) -> bool {
        self.from == Page::First
    }
}

impl Bridge {
    /// Hands what the server sent to the host: one message, or the messages of a batch (MCP 2025-03-26).
    pub(super) fn deliver(
        &self,
        document: Document,
        exchange: Option<&Exchange<'_>>,
    ) -> Result<(), NotAMessage> {
        let Document { text, scanned } = document;
        if is_batch(&text) {
            return self.deliver_batch(&text, exchange);
        }
        match scanned.and_then(|scan| scan.end(&text)) {
            Ok(outline) => self.deliver_message(text, &outline, exchange),
            Err(error) => {
                self.refuse_broken(&text);
                Err(error)
            }
        }
    }

    /// What is no JSON can still be meant as an answer. Whoever waits for it need not wait for another.
    fn refuse_broken(&self, text: &[u8]) {
        for envelope in Remains::of(text) {
            if let Ok(Envelope::Response { id: Some(id) }) = Envelope::parse(&envelope) {
                self.answer(&id, &Failure::NotAMessage { origin: self.origin() });
            }
        }
    }

    fn deliver_batch(&self, text: &[u8], exchange: Option<&Exchange<'_>>) -> Result<(), NotAMessage> {
        let mut outcome = Ok(());
        for message in split_batch(text)? {
            // What is no message does not take the others along.
            let delivered = Outline::of(message)
                .and_then(|outline| self.deliver_message(message.to_vec(), &outline, exchange));
            outcome = outcome.and(delivered);
        }
        outcome
    }

    fn deliver_message(
        &self,
        mut message: Vec<u8>,
        outline: &Outline,
        exchange: Option<&Exchange<'_>>,
    ) -> Result<(), NotAMessage> {
        if outline.has_line_breaks() {
            message = on_one_line(message);
        }
        message.truncate(message.trim_ascii_end().len());
        match Envelope::outlined(&message, outline)? {
            Envelope::Request { id, method } if self.older_server.get() => {
                if !self.ask_by_result(&id, &method, &message, exchange) {
                    self.answer_in_the_hosts_place(&id, &method);
                }
            }
            Envelope::Notification { method } if self.older_server.get() => {
                let method = method.into_owned();
                self.pass_to_subscribers(&method, message);
            }
            Envelope::Request { .. } | Envelope::Notification { .. } => self.host.send(message),
            Envelope::Response { id: Some(id) } => {
                if self.is_waiting(&id) {
                    self.finish_with_line(&id, message);
                } else if let Some(asker) = self.asked.borrow_mut().remove(&id) {
                    // Nobody waits any more where time was up.
                    let _ = asker.send(message);
                } else if let Some(exchange) = exchange.filter(|exchange| self.is_waiting(exchange.id)) {
                    let (origin, asked) = (self.upstream.origin(), exchange.id.raw());
                    let answered: String = id.raw().chars().take(LONGEST_SHOWN).collect();
                    self.log.warning(format_args!("{origin} answers the request {asked} as {answered}"));
                } else {
                    self.log.debug("dropped an answer that no request waits for");
                }
            }
            // The server could not read the id: the answer belongs to the request it was given to.
            Envelope::Response { id: None } => {
                let body: ErrorBody<'_> =
                    serde_json::from_slice(&message).map_err(|_| NotAMessage::NotJsonRpc)?;
                if let Some(exchange) = exchange {
                    self.finish(exchange.id, error_response(exchange.id, body.error.get()));
                }
            }
        }
        Ok(())
    }

    /// Hands the message of an event to the host. An event without data only marks a place.
    pub(super) fn deliver_event(&self, event: ReadEvent, exchange: Option<&Exchange<'_>>) {
        if event.data.is_empty() || !matches!(event.kind.as_str(), "" | "message") {
            return;
        }
        if let Err(error) = self.deliver(event.into_document(), exchange) {
            self.log.warning(format_args!("an event of {} is no message: {error}", self.upstream.origin()));
        }
    }

    /// Gives the host an answer that came under its own id.
    pub(super) fn finish(&self, id: &Id, answer: Vec<u8>) {
        self.finish_with_line(id, on_one_line(answer));
    }

    /// The same for one that is known to stand on one line.
    fn finish_with_line(&self, id: &Id, answer: Vec<u8>) {
        let Some((id, mut answer)) = self.readdressed(id, answer) else { return };
        let Some(wanted) = self.waiting.borrow_mut().remove(&id) else { return };
        match wanted {
            Wanted::Nothing | Wanted::ToolResult | Wanted::EndOfSubscription => {}
            Wanted::Tools(tools) => answer = self.pass_tools(answer, tools),
            Wanted::Discovery => self.learn_discovery(&answer),
        }
        answer.truncate(answer.trim_ascii_end().len());
        self.host.send(answer);
        self.status.answered();
        self.status.clock_ahead(self.upstream.clock_ahead());
        self.status.in_flight(self.waiting.borrow().len());
        self.changed.notify_waiters();
    }

    pub(super) fn finish_with_result(&self, id: &Id, result: &str) {
        if self.waiting.borrow_mut().remove(id).is_some() {
            let line = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, id.raw());
            self.host.send(on_one_line(line.into_bytes()));
            self.status.in_flight(self.waiting.borrow().len());
            self.changed.notify_waiters();
        }
    }

    /// Answers with the failure, unless the answer has come by another way.
    pub(super) fn answer(&self, id: &Id, failure: &Failure) {
        if self.is_waiting(id) {
            self.status.failed(failure);
            self.refuse(id, failure);
        }
    }

    /// The same for a failure that has been noted already.
    pub(super) fn refuse(&self, id: &Id, failure: &Failure) {
        let Some(id) = &self.close_call(id) else { return self.changed.notify_waiters() };
        let wanted = self.waiting.borrow_mut().remove(id);
        if let Some(wanted) = wanted {
            self.log.warning(format_args!("{failure}. {}", failure.next_step()));
            match failure.tool_result().filter(|_| wanted == Wanted::ToolResult) {
                Some(result) => {
                    let line = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, id.raw());
                    self.host.send(on_one_line(line.into_bytes()));
                }
                None => self.host.send(failure.response_to(id)),
            }
            self.status.in_flight(self.waiting.borrow().len());
            self.changed.notify_waiters();
        }
    }

    /// Answers what is still waiting, with one and the same failure.
    pub(crate) fn give_up(&self, failure: &Failure) {
        self.open_calls.take();
        for id in self.waiting.take().into_keys() {
            self.host.send(failure.response_to(&id));
        }
        self.changed.notify_waiters();
    }

    /// Waits until every request is answered, but for subscriptions: they have no end of their own.
    pub(crate) async fn all_answered(&self) {
        let is_open = |wanted: &Wanted| *wanted == Wanted::EndOfSubscription;
        self.until(|| self.waiting.borrow().values().all(is_open)).await;
    }

    /// Forgets a request that the host has cancelled: nothing more is said about it.
    pub(crate) fn forget(&self, id: &Id) {
        self.waiting.borrow_mut().remove(id);
        self.status.in_flight(self.waiting.borrow().len());
        self.changed.notify_waiters();
    }

    /// Learns from a list of tools, and gives it back without those that must not be offered.
    fn pass_tools(&self, mut answer: Vec<u8>, asked: ToolsWanted) -> Vec<u8> {
        if asked.era == Era::Modern || self.translation().is_some() {
            answer = self.learn_tools(answer);
        }
        let Ok(text) = std::str::from_utf8(&answer) else { return answer };
        let Ok(Answer { result }) = serde_json::from_str(text) else { return answer };
        if asked.is_whole() && asked.era == Era::Legacy {
            let is_last = serde_json::from_str(result.get())
                .is_ok_and(|Pages { next_cursor }| next_cursor.is_none_or(|cursor| cursor.get() == "null"));
            self.memory.keep_tools(&self.handshake.borrow().version, is_last.then_some(result));
        }
        match self.filter.apply(result.get()) {
            Some(filtered) => splice::replace(text, result.get(), &filtered).into_bytes(),
            None => answer,
        }
    }

    fn learn_discovery(&self, answer: &[u8]) {
        if let Ok(Answer { result }) = serde_json::from_slice(answer) {
            self.memory.keep_greeting(crate::modern::VERSION, Era::Modern, Carrier::Http, Some(result));
        }
    }
}
