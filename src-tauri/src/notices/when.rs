//! What the person wants to be told, and when.

use std::collections::BTreeSet;

use bridgekeeper_engine::settings::{Notice, Settings};
use jiff::civil::Time;
use jiff::{Timestamp, Zoned};

use super::Kind;

/// What the person wants to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// What is not told.
    pub(crate) off: BTreeSet<Kind>,
    /// When nothing is told.
    pub(crate) quiet: Option<QuietHours>,
}

/// A part of each day, by the clock on the wall. What happens in it is told at its end, if it is still so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QuietHours {
    pub(crate) from: Time,
    /// May be earlier than `from`: then they last over midnight. The same time means the whole day.
    pub(crate) to: Time,
}

impl Wishes {
    pub(crate) fn of(settings: &Settings) -> Self {
        let kind = |notice: &Notice| match notice {
            Notice::Wiped => Kind::EntriesLost,
            Notice::SignIn => Kind::SignInNeeded,
            Notice::Failing => Kind::StoppedWorking,
            Notice::Restart => Kind::ClaudeNeedsRestart,
        };
        Self {
            off: settings.muted.iter().map(kind).collect(),
            quiet: settings.quiet_hours.map(|hours| QuietHours { from: hours.from, to: hours.to }),
        }
    }

    pub(super) fn wants(&self, kind: Kind) -> bool {
        !self.off.contains(&kind)
    }

    /// The end of the quiet hours, while they last.
    pub(super) fn silent_until(&self, now: &Zoned) -> Option<Timestamp> {
        self.quiet.and_then(|quiet| quiet.end(now))
    }
}

impl QuietHours {
    fn end(self, now: &Zoned) -> Option<Timestamp> {
        let time = now.time();
        let over_midnight = self.from >= self.to;
        let is_in = if over_midnight {
            time >= self.from || time < self.to
        } else {
            (self.from..self.to).contains(&time)
        };
        let ends_today = time < self.to;
        let day = if ends_today { now.date() } else { now.date().tomorrow().ok()? };
        let end = day.to_datetime(self.to).to_zoned(now.time_zone().clone()).ok()?;
        is_in.then(|| end.timestamp())
    }
}
