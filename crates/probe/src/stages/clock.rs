//! This machine's clock beside the server's.
//!
//! Tokens and certificates are dated: where the clocks disagree, a sign-in that just succeeded has ended already.

use std::time::{Duration, SystemTime};

use bridgekeeper_net::header::{DATE, HeaderMap};
use jiff::fmt::rfc2822;

/// What servers commonly forgive.
const TOLERANCE: Duration = Duration::from_mins(5);

/// How far the clocks are apart, as a sentence, where it is more than servers forgive. `Date` is an HTTP date
/// (RFC 9110 §5.6.7); a response without one says nothing.
pub(crate) fn difference(headers: &HeaderMap, now: SystemTime) -> Option<String> {
    let date = headers.get(DATE)?.to_str().ok()?;
    let server = SystemTime::from(rfc2822::parse(date).ok()?.timestamp());
    let (apart, direction) = match now.duration_since(server) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    (apart > TOLERANCE).then(|| {
        format!("This machine's clock is {} {direction} the server's, which says {date}.", rough(apart))
    })
}

fn rough(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match minutes {
        ..120 => format!("{minutes} minutes"),
        120..2880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / (24 * 60)),
    }
}

#[cfg(test)]
mod tests {
    use bridgekeeper_net::header::HeaderValue;
    use jiff::Timestamp;

    use super::*;

    fn seen_at(now: &str) -> Option<String> {
        let headers =
            [(DATE, HeaderValue::from_static("Sun, 22 Nov 2026 12:00:00 GMT"))].into_iter().collect();
        difference(&headers, now.parse::<Timestamp>().unwrap().into())
    }

    #[test]
    fn only_clocks_that_are_far_apart_are_told() {
        assert_eq!(seen_at("2026-11-22T12:05:00Z"), None);
        assert!(seen_at("2026-11-22T12:07:00Z").unwrap().contains("7 minutes ahead of"));
        assert!(seen_at("2026-11-22T08:00:00Z").unwrap().contains("4 hours behind"));
        assert!(seen_at("2019-11-22T12:00:00Z").unwrap().contains("2557 days behind"));
        assert_eq!(difference(&HeaderMap::new(), SystemTime::UNIX_EPOCH), None);
    }
}
