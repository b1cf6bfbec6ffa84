//! One log as a window looks at it: from any place in both directions, searched whole, and followed.
//!
//! A place is the offset at which a line begins. The window asks for what stands around a place and never holds more
//! than it shows; a file of gigabytes costs it nothing. Filters are applied here, so that a page is full of what was
//! asked for.

use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use bridgekeeper_claude::{LogFile, LogKind};
use bridgekeeper_formats::log::{Level, LineReader, parse_line};
use bridgekeeper_model::{ServerName, Severity};
use serde::{Deserialize, Serialize};

use super::page::{encoding_of, lines_before, read_between};
use super::wanted::Owners;
use super::{Direction, Ender, Follow, LogLine, Wanted};
use crate::context::Context;
use crate::logs;
use crate::view::FindingView;

/// Lines of a page that is asked for.
const PAGE: usize = 400;
/// How far before a place reading begins, so that a secret that goes on in the next line is known.
const RUN_UP: u64 = 4096;
/// How much is searched for a page before what was found is shown, in bytes.
const FAR: u64 = 64 * 1024 * 1024;
/// Characters of a line that are shown; Claude writes whole lists of tools in one.
const LONGEST_SHOWN: usize = 8 * 1024;
/// Places of hits that are told. More are counted.
const MOST_HITS: usize = 20_000;
/// How often a search tells how far it is.
const TOLD: Duration = Duration::from_millis(100);
/// How long new lines are gathered before they are handed on together.
const GATHERED: Duration = Duration::from_millis(30);
/// Lines that are handed on together at most.
const BATCH: usize = 2_000;

/// The offset in bytes at which a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(transparent)]
// A JavaScript number holds every offset below 8 PiB
pub struct Place(#[cfg_attr(feature = "bindings", specta(type = u32))] pub u64);

/// Which lines a window wants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LogFilter {
    /// Only those that are at least so urgent. What a server prints carries no level.
    pub least: Option<LogLevel>,
    /// Only messages that went this way.
    pub direction: Option<Direction>,
    /// Only those that hold this text, whatever its case; empty for all.
    pub text: String,
}

/// How urgent the writer of a line found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// For whoever looks for a fault.
    Debug,
    /// Worth knowing.
    Info,
    /// It may matter.
    Warn,
    /// Something failed.
    Error,
}

impl From<LogLevel> for Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Debug => Self::Debug,
            LogLevel::Info => Self::Info,
            LogLevel::Warn => Self::Warn,
            LogLevel::Error => Self::Error,
        }
    }
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Debug => Self::Debug,
            Level::Info => Self::Info,
            Level::Warn => Self::Warn,
            Level::Error => Self::Error,
        }
    }
}

/// A line as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LineView {
    /// Where it begins.
    pub at: Place,
    /// When it was written, where it says so.
    pub time: Option<String>,
    /// How urgent its writer found it; what a server prints says nothing.
    pub level: Option<LogLevel>,
    /// Which way its message went, where it holds one.
    pub direction: Option<Direction>,
    /// The line, secrets masked, without the end of a very long one.
    pub text: String,
    /// Where in `text` what it says begins, behind time, server and level; in UTF-16 units.
    pub says: u32,
    /// Whether its end was left out.
    pub cut: bool,
}

/// A log that tells of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LogFileView {
    /// The file, as it is named everywhere.
    pub file: String,
    /// Its size in words.
    pub size: String,
    /// Whether it is the server's own, not one of all servers.
    pub own: bool,
}

/// Which part of a log is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// What stands before the place.
    Before,
    /// What stands from the place on.
    After,
    /// Both, the place in the middle.
    Around,
}

/// A part of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LogSlice {
    /// The lines that are wanted, in the order of the file.
    pub lines: Vec<LineView>,
    /// Up to where it is known backwards; ask for what stands before that next.
    pub from: Place,
    /// Up to where it is known forwards.
    pub to: Place,
    /// Whether anything stands before `from`.
    pub more_before: bool,
    /// Whether anything stands behind `to`.
    pub more_after: bool,
}

/// How far a search is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LogHits {
    /// Where lines begin that hold the text and were not told yet, in the order of the file.
    pub new: Vec<Place>,
    /// How many lines hold it so far, those that are counted only included.
    pub count: u32,
    /// How much of the file was searched, in hundredths.
    pub searched: u32,
    /// Whether the whole file was searched.
    pub done: bool,
}

/// A line that proves a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LogMark {
    /// Where the line begins.
    pub at: Place,
    /// Its number, from 1.
    pub line: u32,
    /// The finding's rule.
    pub finding: String,
    /// The finding in one sentence.
    pub message: String,
    /// How much it matters.
    pub severity: Severity,
}

/// Lines that were written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct NewLines {
    /// The lines.
    pub lines: Vec<LineView>,
    /// Whether the log was begun anew before them: what was shown stands in it no more.
    pub anew: bool,
}

/// One log that is looked at.
#[derive(Debug)]
pub(crate) struct LogWindow<'c> {
    context: &'c Context,
    log: LogFile,
    owners: Owners,
    wanted: Wanted,
}

impl<'c> LogWindow<'c> {
    /// The logs that tell of a server, the one to show first at the front.
    pub(crate) fn files(context: &Context, server: &str) -> Vec<LogFileView> {
        let view = |log: &LogFile| LogFileView {
            file: context.home.shorten(&log.path),
            size: crate::reset::size(log.bytes),
            own: matches!(log.kind, LogKind::Server(_)),
        };
        candidates(context, server).iter().map(view).collect()
    }

    /// Opens the log of that name, else the first; `None` where there is none.
    pub(crate) fn open(
        context: &'c Context,
        server: &str,
        file: Option<&str>,
        filter: &LogFilter,
    ) -> Option<Self> {
        let owners = Owners::of(&context.home.log_files().files);
        let mut logs = candidates(context, server).into_iter();
        let log = match file {
            None => logs.next(),
            Some(name) => logs.find(|log| context.home.shorten(&log.path) == name),
        }?;
        let wanted = Wanted {
            server: Some(ServerName::from(server)),
            search: Some(filter.text.clone()).filter(|text| !text.is_empty()),
            level: filter.least.map(Level::from),
            direction: filter.direction,
            last: PAGE,
            ..Wanted::default()
        };
        Some(Self { context, log, owners, wanted })
    }

    /// A part of the log. Without a place it is its end.
    pub(crate) fn slice(&self, turn: Turn, place: Option<Place>) -> io::Result<LogSlice> {
        let Place(place) = place.unwrap_or(Place(self.log.bytes));
        match turn {
            Turn::Before => {
                let before = self.before(place, PAGE)?;
                let to = if place >= self.log.bytes { self.end()? } else { place };
                Ok(LogSlice { to: Place(to), more_after: to < self.log.bytes, ..before })
            }
            Turn::After => self.after(place, PAGE),
            Turn::Around => {
                let before = self.before(place, PAGE / 2)?;
                let after = self.after(place, PAGE / 2)?;
                let lines = before.lines.into_iter().chain(after.lines).collect();
                Ok(LogSlice { lines, from: before.from, more_before: before.more_before, ..after })
            }
        }
    }

    fn before(&self, place: u64, count: usize) -> io::Result<LogSlice> {
        let wanted = Wanted { last: count, ..self.wanted.clone() };
        let (lines, start) = lines_before(self.context, &self.log, &wanted, &self.owners, place)?;
        let is_full = lines.len() >= count;
        let from = lines.first().filter(|_| is_full).map_or(start, |first| first.offset);
        Ok(LogSlice {
            lines: lines.into_iter().map(LineView::of).collect(),
            from: Place(from),
            to: Place(place),
            more_before: from > 0,
            more_after: false,
        })
    }

    fn after(&self, place: u64, count: usize) -> io::Result<LogSlice> {
        let mut file = logs::open(&self.log.path)?;
        let encoding = encoding_of(&mut file)?;
        let start = place.saturating_sub(RUN_UP) & !1;
        let mut lines = Vec::new();
        let mut tell = |line: LogLine| {
            if line.offset >= place {
                lines.push(LineView::of(line));
            }
            if lines.len() >= count { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let end = self.log.bytes.min(place.saturating_add(FAR));
        let stretch = (&mut file, encoding, start..end);
        let to = read_between(self.context, &self.log, &self.wanted, &self.owners, stretch, &mut tell)?;
        let to = to.max(place);
        Ok(LogSlice {
            lines,
            from: Place(place),
            to: Place(to),
            more_before: place > 0,
            more_after: to < self.log.bytes,
        })
    }

    /// Where the last whole line ends; a line without a break counts once its writer rests.
    fn end(&self) -> io::Result<u64> {
        if logs::is_at_rest(&self.log) {
            return Ok(self.log.bytes);
        }
        logs::end_of_whole_lines(&mut logs::open(&self.log.path)?, 0, self.log.bytes)
    }

    /// Searches the whole log for a text, among the lines that are wanted, and tells how far it is.
    pub(crate) fn search(
        &self,
        text: &str,
        mut tell: impl FnMut(LogHits) -> ControlFlow<()>,
    ) -> io::Result<()> {
        let mut file = logs::open(&self.log.path)?;
        let encoding = encoding_of(&mut file)?;
        let text = text.to_lowercase();
        let mut hits = LogHits { new: vec![], count: 0, searched: 0, done: false };
        let (mut told, mut places) = (Instant::now(), 0);
        let bytes = self.log.bytes;
        // Piece by piece, so that a search that nobody waits for any more ends even where nothing is found
        let mut from = 0;
        while from < bytes {
            let end = bytes.min(from + 4 * 1024 * 1024);
            let start = from.saturating_sub(RUN_UP) & !1;
            let mut take = |line: LogLine| {
                if line.offset >= from && line.text.to_lowercase().contains(&text) {
                    hits.count = hits.count.saturating_add(1);
                    if places < MOST_HITS {
                        places += 1;
                        hits.new.push(Place(line.offset));
                    }
                }
                ControlFlow::Continue(())
            };
            let stretch = (&mut file, encoding, start..end);
            let to = read_between(self.context, &self.log, &self.wanted, &self.owners, stretch, &mut take)?;
            // A line that is longer than a piece is passed over
            from = if to > from { to } else { end };
            if told.elapsed() >= TOLD && from < bytes {
                hits.searched = u32::try_from(from.saturating_mul(100) / bytes).unwrap_or(100);
                let so_far = LogHits { new: std::mem::take(&mut hits.new), ..hits.clone() };
                if tell(so_far).is_break() {
                    return Ok(());
                }
                told = Instant::now();
            }
        }
        // Whether anybody still listens does not matter at the end
        let _ = tell(LogHits { searched: 100, done: true, ..hits });
        Ok(())
    }

    /// Where the lines begin that prove findings.
    pub(crate) fn marks(&self, findings: &[FindingView]) -> io::Result<Vec<LogMark>> {
        let name = self.context.home.shorten(&self.log.path);
        let mut proofs: Vec<(u32, &FindingView)> = findings
            .iter()
            .flat_map(|finding| finding.evidence.iter().map(move |line| (line, finding)))
            .filter(|(line, _)| line.file == name)
            .map(|(line, finding)| (line.line, finding))
            .collect();
        proofs.sort_by_key(|(line, _)| *line);
        let mut marks = Vec::new();
        let mut proofs = proofs.into_iter().peekable();
        let mut reader = LineReader::new(logs::open(&self.log.path)?);
        while proofs.peek().is_some()
            && let Some(line) = reader.next_line()?
        {
            while let Some((number, finding)) =
                proofs.next_if(|(number, _)| u64::from(*number) <= line.number)
            {
                marks.push(LogMark {
                    at: Place(line.offset),
                    line: number,
                    finding: finding.id.clone(),
                    message: finding.message.clone(),
                    severity: finding.severity,
                });
            }
        }
        Ok(marks)
    }

    /// Everything that is written behind a place from now on.
    pub(crate) fn follow(self, Place(place): Place) -> Follower {
        let path = self.log.path.clone();
        let follow = Follow::new(self.context.clone(), self.wanted).reading_on(path.clone(), place);
        Follower { follow, path, last: place }
    }
}

/// The logs that tell of a server: its own, the one written last first, then those of all servers.
fn candidates(context: &Context, server: &str) -> Vec<LogFile> {
    let server = ServerName::from(server);
    let mut logs = context.home.log_files().files;
    logs.reverse();
    let (own, rest): (Vec<_>, Vec<_>) =
        logs.into_iter().partition(|log| log.kind == LogKind::Server(server.clone()));
    own.into_iter().chain(rest.into_iter().filter(|log| !matches!(log.kind, LogKind::Server(_)))).collect()
}

/// New lines of one log, in batches.
#[derive(Debug)]
pub struct Follower {
    follow: Follow,
    path: PathBuf,
    last: u64,
}

impl Follower {
    /// Ends it from elsewhere.
    pub fn ender(&self) -> Ender {
        self.follow.ender()
    }

    /// Tells what is written, until `tell` breaks off or somebody ends it. Sleeps while nothing is.
    pub fn run(self, mut tell: impl FnMut(NewLines) -> ControlFlow<()>) {
        let Self { follow, path, mut last } = self;
        let file = path.display().to_string();
        let ender = follow.ender();
        let (sender, lines) = sync_channel::<LogLine>(2 * BATCH);
        std::thread::spawn(move || {
            follow.run(|line| {
                if line.file == file && sender.send(line).is_err() {
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            });
        });
        while let Ok(first) = lines.recv() {
            let until = Instant::now() + GATHERED;
            let mut batch = NewLines { anew: first.offset < last, lines: vec![] };
            let mut next = Ok(first);
            while let Ok(line) = next {
                let is_anew = line.offset < last;
                last = line.offset;
                if is_anew && !batch.lines.is_empty() {
                    let before = std::mem::replace(&mut batch, NewLines { anew: true, lines: vec![] });
                    if tell(before).is_break() {
                        return ender.end();
                    }
                }
                batch.lines.push(LineView::of(line));
                next = if batch.lines.len() < BATCH {
                    lines.recv_timeout(until.saturating_duration_since(Instant::now()))
                } else {
                    Err(RecvTimeoutError::Timeout)
                };
            }
            if tell(batch).is_break() {
                return ender.end();
            }
        }
    }
}

impl LineView {
    fn of(line: LogLine) -> Self {
        let mut text = line.text;
        let cut = text.char_indices().nth(LONGEST_SHOWN).map(|(at, _)| at);
        if let Some(at) = cut {
            text.truncate(at);
        }
        let entry = parse_line(&text);
        // What it says is a part of the line, unless nothing is left of it
        let start = (entry.text.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
        let start = start.filter(|start| text.is_char_boundary(*start) && *start < text.len()).unwrap_or(0);
        let says = u32::try_from(text[..start].encode_utf16().count()).unwrap_or(0);
        Self {
            at: Place(line.offset),
            time: line.time.map(|time| time.to_string()),
            level: entry.level.map(LogLevel::from),
            direction: Direction::of(&entry),
            says,
            cut: cut.is_some(),
            text,
        }
    }
}

#[cfg(test)]
mod tests;
