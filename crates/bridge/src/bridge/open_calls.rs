//! What a server of the time before asks in the middle of a call, in front of a host that takes no requests.
//!
//! Such a host is asked by the result of its own request: `input_required` (MCP 2026-07-28, *Multi Round-Trip
//! Requests*). It sends the request again with what was asked for, under a new id. Meanwhile the server's call stays
//! open; the server sees an ordinary answer to an ordinary question.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::{Bridge, Exchange, Request};
use crate::envelope::Id;
use crate::failure::Failure;
use crate::modern::splice;

/// How what the host sends back begins. What follows is no other process's.
const OWN_STATE: &str = "mcp-bridge-call/";

/// The calls of a host of 2026-07-28 that are open at a server of the time before, by the id that the server knows.
#[derive(Debug, Default)]
pub(super) struct OpenCalls(HashMap<Id, OpenCall>);

#[derive(Debug)]
struct OpenCall {
    takes: Takes,
    /// Under which id the host waits for it; `None` while the host looks for what was asked.
    host: Option<Id>,
    /// What the host sends back with its answers.
    state: String,
    /// What the host was asked, by the key that it answers under, with the server's id.
    asked: BTreeMap<String, Id>,
    /// What it is asked next time.
    queued: Vec<Question>,
    /// The end of the call, where it came while the host did not wait.
    end: Option<Vec<u8>>,
}

#[derive(Debug)]
struct Question {
    id: Id,
    method: Box<str>,
    params: Box<str>,
}

/// What the host can be asked, as it said in its request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Takes {
    elicitation: Option<Box<RawValue>>,
    roots: Option<Box<RawValue>>,
    sampling: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct WithCapabilities {
    params: Params,
}

#[derive(Deserialize)]
struct Params {
    #[serde(rename = "_meta")]
    meta: Meta,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(default, rename = "io.modelcontextprotocol/clientCapabilities")]
    capabilities: Takes,
}

#[derive(Deserialize)]
struct Asks<'a> {
    #[serde(default, borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Again<'a> {
    #[serde(borrow)]
    params: AgainParams<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AgainParams<'a> {
    request_state: String,
    #[serde(default, borrow)]
    input_responses: BTreeMap<String, &'a RawValue>,
}

impl Takes {
    /// By what a request says of its host.
    pub(super) fn of(line: &[u8]) -> Self {
        let said = serde_json::from_slice(line);
        said.map_or_else(|_| Self::default(), |WithCapabilities { params }| params.meta.capabilities)
    }

    fn takes(&self, method: &str) -> bool {
        match method {
            "elicitation/create" => self.elicitation.is_some(),
            "roots/list" => self.roots.is_some(),
            "sampling/createMessage" => self.sampling.is_some(),
            _ => false,
        }
    }

    /// The same for a server of the time before, as JSON.
    pub(super) fn capabilities(&self) -> String {
        let all = [("elicitation", &self.elicitation), ("roots", &self.roots), ("sampling", &self.sampling)];
        let said = all.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let members: Vec<String> = said.map(|(name, value)| format!("\"{name}\":{}", value.get())).collect();
        format!("{{{}}}", members.join(","))
    }
}

impl OpenCall {
    /// Whether the host waits under another id than the server answers, or does not wait at all.
    fn is_apart(&self, id: &Id) -> bool {
        self.host.as_ref() != Some(id)
    }

    /// The result that asks the host for everything that is queued.
    fn input_required(&mut self) -> String {
        let mut requests = Vec::new();
        for (number, Question { id, method, params }) in self.queued.drain(..).enumerate() {
            let key = number.to_string();
            requests.push(format!(r#""{key}":{{"method":"{method}","params":{params}}}"#));
            self.asked.insert(key, id);
        }
        format!(
            r#"{{"resultType":"input_required","inputRequests":{{{}}},"requestState":"{}"}}"#,
            requests.join(","),
            self.state
        )
    }
}

impl Bridge {
    /// Notes a request in whose middle the host can be asked.
    pub(super) fn open_call(&self, request: &Request) {
        if matches!(&*request.method, "tools/call" | "prompts/get" | "resources/read") {
            let call = OpenCall {
                takes: Takes::of(&request.line),
                host: Some(request.id.clone()),
                state: format!("{OWN_STATE}{}/{}", self.own_number(), Timestamp::now().as_nanosecond()),
                asked: BTreeMap::new(),
                queued: Vec::new(),
                end: None,
            };
            self.open_calls.borrow_mut().0.insert(request.id.clone(), call);
        }
    }

    /// Whether the server still works on a call for which the host waits under another id, or will.
    pub(super) fn is_apart(&self, id: &Id) -> bool {
        let calls = self.open_calls.borrow();
        calls.0.get(id).is_some_and(|call| call.is_apart(id) && call.end.is_none())
    }

    /// Asks the host what the server asks, by the result of the call to which it belongs: the one on whose stream it
    /// came, or the only one. `false` where there is none, or the host cannot be asked for this.
    pub(super) fn ask_by_result(
        &self,
        id: &Id,
        method: &str,
        message: &[u8],
        exchange: Option<&Exchange<'_>>,
    ) -> bool {
        let Ok(Asks { params }) = serde_json::from_slice(message) else { return false };
        let mut calls = self.open_calls.borrow_mut();
        let call = match exchange {
            Some(exchange) => calls.0.get_mut(exchange.id),
            None if calls.0.len() == 1 => calls.0.values_mut().next(),
            None => None,
        };
        let Some(call) = call.filter(|call| call.takes.takes(method)) else { return false };
        let params = params.map_or("{}", RawValue::get).into();
        call.queued.push(Question { id: id.clone(), method: method.into(), params });
        if let Some(host) = call.host.take() {
            let result = call.input_required();
            drop(calls);
            self.finish_with_result(&host, &result);
        }
        true
    }

    /// Takes a request that the host sends again with what it was asked for; waits for the end of the call, or for the
    /// next question. `false` if it is none. A call that is no more is not made again: it has done what it did.
    pub(super) async fn go_on(&self, request: &Request) -> Result<bool, Failure> {
        let Ok(Again { params }) = serde_json::from_slice(&request.line) else { return Ok(false) };
        if !params.request_state.starts_with(OWN_STATE) {
            return Ok(false);
        }
        let outcome = {
            let mut calls = self.open_calls.borrow_mut();
            let found = calls.0.iter_mut().find(|(_, call)| call.state == params.request_state);
            let Some((server_id, call)) = found else {
                return Err(Failure::StreamEnded { origin: self.origin() });
            };
            for (key, id) in std::mem::take(&mut call.asked) {
                let said = match params.input_responses.get(&key) {
                    Some(result) => format!("\"result\":{}", result.get()),
                    None => {
                        format!("\"error\":{}", json!({ "code": -32603, "message": "the host did not say" }))
                    }
                };
                self.answer_server(format!(r#"{{"jsonrpc":"2.0","id":{},{said}}}"#, id.raw()));
            }
            call.host = Some(request.id.clone());
            match call.end.take() {
                Some(end) => Outcome::End(server_id.clone(), end),
                None if call.queued.is_empty() => Outcome::Open,
                None => {
                    call.host = None;
                    Outcome::Asks(call.input_required())
                }
            }
        };
        match outcome {
            Outcome::End(id, answer) => self.finish(&id, answer),
            Outcome::Asks(result) => self.finish_with_result(&request.id, &result),
            Outcome::Open => self.until(|| !self.waiting.borrow().contains_key(&request.id)).await,
        }
        Ok(true)
    }

    /// The id under which the host waits for the end of a call, and the end under that id. `None` where the host does
    /// not wait: then it is kept.
    pub(super) fn readdressed(&self, id: &Id, end: Vec<u8>) -> Option<(Id, Vec<u8>)> {
        let mut calls = self.open_calls.borrow_mut();
        let Some(call) = calls.0.get_mut(id) else { return Some((id.clone(), end)) };
        let Some(host) = call.host.clone() else {
            call.end = Some(end);
            drop(calls);
            self.changed.notify_waiters();
            return None;
        };
        calls.0.remove(id);
        let text = std::str::from_utf8(&end).ok().filter(|_| host != *id);
        // What is no message was not read as an answer.
        let readdressed = text.and_then(|text| splice::with_id(text, host.raw()));
        let end = readdressed.map_or(end, String::into_bytes);
        Some((host, end))
    }

    /// The call has failed, or is over for the host. The id under which the host waits, if it does.
    pub(super) fn close_call(&self, id: &Id) -> Option<Id> {
        match self.open_calls.borrow_mut().0.remove(id) {
            Some(call) => call.host,
            None => Some(id.clone()),
        }
    }

    /// The host has cancelled a request that it sent again: the server knows it under another id.
    pub(super) fn cancel_call(&self, id: &Id) {
        let mut calls = self.open_calls.borrow_mut();
        let found =
            calls.0.iter().find(|(_, call)| call.host.as_ref() == Some(id)).map(|(known, _)| known.clone());
        let Some(known) = found else { return };
        calls.0.remove(&known);
        if known != *id {
            self.answer_server(format!(
                r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{}}}}}"#,
                known.raw()
            ));
        }
    }
}

/// What becomes of a call that goes on.
enum Outcome {
    End(Id, Vec<u8>),
    Asks(String),
    Open,
}
