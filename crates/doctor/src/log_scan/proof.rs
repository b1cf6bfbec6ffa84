//! Lines as evidence: masked, shortened, with their time.

use std::borrow::Cow;

use bridgekeeper_formats::log::LogEntry;
use bridgekeeper_formats::secrets;
use bridgekeeper_model::Evidence;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::memory::Recent;

/// Longest evidence text, in characters.
const LONGEST: usize = 300;
/// Bytes of a line that are looked at. Secrets are longer than what is shown of them, so masking comes before
/// shortening; an endless line is cut first all the same.
const LONGEST_READ: usize = 8 * 1024;

/// Makes evidence of lines.
#[derive(Debug, Default)]
pub(super) struct Proofs {
    pub(super) zone: Option<TimeZone>,
    masked: Recent<String>,
}

impl Proofs {
    /// When the line was written, where it or the zone says so.
    pub(super) fn time(&self, entry: &LogEntry<'_>) -> Option<Timestamp> {
        entry.time?.timestamp(self.zone.as_ref())
    }

    /// The line as evidence.
    pub(super) fn of(&mut self, file: &str, line: u64, entry: &LogEntry<'_>, text: &str) -> Evidence {
        // Time stamp and tags differ from line to line and hold no secret; what follows is often the same.
        let prefix = entry.text.as_ptr().addr().saturating_sub(text.as_ptr().addr());
        let (prefix, said) = text.split_at_checked(prefix).unwrap_or(("", text));
        let (prefix, said) = (prefix.trim_start(), self.masked(said.trim_end()));
        let mut text = String::with_capacity(prefix.len() + said.len());
        text.push_str(prefix);
        text.push_str(&said);
        if text.len() > LONGEST {
            text = cut(&text);
        }
        Evidence { file: file.to_owned(), line, text, time: self.time(entry) }
    }

    fn masked(&mut self, text: &str) -> Cow<'_, str> {
        if self.masked.get(text).is_none() {
            self.masked.keep(text, shortened(text));
        }
        // A very long text is not kept.
        match self.masked.get(text) {
            Some(masked) => Cow::Borrowed(masked.as_str()),
            None => Cow::Owned(shortened(text)),
        }
    }
}

/// Text as it may be shown: secrets masked, at most 300 characters.
pub(super) fn shortened(text: &str) -> String {
    let mut end = text.len().min(LONGEST_READ);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    cut(&secrets::mask(text[..end].trim()))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text[..at].trim_end_matches('…')),
        None => text.to_owned(),
    }
}
