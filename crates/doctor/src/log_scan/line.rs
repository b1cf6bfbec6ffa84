//! What a rule sees of a line, and what it says about it.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use bridgekeeper_formats::log::{Event, LogEntry, Message, Origin, parse_line};
use bridgekeeper_model::{Severity, Value};
use memchr::memchr_iter;

use super::Session;

/// How many lines before a line a rule may look at.
const LINES_BEFORE: usize = 60;

/// One line of a log as a rule sees it.
#[derive(Debug)]
pub struct LogLine<'a> {
    /// The text without time stamp, level, server tag and metadata.
    pub text: &'a str,
    /// The same in ASCII lower case. Byte offsets agree with `text`.
    pub lower: &'a str,
    /// The whole line, taken apart.
    pub entry: LogEntry<'a>,
    /// The step in the server's life that it reports.
    pub event: Option<Event<'a>>,
    beyond: Beyond<'a>,
}

/// What lies beyond the line, and whether a rule looked there.
#[derive(Debug)]
struct Beyond<'a> {
    session: &'a Session,
    history: &'a [u8],
    looked: Cell<bool>,
}

impl<'a> LogLine<'a> {
    pub(super) fn new(
        entry: LogEntry<'a>,
        event: Option<Event<'a>>,
        lower: &'a str,
        session: &'a Session,
        history: &'a [u8],
    ) -> Self {
        let beyond = Beyond { session, history, looked: Cell::new(false) };
        Self { text: entry.text, lower, entry, event, beyond }
    }

    /// Whether a rule looked beyond the line.
    pub(super) fn looked_beyond(&self) -> bool {
        self.beyond.looked.get()
    }

    /// What is known of this run of the server, up to the line before.
    pub fn session(&self) -> &'a Session {
        self.beyond.looked.set(true);
        self.beyond.session
    }

    /// Whether the text holds this. `needle` is in lower case.
    pub fn has(&self, needle: &str) -> bool {
        find(self.lower, needle).is_some()
    }

    /// Whether the text holds one of these. They are in lower case.
    pub fn has_any(&self, needles: &[&str]) -> bool {
        needles.iter().any(|needle| self.has(needle))
    }

    /// Whether the text holds this and no letter or digit stands right before it.
    pub fn has_word(&self, needle: &str) -> bool {
        self.lower
            .match_indices(needle)
            .any(|(at, _)| !self.lower[..at].ends_with(|c: char| c.is_alphanumeric()))
    }

    /// What follows the first `mark`, which is in lower case.
    pub fn after(&self, mark: &str) -> Option<&'a str> {
        find(self.lower, mark).map(|at| &self.text[at + mark.len()..])
    }

    /// What stands between the first `open` and the next `close`, both in lower case.
    pub fn between(&self, open: &str, close: &str) -> Option<&'a str> {
        let from = find(self.lower, open)? + open.len();
        let length = find(&self.lower[from..], close)?;
        Some(self.text[from..from + length].trim())
    }

    /// The text in quotes that follows the first `mark`: `'x'`, `"x"`, `` `x` `` or `‘x’`.
    pub fn quoted_after(&self, mark: &str) -> Option<&'a str> {
        let rest = self.after(mark)?.trim_start_matches([' ', ':', '(']);
        let open = rest.chars().next()?;
        let close = match open {
            '‘' => '’',
            '“' => '”',
            '\'' | '"' | '`' => open,
            _ => return None,
        };
        let inner = &rest[open.len_utf8()..];
        inner.find(close).map(|end| &inner[..end])
    }

    /// The lines before this one, nearest first, as text without prefix.
    pub fn before(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.raw_before().map(|line| match line {
            Cow::Borrowed(line) => Cow::Borrowed(parse_line(line).text),
            Cow::Owned(line) => Cow::Owned(parse_line(&line).text.to_owned()),
        })
    }

    /// The lines before this one as they stand, nearest first.
    pub fn raw_before(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.beyond.looked.set(true);
        raw_before(self.beyond.history).take(LINES_BEFORE)
    }

    /// Whether one of the `lines` lines before holds one of these, which are in lower case.
    pub fn near(&self, lines: usize, needles: &[&str]) -> bool {
        self.before().take(lines).any(|line| {
            let line = line.to_ascii_lowercase();
            needles.iter().any(|needle| line.contains(needle))
        })
    }

    /// Here or in one of the `lines` lines before.
    pub fn about(&self, lines: usize, needles: &[&str]) -> bool {
        self.has_any(needles) || self.near(lines, needles)
    }

    /// Whether `mcp-remote` wrote it.
    pub fn from_bridge(&self) -> bool {
        matches!(self.entry.origin, Origin::McpRemote { .. })
    }

    /// The message from Claude that this line shows.
    pub fn from_client(&self) -> Option<Message<'a>> {
        match self.event {
            Some(Event::FromClient(message)) => Some(message),
            _ => None,
        }
    }

    /// The message from the server that this line shows.
    pub fn from_server(&self) -> Option<Message<'a>> {
        match self.event {
            Some(Event::FromServer(message)) => Some(message),
            _ => None,
        }
    }
}

/// Where the needle stands first. Lines are short and asked for many texts: to prepare a search takes longer than
/// this one.
fn find(line: &str, needle: &str) -> Option<usize> {
    let (line, needle) = (line.as_bytes(), needle.as_bytes());
    let Some((first, rest)) = needle.split_first() else { return Some(0) };
    let last = line.len().checked_sub(rest.len())?;
    memchr_iter(*first, &line[..last]).find(|at| line[at + 1..].starts_with(rest))
}

/// Lines of `history`, last first. The first of them may have lost its beginning and is left out.
pub(crate) fn raw_before(history: &[u8]) -> impl Iterator<Item = Cow<'_, str>> {
    let mut rest = history.strip_suffix(b"\n").unwrap_or(history);
    let mut done = rest.is_empty();
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let line;
        if let Some(at) = memchr::memrchr(b'\n', rest) {
            (rest, line) = (&rest[..at], &rest[at + 1..]);
        } else {
            (line, done) = (rest, true);
        }
        Some(String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)))
    })
}

/// What a rule says about a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sign {
    /// Values for the message.
    pub args: BTreeMap<&'static str, Value>,
    /// Another severity than the rule's own.
    pub severity: Option<Severity>,
    /// The server it concerns, where the text names one.
    pub server: Option<String>,
}

impl Sign {
    /// A sign without values.
    pub fn new() -> Self {
        Self::default()
    }

    /// A sign where `seen` holds.
    pub fn when(seen: bool) -> Option<Self> {
        seen.then(Self::default)
    }

    /// Adds a value for the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.args.insert(name, value.into());
        self
    }

    /// With another severity than the rule's own.
    #[must_use]
    pub fn at(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// About the server that the text names.
    #[must_use]
    pub fn of(mut self, server: impl Into<String>) -> Self {
        self.server = Some(server.into());
        self
    }
}
