//! A home's logs, read on where the last look ended.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::SystemTime;

use bridgekeeper_claude::LogFile;
use bridgekeeper_doctor::log_scan::LogScan;
use bridgekeeper_formats::log::Position;
use file_id::FileId;

use crate::context::Context;
use crate::logs::{self, HomeLogs};
use crate::view::NotChecked;

/// Logs that are followed. Only what was appended is read; where a file was replaced, shortened or written anew all of
/// them are read again, because what they had said no longer stands anywhere.
pub(crate) struct FollowedLogs {
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
    pub(crate) fn new(context: &Context) -> Self {
        Self { logs: nothing_read(context), places: BTreeMap::new() }
    }

    pub(crate) fn logs(&self) -> &HomeLogs {
        &self.logs
    }

    /// Reads what was written since the last time.
    pub(crate) fn catch_up(&mut self, context: &Context) {
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
        if known.is_some_and(|known| logs::bytes_before(&mut file, from).is_ok_and(|now| now != known.before))
        {
            return Ok(Err(NotTheSame));
        }
        let end = if logs::is_at_rest(log) {
            log.bytes
        } else {
            logs::end_of_whole_lines(&mut file, from.offset, log.bytes)?
        };
        file.seek(SeekFrom::Start(from.offset))?;
        let name = log.path.display().to_string();
        let position =
            self.logs.scan.read_on(&name, from, (&mut file).take(end.saturating_sub(from.offset)))?;
        let before = logs::bytes_before(&mut file, position)?;
        let place = Place { id, bytes: log.bytes, modified: log.modified, position, before };
        self.places.insert(log.path.clone(), place);
        Ok(Ok(()))
    }
}

fn nothing_read(context: &Context) -> HomeLogs {
    let scan = LogScan::new().zone(context.zone.clone());
    HomeLogs { scan, files: Vec::new(), folders: Vec::new(), not_read: Vec::new() }
}
