//! What was worked out for a text, for when it comes again.
//!
//! A server that fails in a loop writes gigabytes of the same few lines. A rule that looked at nothing but the
//! line will say the same again, so it need not be asked, and its text need not be masked again.

use bridgekeeper_formats::log::{Level, LogEntry, Origin, Time};

use super::Sign;

/// Texts that are remembered at once.
const REMEMBERED: usize = 1024;
/// Longest text that is remembered, in bytes.
const LONGEST: usize = 2048;

/// What was worked out, by text. Two texts may share a place: the newer one has it.
#[derive(Debug)]
pub(super) struct Recent<T> {
    places: Vec<Option<(String, T)>>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { places: std::iter::repeat_with(|| None).take(REMEMBERED).collect() }
    }
}

impl<T> Recent<T> {
    /// What was kept for this text.
    pub(super) fn get(&mut self, text: &str) -> Option<&mut T> {
        let (known, value) = self.places[place(text)].as_mut()?;
        (known == text).then_some(value)
    }

    /// Keeps it, unless the text is very long.
    pub(super) fn keep(&mut self, text: &str, value: T) {
        if text.len() > LONGEST {
            return;
        }
        match &mut self.places[place(text)] {
            Some((known, old)) => {
                known.clear();
                known.push_str(text);
                *old = value;
            }
            free => *free = Some((text.to_owned(), value)),
        }
    }
}

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

/// A number that stands for these bytes. Eight at a time, for this runs over every line.
pub(super) fn fingerprint(bytes: &[u8]) -> u64 {
    let (chunks, rest) = bytes.as_chunks::<8>();
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(ODD).rotate_left(29);
    let sum = chunks.iter().fold(bytes.len() as u64, |sum, chunk| mix(sum, u64::from_le_bytes(*chunk)));
    let rest = rest.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    let sum = mix(sum, rest).wrapping_mul(ODD);
    sum ^ sum >> 32
}

fn place(text: &str) -> usize {
    usize::try_from(fingerprint(text.as_bytes()) % REMEMBERED as u64).unwrap_or(0)
}

/// What rules said, by text.
#[derive(Debug, Default)]
pub(super) struct Memory {
    signs: Recent<Vec<(u16, Sign)>>,
    /// The key of the line at hand; kept so that looking up allocates nothing.
    key: String,
}

impl Memory {
    /// What was said about this text, if nobody looked beyond it. Takes the answer out: give it back with
    /// [`Memory::keep`].
    pub(super) fn take(&mut self, entry: &LogEntry<'_>) -> Option<Vec<(u16, Sign)>> {
        self.key.clear();
        self.key.push(kind(entry));
        self.key.push_str(entry.text);
        self.key.push_str(entry.tail);
        self.signs.get(&self.key).map(std::mem::take)
    }

    /// Remembers, or gives back, what was said about the text that was last asked for.
    pub(super) fn keep(&mut self, signs: Vec<(u16, Sign)>) {
        match self.signs.get(&self.key) {
            Some(place) => *place = signs,
            None => self.signs.keep(&self.key, signs),
        }
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
