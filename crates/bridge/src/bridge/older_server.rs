//! A host of 2026-07-28 in front of a server of the time before.
//!
//! A host that speaks both ages is left to shake hands itself: nothing is lost in translation then. This is for one
//! that does not. The bridge makes the handshake, keeps the session, and turns what the server tells on its own stream
//! into subscriptions. Such a host takes no requests; what the server asks in the middle of a call becomes the call's
//! result (`open_calls`).

use std::rc::Rc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use super::connect::Connection;
use super::open_calls::Takes;
use super::{Bridge, Request};
use crate::envelope::Id;
use crate::failure::Failure;
use crate::lines::on_one_line;
use crate::memory::{Carrier, Era};
use crate::modern::{Call, VERSION, is_of_the_revision, splice};
use crate::options::Protocol;
use crate::reply::Events;
use crate::retry::Replay;

/// The version that the bridge asks the server for.
const ASKED: &str = "2025-11-25";

/// What one `subscriptions/listen` wants to hear.
#[derive(Debug)]
pub(super) struct Subscription {
    id: Id,
    filter: Filter,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Filter {
    tools_list_changed: bool,
    prompts_list_changed: bool,
    resources_list_changed: bool,
    resource_subscriptions: Vec<String>,
}

#[derive(Deserialize)]
struct Listen<'a> {
    #[serde(borrow)]
    params: ListenParams<'a>,
}

#[derive(Deserialize)]
struct ListenParams<'a> {
    #[serde(borrow)]
    notifications: &'a RawValue,
}

#[derive(Deserialize)]
struct WithClient<'a> {
    #[serde(borrow)]
    params: ClientParams<'a>,
}

#[derive(Deserialize)]
struct ClientParams<'a> {
    #[serde(rename = "_meta", borrow)]
    meta: ClientMeta<'a>,
}

#[derive(Deserialize)]
struct ClientMeta<'a> {
    #[serde(default, rename = "io.modelcontextprotocol/clientInfo", borrow)]
    client_info: Option<&'a RawValue>,
}

impl Bridge {
    /// Carries a request that names its version: as it is, or within a session if the server is known to want one or
    /// turns out to.
    pub(super) async fn carry_modern(
        self: &Rc<Self>,
        request: &Request,
        call: &Call<'_>,
    ) -> Result<Option<Events>, Failure> {
        if !self.is_known_to_be_older(&call.version) {
            match self.exchange_modern(request, call).await {
                Err(failure) if self.protocol != Protocol::Modern && is_from_before(&failure) => {
                    self.log.debug(format_args!("the server does not know {VERSION}: {failure}"));
                    // If it does not shake hands either, what it said to the request tells more.
                    if self.adopt(&request.line).await.is_err() {
                        return Err(failure);
                    }
                }
                outcome => return outcome,
            }
        }
        self.adopt(&request.line).await?;
        self.memory.keep_greeting(&call.version, Era::Legacy, Carrier::Http, None);
        if &*request.method == "subscriptions/listen" {
            self.subscribe_older(request).await?;
            return Ok(None);
        }
        if self.go_on(request).await? {
            return Ok(None);
        }
        self.open_call(request);
        self.exchange_in_session(request).await
    }

    fn is_known_to_be_older(&self, version: &str) -> bool {
        self.older_server.get()
            || self.protocol == Protocol::Legacy
            || self.remembered(version).is_some_and(|remembered| remembered.era == Era::Legacy)
    }

    /// Shakes hands in the host's place, once.
    async fn adopt(self: &Rc<Self>, line: &[u8]) -> Result<(), Failure> {
        {
            let _alone = self.renewing.lock().await;
            if matches!(*self.connection.borrow(), Connection::NotBegun) {
                let client = serde_json::from_slice(line).ok();
                let client =
                    client.and_then(|WithClient { params }| params.meta.client_info).map(RawValue::get);
                let initialize = format!(
                    r#"{{"jsonrpc":"2.0","id":{},"method":"initialize","params":{{"protocolVersion":"{ASKED}","capabilities":{},"clientInfo":{}}}}}"#,
                    self.own_id(),
                    Takes::of(line).capabilities(),
                    client.unwrap_or(r#"{"name":"mcp-bridge","version":"0"}"#),
                );
                self.host_discovers.set(true);
                self.older_server.set(true);
                self.handshake.borrow_mut().begin(initialize.into(), ASKED.to_owned());
                self.remember_initialized(Bytes::from_static(
                    br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
                ));
                self.begin_to_answer();
                self.shake_hands(None).await;
                if let Connection::Failed(failure) = self.connection.take() {
                    // The host's next request goes to the server as it is again.
                    self.older_server.set(false);
                    self.handshake.take();
                    return Err(Failure::NotConnected(failure));
                }
                *self.connection.borrow_mut() = Connection::Made;
            }
        }
        self.connected().await
    }

    /// Begins a subscription: the server tells everything on its own stream, and of resources what it is asked for.
    async fn subscribe_older(self: &Rc<Self>, request: &Request) -> Result<(), Failure> {
        let not_a_message = || Failure::NotAMessage { origin: self.origin() };
        let Listen { params } = serde_json::from_slice(&request.line).map_err(|_| not_a_message())?;
        let filter: Filter = serde_json::from_str(params.notifications.get()).map_err(|_| not_a_message())?;
        for uri in &filter.resource_subscriptions {
            let line = json!({ "jsonrpc": "2.0", "id": self.own_number(), "method": "resources/subscribe",
                "params": { "uri": uri } });
            if let Err(failure) = self.ask_with(line.to_string()).await {
                self.log.warning(format_args!("the server does not tell of a resource: {failure}"));
            }
        }
        let id = request.id.clone();
        let acknowledged = format!(
            r#"{{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{{"_meta":{{{}}},"notifications":{}}}}}"#,
            about(&id),
            params.notifications.get(),
        );
        self.host.send(on_one_line(acknowledged.into_bytes()));
        self.subscriptions.borrow_mut().push(Subscription { id, filter });
        Ok(())
    }

    /// Hands a notification of the server to those who subscribed to it. What belongs to a request passes.
    pub(super) fn pass_to_subscribers(&self, method: &str, message: Vec<u8>) {
        let Ok(text) = std::str::from_utf8(&message) else { return };
        let mut subscriptions = self.subscriptions.borrow_mut();
        // Those that were cancelled wait no more.
        subscriptions.retain(|subscription| self.is_waiting(&subscription.id));
        let is_for_subscribers = matches!(
            method,
            "notifications/tools/list_changed"
                | "notifications/prompts/list_changed"
                | "notifications/resources/list_changed"
                | "notifications/resources/updated"
        );
        if !is_for_subscribers {
            return self.host.send(on_one_line(message));
        }
        let uri = super::translation::parameter(&message, "uri")
            .and_then(|uri| serde_json::from_str::<String>(&uri).ok());
        let wants = |subscription: &&Subscription| subscription.filter.wants(method, uri.as_deref());
        for Subscription { id, .. } in subscriptions.iter().filter(wants) {
            if let Some(line) = splice::add_meta(text, &about(id)) {
                self.host.send(on_one_line(line.into_bytes()));
            }
        }
    }

    /// Answers what the server asks of a host that takes no requests.
    pub(super) fn answer_in_the_hosts_place(&self, id: &Id, method: &str) {
        let answer = if method == "ping" {
            format!(r#"{{"jsonrpc":"2.0","id":{},"result":{{}}}}"#, id.raw())
        } else {
            let error = json!({ "code": -32601, "message": "the host takes no requests" });
            format!(r#"{{"jsonrpc":"2.0","id":{},"error":{error}}}"#, id.raw())
        };
        self.answer_server(answer);
    }

    /// Tells the server something in the host's place.
    pub(super) fn answer_server(&self, answer: String) {
        if let Some(answers) = &*self.answers_for_host.borrow() {
            // The receiver lives as long as the bridge does.
            let _ = answers.send(answer.into());
        }
    }

    fn begin_to_answer(self: &Rc<Self>) {
        let (sender, mut answers) = mpsc::unbounded_channel();
        *self.answers_for_host.borrow_mut() = Some(sender);
        let bridge = Rc::clone(self);
        self.background.borrow_mut().spawn_local(async move {
            while let Some(answer) = answers.recv().await {
                if let Err(failure) = bridge.tell_server(&answer, Replay::Unsafe).await {
                    bridge.log.warning(format_args!("the server did not take an answer: {failure}"));
                }
            }
        });
    }

    /// Says nothing more about a request that such a host has cancelled. The server is told like any other.
    pub(crate) fn forget_if_cancelled(&self, id: &Id) {
        if self.older_server.get() {
            self.cancel_call(id);
            self.forget(id);
        }
    }
}

impl Filter {
    fn wants(&self, method: &str, uri: Option<&str>) -> bool {
        match method {
            "notifications/tools/list_changed" => self.tools_list_changed,
            "notifications/prompts/list_changed" => self.prompts_list_changed,
            "notifications/resources/list_changed" => self.resources_list_changed,
            _ => uri.is_some_and(|uri| self.resource_subscriptions.iter().any(|wanted| wanted == uri)),
        }
    }
}

fn about(id: &Id) -> String {
    format!(r#""io.modelcontextprotocol/subscriptionId":{}"#, id.raw())
}

/// Whether a refusal is that of a server which does not know the revision: it names no error of the revision.
fn is_from_before(failure: &Failure) -> bool {
    if let Failure::JsonRpc { status, error } = failure {
        return status.is_client_error() && !is_of_the_revision(error);
    }
    matches!(failure, Failure::Status { status, .. } if matches!(status.as_u16(), 400 | 404 | 405 | 406 | 415))
}
