//! Lines out of a byte stream, in bounded memory.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};
use memchr::{memchr, memchr_iter, memrchr};

/// Longest line that is handed out, in bytes. The rest of a longer one is skipped.
const LONGEST_LINE: usize = 64 * 1024;
/// Bytes before the current line that stay at hand.
const HISTORY: usize = 16 * 1024;
/// Size of the buffer; a line, its history and room to read, and enough lines to see how they repeat.
const BUFFER: usize = 16 * LONGEST_LINE;

/// How the bytes of a log are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8, or a code page that extends ASCII (CP1252, an OEM page).
    #[default]
    Bytes,
    /// UTF-16, low byte first, as PowerShell's redirection writes.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

/// Where a reader stands in its file, so that another one can go on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Bytes from the start of the file.
    pub offset: u64,
    /// Lines before this place.
    pub lines: u64,
    /// What the start of the file told.
    pub encoding: Encoding,
}

/// How a line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// With a line break.
    Complete,
    /// It was longer than 64 KiB; the rest is left out.
    Cut,
    /// The file ends here. The writer may not be done with it.
    Half,
}

/// One line of a log.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Counted from 1.
    pub number: u64,
    /// Offset of its first byte in the file.
    pub offset: u64,
    /// Its bytes without the line break, UTF-8 unless the file is in another code page.
    pub bytes: &'a [u8],
    /// How it ended.
    pub end: LineEnd,
    /// How the bytes were before they became UTF-8.
    pub encoding: Encoding,
    /// What stands before it, up to 16 KiB, beginning anywhere in a line.
    pub before: &'a [u8],
}

impl<'a> Line<'a> {
    /// The line as text; bytes that are no UTF-8 are read as CP1252.
    pub fn text(&self) -> Cow<'a, str> {
        text(self.bytes)
    }
}

/// Bytes as text: UTF-8, else CP1252, in which no byte is lost.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    encoding_rs::UTF_8
        .decode_without_bom_handling_and_without_replacement(bytes)
        .unwrap_or_else(|| encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0)
}

/// Reads lines one after the other, or skips to the next that is worth a look. Memory is bounded whatever the
/// length of a line.
#[derive(Debug)]
pub struct LineReader<R> {
    input: R,
    decoder: Option<Utf16>,
    buffer: Box<[u8]>,
    /// The next line begins here.
    start: usize,
    /// Read up to here.
    filled: usize,
    reads: u64,
    position: Position,
    line_break: u8,
    at_end: bool,
    started: bool,
    /// The line at `start` has been handed out in part; the rest of it must go.
    skipping: bool,
    /// Where a last line without a line break begins.
    half: Option<Position>,
}

impl<R: Read> LineReader<R> {
    /// Reads a file from its first byte.
    pub fn new(input: R) -> Self {
        Self::resume(input, Position::default())
    }

    /// Reads on. `input` must stand at `position`.
    pub fn resume(input: R, position: Position) -> Self {
        let mut reader = Self {
            input,
            decoder: None,
            buffer: vec![0; BUFFER].into_boxed_slice(),
            start: 0,
            filled: 0,
            reads: 0,
            position,
            line_break: b'\n',
            at_end: false,
            started: false,
            skipping: false,
            half: None,
        };
        if position.offset > 0 {
            reader.decoder = Utf16::of(position.encoding);
        }
        reader
    }

    /// Where to go on: the begin of the next line, or of a last line that its writer may not be done with.
    pub fn position(&self) -> Position {
        self.half.unwrap_or(self.position)
    }

    /// What stands before this place, up to 16 KiB, beginning anywhere in a line. At the end of a file this is its
    /// tail, whether or not its lines were handed out.
    pub fn behind(&self) -> &[u8] {
        &self.buffer[self.start.saturating_sub(HISTORY)..self.start]
    }

    /// The next line.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.next_match(|_, _| Some(0))
    }

    /// Skips to the next line in which `find` sees something. `find` gets many lines at once and returns the
    /// offset of the first byte that it was looking for. It also gets how often was read so far: as long as that
    /// stays the same, so does the end of those lines.
    pub fn next_match(
        &mut self,
        mut find: impl FnMut(&[u8], u64) -> Option<usize>,
    ) -> io::Result<Option<Line<'_>>> {
        loop {
            let Some(window) = self.window()? else { return Ok(None) };
            match find(&self.buffer[self.start..window.end], self.reads) {
                Some(at) => {
                    let at = (self.start + at).min(window.end.saturating_sub(1));
                    let begin = memrchr(self.line_break, &self.buffer[self.start..at])
                        .map_or(self.start, |before| self.start + before + 1);
                    self.skip_to(begin);
                    return Ok(Some(self.take_line(window)));
                }
                None if window.whole => self.skip_to(window.end),
                None => self.skip_part(window),
            }
        }
    }

    /// Makes sure that at least one line, or as much of one as is handed out, is in the buffer.
    fn window(&mut self) -> io::Result<Option<Window>> {
        loop {
            if self.skipping {
                let rest = &self.buffer[self.start..self.filled];
                let (skip, found) = match memchr(self.line_break, rest) {
                    Some(at) => (at + 1, true),
                    None => (rest.len(), false),
                };
                let to = self.start + skip;
                self.advance(to);
                if found {
                    self.position.lines += 1;
                }
                self.skipping = !found && !self.at_end;
                if self.skipping {
                    self.fill()?;
                    continue;
                }
            }
            let rest = &self.buffer[self.start..self.filled];
            if let Some(last) = memrchr(self.line_break, rest) {
                return Ok(Some(Window { end: self.start + last + 1, whole: true }));
            }
            if rest.len() > LONGEST_LINE || (self.at_end && !rest.is_empty()) {
                let end = self.start + rest.len().min(LONGEST_LINE);
                return Ok(Some(Window { end, whole: false }));
            }
            if self.at_end {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    /// Hands out the line at `start`.
    fn take_line(&mut self, window: Window) -> Line<'_> {
        let begin = self.start;
        let (offset, number) = (self.position.offset, self.position.lines + 1);
        let broken = memchr(self.line_break, &self.buffer[begin..window.end]);
        let (mut end, mut how) = match broken {
            Some(length) => {
                self.advance(begin + length + 1);
                self.position.lines += 1;
                (begin + length, LineEnd::Complete)
            }
            None if self.at_end && window.end == self.filled => {
                self.half = Some(self.position);
                self.advance(window.end);
                (window.end, LineEnd::Half)
            }
            None => {
                self.advance(window.end);
                self.skipping = true;
                (window.end, LineEnd::Cut)
            }
        };
        if end - begin > LONGEST_LINE {
            end = begin + LONGEST_LINE;
            how = LineEnd::Cut;
        }
        if self.line_break == b'\n' && end > begin && self.buffer[end - 1] == b'\r' && how != LineEnd::Cut {
            end -= 1;
        }
        let history = begin.saturating_sub(HISTORY);
        Line {
            number,
            offset,
            bytes: &self.buffer[begin..end],
            end: how,
            encoding: self.position.encoding,
            before: &self.buffer[history..begin],
        }
    }

    /// Leaves whole lines behind.
    fn skip_to(&mut self, to: usize) {
        self.position.lines += memchr_iter(self.line_break, &self.buffer[self.start..to]).count() as u64;
        self.advance(to);
    }

    /// Leaves a piece of an over-long or last line behind.
    fn skip_part(&mut self, window: Window) {
        if self.at_end && window.end == self.filled {
            self.half = Some(self.position);
        } else {
            self.skipping = true;
        }
        self.advance(window.end);
    }

    fn advance(&mut self, to: usize) {
        let passed = &self.buffer[self.start..to];
        self.position.offset += match self.position.encoding {
            Encoding::Bytes => passed.len() as u64,
            Encoding::Utf16Le | Encoding::Utf16Be => utf16_bytes(passed),
        };
        self.start = to;
    }

    /// Reads more, keeping the history of the current line.
    fn fill(&mut self) -> io::Result<()> {
        let keep = self.start.saturating_sub(HISTORY);
        if keep > 0 {
            self.buffer.copy_within(keep..self.filled, 0);
            self.start -= keep;
            self.filled -= keep;
        }
        // What comes first may turn out to be UTF-16, which needs up to one and a half times its room as UTF-8.
        let limit = if self.started { self.buffer.len() } else { LONGEST_LINE };
        let room = &mut self.buffer[self.filled..limit];
        let read = match &mut self.decoder {
            Some(decoder) => decoder.read(&mut self.input, room)?,
            None => read_some(&mut self.input, room)?,
        };
        self.at_end = read == 0;
        self.filled += read;
        self.reads += 1;
        if !self.started && read > 0 {
            self.started = true;
            self.begin();
        }
        Ok(())
    }

    /// What the first bytes tell: encoding and line break.
    fn begin(&mut self) {
        if self.position.offset == 0 && self.decoder.is_none() {
            let (encoding, mark) = encoding_of(&self.buffer[..self.filled]);
            self.position.encoding = encoding;
            self.position.offset = mark as u64;
            if let Some(mut decoder) = Utf16::of(encoding) {
                let raw = self.buffer[mark..self.filled].to_vec();
                self.filled = decoder.decode(&raw, &mut self.buffer);
                self.decoder = Some(decoder);
            } else {
                self.start = mark;
            }
        }
        let seen = &self.buffer[self.start..self.filled];
        // Progress bars write lone carriage returns; they end lines only where nothing else does.
        if memchr(b'\n', seen).is_none() && memchr(b'\r', seen).is_some_and(|at| at + 1 < seen.len()) {
            self.line_break = b'\r';
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Window {
    end: usize,
    /// It ends with a line break.
    whole: bool,
}

fn read_some(input: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// The encoding and the length of the byte order mark.
fn encoding_of(start: &[u8]) -> (Encoding, usize) {
    match start {
        [0xFF, 0xFE, ..] => (Encoding::Utf16Le, 2),
        [0xFE, 0xFF, ..] => (Encoding::Utf16Be, 2),
        [0xEF, 0xBB, 0xBF, ..] => (Encoding::Bytes, 3),
        _ => {
            let sample = &start[..start.len().min(512) & !1];
            let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
            let pairs = sample.len() / 2;
            // A log is mostly ASCII: in UTF-16 most of every second byte is zero, and the others are not.
            if pairs >= 2 && zeros(1) * 2 > pairs && zeros(0) * 8 < pairs {
                (Encoding::Utf16Le, 0)
            } else if pairs >= 2 && zeros(0) * 2 > pairs && zeros(1) * 8 < pairs {
                (Encoding::Utf16Be, 0)
            } else {
                (Encoding::Bytes, 0)
            }
        }
    }
}

/// How many bytes this UTF-8 text took in UTF-16.
fn utf16_bytes(utf8: &[u8]) -> u64 {
    utf8.iter()
        .map(|byte| match byte {
            0x80..=0xBF => 0,
            0xF0..=0xFF => 4,
            _ => 2,
        })
        .sum()
}

struct Utf16 {
    decoder: Decoder,
    raw: Vec<u8>,
}

impl std::fmt::Debug for Utf16 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Utf16").field("encoding", &self.decoder.encoding().name()).finish_non_exhaustive()
    }
}

impl Utf16 {
    fn of(encoding: Encoding) -> Option<Self> {
        let encoding = match encoding {
            Encoding::Bytes => return None,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
        };
        Some(Self { decoder: encoding.new_decoder_without_bom_handling(), raw: Vec::new() })
    }

    /// Reads and decodes until at least one byte came out or the input ended. 0 means the end.
    fn read(&mut self, input: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
        loop {
            // One UTF-16 unit of two bytes becomes at most three bytes.
            self.raw.resize((room.len() / 3).clamp(2, LONGEST_LINE), 0);
            let mut raw = std::mem::take(&mut self.raw);
            let read = read_some(input, &mut raw)?;
            let written = self.decode(&raw[..read], room);
            self.raw = raw;
            if read == 0 || written > 0 {
                return Ok(written);
            }
        }
    }

    fn decode(&mut self, raw: &[u8], room: &mut [u8]) -> usize {
        let (_, _, written, _) = self.decoder.decode_to_utf8(raw, room, false);
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(u64, u64, String, LineEnd)> {
        let mut reader = LineReader::new(bytes);
        let mut all = Vec::new();
        while let Some(line) = reader.next_line().unwrap() {
            all.push((line.number, line.offset, line.text().into_owned(), line.end));
        }
        all
    }

    #[test]
    fn every_line_break_ends_a_line_and_the_last_line_may_be_half() {
        assert_eq!(
            lines(b"one\r\ntwo\n\nhalf"),
            [
                (1, 0, "one".to_owned(), LineEnd::Complete),
                (2, 5, "two".to_owned(), LineEnd::Complete),
                (3, 9, String::new(), LineEnd::Complete),
                (4, 10, "half".to_owned(), LineEnd::Half),
            ]
        );
        let texts: Vec<String> = lines(b"a\rb\rc").into_iter().map(|line| line.2).collect();
        assert_eq!(texts, ["a", "b", "c"]);
        assert_eq!(lines(b"10%\r20%\ndone\n").len(), 2, "a progress bar is one line");
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn utf16_is_read_with_and_without_its_mark() {
        for (big, mark) in [(false, true), (false, false), (true, true), (true, false)] {
            let mut bytes: Vec<u8> = if mark { vec![0xFF, 0xFE] } else { Vec::new() };
            if big {
                bytes.reverse();
            }
            for unit in "spawn npx ENOENT\r\nzwei €\r\n".encode_utf16() {
                bytes.extend(if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
            }
            let start = if mark { 2 } else { 0 };
            let read = lines(&bytes);
            assert_eq!(read[0], (1, start, "spawn npx ENOENT".to_owned(), LineEnd::Complete));
            assert_eq!(read[1], (2, start + 36, "zwei €".to_owned(), LineEnd::Complete));
        }
    }

    #[test]
    fn a_code_page_is_read_line_by_line() {
        let read = lines(b"caf\xE9\nna\xC3\xAFve\n");
        assert_eq!(read[0].2, "café");
        assert_eq!(read[1].2, "naïve");
    }

    #[test]
    fn an_endless_line_is_cut_and_the_next_one_is_whole() {
        let mut bytes = vec![b'x'; 3 * BUFFER];
        bytes.extend(b"\nnext\n");
        let read = lines(&bytes);
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].2.len(), read[0].3), (LONGEST_LINE, LineEnd::Cut));
        assert_eq!(read[1], (2, 3 * BUFFER as u64 + 1, "next".to_owned(), LineEnd::Complete));
        let short = [vec![b'y'; LONGEST_LINE + 10], b"\nnext".to_vec()].concat();
        let read = lines(&short);
        assert_eq!((read[0].3, read[1].2.as_str()), (LineEnd::Cut, "next"));
    }

    #[test]
    fn skipping_keeps_number_offset_and_history() {
        let mut bytes = Vec::new();
        for number in 1..=100_000 {
            bytes.extend(format!("line {number} is dull\n").bytes());
        }
        bytes.extend(b"needle\nend");
        let behind = |offset: u64| &bytes[usize::try_from(offset).unwrap()..];
        let mut reader = LineReader::new(&bytes[..]);
        let line = reader.next_match(|window, _| memchr::memmem::find(window, b"needle")).unwrap().unwrap();
        assert_eq!((line.number, &behind(line.offset)[..6]), (100_001, &b"needle"[..]));
        assert!(line.before.ends_with(b"line 100000 is dull\n"));
        let here = reader.position();
        assert_eq!(here.lines, 100_001);
        let mut on = LineReader::resume(behind(here.offset), here);
        let last = on.next_line().unwrap().unwrap();
        assert_eq!((last.number, last.bytes, last.end), (100_002, &b"end"[..], LineEnd::Half));
        assert!(on.next_line().unwrap().is_none());
    }
}
