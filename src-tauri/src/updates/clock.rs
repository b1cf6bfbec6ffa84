//! Looks some minutes after the start and once a day from then on, where the person wants that. Where not, it sleeps
//! until they do, without a timer.

use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use super::{Asked, Updates};

/// By then the start is long over, and so is the computer's own.
const AFTER_THE_START: Duration = Duration::from_mins(5);
const EACH: Duration = Duration::from_hours(24);
/// Where the network costs money, it may be another one by then.
const METERED: Duration = Duration::from_hours(4);
/// Begins to look.
pub(super) fn begin(updates: &Updates) {
    let updates = updates.clone();
    std::thread::spawn(move || keep_looking(&updates, AFTER_THE_START));
}

fn keep_looking(updates: &Updates, first: Duration) {
    let Some(host) = updates.host() else { return };
    let live = host.live();
    let changes = live.settings().subscribe();
    let mut due = Instant::now() + first;
    loop {
        let news = if live.settings().settings().updates {
            changes.recv_timeout(due.saturating_duration_since(Instant::now()))
        } else {
            changes.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        match news {
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => {
                let is_metered = (updates.0.world.metered)() == Some(true);
                if !is_metered {
                    updates.look(Asked::ByTheClock);
                }
                due = Instant::now() + if is_metered { METERED } else { EACH };
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
