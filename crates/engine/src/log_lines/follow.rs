//! Every new line of every log, as it is written.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, Seek as _, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use bridgekeeper_claude::LogFile;
use bridgekeeper_formats::log::{LineEnd, LineReader, Position};
use file_id::FileId;

use super::page::{encoding_of, last_lines};
use super::wanted::{LineSieve, Owners};
use super::{LogLine, Wanted};
use crate::context::Context;
use crate::logs;
use crate::watch::{Interest, Wake, Watch};

/// How often folders are looked at that the system cannot watch.
const POLL: Duration = Duration::from_secs(1);
/// How long after the last write a line without a break counts as whole.
const AT_REST: Duration = Duration::from_secs(3);

/// Logs that are followed.
///
/// A file is known by its identity, not its name: one that was renamed goes on where it was, and the new one under its
/// name is read from its start. One that became shorter is read from its start, too. A rotation that copies leaves a file
/// of which only the end is new: what nobody had read yet when the log was emptied.
#[derive(Debug)]
pub struct Follow {
    context: Context,
    wanted: Wanted,
    watch: Watch,
    files: HashMap<Key, Place>,
    inbox: Receiver<Turn>,
    requests: Sender<Turn>,
    /// The one file that somebody has read up to a place; nothing that was there before is told.
    read: Option<(PathBuf, u64)>,
}

/// Ends a [`Follow`] from another thread.
#[derive(Debug, Clone)]
pub struct Ender(Sender<Turn>);

impl Ender {
    /// Ends it.
    pub fn end(&self) {
        // It may have ended by itself
        let _ = self.0.send(Turn::End);
    }
}

#[derive(Debug)]
enum Turn {
    Look,
    End,
}

impl From<Wake> for Turn {
    fn from(Wake: Wake) -> Self {
        Self::Look
    }
}

/// What a file is known by: its identity, or its path where the system tells none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Identity(FileId),
    Path(PathBuf),
}

#[derive(Debug)]
struct Place {
    path: PathBuf,
    position: Position,
    sieve: LineSieve,
    /// The bytes right before the position.
    before: Vec<u8>,
    /// How long the file was at the last look.
    bytes: u64,
    /// What stands before the position was told of the log that this is a copy of. It may still be written.
    copied: bool,
    /// The line at the position has no break yet, and was not shown.
    half: bool,
}

impl Place {
    /// The file was written anew.
    fn start_again(&mut self) {
        self.position = Position::default();
        self.before.clear();
    }
}

impl Follow {
    /// Begins to follow. What is written from now on will be told.
    pub fn new(context: Context, wanted: Wanted) -> Self {
        let (requests, inbox) = mpsc::channel();
        let watch = Watch::new(requests.clone());
        Self { context, wanted, watch, files: HashMap::new(), inbox, requests, read: None }
    }

    /// Tells of that file alone what stands behind a place up to which it was read.
    #[must_use]
    pub(crate) fn reading_on(mut self, path: PathBuf, place: u64) -> Self {
        self.read = Some((path, place));
        self
    }

    /// Ends it from elsewhere.
    pub fn ender(&self) -> Ender {
        Ender(self.requests.clone())
    }

    /// Tells the last lines of each file and then every new one, until `tell` breaks off or somebody ends it. Sleeps
    /// while nothing is written.
    pub fn run(mut self, mut tell: impl FnMut(LogLine) -> ControlFlow<()>) {
        if self.begin(&mut tell).is_break() {
            return;
        }
        loop {
            if self.catch_up(&mut tell).is_break() || self.sleep().is_break() {
                return;
            }
        }
    }

    /// The end of what is there; watches before it looks, so that nothing is written unseen in between.
    fn begin(&mut self, tell: &mut impl FnMut(LogLine) -> ControlFlow<()>) -> ControlFlow<()> {
        self.watch_folders();
        let mut last = Vec::new();
        let logs = self.context.home.log_files().files;
        let owners = Owners::of(&logs);
        for log in logs {
            let Ok(mut place) = self.place_at_end(&log) else { continue };
            if let Some((path, read)) = &self.read {
                if *path == log.path {
                    Self::go_back(&log, &mut place, *read);
                }
                self.files.insert(key(&log), place);
                continue;
            }
            if self.wanted.concerns(&log)
                && let Ok((lines, _)) = last_lines(&self.context, &log, &self.wanted, &owners)
            {
                // What `place_at_end` leaves for later must not be told twice
                last.extend(lines.into_iter().filter(|line| line.offset < place.position.offset));
            }
            self.files.insert(key(&log), place);
        }
        last.sort_by_key(|line| line.time);
        last.into_iter().try_for_each(tell)
    }

    fn catch_up(&mut self, tell: &mut impl FnMut(LogLine) -> ControlFlow<()>) -> ControlFlow<()> {
        self.watch_folders();
        let logs = self.context.home.log_files().files;
        let keys: Vec<Key> = logs.iter().map(key).collect();
        let owners = Owners::of(&logs);
        // What is gone will not come back under the same identity
        self.files.retain(|known, _| keys.contains(known));
        // All before one of them is read: a copy goes on where its log was at the last look
        let new: Vec<(Key, Place)> = logs
            .iter()
            .zip(&keys)
            .filter_map(|(log, key)| Some((key.clone(), self.new_place(log, key)?)))
            .collect();
        self.files.extend(new);
        for (log, key) in logs.iter().zip(keys) {
            let Some(mut place) = self.files.remove(&key) else { continue };
            // A file that cannot be read now may be readable at the next look
            if place.path != log.path {
                place.path.clone_from(&log.path);
                place.sieve.rename(log);
            }
            let told = self.read_on(log, &mut place, &owners, tell).unwrap_or(ControlFlow::Continue(()));
            place.bytes = log.bytes.max(place.position.offset);
            self.files.insert(key, place);
            told?;
        }
        ControlFlow::Continue(())
    }

    fn read_on(
        &self,
        log: &LogFile,
        place: &mut Place,
        owners: &Owners,
        tell: &mut impl FnMut(LogLine) -> ControlFlow<()>,
    ) -> io::Result<ControlFlow<()>> {
        place.half = false;
        let unknown = place.copied && place.before.is_empty();
        if unknown || log.bytes <= place.position.offset {
            return Ok(ControlFlow::Continue(()));
        }
        if !self.wanted.concerns(log) {
            (place.position.offset, place.before) = (log.bytes, Vec::new());
            return Ok(ControlFlow::Continue(()));
        }
        let mut file = logs::open(&log.path)?;
        // Another file may have got the identity of one that was removed
        if !place.before.is_empty() && logs::bytes_before(&mut file, place.position)? != place.before {
            place.start_again();
            if place.copied {
                return Ok(ControlFlow::Continue(()));
            }
        }
        if place.position.offset == 0 {
            place.position.encoding = encoding_of(&mut file)?;
        }
        file.seek(SeekFrom::Start(place.position.offset))?;
        let mut reader = LineReader::resume(&mut file, place.position);
        while let Some(line) = reader.next_line()? {
            if line.end == LineEnd::Half && !is_old(log) {
                place.half = true;
                break;
            }
            let shown = place.sieve.take(&line.text(), line.offset, &self.wanted, owners);
            let whole = line.end != LineEnd::Half;
            if let Some(shown) = shown
                && tell(shown).is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
            if whole {
                place.position = reader.position();
            } else {
                // Nobody will finish it: what comes next is told as a line of its own
                place.position.offset = log.bytes.max(place.position.offset);
            }
        }
        drop(reader);
        place.before = logs::bytes_before(&mut file, place.position)?;
        Ok(ControlFlow::Continue(()))
    }

    /// A file that was there before: only what is appended is new.
    fn place_at_end(&self, log: &LogFile) -> io::Result<Place> {
        let mut file = logs::open(&log.path)?;
        let encoding = encoding_of(&mut file)?;
        let offset = logs::end_of_whole_lines(&mut file, 0, log.bytes)?;
        let position = Position { offset, lines: 0, encoding };
        let before = logs::bytes_before(&mut file, position)?;
        Ok(Place {
            path: log.path.clone(),
            position,
            sieve: self.sieve(log),
            before,
            bytes: log.bytes,
            copied: is_rotated(log),
            half: offset < log.bytes,
        })
    }

    /// Begins where somebody stopped to read. A file that is shorter by now is read from its start.
    fn go_back(log: &LogFile, place: &mut Place, read: u64) {
        let position = Position { offset: if read <= log.bytes { read } else { 0 }, ..place.position };
        let before = logs::open(&log.path).and_then(|mut file| logs::bytes_before(&mut file, position));
        (place.position, place.before) = (position, before.unwrap_or_default());
    }

    /// The place in a file that appeared or became shorter, which is its start unless a rotation copies it.
    fn new_place(&self, log: &LogFile, key: &Key) -> Option<Place> {
        if self.files.get(key).is_some_and(|place| place.bytes <= log.bytes) {
            return None;
        }
        let mut others = self.files.iter().filter(|(known, _)| *known != key).map(|(_, place)| place);
        let copied = is_rotated(log) && others.all(|place| place.path != log.path);
        let source = self.files.values().find(|place| copied && is_rotated_from(&log.path, &place.path));
        Some(Place {
            path: log.path.clone(),
            position: source.map_or_else(Position::default, |source| source.position),
            sieve: self.sieve(log),
            before: source.map_or_else(Vec::new, |source| source.before.clone()),
            bytes: log.bytes,
            copied,
            half: false,
        })
    }

    fn sieve(&self, log: &LogFile) -> LineSieve {
        LineSieve::new(log, self.context.zone.clone())
    }

    fn watch_folders(&mut self) {
        let folders = self.context.home.log_files().folders;
        self.watch.follow(&Interest { files: Vec::new(), folders });
    }

    fn sleep(&self) -> ControlFlow<()> {
        let waits = self.files.values().any(|place| place.half);
        let at_most = match (self.watch.polled().is_empty(), waits) {
            (true, false) => None,
            (true, true) => Some(AT_REST),
            (false, _) => Some(POLL),
        };
        let turn = match at_most {
            None => self.inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(time) => self.inbox.recv_timeout(time),
        };
        match turn {
            Ok(Turn::End) | Err(RecvTimeoutError::Disconnected) => return ControlFlow::Break(()),
            Ok(Turn::Look) | Err(RecvTimeoutError::Timeout) => {}
        }
        // One look serves every wake that has come meanwhile
        for turn in self.inbox.try_iter() {
            if matches!(turn, Turn::End) {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }
}

fn key(log: &LogFile) -> Key {
    file_id::get_file_id(&log.path).map_or_else(|_| Key::Path(log.path.clone()), Key::Identity)
}

/// Whether nobody has written the file for a while.
fn is_old(log: &LogFile) -> bool {
    let age = log.modified.and_then(|modified| modified.elapsed().ok());
    age.is_some_and(|age| age >= AT_REST)
}

/// `main.old.log`, `mcp.log.1`.
fn is_rotated(log: &LogFile) -> bool {
    current_name(&log.path).is_some()
}

fn is_rotated_from(path: &Path, current: &Path) -> bool {
    path.parent() == current.parent() && current_name(path).as_deref() == current.file_name()
}

/// The name under which a log was written before a rotation gave it this one.
fn current_name(path: &Path) -> Option<OsString> {
    let stem = Path::new(path.file_stem()?);
    if path.extension().is_some_and(|extension| extension != "log") {
        return Some(stem.into());
    }
    let name = stem.extension().filter(|extension| *extension == "old").and(stem.file_stem())?;
    Some(Path::new(name).with_extension("log").into())
}

#[cfg(test)]
mod tests;
