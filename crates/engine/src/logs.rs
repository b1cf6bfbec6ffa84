//! Log files as streams into the doctor's scan.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use bridgekeeper_claude::{LogFile, LogKind, Unreadable};
use bridgekeeper_doctor::log_scan::{Crash, LogScan, Session};
use bridgekeeper_formats::log::Position;
use bridgekeeper_model::{Finding, ServerName, Source, Verdict};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::context::Context;
use crate::error::EngineError;
use crate::view::NotChecked;

/// Bytes before the place where reading goes on that must be the ones that were read.
const REMEMBERED: usize = 1024;
/// A file that was not written for so long is not in the middle of a line.
const AT_REST: Duration = Duration::from_secs(2);
/// Longest line, in bytes, that is waited for.
const LONGEST_HALF: u64 = 1024 * 1024;

/// A log that somebody hands in.
pub struct LogInput<'a> {
    /// The name that the evidence will carry; `-` for standard input.
    pub name: String,
    /// Its bytes.
    pub input: Box<dyn Read + 'a>,
}

impl std::fmt::Debug for LogInput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogInput").field("name", &self.name).finish_non_exhaustive()
    }
}

impl LogInput<'static> {
    /// Opens a file.
    pub fn open(path: PathBuf) -> Result<Self, EngineError> {
        match open(&path) {
            Ok(file) => Ok(Self { name: path.display().to_string(), input: Box::new(file) }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(EngineError::NoSuchFile { path }),
            Err(error) => Err(EngineError::Unreadable { path, why: error.to_string() }),
        }
    }
}

impl LogInput<'static> {
    /// Opens every log in a folder, the one written last at the end: Claude's where there are any, else every file that
    /// ends in `.log` or `.txt`.
    pub fn open_folder(folder: &std::path::Path) -> Result<Vec<Self>, EngineError> {
        let unreadable =
            |error: io::Error| EngineError::Unreadable { path: folder.to_owned(), why: error.to_string() };
        let mut files: Vec<(Option<SystemTime>, PathBuf)> = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if let Some(metadata) = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file) {
                files.push((metadata.modified().ok(), path));
            }
        }
        files.sort();
        let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_claudes = |path: &PathBuf| LogKind::of_name(&name(path)).is_some();
        let is_log = |path: &PathBuf| path.extension().is_some_and(|end| end == "log" || end == "txt");
        let any_claudes = files.iter().any(|(_, path)| is_claudes(path));
        let logs = files.into_iter().map(|(_, path)| path);
        let logs: Vec<PathBuf> =
            logs.filter(|path| if any_claudes { is_claudes(path) } else { is_log(path) }).collect();
        if logs.is_empty() {
            let why = "no log stands in this folder".to_owned();
            return Err(EngineError::Unreadable { path: folder.to_owned(), why });
        }
        logs.into_iter().map(Self::open).collect()
    }
}

/// What handed-in logs say.
#[derive(Debug, Clone, Serialize)]
pub struct LogDiagnosis {
    /// The sum of it.
    pub verdict: Verdict,
    /// What was found, the root cause first.
    pub findings: Vec<Finding>,
    /// Rules that could not be carried out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_checked: Vec<NotChecked>,
}

/// Reads the inputs one after the other.
pub(crate) fn diagnose(
    inputs: Vec<LogInput<'_>>,
    server: Option<ServerName>,
    zone: TimeZone,
) -> Result<LogDiagnosis, EngineError> {
    let mut scan = LogScan::new().zone(zone);
    if let Some(server) = server {
        scan = scan.only(server);
    }
    for LogInput { name, input } in inputs {
        scan.read(&name, input).map_err(|source| EngineError::BrokeOff { name, source })?;
    }
    let diagnosis = scan.diagnosis();
    Ok(LogDiagnosis {
        verdict: diagnosis.verdict,
        findings: diagnosis.findings,
        not_checked: diagnosis.crashed.iter().map(crashed).collect(),
    })
}

/// All of a home's logs, read.
pub(crate) struct HomeLogs {
    pub(crate) scan: LogScan,
    pub(crate) files: Vec<LogFile>,
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) not_read: Vec<NotChecked>,
}

impl HomeLogs {
    /// Reads every log of the home, the one written last at the end.
    pub(crate) fn read(context: &Context) -> Self {
        let logs = context.home.log_files();
        let mut scan = LogScan::new().zone(context.zone.clone());
        let mut not_read: Vec<NotChecked> = logs.unreadable.iter().map(unreadable).collect();
        for log in &logs.files {
            let name = log.path.display().to_string();
            if let Err(error) = open(&log.path).and_then(|file| scan.read(&name, file)) {
                not_read.push(NotChecked { check: name, why: error.to_string() });
            }
        }
        Self { scan, files: logs.files, folders: logs.folders, not_read }
    }

    /// The servers that asked for a sign-in through a browser, or broke at it.
    pub(crate) fn signing_in(&self) -> BTreeSet<ServerName> {
        let asked = self.scan.tracks().filter_map(|(_, server, track)| {
            server.filter(|_| track.sessions().any(|session| session.sign_in.is_some()))
        });
        let findings = self.scan.diagnosis().findings;
        let broke = findings.iter().filter(|finding| finding.id.starts_with("oauth-"));
        asked.cloned().chain(broke.filter_map(|finding| finding.server.clone())).collect()
    }

    /// The servers that the newest logs tell of, and where they are listed. What an old log tells of, or the old part
    /// of a log that all servers share, may be long gone.
    pub(crate) fn recent_servers(&self, findings: &[Finding]) -> Vec<(ServerName, Source)> {
        let mut last_lines: BTreeMap<(&str, &ServerName), Option<Timestamp>> = BTreeMap::new();
        let mut note = |file, server, time: Option<Timestamp>| {
            let last = last_lines.entry((file, server)).or_default();
            *last = (*last).max(time);
        };
        for (file, server, track) in self.scan.tracks() {
            let last = track.sessions().filter_map(Session::last).filter_map(|last| last.time).max();
            if let Some(server) = server {
                note(file, server, last);
            }
        }
        for finding in findings {
            let Some(server) = &finding.server else { continue };
            for line in &finding.evidence {
                note(&line.file, server, line.time);
            }
        }
        let newest_file = self.files.iter().filter_map(|log| log.modified).max();
        let mut servers: Vec<(ServerName, Source)> = Vec::new();
        for log in self.files.iter().filter(|log| is_recent(log.modified, newest_file)) {
            let source = if log.kind == LogKind::Window { Source::Connector } else { Source::Extension };
            if let LogKind::Server(server) = &log.kind {
                servers.push((server.clone(), source));
            }
            let name = log.path.display().to_string();
            let here = || last_lines.iter().filter(|((file, _), _)| *file == name);
            let newest = here().filter_map(|(_, time)| *time).max();
            let recent = here().filter(|(_, time)| {
                time.zip(newest).is_none_or(|(time, newest)| newest.duration_since(time) <= RECENT_LINES)
            });
            servers.extend(recent.map(|((_, server), _)| ((*server).clone(), source)));
        }
        servers
    }

    /// Whether evidence with this file's name comes from a log.
    pub(crate) fn is_log(&self, name: &str) -> bool {
        self.files.iter().any(|log| log.path.display().to_string() == name)
    }
}

/// How much older than the newest log another one may be, for its servers to count as still there.
const RECENT_FILE: Duration = Duration::from_hours(24);
/// The same for the lines of one log.
const RECENT_LINES: SignedDuration = SignedDuration::from_hours(24);

fn is_recent(written: Option<SystemTime>, newest: Option<SystemTime>) -> bool {
    let age = written.zip(newest).map(|(written, newest)| newest.duration_since(written));
    age.is_some_and(|age| age.is_ok_and(|age| age <= RECENT_FILE))
}

pub(crate) fn crashed(crash: &Crash) -> NotChecked {
    NotChecked { check: crash.rule.to_owned(), why: format!("the rule failed: {}", crash.message) }
}

pub(crate) fn unreadable(unreadable: &Unreadable) -> NotChecked {
    NotChecked { check: unreadable.path.display().to_string(), why: unreadable.why.clone() }
}

/// Opens a regular file; a pipe or device in its place would make us wait.
pub(crate) fn open(path: &std::path::Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    File::open(path)
}

/// Whether nobody has written the file for a while, so that its last line is whole even without a line break.
pub(crate) fn is_at_rest(log: &LogFile) -> bool {
    let age = log.modified.and_then(|modified| modified.elapsed().ok());
    age.is_some_and(|age| age > AT_REST)
}

/// Where the last whole line between `from` and `end` ends. A line without a break is still being written; only one
/// that is longer than any line of Claude's is taken as it is.
pub(crate) fn end_of_whole_lines(file: &mut File, from: u64, end: u64) -> io::Result<u64> {
    let start = end.saturating_sub(LONGEST_HALF).max(from);
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(end - start).read_to_end(&mut bytes)?;
    let Some(at) = bytes.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) else {
        return Ok(if end - start == LONGEST_HALF { end } else { from });
    };
    // In UTF-16 with the low byte first, the break's high byte follows
    let width = if bytes.get(at + 1) == Some(&0) { 2 } else { 1 };
    Ok(start + at as u64 + width)
}

/// The bytes right before a place, which must still be the same when reading goes on there.
pub(crate) fn bytes_before(file: &mut File, position: Position) -> io::Result<Vec<u8>> {
    let count = usize::try_from(position.offset).unwrap_or(REMEMBERED).min(REMEMBERED);
    let mut bytes = vec![0; count];
    file.seek(SeekFrom::Start(position.offset - count as u64))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}
