//! Which requests may be sent again, and when.
//!
//! A request that never reached the server can always be sent again. One that may have reached it is sent again only
//! if doing it twice changes nothing.

use std::time::{Duration, SystemTime};

use bridgekeeper_net::header::{DATE, HeaderMap, RETRY_AFTER};
use bridgekeeper_net::{Fault, Response, Stage, StatusCode};

use crate::failure::Failure;

/// Longest time that is waited for one request because the server asks for it.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often a server that has gone is called again; the waits double.
const CALLS: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// How often a safe request is sent again after its connection broke.
const REPLAYS: u32 = 2;

/// Whether a message may reach the server twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replay {
    /// It reads, or sets something to the same value.
    Safe,
    /// It may do something each time.
    Unsafe,
}

impl Replay {
    /// By the method's meaning (MCP 2025-11-25 and 2026-07-28). What is not known is not safe.
    pub(crate) fn of(method: &str) -> Self {
        match method {
            "initialize"
            | "ping"
            | "server/discover"
            | "tools/list"
            | "resources/list"
            | "resources/templates/list"
            | "resources/read"
            | "resources/subscribe"
            | "resources/unsubscribe"
            | "prompts/list"
            | "prompts/get"
            | "completion/complete"
            | "logging/setLevel"
            | "notifications/initialized"
            | "notifications/cancelled" => Self::Safe,
            _ => Self::Unsafe,
        }
    }
}

/// Whether the server has ever been there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acquaintance {
    /// It has answered before: it may be starting again.
    Known,
    /// A wrong URL is more likely than a short absence.
    Stranger,
}

/// What has been waited for one message so far.
#[derive(Debug)]
pub(crate) struct Patience {
    replay: Replay,
    calls: u32,
    replays: u32,
    waited: Duration,
}

impl Patience {
    pub(crate) const fn new(replay: Replay) -> Self {
        Self { replay, calls: 0, replays: 0, waited: Duration::ZERO }
    }

    /// How long to wait before the message is sent again; `None` if this outcome is the last.
    pub(crate) fn after(
        &mut self,
        outcome: &Result<Response, Failure>,
        acquaintance: Acquaintance,
    ) -> Option<Duration> {
        match outcome {
            Ok(response) => self.asked_for(response),
            Err(Failure::Net(error)) => match (error.stage(), error.fault()) {
                (Stage::Resolve | Stage::Connect | Stage::Proxy, _)
                    if acquaintance == Acquaintance::Known && self.calls < CALLS =>
                {
                    self.calls += 1;
                    Some(FIRST_WAIT * 2_u32.pow(self.calls - 1))
                }
                (Stage::Http, Fault::Closed) if self.replay == Replay::Safe && self.replays < REPLAYS => {
                    self.replays += 1;
                    Some(FIRST_WAIT)
                }
                _ => None,
            },
            Err(_) => None,
        }
    }

    /// 429 and 503 with `Retry-After` (RFC 9110, 10.2.3): seconds, or a date by the server's own clock.
    fn asked_for(&mut self, response: &Response) -> Option<Duration> {
        let busy =
            matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        if !busy || self.replay == Replay::Unsafe {
            return None;
        }
        let asked = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
        let seconds = asked.parse().ok().map(Duration::from_secs);
        let wait = seconds.or_else(|| time_until(asked, response.headers()))?;
        self.waited = self.waited.saturating_add(wait.max(FIRST_WAIT));
        (self.waited <= PATIENCE).then_some(wait.max(FIRST_WAIT))
    }
}

/// How long it is until a date. The server's own clock counts where it tells its time.
fn time_until(date: &str, head: &HeaderMap) -> Option<Duration> {
    let parsed = |text: &str| httpdate::parse_http_date(text).ok();
    let now = head.get(DATE).and_then(|date| parsed(date.to_str().ok()?));
    Some(parsed(date)?.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_safe() {
        assert_eq!(Replay::of("tools/list"), Replay::Safe);
        assert_eq!(Replay::of("tools/call"), Replay::Unsafe);
        assert_eq!(Replay::of("vendor/read"), Replay::Unsafe);
    }
}
