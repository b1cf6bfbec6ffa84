//! Log files as streams into the doctor's scan.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::Duration;

use bridgekeeper_claude::{LogFile, LogKind, Unreadable};
use bridgekeeper_doctor::log_scan::{Crash, LogScan};
use bridgekeeper_model::{Finding, ServerName, Verdict};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::context::Context;
use crate::error::EngineError;
use crate::view::NotChecked;

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

    /// The servers whose own log was written about as lately as the newest log was.
    pub(crate) fn recent_servers(&self) -> impl Iterator<Item = &ServerName> {
        let newest = self.files.iter().filter_map(|log| log.modified).max();
        let is_recent = move |log: &&LogFile| match (log.modified, newest) {
            (Some(written), Some(newest)) => newest.duration_since(written).is_ok_and(|age| age <= RECENT),
            _ => false,
        };
        self.files.iter().filter(is_recent).filter_map(|log| match &log.kind {
            LogKind::Server(server) => Some(server),
            LogKind::Mcp | LogKind::Main | LogKind::Window => None,
        })
    }

    /// Whether evidence with this file's name comes from a log.
    pub(crate) fn is_log(&self, name: &str) -> bool {
        self.files.iter().any(|log| log.path.display().to_string() == name)
    }
}

/// How much older than the newest log a server's log may be, for the server to count as still there.
const RECENT: Duration = Duration::from_hours(24);

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
