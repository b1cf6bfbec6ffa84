//! What rules said about a text, for when it comes again.
//!
//! A server that fails in a loop writes gigabytes of the same few lines. A rule that looked at nothing but the
//! line will say the same again, so it need not be asked.

use std::collections::HashMap;

use bridgekeeper_formats::log::{Level, LogEntry, Origin, Time};

use super::Sign;

/// Texts that are remembered at once.
const REMEMBERED: usize = 1024;
/// Longest text that is remembered, in bytes.
const LONGEST: usize = 2048;

/// What rules said, by text.
#[derive(Debug, Default)]
pub(super) struct Memory {
    signs: HashMap<String, Vec<(u16, Sign)>>,
    /// The key of the line at hand; kept so that looking up allocates nothing.
    key: String,
}

impl Memory {
    /// What was said about this text, if nobody looked beyond it. Takes the answer out: give it back with
    /// [`Memory::keep`].
    pub(super) fn take(&mut self, entry: &LogEntry<'_>) -> Option<Vec<(u16, Sign)>> {
        self.key.clear();
        if entry.text.len() + entry.tail.len() > LONGEST {
            return None;
        }
        self.key.push(kind(entry));
        self.key.push_str(entry.text);
        self.key.push_str(entry.tail);
        self.signs.get_mut(&self.key).map(std::mem::take)
    }

    /// Remembers, or gives back, what was said about the text that was last asked for.
    pub(super) fn keep(&mut self, signs: Vec<(u16, Sign)>) {
        if self.key.is_empty() {
            return;
        }
        if let Some(place) = self.signs.get_mut(&self.key) {
            *place = signs;
            return;
        }
        if self.signs.len() >= REMEMBERED {
            self.signs.clear();
        }
        self.signs.insert(self.key.clone(), signs);
    }
}

/// What else of a line a rule can see without looking beyond it.
fn kind(entry: &LogEntry<'_>) -> char {
    let level = match entry.level {
        None => 0,
        Some(Level::Debug) => 1,
        Some(Level::Info) => 2,
        Some(Level::Warn) => 3,
        Some(Level::Error) => 4,
    };
    let origin = match entry.origin {
        Origin::Raw => 0,
        Origin::Claude => 1,
        Origin::McpRemote { .. } => 2,
    };
    let time = match entry.time {
        None => 0,
        Some(Time::Utc(_)) => 1,
        Some(Time::Local(_)) => 2,
    };
    char::from(b'0' + level * 9 + origin * 3 + time)
}
