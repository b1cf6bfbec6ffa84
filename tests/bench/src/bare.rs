//! The same calls without a bridge: the workspace's own HTTP client, which keeps its connections.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bridgekeeper_net::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use bridgekeeper_net::{Client, Method, NetOptions, Request, Url};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::task::{JoinSet, LocalSet};

use crate::workload::{
    AT_ONCE, CALLS, CALLS_AT_ONCE, LARGE, LARGE_CALLS, LARGE_JSON_TOOL, LARGE_SSE_TOOL, SMALL_TOOL, WARM_UP,
    call, mebibytes_per_second, median, micros, rate,
};

/// The figures that exist without a bridge.
pub(crate) fn measure(url: &str) -> Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let bare =
        Rc::new(Bare { client: Client::new(NetOptions::default()), url: Url::parse(url).context("a URL")? });
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

struct Bare {
    client: Client,
    url: Url,
}

impl Bare {
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
        self.call(0, tool).await?;
        let begun = Instant::now();
        for id in 1..=LARGE_CALLS {
            let length = self.call(id, tool).await?;
            ensure!(length >= LARGE, "a large result came with {length} bytes");
        }
        Ok(begun.elapsed())
    }

    /// The length of the answer, which is taken into memory as a host does it.
    async fn call(&self, id: u64, tool: &str) -> Result<usize> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        let body = Bytes::from(call(id, tool));
        let request = Request { method: Method::POST, url: self.url.clone(), headers, body };
        let mut response = self.client.send(request).await?;
        ensure!(response.status().is_success(), "the server answered {}", response.status());
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            answer.extend_from_slice(&chunk);
        }
        Ok(answer.len())
    }
}
