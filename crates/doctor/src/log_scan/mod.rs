//! Reads logs and names the causes that stand in them.
//!
//! A log may have many GB and most of its lines say nothing, so one automaton skips to the lines that hold a
//! needle of some rule; only those are decoded and taken apart. What is kept is bounded: per server the last
//! sessions, per rule and server the newest evidence.

mod findings;
mod line;
mod needles;
mod session;
mod tail;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use bridgekeeper_formats::log::{
    Event, Line, LineReader, LogEntry, MessageKind, Position, parse_line, server_of_file,
};
use bridgekeeper_formats::secrets;
use bridgekeeper_model::{Evidence, Finding, ServerName, Verdict};
use jiff::tz::TimeZone;

use crate::rule::{Detect, Reads, Rule};
use findings::Found;
use needles::{LOG_RULES, NEEDLES};
use tail::Tail;

pub use line::{LogLine, Sign};
pub(crate) use session::member;
pub use session::{End, Session, Track};

/// Longest evidence text, in characters.
const LONGEST_EVIDENCE: usize = 300;
/// Servers that are told apart. A log that names more is no log of Claude's.
const MOST_TRACKS: usize = 2048;
/// Lines that are searched backwards for the server of a raw line.
const LINES_TO_TAG: usize = 40;

/// What the logs say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The sum of it.
    pub verdict: Verdict,
    /// What was found, the root cause first. Consequences of a found cause are left out.
    pub findings: Vec<Finding>,
    /// Rules that could not be carried out.
    pub crashed: Vec<Crash>,
}

/// A rule that failed. Its cause was neither found nor ruled out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crash {
    /// Id of the rule.
    pub rule: &'static str,
    /// What it said.
    pub message: String,
}

/// Reads any number of logs and collects what they say.
#[derive(Debug, Default)]
pub struct LogScan {
    only: Option<ServerName>,
    zone: Option<TimeZone>,
    files: Vec<File>,
    tracks: BTreeMap<(usize, Option<ServerName>), Track>,
    found: HashMap<(u16, Option<ServerName>), Found>,
    crashed: BTreeMap<&'static str, String>,
    wanted: Vec<u16>,
}

#[derive(Debug)]
struct File {
    name: String,
    /// The server whose log it is, by its name.
    server: Option<ServerName>,
    /// The server that the last tagged line named.
    current: Option<ServerName>,
    tail: Tail,
}

/// Where a line was found.
#[derive(Debug, Clone, Copy)]
struct Place {
    file: usize,
    line: u64,
    session: u64,
}

impl LogScan {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out what concerns other servers. What concerns the whole set-up stays.
    #[must_use]
    pub fn only(mut self, server: ServerName) -> Self {
        self.only = Some(server);
        self
    }

    /// The zone of times without one, as in `main.log`.
    #[must_use]
    pub fn zone(mut self, zone: TimeZone) -> Self {
        self.zone = Some(zone);
        self
    }

    /// Reads a file from its start to its end. `file` is the name that the evidence will carry; a name of the form
    /// `mcp-server-NAME.log` tells whose log it is. Returns where to go on when the file has grown.
    pub fn read(&mut self, file: &str, input: impl Read) -> io::Result<Position> {
        self.read_on(file, Position::default(), input)
    }

    /// Reads on from `from`, where `input` must stand.
    pub fn read_on(&mut self, file: &str, from: Position, input: impl Read) -> io::Result<Position> {
        let number = self.file(file);
        let Some(needles) = NEEDLES.as_ref() else { return Ok(from) };
        let mut reader = LineReader::resume(input, from);
        while let Some(line) = reader.next_match(|window| needles.find(window))? {
            let mut wanted = std::mem::take(&mut self.wanted);
            needles.rules(line.bytes, &mut wanted);
            self.line(number, &line, &wanted);
            self.wanted = wanted;
        }
        self.files[number].tail.read(reader.behind());
        Ok(reader.position())
    }

    /// What the logs say so far.
    pub fn diagnosis(&self) -> Diagnosis {
        findings::diagnosis(self)
    }

    /// The life of every server that was seen, by the file that tells it.
    pub fn tracks(&self) -> impl Iterator<Item = (&str, Option<&ServerName>, &Track)> {
        self.tracks
            .iter()
            .map(|((file, server), track)| (self.files[*file].name.as_str(), server.as_ref(), track))
    }

    /// The life of one server, from the file that knows the newest line of it.
    pub fn track(&self, server: &ServerName) -> Option<&Track> {
        self.tracks
            .iter()
            .filter(|((_, name), _)| name.as_ref() == Some(server))
            .map(|(_, track)| track)
            .max_by_key(|track| track.sessions().filter_map(Session::last).filter_map(|last| last.time).max())
    }

    fn file(&mut self, name: &str) -> usize {
        if let Some(known) = self.files.iter().position(|file| file.name == name) {
            return known;
        }
        let server = server_of_file(name).map(ServerName::new);
        self.files.push(File { name: name.to_owned(), server, current: None, tail: Tail::default() });
        self.files.len() - 1
    }

    fn line(&mut self, file: usize, line: &Line<'_>, wanted: &[u16]) {
        let text = line.text();
        let entry = parse_line(&text);
        let server = self.server_of(file, &entry, line.before);
        if self.only.is_some() && server.is_some() && server != self.only {
            return;
        }
        let event = entry.event();
        let key = (file, server.clone());
        if !self.tracks.contains_key(&key) && self.tracks.len() >= MOST_TRACKS {
            return;
        }
        let mut track = self.take_track(&key);
        let lower = entry.text.to_ascii_lowercase();
        let seen = LogLine {
            text: entry.text,
            lower: &lower,
            entry,
            event,
            session: &track.current,
            history: line.before,
        };
        let place = Place { file, line: line.number, session: track.number };
        let content = is_content(event);
        for number in wanted {
            let rule = LOG_RULES[usize::from(*number)];
            if let Some(sign) = self.ask(rule, &seen, content) {
                self.record(*number, rule, sign, server.as_ref(), place, &entry, &text);
            }
        }
        if let Some(event) = event {
            track.note(&entry, event, || self.evidence(place, &entry, &text));
        }
        self.tracks.insert(key, track);
    }

    /// The life so far. In a pasted piece the first lines may have lost their tag: they belong to the first server
    /// that is named.
    fn take_track(&mut self, key: &(usize, Option<ServerName>)) -> Track {
        if let Some(track) = self.tracks.remove(key) {
            return track;
        }
        let (file, server) = key;
        let first_named =
            server.is_some() && !self.tracks.keys().any(|(other, name)| other == file && name.is_some());
        let untagged = first_named.then(|| self.tracks.remove(&(*file, None))).flatten();
        untagged.unwrap_or_default()
    }

    /// The server that a line concerns: its own tag, else the file's, else the last tag before it.
    fn server_of(&mut self, file: usize, entry: &LogEntry<'_>, before: &[u8]) -> Option<ServerName> {
        let file = &mut self.files[file];
        if let Some(name) = entry.server {
            let same =
                file.server.as_ref().or(file.current.as_ref()).is_some_and(|known| known.as_str() == name);
            if !same {
                file.current = Some(ServerName::new(name));
            }
            return if same && file.server.is_some() { file.server.clone() } else { file.current.clone() };
        }
        if file.server.is_some() {
            return file.server.clone();
        }
        for line in line::raw_before(before).take(LINES_TO_TAG) {
            if let Some(name) = parse_line(&line).server {
                return Some(ServerName::new(name));
            }
        }
        file.current.clone()
    }

    /// Asks one rule. One that fails is noted and does not take the others down.
    fn ask(&mut self, rule: &'static Rule, line: &LogLine<'_>, content: Content) -> Option<Sign> {
        let Detect::Log { sign, reads, .. } = rule.detect else { return None };
        if content == Content::Foreign && reads == Reads::Reports {
            return None;
        }
        match catch_unwind(AssertUnwindSafe(|| sign(line))) {
            Ok(sign) => sign,
            Err(panic) => {
                let message = panic
                    .downcast_ref::<&str>()
                    .map(|text| (*text).to_owned())
                    .or_else(|| panic.downcast_ref::<String>().cloned())
                    .unwrap_or_default();
                self.crashed.entry(rule.id).or_insert(message);
                None
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one call site; the parts of a line that a finding keeps")]
    fn record(
        &mut self,
        number: u16,
        rule: &'static Rule,
        sign: Sign,
        server: Option<&ServerName>,
        place: Place,
        entry: &LogEntry<'_>,
        text: &str,
    ) {
        let server = sign.server.as_deref().map(ServerName::new).or_else(|| server.cloned());
        let severity = sign.severity.unwrap_or(rule.severity);
        if let Some(found) = self.found.get_mut(&(number, server.clone())) {
            if found.is_full(place, severity) {
                found.count_again(place, entry.time.and_then(|time| time.timestamp(self.zone.as_ref())));
                return;
            }
        }
        let evidence = self.evidence(place, entry, text);
        self.found.entry((number, server)).or_default().add(place, severity, sign.args, evidence);
    }

    fn evidence(&self, place: Place, entry: &LogEntry<'_>, text: &str) -> Evidence {
        Evidence {
            file: self.files[place.file].name.clone(),
            line: place.line,
            text: shortened(text),
            time: entry.time.and_then(|time| time.timestamp(self.zone.as_ref())),
        }
    }
}

/// Whose words a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// A report by Claude, the bridge or the server.
    Report,
    /// What somebody sent through the server.
    Foreign,
}

fn is_content(event: Option<Event<'_>>) -> Content {
    match event {
        Some(Event::FromClient(_)) => Content::Foreign,
        Some(Event::FromServer(message)) if message.kind != MessageKind::Error => Content::Foreign,
        _ => Content::Report,
    }
}

/// A line as it may be shown: secrets masked, at most 300 characters.
pub(crate) fn shortened(text: &str) -> String {
    // Masking looks at whole values, so it comes before cutting; an over-long line is cut to a sane length first.
    let mut end = text.len().min(8 * 1024);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let masked = secrets::mask(text[..end].trim());
    match masked.char_indices().nth(LONGEST_EVIDENCE) {
        Some((at, _)) => format!("{}…", &masked[..at]),
        None => masked.into_owned(),
    }
}

/// A line as a rule would see it, alone.
#[cfg(test)]
pub(crate) fn line_for_tests(text: &str, look: impl FnOnce(&LogLine<'_>)) {
    let entry = parse_line(text);
    let lower = entry.text.to_ascii_lowercase();
    let session = Session::default();
    look(&LogLine {
        text: entry.text,
        lower: &lower,
        entry,
        event: entry.event(),
        session: &session,
        history: &[],
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Role;

    fn breaks(_: &LogLine<'_>) -> Option<Sign> {
        panic!("a slip")
    }

    static BROKEN: Rule = Rule {
        id: "broken",
        severity: bridgekeeper_model::Severity::Error,
        message: "",
        docs: "",
        hides: &[],
        fixes: &[],
        detect: Detect::Log { needles: &["x"], role: Role::Cause, reads: Reads::Reports, sign: breaks },
    };

    #[test]
    fn a_rule_that_fails_is_reported_and_the_others_go_on() {
        let mut scan = LogScan::new();
        line_for_tests("x", |line| assert_eq!(scan.ask(&BROKEN, line, Content::Report), None));
        scan.read("-", &b"spawn npx ENOENT"[..]).unwrap();
        let diagnosis = scan.diagnosis();
        assert_eq!(diagnosis.crashed, [Crash { rule: "broken", message: "a slip".to_owned() }]);
        assert_eq!(diagnosis.findings[0].id, "spawn-enoent-node");
    }
}
