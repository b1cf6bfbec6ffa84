//! One line of a log, taken apart.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use memchr::{memchr2, memmem};

use super::Event;

/// How urgent the writer found the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// `debug`, `verbose`, `trace`, `silly`.
    Debug,
    /// `info`.
    Info,
    /// `warn`, `warning`.
    Warn,
    /// `error`, `fatal`.
    Error,
}

/// When a line was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// With a zone: server logs and `mcp.log`.
    Utc(Timestamp),
    /// Without one: `main.log`, `window.log`.
    Local(DateTime),
}

impl Time {
    /// The point in time, if `zone` is known where the line needs one.
    pub fn timestamp(self, zone: Option<&TimeZone>) -> Option<Timestamp> {
        match self {
            Self::Utc(time) => Some(time),
            Self::Local(time) => zone?.to_timestamp(time).ok(),
        }
    }
}

/// Who wrote a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Claude itself: time, level, usually the server.
    Claude,
    /// `mcp-remote`: `[pid] text`, or `[ISO][pid] text` with `--debug`.
    McpRemote {
        /// Its process id.
        pid: u32,
    },
    /// Anything else: a server's stderr, a terminal, a page.
    Raw,
}

/// One line of a log, taken apart. Everything borrows from the line.
#[derive(Debug, Clone, Copy)]
pub struct LogEntry<'a> {
    /// When it was written, if it says so.
    pub time: Option<Time>,
    /// The server it concerns, if it says so.
    pub server: Option<&'a str>,
    /// How urgent the writer found it.
    pub level: Option<Level>,
    /// Who wrote it.
    pub origin: Origin,
    /// What it says, without prefix and metadata.
    pub text: &'a str,
    /// The metadata behind the text: `{ metadata: undefined }`, one-line JSON, or the opening brace of a block.
    pub tail: &'a str,
}

impl<'a> LogEntry<'a> {
    /// The step in a server's life that this line reports, if it reports one.
    pub fn event(&self) -> Option<Event<'a>> {
        Event::of(self)
    }
}

/// Takes one line apart. Quote marks, frames, indentation and a second time column of a viewer are looked
/// through. Never fails: what no format explains is raw text.
pub fn parse_line(line: &str) -> LogEntry<'_> {
    let bare = undecorated(line);
    let mut rest = bare;
    let mut time = None;
    // A viewer's own time column may stand before Claude's.
    while let Some((read, after)) = time_at(rest) {
        time = Some(read);
        rest = after.trim_start();
    }
    let mut tags = tags_at(if time.is_some() { rest } else { bare });
    if let Some(Time::Local(_)) = time {
        // Where the time has no zone, a second tag names a part of the app.
        tags.server = None;
    }
    let mut entry = LogEntry {
        time: tags.time.or(time),
        server: tags.server,
        level: tags.level,
        origin: Origin::Raw,
        text: rest,
        tail: "",
    };
    if let Some(pid) = tags.pid {
        entry.origin = Origin::McpRemote { pid };
        entry.text = tags.rest;
    } else if tags.level.is_some() {
        entry.origin = Origin::Claude;
        (entry.text, entry.tail) = without_tail(tags.rest);
    }
    entry.text = without_remark(entry.text).trim_end();
    if entry.server.is_none() {
        entry.server = server_in_text(entry.text);
    }
    entry
}

/// The server that a log file belongs to, from the file's name or path: `mcp-server-NAME.log`.
pub fn server_of_file(path: &str) -> Option<&str> {
    let name = path.rsplit(['/', '\\']).next()?;
    name.strip_prefix("mcp-server-")?.strip_suffix(".log")
}

/// Without the marks that quoting, tables and code fences put before and behind a line.
fn undecorated(line: &str) -> &str {
    let line = line.trim_start_matches(['\u{FEFF}']);
    let mut bare = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '│' | '┃'));
    while let Some(rest) = bare.strip_prefix(['>', '|']) {
        bare = rest.trim_start();
    }
    // A scrubbed time ("XXX-XX-XX...>") before the tags.
    if let Some(at) = bare.find('[').filter(|at| *at > 0 && *at < 40) {
        let (before, tags) = bare.split_at(at);
        let scrubbed = !before.trim_end().contains(' ') && before.trim_end().ends_with(['>', 'Z', ':']);
        if scrubbed && time_at(before).is_none() && tags_at(tags).level.is_some() {
            return tags;
        }
    }
    bare
}

#[derive(Debug, Default)]
struct Tags<'a> {
    time: Option<Time>,
    pid: Option<u32>,
    level: Option<Level>,
    server: Option<&'a str>,
    rest: &'a str,
}

/// Reads `[..]` groups: `[level] [NAME]`, `[NAME] [level]`, `[level]`, `[pid]`, `[ISO][pid]`.
fn tags_at(text: &str) -> Tags<'_> {
    let mut tags = Tags { rest: text, ..Tags::default() };
    for _ in 0..3 {
        let Some(inner) = tags.rest.strip_prefix('[') else { break };
        let Some(end) = inner.find(']').filter(|end| *end <= 120) else { break };
        let word = &inner[..end];
        let after = inner[end + 1..].trim_start();
        if let Some(level) = level(word).filter(|_| tags.level.is_none()) {
            tags.level = Some(level);
        } else if word == "pid"
            || (!word.is_empty() && word.len() <= 7 && word.bytes().all(|b| b.is_ascii_digit()))
        {
            tags.pid = Some(word.parse().unwrap_or(0));
        } else if let Some((time, "")) = time_at(word) {
            tags.time = Some(time);
        } else if tags.server.is_none() && tags.pid.is_none() && names_server(word, after, &tags) {
            tags.server = Some(word);
        } else {
            break;
        }
        tags.rest = after;
    }
    tags
}

/// A group is a server's tag only next to a level: `[Linear API] ...` alone is what a server printed.
fn names_server(word: &str, after: &str, tags: &Tags<'_>) -> bool {
    if word.is_empty() || word.starts_with(['{', '"', '\'', ' ']) {
        return false;
    }
    let level_follows = after
        .strip_prefix('[')
        .and_then(|inner| inner.split_once(']'))
        .is_some_and(|(next, _)| level(next).is_some());
    level_follows
        || (tags.level.is_some() && !matches!(word, "server stderr" | "EventLogging" | "CCD" | "LAM"))
}

fn level(word: &str) -> Option<Level> {
    let is = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
    if is(&["info"]) {
        Some(Level::Info)
    } else if is(&["error", "fatal"]) {
        Some(Level::Error)
    } else if is(&["warn", "warning"]) {
        Some(Level::Warn)
    } else if is(&["debug", "verbose", "trace", "silly"]) {
        Some(Level::Debug)
    } else {
        None
    }
}

/// Reads a time stamp at the start of the text: ISO 8601 with or without zone, `T` or space.
fn time_at(text: &str) -> Option<(Time, &str)> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i32> {
        bytes
            .get(from..to)?
            .iter()
            .try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i32::from(byte - b'0')))
    };
    let is = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|byte| allowed.contains(byte));
    if !(is(4, b"-/") && is(7, b"-/") && is(10, b"T ") && is(13, b":") && is(16, b":")) {
        return None;
    }
    let small = |value: i32| i8::try_from(value).ok();
    let date =
        Date::new(i16::try_from(number(0, 4)?).ok()?, small(number(5, 7)?)?, small(number(8, 10)?)?).ok()?;
    let (hour, minute, second) = (small(number(11, 13)?)?, small(number(14, 16)?)?, small(number(17, 19)?)?);
    let mut at = 19;
    let mut nanosecond = 0;
    if is(at, b".,") && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        at += 1;
        let mut unit = 100_000_000;
        while let Some(digit) = bytes.get(at).filter(|byte| byte.is_ascii_digit()) {
            nanosecond += i32::from(digit - b'0') * unit;
            unit /= 10;
            at += 1;
        }
    }
    let local = date.to_datetime(jiff::civil::Time::new(hour, minute, second, nanosecond).ok()?);
    if is(at, b"Z") {
        return Some((Time::Utc(Offset::UTC.to_timestamp(local).ok()?), &text[at + 1..]));
    }
    if is(at, b"+-") {
        let colon = usize::from(is(at + 3, b":"));
        let minutes =
            number(at + 1, at + 3).zip(number(at + 3 + colon, at + 5 + colon)).map(|(h, m)| h * 60 + m);
        if let Some(minutes) = minutes {
            let sign = if bytes[at] == b'-' { -60 } else { 60 };
            let offset = Offset::from_seconds(sign * minutes).ok()?;
            return Some((Time::Utc(offset.to_timestamp(local).ok()?), &text[at + 5 + colon..]));
        }
    }
    Some((Time::Local(local), text.get(at..)?))
}

/// Splits what Claude's logger puts behind the text.
fn without_tail(text: &str) -> (&str, &str) {
    if memmem::find(text.as_bytes(), b" {").is_none() {
        return (text, "");
    }
    for mark in [" { metadata:", " {\"context\":", " {\"stack\":", " { context:", " {\"metadata\":"] {
        if let Some(at) = memmem::find(text.as_bytes(), mark.as_bytes()) {
            return (&text[..at], text[at..].trim_start());
        }
    }
    // The opening of a block that goes on in the next lines.
    match text.strip_suffix(" {") {
        Some(before) if !before.is_empty() => (before, "{"),
        _ => (text, ""),
    }
}

/// Without the arrow remark that people write behind a pasted line.
fn without_remark(text: &str) -> &str {
    // Few lines hold the first byte of one.
    if memchr2(b'<', "←".as_bytes()[0], text.as_bytes()).is_none() {
        return text;
    }
    let arrow = ["←", "<--", "<=="].iter().find_map(|arrow| memmem::find(text.as_bytes(), arrow.as_bytes()));
    match arrow {
        Some(at) if at > 0 => &text[..at],
        _ => text,
    }
}

/// Texts of Claude that name their server in the sentence: old logs, `main.log`, `window.log`, the toasts.
fn server_in_text(text: &str) -> Option<&str> {
    const AFTER: &[(&str, &[&str])] = &[
        ("Attempting to connect to MCP server ", &["..."]),
        ("Connected to MCP server ", &["!"]),
        ("Could not start MCP server ", &[": "]),
        ("Could not attach to MCP server ", &[": ", " "]),
        ("Could not connect to MCP server ", &[": ", ""]),
        ("Error in MCP connection to server ", &[": "]),
        ("Failed to connect to remote MCP server ", &[": "]),
        ("Error during discovery for server '", &["'"]),
        ("Launching MCP Server: ", &[""]),
        ("Shutting down MCP Server: ", &[""]),
        ("MCP Server connection requested for: ", &[""]),
        ("Using built-in Node.js for MCP server: ", &[""]),
        ("MCP server \"", &["\""]),
        ("MCP server ", &[" disconnected", " failed", " closed"]),
    ];
    let start = &text.as_bytes()[..text.len().min(64)];
    if memmem::find(start, b"MCP").is_none() && memmem::find(start, b"discovery").is_none() {
        return None;
    }
    for (mark, ends) in AFTER {
        let Some(at) = text.find(mark).filter(|at| *at <= 24) else { continue };
        let rest = &text[at + mark.len()..];
        let name = ends
            .iter()
            .find_map(|end| if end.is_empty() { Some(rest) } else { rest.find(end).map(|to| &rest[..to]) });
        if let Some(name) = name.map(str::trim).filter(|name| !name.is_empty() && name.len() <= 100) {
            return Some(name);
        }
    }
    // A toast: "MCP NAME: what happened".
    let (name, said) = text.strip_prefix("MCP ")?.split_once(": ")?;
    let toast = ["spawn ", "Server disconnected", "Unexpected ", "Couldn't start", "Could not", "write "];
    (name.len() <= 100 && !name.starts_with("error ") && toast.iter().any(|start| said.starts_with(start)))
        .then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, server: Option<&str>, level: Option<Level>, text: &str) {
        let entry = parse_line(line);
        assert_eq!((entry.server, entry.level, entry.text), (server, level, text), "{line}");
    }

    #[test]
    fn the_tag_may_stand_before_or_behind_the_level() {
        let (server, level) = (Some("my files"), Some(Level::Info));
        check(
            "2026-01-02T03:04:05.678Z [my files] [info] Initializing server...",
            server,
            level,
            "Initializing server...",
        );
        check(
            "2026-01-02T03:04:05.678Z [info] [my files] Initializing server...",
            server,
            level,
            "Initializing server...",
        );
        check("[my files] [info] Initializing server...", server, level, "Initializing server...");
        check(
            "> 2026-01-02T03:04:05.678Z [my files] [info] Initializing server...",
            server,
            level,
            "Initializing server...",
        );
        check(
            "  │2026-01-02T05:04:05.678+0200 2026-01-02T03:04:05.678Z [my files] [info] Hi  │",
            server,
            level,
            "Hi",
        );
        check("XXXX-XX-XX..> [my files] [info] Hi", server, level, "Hi");
    }

    #[test]
    fn old_logs_name_the_server_in_the_sentence() {
        check(
            "2025-01-05T10:00:00.000Z [info] Attempting to connect to MCP server weather...",
            Some("weather"),
            Some(Level::Info),
            "Attempting to connect to MCP server weather...",
        );
        check(
            "2025-01-05T10:00:00.000Z [error] Could not start MCP server weather: Error: spawn uvx ENOENT",
            Some("weather"),
            Some(Level::Error),
            "Could not start MCP server weather: Error: spawn uvx ENOENT",
        );
        check("MCP weather: spawn uv ENOENT", Some("weather"), None, "MCP weather: spawn uv ENOENT");
        check("MCP error -32001: Request timed out", None, None, "MCP error -32001: Request timed out");
    }

    #[test]
    fn metadata_and_remarks_are_not_text() {
        check(
            "2026-01-02T03:04:05Z [a] [info] Hi { metadata: undefined }",
            Some("a"),
            Some(Level::Info),
            "Hi",
        );
        check(
            "2026-01-02T03:04:05Z [a] [error] spawn x ENOENT {",
            Some("a"),
            Some(Level::Error),
            "spawn x ENOENT",
        );
        let entry = parse_line(
            r#"2026-01-02T03:04:05Z [a] [error] spawn x ENOENT {"context":"connection","stack":"…"}"#,
        );
        assert_eq!((entry.text, entry.tail.starts_with("{\"context\"")), ("spawn x ENOENT", true));
        check(
            "[a] [info] Server transport closed   ← about 30 ms later",
            Some("a"),
            Some(Level::Info),
            "Server transport closed",
        );
    }

    #[test]
    fn the_bridge_and_raw_lines_are_told_apart() {
        let entry = parse_line("[4711] [4711] Connecting to remote server: https://example.org/mcp");
        assert_eq!(entry.origin, Origin::McpRemote { pid: 4711 });
        assert_eq!(entry.text, "Connecting to remote server: https://example.org/mcp");
        let entry = parse_line("[2026-01-02T03:04:05.678Z][4711] Saving tokens");
        assert_eq!((entry.origin, entry.text), (Origin::McpRemote { pid: 4711 }, "Saving tokens"));
        assert!(entry.time.is_some());
        let entry = parse_line("[Weather API] ready");
        assert_eq!((entry.origin, entry.server, entry.text), (Origin::Raw, None, "[Weather API] ready"));
    }

    #[test]
    fn local_time_stays_local_until_a_zone_is_known() {
        let entry = parse_line("2026-01-02 03:04:05 [info] Starting app {");
        let Some(time @ Time::Local(_)) = entry.time else { panic!("{entry:?}") };
        assert_eq!(time.timestamp(None), None);
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(time.timestamp(Some(&zone)).unwrap().to_string(), "2026-01-02T02:04:05Z");
    }

    #[test]
    fn a_file_name_names_its_server() {
        assert_eq!(server_of_file("/logs/mcp-server-@acme-files v2.log"), Some("@acme-files v2"));
        assert_eq!(server_of_file(r"C:\logs\mcp-server-a.log"), Some("a"));
        assert_eq!(server_of_file("mcp.log"), None);
    }
}
