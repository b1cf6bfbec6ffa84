//! Whether the machine has slept. Nothing tells a program so in a way that is alike on every system; a clock that has
//! moved on while the program stood still does.

use std::time::{Duration, SystemTime};

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

fn has_slept(between_looks: Duration) -> bool {
    between_looks > LOOK + SLEPT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_that_comes_far_too_late_was_sleep() {
        assert!(!has_slept(LOOK));
        assert!(!has_slept(LOOK + Duration::from_secs(10)));
        assert!(has_slept(Duration::from_mins(5)));
    }
}
