//! Requests of 2026-07-28: each goes alone, with its headers, and its stream is its life.

use std::rc::Rc;

use bridgekeeper_net::Response;
use bridgekeeper_net::header::HeaderMap;
use bytes::Bytes;

use super::{Bridge, Exchange, Request};
use crate::failure::Failure;
use crate::memory::Era;
use crate::modern::{Call, is_header_mismatch, splice};
use crate::reply::Events;
use crate::retry::Replay;

impl Bridge {
    /// Carries a request of a host that speaks the revision itself.
    pub(super) async fn exchange_modern(
        self: &Rc<Self>,
        request: &Request,
        call: &Call<'_>,
    ) -> Result<Option<Events>, Failure> {
        let response = self.post_modern(&request.line, call, request.replay).await?;
        self.read_answer(response, Exchange { id: &request.id, resumable: false }).await
    }

    /// Posts a message with the headers that repeat what is in it. A server that misses one gets them again after a
    /// look at its tools.
    pub(super) async fn post_modern(
        &self,
        line: &Bytes,
        call: &Call<'_>,
        replay: Replay,
    ) -> Result<Response, Failure> {
        let url = self.upstream.url();
        let headers = call.headers(&self.tools.borrow());
        let response = self.post_patiently(url, line, &headers, replay).await?;
        match self.checked(response).await {
            Err(Failure::JsonRpc { error, .. })
                if call.method == "tools/call" && is_header_mismatch(&error) =>
            {
                self.look_at_tools(line, call).await?;
                let headers = call.headers(&self.tools.borrow());
                self.checked(self.post_patiently(url, line, &headers, replay).await?).await
            }
            outcome => outcome,
        }
    }

    /// Asks for the list of tools with the metadata of another request.
    async fn look_at_tools(&self, line: &Bytes, call: &Call<'_>) -> Result<(), Failure> {
        let not_a_message = || Failure::NotAMessage { origin: self.origin() };
        let text = std::str::from_utf8(line).map_err(|_| not_a_message())?;
        let list = splice::tools_list(text, &self.own_id()).ok_or_else(not_a_message)?;
        let mut headers = HeaderMap::new();
        crate::modern::headers::insert(&mut headers, "mcp-protocol-version", &call.version);
        crate::modern::headers::insert(&mut headers, "mcp-method", "tools/list");
        let response = self.post_patiently(self.upstream.url(), &list.into(), &headers, Replay::Safe).await?;
        let answer = self.swallow_answer(self.checked(response).await?, Era::Modern).await?;
        self.learn_tools(answer);
        Ok(())
    }

    /// Learns from a list of tools, and gives it back without those that must not be offered.
    pub(super) fn learn_tools(&self, answer: Vec<u8>) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(&answer) else { return answer };
        let (changed, left_out) = self.tools.borrow_mut().learn(text);
        for tool in left_out {
            self.log.warning(format_args!("the tool {:?} is not offered: {}", tool.name, tool.why));
        }
        changed.map_or(answer, String::into_bytes)
    }
}
