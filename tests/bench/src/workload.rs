//! What everybody is asked to do.

use std::time::Duration;

/// How often a start is measured. The middle one counts.
pub(crate) const STARTS: usize = 7;
/// Calls before anything is measured: connections are open then, and code is warm.
pub(crate) const WARM_UP: u64 = 100;
/// Calls one after the other.
pub(crate) const CALLS: u64 = 1_000;
/// Calls at once, and how many of them in all.
pub(crate) const AT_ONCE: u64 = 64;
pub(crate) const CALLS_AT_ONCE: u64 = 6_000;
/// Large results before that: memory for them is there then, and the window of their connection is open.
pub(crate) const LARGE_WARM_UP: u64 = 4;
/// Large results, one after the other.
pub(crate) const LARGE_CALLS: u64 = 16;
/// Size of a large result, in bytes.
pub(crate) const LARGE: usize = 10 << 20;

/// Tools of the server.
pub(crate) const SMALL_TOOL: &str = "small";
pub(crate) const LARGE_JSON_TOOL: &str = "large_json";
pub(crate) const LARGE_SSE_TOOL: &str = "large_sse";

pub(crate) const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;
pub(crate) const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

/// A call of a tool.
pub(crate) fn call(id: u64, tool: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","arguments":{{"query":"how are you"}}}}}}"#
    )
}

/// The middle one.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Calls per second.
pub(crate) fn rate(calls: u64, time: Duration) -> f64 {
    f64::from(u32::try_from(calls).unwrap_or(u32::MAX)) / time.as_secs_f64()
}

/// MiB of large results per second.
pub(crate) fn mebibytes_per_second(calls: u64, time: Duration) -> f64 {
    rate(calls, time) * f64::from(u32::try_from(LARGE >> 20).unwrap_or(u32::MAX))
}
