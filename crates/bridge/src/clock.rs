//! The machine's clock: beside the server's, and whether the machine has slept. Nothing tells a program so in a way that is alike on every system; a clock that has
//! moved on while the program stood still does.

use std::time::{Duration, SystemTime};

use bridgekeeper_net::header::{AGE, DATE, HeaderMap};
use tokio::time::sleep;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(5);

/// A look that comes so much too late was held up by sleep, not by load.
const SLEPT: Duration = Duration::from_secs(15);

/// Waits until the machine has slept. A clock that was set by hand looks the same, and costs a few new connections.
pub(crate) async fn machine_slept() {
    loop {
        let before = SystemTime::now();
        sleep(LOOK).await;
        if has_slept(before.elapsed().unwrap_or_default()) {
            return;
        }
    }
}

/// Seconds by which the machine's clock is ahead of the one that dated a response (RFC 9110 §6.6.1). One that a cache
/// kept was dated long ago and tells nothing.
pub(crate) fn ahead_of(head: &HeaderMap, now: SystemTime) -> Option<i64> {
    let date = head.get(DATE).filter(|_| !head.contains_key(AGE))?.to_str().ok()?;
    let server = httpdate::parse_http_date(date).ok()?;
    let (apart, sign) = match now.duration_since(server) {
        Ok(ahead) => (ahead, 1),
        Err(behind) => (behind.duration(), -1),
    };
    i64::try_from(apart.as_secs()).ok().map(|seconds| sign * seconds)
}

fn has_slept(between_looks: Duration) -> bool {
    between_looks > LOOK + SLEPT
}

#[cfg(test)]
mod tests {
    use bridgekeeper_net::header::HeaderValue;

    use super::*;

    #[test]
    fn a_date_tells_how_far_the_clocks_are_apart() {
        let date = "Sun, 22 Nov 2026 12:00:00 GMT";
        let noon = httpdate::parse_http_date(date).unwrap();
        let mut head = HeaderMap::new();
        assert_eq!(ahead_of(&head, noon), None);
        head.insert(DATE, HeaderValue::from_static(date));
        assert_eq!(ahead_of(&head, noon + Duration::from_hours(1)), Some(3600));
        assert_eq!(ahead_of(&head, noon - Duration::from_secs(90)), Some(-90));
        head.insert(AGE, HeaderValue::from_static("4000"));
        assert_eq!(ahead_of(&head, noon), None, "it comes from a cache");
    }

    #[test]
    fn a_look_that_comes_far_too_late_was_sleep() {
        assert!(!has_slept(LOOK));
        assert!(!has_slept(LOOK + Duration::from_secs(10)));
        assert!(has_slept(Duration::from_mins(5)));
    }
}
