//! One automaton over the needles of every rule, so that a log of many GB is read once.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::memchr;

use crate::rule::{Detect, Rule};
use crate::rules;

/// Texts of the lines that tell a server's life. Narrow on purpose: the calls and answers that make up most of a
/// log must not match.
const LIFE: &[&str] = &[
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

/// The rules that look at logs, by number.
pub(super) static LOG_RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    rules::ALL.iter().copied().filter(|rule| matches!(rule.detect, Detect::Log { .. })).collect()
});

pub(super) static NEEDLES: LazyLock<Option<Needles>> = LazyLock::new(Needles::new);

#[derive(Debug)]
pub(super) struct Needles {
    automaton: AhoCorasick,
    /// Per pattern the numbers of the rules that want it.
    wanted_by: Vec<Vec<u16>>,
    /// The rules that want what is left of text in an unknown code page.
    broken: Vec<u16>,
}

/// What a decoder leaves of bytes that are no UTF-8. As a needle it also stands for such bytes themselves.
const REPLACEMENT: &str = "\u{FFFD}";

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
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&patterns)
            .ok()?;
        let broken = patterns.iter().position(|known| known == REPLACEMENT).map(|at| wanted_by[at].clone());
        Some(Self { automaton, wanted_by, broken: broken.unwrap_or_default() })
    }

    /// Where the first needle stands, or the first bytes that are no UTF-8: localised Windows text often reaches a
    /// log in a code page that no needle can spell.
    pub(super) fn find(&self, window: &[u8]) -> Option<usize> {
        let needle = self.automaton.find(window).map(|found| found.end() - 1);
        // No further than the needle, so that no byte is looked at twice.
        let broken = std::str::from_utf8(&window[..needle.unwrap_or(window.len())])
            .err()
            .map(|error| error.valid_up_to());
        broken
            .filter(|at| needle.is_none_or(|needle| memchr(b'\n', &window[*at..needle]).is_some()))
            .or(needle)
    }

    /// Numbers of the rules that want this line, ascending.
    pub(super) fn rules(&self, line: &[u8], wanted: &mut Vec<u16>) {
        wanted.clear();
        for found in self.automaton.find_overlapping_iter(line) {
            wanted.extend(&self.wanted_by[found.pattern().as_usize()]);
        }
        if std::str::from_utf8(line).is_err() {
            wanted.extend(&self.broken);
        }
        wanted.sort_unstable();
        wanted.dedup();
    }
}
