//! What the person wants to be told, and when.

use std::collections::BTreeSet;

use bridgekeeper_engine::settings::{Notice, QuietHours, Settings};
use jiff::{Timestamp, Zoned};

use super::Kind;

/// What the person wants to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// What is not told.
    pub(crate) off: BTreeSet<Kind>,
    /// When nothing is told. What happens then is told at their end, if it is still so.
    pub(crate) quiet: Option<QuietHours>,
}

impl Wishes {
    pub(crate) fn of(settings: &Settings) -> Self {
        let kind = |notice: &Notice| match notice {
            Notice::Wiped => Kind::EntriesLost,
            Notice::SignIn => Kind::SignInNeeded,
            Notice::Failing => Kind::StoppedWorking,
            Notice::Restart => Kind::ClaudeNeedsRestart,
        };
        Self { off: settings.muted.iter().map(kind).collect(), quiet: settings.quiet_hours }
    }

    pub(super) fn wants(&self, kind: Kind) -> bool {
        !self.off.contains(&kind)
    }

    /// The end of the quiet hours, while they last.
    pub(super) fn silent_until(&self, now: &Zoned) -> Option<Timestamp> {
        self.quiet.and_then(|quiet| end(quiet, now))
    }
}

/// When they end, while they last.
fn end(hours: QuietHours, now: &Zoned) -> Option<Timestamp> {
    let time = now.time();
    let over_midnight = hours.from >= hours.to;
    let is_in = if over_midnight {
        time >= hours.from || time < hours.to
    } else {
        (hours.from..hours.to).contains(&time)
    };
    let ends_today = time < hours.to;
    let day = if ends_today { now.date() } else { now.date().tomorrow().ok()? };
    let end = day.to_datetime(hours.to).to_zoned(now.time_zone().clone()).ok()?;
    is_in.then(|| end.timestamp())
}
