//! The last lines of every log, read from the end.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::{ControlFlow, Range};

use bridgekeeper_claude::{LogFile, LogKind};
use bridgekeeper_doctor::log_scan::LogScan;
use bridgekeeper_doctor::text::Language;
use bridgekeeper_formats::log::{Encoding, LineEnd, LineReader, Position};
use bridgekeeper_model::ServerName;
use serde::Serialize;

use super::wanted::{LineSieve, Owners};
use super::{LogLine, Wanted};
use crate::context::Context;
use crate::logs;
use crate::view::{Moment, NotChecked, story};

/// How much of a file's end is read first, in bytes.
const FIRST_WINDOW: u64 = 256 * 1024;
/// How much is read at most, where few lines are what is looked for.
const LARGEST_WINDOW: u64 = 64 * 1024 * 1024;
/// How much of a file's end its story is told from.
const STORY_WINDOW: u64 = 1024 * 1024;

/// The last lines of a home's logs.
#[derive(Debug, Clone, Serialize)]
pub struct Logs {
    /// One part per file, the one written last at the end.
    pub logs: Vec<LogPage>,
    /// Files and folders that could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_checked: Vec<NotChecked>,
    /// Every folder that was looked in.
    #[serde(skip)]
    pub folders: Vec<std::path::PathBuf>,
}

/// The end of one log.
#[derive(Debug, Clone, Serialize)]
pub struct LogPage {
    /// The file.
    pub file: String,
    /// The server whose log it is.
    pub server: Option<ServerName>,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many bytes of its end were searched; less than its size where enough was found before.
    pub searched: u64,
    /// What its end tells of the server's newest runs, oldest first.
    pub story: Vec<Moment>,
    /// The lines, oldest first.
    pub lines: Vec<LogLine>,
}

/// The last wanted lines of every log.
pub(crate) fn page(context: &Context, wanted: &Wanted) -> Logs {
    let found = context.home.log_files();
    let mut not_checked: Vec<NotChecked> = found.unreadable.iter().map(logs::unreadable).collect();
    let owners = Owners::of(&found.files);
    let mut pages = Vec::new();
    for log in found.files.iter().filter(|log| wanted.concerns(log)) {
        match page_of(context, log, wanted, &owners) {
            Ok(page) => {
                if !page.lines.is_empty() || is_own(log, wanted) {
                    pages.push(page);
                }
            }
            Err(error) => {
                let check = log.path.display().to_string();
                not_checked.push(NotChecked { check, why: error.to_string() });
            }
        }
    }
    Logs { logs: pages, not_checked, folders: found.folders }
}

/// A server's own log is shown even where it holds no line that was looked for.
fn is_own(log: &LogFile, wanted: &Wanted) -> bool {
    wanted.server.is_some() && matches!(log.kind, LogKind::Server(_))
}

fn page_of(context: &Context, log: &LogFile, wanted: &Wanted, owners: &Owners) -> io::Result<LogPage> {
    let (lines, searched) = last_lines(context, log, wanted, owners)?;
    let server = match &log.kind {
        LogKind::Server(server) => Some(server.clone()),
        LogKind::Mcp | LogKind::Main | LogKind::Window => None,
    };
    let story = match &server {
        Some(server) => story_of(context, log, server)?,
        None => Vec::new(),
    };
    Ok(LogPage { file: log.path.display().to_string(), server, bytes: log.bytes, searched, story, lines })
}

/// The last wanted lines of a file, and how much of its end was searched for them.
pub(super) fn last_lines(
    context: &Context,
    log: &LogFile,
    wanted: &Wanted,
    owners: &Owners,
) -> io::Result<(Vec<LogLine>, u64)> {
    let (lines, start) = lines_before(context, log, wanted, owners, log.bytes)?;
    Ok((lines, log.bytes - start))
}

/// The last wanted lines before a place where a line begins, and where the search for them began.
pub(super) fn lines_before(
    context: &Context,
    log: &LogFile,
    wanted: &Wanted,
    owners: &Owners,
    end: u64,
) -> io::Result<(Vec<LogLine>, u64)> {
    let mut file = logs::open(&log.path)?;
    let encoding = encoding_of(&mut file)?;
    let end = end.min(log.bytes);
    let mut window = FIRST_WINDOW;
    loop {
        let start = start_of(end.saturating_sub(window), encoding);
        let mut lines = VecDeque::new();
        let mut enough = |line| {
            if lines.len() == wanted.last {
                lines.pop_front();
            }
            lines.push_back(line);
            ControlFlow::Continue(())
        };
        read_between(context, log, wanted, owners, (&mut file, encoding, start..end), &mut enough)?;
        if lines.len() >= wanted.last || start == 0 || window >= LARGEST_WINDOW {
            return Ok((lines.into(), start));
        }
        window *= 4;
    }
}

/// Tells the wanted lines that begin in a stretch of the file, and where the line after the last one begins. What
/// began before the stretch is left out.
pub(super) fn read_between(
    context: &Context,
    log: &LogFile,
    wanted: &Wanted,
    owners: &Owners,
    (file, encoding, stretch): (&mut File, Encoding, Range<u64>),
    tell: &mut impl FnMut(LogLine) -> ControlFlow<()>,
) -> io::Result<u64> {
    let mut sieve = LineSieve::new(log, context.zone.clone());
    let Range { start, end } = stretch;
    file.seek(SeekFrom::Start(start))?;
    let position = Position { offset: start, lines: 0, encoding };
    let mut reader = LineReader::resume(file.take(end.saturating_sub(start)), position);
    let mut is_cut = start > 0;
    while let Some(line) = reader.next_line()? {
        if std::mem::take(&mut is_cut) {
            continue;
        }
        let kept = sieve.take(&line.text(), line.offset, wanted, owners);
        // A piece of a line is shown when it is whole
        let is_whole = line.end != LineEnd::Half || (end >= log.bytes && logs::is_at_rest(log));
        let kept = kept.filter(|_| is_whole);
        if kept.is_some_and(|kept| tell(kept).is_break()) {
            return Ok(reader.position().offset);
        }
        if !is_whole {
            return Ok(reader.position().offset);
        }
    }
    let behind = reader.position().offset;
    // A last line without a break that is at rest was told
    Ok(if end >= log.bytes && logs::is_at_rest(log) { behind.max(end) } else { behind })
}

/// What the first bytes tell.
pub(super) fn encoding_of(file: &mut File) -> io::Result<Encoding> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = LineReader::new(file.take(4096));
    reader.next_line()?;
    Ok(reader.position().encoding)
}

/// A place where a character begins.
fn start_of(offset: u64, encoding: Encoding) -> u64 {
    match encoding {
        Encoding::Bytes => offset,
        Encoding::Utf16Le | Encoding::Utf16Be => offset & !1,
    }
}

fn story_of(context: &Context, log: &LogFile, server: &ServerName) -> io::Result<Vec<Moment>> {
    let mut file = logs::open(&log.path)?;
    let encoding = encoding_of(&mut file)?;
    let start = start_of(log.bytes.saturating_sub(STORY_WINDOW), encoding);
    file.seek(SeekFrom::Start(start))?;
    let mut scan = LogScan::new().zone(context.zone.clone());
    let name = log.path.display().to_string();
    scan.read_on(&name, Position { offset: start, lines: 0, encoding }, file.take(log.bytes - start))?;
    Ok(scan.track(server).map(|track| story::moments(track, &Language::default())).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use bridgekeeper_claude::Home;
    use bridgekeeper_model::Os;
    use jiff::tz::TimeZone;

    use super::*;

    fn world(text: &[u8]) -> (tempfile::TempDir, Context) {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join(".config/Claude/logs/mcp-server-notes.log");
        std::fs::create_dir_all(log.parent().unwrap()).unwrap();
        File::create(log).unwrap().write_all(text).unwrap();
        let mut context = Context::new(Home::stand_in(folder.path(), Os::Linux));
        context.zone = TimeZone::UTC;
        (folder, context)
    }

    fn texts(logs: &Logs) -> Vec<&str> {
        logs.logs.iter().flat_map(|page| &page.lines).map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn only_the_end_of_a_large_log_is_read() {
        let mut text = Vec::new();
        for number in 0..200_000 {
            writeln!(text, "2026-03-02T08:15:00.000Z [notes] [info] line {number}").unwrap();
        }
        let (_folder, context) = world(&text);
        let logs = page(&context, &Wanted { last: 2, ..Wanted::default() });
        assert!(texts(&logs)[1].ends_with("line 199999"), "{logs:?}");
        assert_eq!(logs.logs[0].searched, FIRST_WINDOW);
        let offset = usize::try_from(logs.logs[0].lines[0].offset).unwrap();
        assert!(
            text[offset..].ends_with(b"line 199998\n2026-03-02T08:15:00.000Z [notes] [info] line 199999\n")
        );
        // What stands farther back is searched for
        let search = Some("line 150000".to_owned());
        let found = page(&context, &Wanted { search, last: 1, ..Wanted::default() });
        assert!(texts(&found)[0].ends_with("line 150000"));
        assert!(found.logs[0].searched < found.logs[0].bytes);
    }

    #[test]
    fn lines_are_sifted_by_level_and_masked_across_lines() {
        let text = "2026-03-02T08:15:00.000Z [notes] [info] Initializing server...\n\
            2026-03-02T08:15:00.000Z [notes] [error] it broke\n\
            token ghp_16C7e42F292c6912E771\n0c838347Ae178B4a\n\
            Authorization: Bearer k29f3aa81c\n";
        let (_folder, context) = world(text.as_bytes());
        let errors = page(
            &context,
            &Wanted { level: Some(bridgekeeper_formats::log::Level::Warn), ..Wanted::default() },
        );
        assert_eq!(texts(&errors), ["2026-03-02T08:15:00.000Z [notes] [error] it broke"]);
        let all = page(&context, &Wanted::default());
        assert_eq!(texts(&all)[2..], ["token ••••", "••••", "Authorization: Bearer ••••"]);
        assert_eq!(all.logs[0].story[0].label, "Started");
        let search = Some("k29f3aa81c".to_owned());
        assert!(texts(&page(&context, &Wanted { search, ..Wanted::default() })).is_empty());
    }

    #[test]
    fn utf_16_is_read_from_the_middle_of_a_file() {
        let mut text = vec![0xFF, 0xFE];
        for number in 0..20_000 {
            text.extend(format!("zeile {number} ä\r\n").encode_utf16().flat_map(u16::to_le_bytes));
        }
        let (_folder, context) = world(&text);
        let logs = page(&context, &Wanted { last: 1, ..Wanted::default() });
        assert_eq!(texts(&logs), ["zeile 19999 ä"]);
    }
}
