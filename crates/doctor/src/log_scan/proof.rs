//! Lines as evidence: masked, shortened, with their time.

use std::collections::HashMap;

use bridgekeeper_formats::log::LogEntry;
use bridgekeeper_formats::secrets;
use bridgekeeper_model::Evidence;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Longest evidence text, in characters.
const LONGEST: usize = 300;
/// Bytes of a line that are looked at. Secrets are longer than what is shown of them, so masking comes before
/// shortening; an endless line is cut first all the same.
const LONGEST_READ: usize = 8 * 1024;
/// Texts whose masked form is remembered: a server that fails in a loop writes the same few lines again and again.
const REMEMBERED: usize = 256;

/// Makes evidence of lines.
#[derive(Debug, Default)]
pub(super) struct Proofs {
    pub(super) zone: Option<TimeZone>,
    masked: HashMap<String, String>,
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
        let text = format!("{}{}", prefix.trim_start(), self.masked(said));
        Evidence { file: file.to_owned(), line, text: cut(&text), time: self.time(entry) }
    }

    fn masked(&mut self, text: &str) -> String {
        let text = text.trim_end();
        if let Some(known) = self.masked.get(text) {
            return known.clone();
        }
        let masked = shortened(text);
        if text.len() <= LONGEST_READ {
            if self.masked.len() >= REMEMBERED {
                self.masked.clear();
            }
            self.masked.insert(text.to_owned(), masked.clone());
        }
        masked
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
