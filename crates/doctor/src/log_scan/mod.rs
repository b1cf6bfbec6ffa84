//! Reads logs and names the causes that stand in them.
//!
//! A log may have many GB and most of it says nothing, so most of it is never taken apart:
//!
//! 1. `texts` skips to the lines that hold a needle of some rule, or a step of a server's life. `needles` leaves out
//!    what somebody sent through a server.
//! 2. `repeats` passes over the inside of a loop, whose ends say the same.
//! 3. The lines that are left are decoded and taken apart, and the rules that want them are asked, unless `memory`
//!    knows what they say about this very text.
//!
//! None of it changes what is found: `plainly` tests all of it against reading line by line. What is kept is
//! bounded: per server the last sessions, per rule and server the newest evidence.

mod findings;
mod line;
mod memory;
mod needles;
#[cfg(test)]
mod plainly;
mod proof;
mod repeats;
mod session;
mod tail;
mod texts;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use bridgekeeper_formats::log::{
    Event, Line, LineReader, LogEntry, MessageKind, Position, parse_line, server_of_file,
};
use bridgekeeper_model::{Finding, ServerName, Severity, Verdict};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::rule::{Detect, Reads, Role, Rule};
use findings::Found;
use memory::Memory;
use needles::{LOG_RULES, NEEDLES, Needles};
use proof::Proofs;
use repeats::Repeats;
use tail::Tail;

pub use line::{LogLine, Sign};
pub(crate) use session::member;
pub use session::{End, Session, Track};

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
    proofs: Proofs,
    files: Vec<File>,
    /// Boxed, for they are taken out and put back where another server goes on.
    tracks: BTreeMap<(usize, Option<ServerName>), Box<Track>>,
    /// What each rule saw, by the server it is about.
    found: BTreeMap<Option<ServerName>, BTreeMap<u16, Found>>,
    crashed: BTreeMap<&'static str, String>,
    memory: Memory,
    /// What the last line was about: the next one often is, too.
    at_hand: Option<AtHand>,
    /// Kept so that a line needs no memory of its own.
    wanted: Vec<u16>,
    lower: String,
}

/// One server in one file, taken out of the maps.
#[derive(Debug)]
struct AtHand {
    file: usize,
    server: Option<ServerName>,
    track: Box<Track>,
    found: BTreeMap<u16, Found>,
}

#[derive(Debug)]
struct File {
    name: String,
    /// The server whose log it is, by its name.
    server: Option<ServerName>,
    /// The server that the last tagged line named.
    current: Option<ServerName>,
    /// The time of the last line that had one.
    time: Option<Timestamp>,
    tail: Tail,
}

/// Where a line was found.
#[derive(Debug, Clone, Copy)]
struct Place {
    file: usize,
    line: u64,
    session: u64,
    /// When it was written; for a raw line, when the last line before it was that says so.
    time: Option<Timestamp>,
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
        self.proofs.zone = Some(zone);
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
        let read = self.read_lines(number, &mut reader, needles);
        self.put_back();
        read?;
        self.files[number].tail.read(reader.behind());
        Ok(reader.position())
    }

    fn read_lines<R: Read>(
        &mut self,
        file: usize,
        reader: &mut LineReader<R>,
        needles: &Needles,
    ) -> io::Result<()> {
        let mut repeats = Repeats::default();
        let mut find = |window: &[u8], reads| repeats.find(window, reads, |lines| needles.find(lines));
        while let Some(line) = reader.next_match(&mut find)? {
            self.line(file, &line, needles);
        }
        Ok(())
    }

    /// What the logs say so far.
    pub fn diagnosis(&self) -> Diagnosis {
        findings::diagnosis(self)
    }

    /// The life of every server that was seen, by the file that tells it.
    pub fn tracks(&self) -> impl Iterator<Item = (&str, Option<&ServerName>, &Track)> {
        self.tracks
            .iter()
            .map(|((file, server), track)| (self.files[*file].name.as_str(), server.as_ref(), &**track))
    }

    /// The life of one server, from the file that knows the newest line of it.
    pub fn track(&self, server: &ServerName) -> Option<&Track> {
        self.tracks
            .iter()
            .filter(|((_, name), _)| name.as_ref() == Some(server))
            .map(|(_, track)| &**track)
            .max_by_key(|track| track.sessions().filter_map(Session::last).filter_map(|last| last.time).max())
    }

    fn file(&mut self, name: &str) -> usize {
        if let Some(known) = self.files.iter().position(|file| file.name == name) {
            return known;
        }
        let server = server_of_file(name).map(ServerName::new);
        self.files.push(File {
            name: name.to_owned(),
            server,
            current: None,
            time: None,
            tail: Tail::default(),
        });
        self.files.len() - 1
    }

    fn line(&mut self, file: usize, line: &Line<'_>, needles: &Needles) {
        let text = line.text();
        let entry = parse_line(&text);
        let Some(mut at_hand) = self.take(file, &entry, line.before) else { return };
        let time = self.proofs.time(&entry).or(self.files[file].time);
        self.files[file].time = time;
        let place = Place { file, line: line.number, session: at_hand.track.number, time };
        let event = entry.event();
        let (signs, keep) = match self.memory.take(&entry) {
            Some(signs) => (signs, true),
            None => self.signs(&entry, event, line, needles, &at_hand.track.current),
        };
        for (number, sign) in &signs {
            self.record(*number, sign, &mut at_hand, place, &entry, &text);
        }
        if keep {
            self.memory.keep(signs);
        }
        if let Some(event) = event {
            let (proofs, file) = (&mut self.proofs, &self.files[file].name);
            at_hand.track.note(&entry, event, || proofs.of(file, line.number, &entry, &text));
        }
        self.at_hand = Some(at_hand);
    }

    /// What the rules say about a line, and whether they would say so anywhere.
    fn signs(
        &mut self,
        entry: &LogEntry<'_>,
        event: Option<Event<'_>>,
        line: &Line<'_>,
        needles: &Needles,
        session: &Session,
    ) -> (Vec<(u16, Sign)>, bool) {
        let mut wanted = std::mem::take(&mut self.wanted);
        needles.rules(line.bytes, &mut wanted);
        let mut lower = std::mem::take(&mut self.lower);
        lower.clear();
        lower.push_str(entry.text);
        lower.make_ascii_lowercase();
        let seen = LogLine::new(*entry, event, &lower, session, line.before);
        let content = is_content(event);
        let crashes = self.crashed.len();
        let signs = wanted
            .iter()
            .filter_map(|number| {
                let rule = LOG_RULES[usize::from(*number)];
                self.ask(rule, &seen, content).map(|sign| (*number, tentative(rule, sign, &seen)))
            })
            .collect();
        let everywhere = !seen.looked_beyond() && self.crashed.len() == crashes;
        (self.wanted, self.lower) = (wanted, lower);
        (signs, everywhere)
    }

    /// Takes out what is known of the server that the line is about. `None`: it is left out.
    fn take(&mut self, file: usize, entry: &LogEntry<'_>, before: &[u8]) -> Option<AtHand> {
        if let Some(at_hand) = self.at_hand.take_if(|at_hand| self.files[file].goes_on(file, at_hand, entry))
        {
            return Some(at_hand);
        }
        let server = self.server_of(file, entry, before);
        if self.only.is_some() && server.is_some() && server != self.only {
            return None;
        }
        if self.at_hand.as_ref().is_none_or(|at_hand| at_hand.file != file || at_hand.server != server) {
            self.put_back();
            let key = (file, server);
            if !self.tracks.contains_key(&key) && self.tracks.len() >= MOST_TRACKS {
                return None;
            }
            let track = self.take_track(&key);
            let found = self.found.remove(&key.1).unwrap_or_default();
            self.at_hand = Some(AtHand { file, server: key.1, track, found });
        }
        self.at_hand.take()
    }

    fn put_back(&mut self) {
        let Some(AtHand { file, server, track, found }) = self.at_hand.take() else { return };
        if !found.is_empty() {
            self.found.insert(server.clone(), found);
        }
        self.tracks.insert((file, server), track);
    }

    /// The life so far. In a pasted piece the first lines may have lost their tag: they belong to the first server
    /// that is named.
    fn take_track(&mut self, key: &(usize, Option<ServerName>)) -> Box<Track> {
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

    fn record(
        &mut self,
        number: u16,
        sign: &Sign,
        at_hand: &mut AtHand,
        place: Place,
        entry: &LogEntry<'_>,
        text: &str,
    ) {
        let other =
            sign.server.as_deref().map(ServerName::new).filter(|name| Some(name) != at_hand.server.as_ref());
        let about = match other {
            Some(other) => self.found.entry(Some(other)).or_default(),
            None => &mut at_hand.found,
        };
        let severity = sign.severity.unwrap_or(LOG_RULES[usize::from(number)].severity);
        let found = about.entry(number).or_default();
        if found.is_full(place, severity) {
            found.count_again(place);
            return;
        }
        let evidence = self.proofs.of(&self.files[place.file].name, place.line, entry, text);
        found.add(place, severity, &sign.args, evidence);
    }
}

impl File {
    /// Whether the line is about the server at hand, without a look at the lines before.
    fn goes_on(&self, number: usize, at_hand: &AtHand, entry: &LogEntry<'_>) -> bool {
        let known =
            self.server.as_ref().or(if entry.server.is_some() { self.current.as_ref() } else { None });
        let named = known.is_some_and(|known| entry.server.is_none_or(|name| name == known.as_str()));
        at_hand.file == number && named && at_hand.server.as_ref() == known
    }
}

/// The bridge goes on after a "received error": what it reports as its last word counts more.
fn tentative(rule: &Rule, sign: Sign, line: &LogLine<'_>) -> Sign {
    let attempt = matches!(rule.detect, Detect::Log { role: Role::Attempt, .. });
    let goes_on = attempt && line.lower.starts_with("received error (status");
    if goes_on && sign.severity.is_none() { sign.at(Severity::Warning) } else { sign }
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

/// A line as a rule would see it, alone.
#[cfg(test)]
pub(crate) fn line_for_tests(text: &str, look: impl FnOnce(&LogLine<'_>)) {
    let entry = parse_line(text);
    let lower = entry.text.to_ascii_lowercase();
    let session = Session::default();
    look(&LogLine::new(entry, entry.event(), &lower, &session, &[]));
}

#[cfg(test)]
mod tests {
    use super::*;

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
