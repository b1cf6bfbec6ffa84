//! The needles of every rule, looked for all at once, so that a log of many GB is read once.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::{memchr, memmem, memrchr};

use super::texts::Texts;
use crate::rule::{Detect, Rule};
use crate::rules;

/// Texts of the lines that tell a server's life. Narrow on purpose: the calls and answers that make up most of a
/// log must not match.
pub(super) const LIFE: &[&str] = &[
    "initializing server",
    "attempting to connect to mcp server",
    "launching mcp server",
    "using mcp server command",
    "server started and connected",
    "connected to mcp server",
    "server transport closed",
    "client transport closed",
    "shutting down",
    "server disconnected",
    "disconnected. for troubleshooting",
    "\"initialize\"",
    "\"protocolversion\"",
    "\"tools\":[",
    "message from server: method",
    "message from server: id",
    "message from server: result",
    "connecting to remote server",
    "proxy established",
    "→local] 0",
    "authentication required",
    "please authorize this client",
    "another instance is handling",
    "auth code received",
    "saving tokens",
];

/// What makes a message between Claude and a server worth a look: steps of its life, errors, timeouts. The rest
/// is somebody's content, and most of every log.
pub(super) const IN_MESSAGES: &[&str] = &[
    "\"initialize\"",
    "\"protocolVersion\"",
    "\"tools\":[",
    "\"error\":",
    "\"error\" :",
    "notifications/cancelled",
    "-32001",
];

/// What stands before a message in a line that shows one.
const MARK: &[u8] = b"] Message from ";
/// How much is searched for such lines at once, in bytes: what lies behind a find is searched again.
const STRETCH: usize = 4096;
/// How far into a line the mark of a message may begin.
const MARK_WITHIN: usize = 200;

/// What a decoder leaves of bytes that are no UTF-8. As a needle it also stands for such bytes themselves.
const REPLACEMENT: &str = "\u{FFFD}";

/// The rules that look at logs, by number.
pub(super) static LOG_RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    rules::ALL.iter().copied().filter(|rule| matches!(rule.detect, Detect::Log { .. })).collect()
});

pub(super) static NEEDLES: LazyLock<Option<Needles>> = LazyLock::new(Needles::new);

#[derive(Debug)]
pub(super) struct Needles {
    texts: Texts,
    mark: memmem::Finder<'static>,
    /// For the lines that hold a message as JSON.
    in_messages: AhoCorasick,
    /// Per text the numbers of the rules that want it. Those that are looked for in messages alone have no entry.
    wanted_by: Vec<Vec<u16>>,
    /// The rules that want what is left of text in an unknown code page.
    broken: Vec<u16>,
}

impl Needles {
    fn new() -> Option<Self> {
        let mut patterns: Vec<String> = LIFE.iter().map(|text| (*text).to_owned()).collect();
        let mut wanted_by = vec![Vec::new(); patterns.len()];
        for (number, rule) in (0_u16..).zip(LOG_RULES.iter()) {
            let Detect::Log { needles, .. } = rule.detect else { continue };
            for needle in needles {
                let needle = needle.to_ascii_lowercase();
                let at = patterns.iter().position(|known| *known == needle).unwrap_or_else(|| {
                    patterns.push(needle);
                    wanted_by.push(Vec::new());
                    patterns.len() - 1
                });
                wanted_by[at].push(number);
            }
        }
        let broken = patterns.iter().position(|known| known == REPLACEMENT).map(|at| wanted_by[at].clone());
        for text in IN_MESSAGES.iter().map(|text| text.to_ascii_lowercase()) {
            if !patterns.contains(&text) {
                patterns.push(text);
            }
        }
        let in_messages =
            AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(IN_MESSAGES).ok()?;
        let mark = memmem::Finder::new(MARK);
        Some(Self {
            texts: Texts::new(&patterns),
            mark,
            in_messages,
            wanted_by,
            broken: broken.unwrap_or_default(),
        })
    }

    /// Where the first line that is worth a look has a needle, or bytes that are no UTF-8: localised Windows text
    /// often reaches a log in a code page that no needle can spell.
    pub(super) fn find(&self, window: &[u8]) -> Option<usize> {
        let mut from = 0;
        while from < window.len() {
            let least = (from + STRETCH).min(window.len());
            let end = memchr(b'\n', &window[least..]).map_or(window.len(), |length| least + length + 1);
            if let Some(at) = self.find_in_stretch(&window[from..end]) {
                return Some(from + at);
            }
            from = end;
        }
        None
    }

    /// In whole lines.
    fn find_in_stretch(&self, lines: &[u8]) -> Option<usize> {
        let mut from = 0;
        loop {
            let found = self.texts.find(lines, from);
            let text = found.map(|(_, at)| at);
            let before = &lines[from..text.unwrap_or(lines.len())];
            let broken = std::str::from_utf8(before).err().map(|error| from + error.valid_up_to());
            let at = broken.or(text)?;
            let begin = memrchr(b'\n', &lines[from..at]).map_or(from, |before| from + before + 1);
            let end = memchr(b'\n', &lines[at..]).map_or(lines.len(), |length| at + length + 1);
            let line = &lines[begin..end];
            let worth = if let Some(body) = self.message(line) {
                self.in_messages.is_match(&line[body..])
            } else {
                let wanted = |(text, _)| usize::from(text) < self.wanted_by.len();
                broken.is_some() || found.is_some_and(wanted) || self.is_wanted(line)
            };
            if worth {
                return Some(at);
            }
            from = end;
        }
    }

    /// Whether a line that shows no message holds a text that is wanted outside of messages, too.
    fn is_wanted(&self, line: &[u8]) -> bool {
        let mut wanted = false;
        self.texts.each(line, |text| wanted |= usize::from(text) < self.wanted_by.len());
        wanted || std::str::from_utf8(line).is_err()
    }

    /// Numbers of the rules that want this line, ascending.
    pub(super) fn rules(&self, line: &[u8], wanted: &mut Vec<u16>) {
        wanted.clear();
        self.texts
            .each(line, |text| wanted.extend(self.wanted_by.get(usize::from(text)).into_iter().flatten()));
        if std::str::from_utf8(line).is_err() {
            wanted.extend(&self.broken);
        }
        wanted.sort_unstable();
        wanted.dedup();
    }

    /// Where the JSON of a message begins, in a line that shows one.
    fn message(&self, line: &[u8]) -> Option<usize> {
        let at = self.mark.find(&line[..line.len().min(MARK_WITHIN)])? + MARK.len();
        let body = at + 8;
        line.get(body).is_some_and(|byte| *byte == b'{').then_some(body)
    }
}
