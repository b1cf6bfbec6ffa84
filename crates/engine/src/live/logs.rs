//! A home's logs, read on where the last look ended.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use bridgekeeper_claude::LogFile;
use bridgekeeper_doctor::log_scan::LogScan;
use bridgekeeper_formats::log::Position;
use file_id::FileId;

use crate::context::Context;
use crate::logs::{self, HomeLogs};
use crate::view::NotChecked;

/// Bytes before the place where reading goes on that must be the ones that were read.
const REMEMBERED: usize = 1024;
/// A file that was not written for so long is not in the middle of a line.
const AT_REST: Duration = Duration::from_secs(2);
/// Longest line, in bytes, that is waited for.
const LONGEST_HALF: u64 = 1024 * 1024;

/// Logs that are followed. Only what was appended is read; where a file was replaced, shortened or written anew all of
/// them are read again, because what they had said no longer stands anywhere.
pub(super) struct FollowedLogs {
    logs: HomeLogs,
    places: BTreeMap<PathBuf, Place>,
}

/// How far a file was read.
struct Place {
    id: Option<FileId>,
    bytes: u64,
    modified: Option<SystemTime>,
    position: Position,
    /// The bytes right before the position.
    before: Vec<u8>,
}

/// What was read is not what the file held when it was read before.
struct NotTheSame;

impl FollowedLogs {
    pub(super) fn new(context: &Context) -> Self {
        Self { logs: nothing_read(context), places: BTreeMap::new() }
    }

    pub(super) fn logs(&self) -> &HomeLogs {
        &self.logs
    }

    /// Reads what was written since the last time.
    pub(super) fn catch_up(&mut self, context: &Context) {
        if self.read_on(context).is_err() {
            *self = Self::new(context);
            // What changes even while it is read from its start is read on at the next look
            let _ = self.read_on(context);
        }
    }

    fn read_on(&mut self, context: &Context) -> Result<(), NotTheSame> {
        let found = context.home.log_files();
        if self.places.keys().any(|known| !found.files.iter().any(|log| log.path == *known)) {
            return Err(NotTheSame);
        }
        self.logs.not_read = found.unreadable.iter().map(logs::unreadable).collect();
        for log in &found.files {
            match self.read_file(log) {
                Ok(same) => same?,
                Err(error) => self
                    .logs
                    .not_read
                    .push(NotChecked { check: log.path.display().to_string(), why: error.to_string() }),
            }
        }
        self.logs.files = found.files;
        self.logs.folders = found.folders;
        Ok(())
    }

    fn read_file(&mut self, log: &LogFile) -> io::Result<Result<(), NotTheSame>> {
        let id = file_id::get_file_id(&log.path).ok();
        let known = self.places.get(&log.path);
        if let Some(known) = known {
            if known.id != id || log.bytes < known.bytes {
                return Ok(Err(NotTheSame));
            }
            if known.bytes == log.bytes && known.modified == log.modified {
                return Ok(Ok(()));
            }
        }
        let mut file = logs::open(&log.path)?;
        let from = known.map(|known| known.position).unwrap_or_default();
        if known.is_some_and(|known| bytes_before(&mut file, from).is_ok_and(|now| now != known.before)) {
            return Ok(Err(NotTheSame));
        }
        let end = if is_at_rest(log) { log.bytes } else { whole_lines(&mut file, from.offset, log.bytes)? };
        file.seek(SeekFrom::Start(from.offset))?;
        let name = log.path.display().to_string();
        let position =
            self.logs.scan.read_on(&name, from, (&mut file).take(end.saturating_sub(from.offset)))?;
        let before = bytes_before(&mut file, position)?;
        let place = Place { id, bytes: log.bytes, modified: log.modified, position, before };
        self.places.insert(log.path.clone(), place);
        Ok(Ok(()))
    }
}

fn nothing_read(context: &Context) -> HomeLogs {
    let scan = LogScan::new().zone(context.zone.clone());
    HomeLogs { scan, files: Vec::new(), folders: Vec::new(), not_read: Vec::new() }
}

/// Whether nobody has written the file for a while, so that its last line is whole even without a line break.
fn is_at_rest(log: &LogFile) -> bool {
    let age = log.modified.and_then(|modified| modified.elapsed().ok());
    age.is_some_and(|age| age > AT_REST)
}

/// Where the last whole line between `from` and `end` ends. A line without a break is still being written; only one
/// that is longer than any line of Claude's is taken as it is.
fn whole_lines(file: &mut File, from: u64, end: u64) -> io::Result<u64> {
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

fn bytes_before(file: &mut File, position: Position) -> io::Result<Vec<u8>> {
    let count = usize::try_from(position.offset).unwrap_or(REMEMBERED).min(REMEMBERED);
    let mut bytes = vec![0; count];
    file.seek(SeekFrom::Start(position.offset - count as u64))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}
