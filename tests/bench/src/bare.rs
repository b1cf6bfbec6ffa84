//! The same calls without a bridge: the workspace's own HTTP client, which keeps its connections.
//!
//! It does what a client must do to have an answer, and no more. A body of JSON is put together in memory. A stream of
//! events is searched for the ends of its lines, and the data of the event is put together. Neither is looked at further:
//! whether it is JSON is the host's matter, here as behind a bridge.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bridgekeeper_net::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use bridgekeeper_net::sse::EventParser;
use bridgekeeper_net::{Client, Method, NetOptions, Request, Response, Url};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::task::{JoinSet, LocalSet};

use crate::workload::{
    AT_ONCE, CALLS, CALLS_AT_ONCE, LARGE, LARGE_CALLS, LARGE_JSON_TOOL, LARGE_SSE_TOOL, LARGE_WARM_UP,
    SMALL_TOOL, WARM_UP, call, mebibytes_per_second, median, micros, rate,
};

/// The figures that exist without a bridge.
pub(crate) fn measure(url: &str) -> Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let bare = Rc::new(Bare::new(url)?);
    LocalSet::new().block_on(&runtime, async move {
        bare.one_by_one(WARM_UP).await?;
        let call_time = bare.one_by_one(CALLS).await?;
        bare.at_once(CALLS_AT_ONCE / 4).await?;
        let at_once = bare.at_once(CALLS_AT_ONCE).await?;
        let json = bare.large(LARGE_JSON_TOOL).await?;
        let sse = bare.large(LARGE_SSE_TOOL).await?;
        Ok(json!({
            "call_us": micros(call_time),
            "calls_per_second": rate(CALLS_AT_ONCE, at_once),
            "json_mib_per_second": mebibytes_per_second(LARGE_CALLS, json),
            "sse_mib_per_second": mebibytes_per_second(LARGE_CALLS, sse),
        }))
    })
}

/// The client and where it calls.
pub(crate) struct Bare {
    client: Client,
    url: Url,
}

impl Bare {
    pub(crate) fn new(url: &str) -> Result<Self> {
        Ok(Self { client: Client::new(NetOptions::default()), url: Url::parse(url).context("a URL")? })
    }

    async fn one_by_one(&self, calls: u64) -> Result<Duration> {
        let mut times = Vec::new();
        for id in 0..calls {
            let begun = Instant::now();
            self.call(id, SMALL_TOOL).await?;
            times.push(begun.elapsed());
        }
        Ok(median(times))
    }

    async fn at_once(self: &Rc<Self>, calls: u64) -> Result<Duration> {
        let begun = Instant::now();
        let mut workers = JoinSet::new();
        for worker in 0..AT_ONCE {
            let bare = Rc::clone(self);
            workers.spawn_local(async move {
                for id in (worker..calls).step_by(usize::try_from(AT_ONCE).unwrap_or(1)) {
                    bare.call(id, SMALL_TOOL).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = workers.join_next().await {
            done??;
        }
        Ok(begun.elapsed())
    }

    async fn large(&self, tool: &str) -> Result<Duration> {
        for id in 0..LARGE_WARM_UP {
            self.call(id, tool).await?;
        }
        let begun = Instant::now();
        for id in 0..LARGE_CALLS {
            let length = self.call(id, tool).await?.len();
            ensure!(length >= LARGE, "a large result came with {length} bytes");
        }
        Ok(begun.elapsed())
    }

    async fn call(&self, id: u64, tool: &str) -> Result<Vec<u8>> {
        self.post(Bytes::from(call(id, tool))).await
    }

    /// The answer to a message; nothing where there is none.
    pub(crate) async fn post(&self, body: Bytes) -> Result<Vec<u8>> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        let request = Request { method: Method::POST, url: self.url.clone(), headers, body };
        let response = self.client.send(request).await?;
        ensure!(response.status().is_success(), "the server answered {}", response.status());
        match response.headers().get(CONTENT_TYPE) {
            Some(kind) if kind == "text/event-stream" => event(response).await,
            _ => document(response).await,
        }
    }
}

async fn document(mut response: Response) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        text.extend_from_slice(&chunk);
    }
    Ok(text)
}

/// The data of the one event. The stream is read to its end, so that its connection is kept.
async fn event(mut response: Response) -> Result<Vec<u8>> {
    let mut parser = EventParser::new();
    let mut data = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        parser.feed(&chunk, |event| data = event.data)?;
    }
    Ok(data)
}
