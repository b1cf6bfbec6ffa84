//! Lines that a looping server wrote again and again.
//!
//! A server that Claude restarts in a loop fills gigabytes with the same few lines. After a line was read so often
//! it is passed over, and the end of the file is read once more in full, for it tells the present.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::io::{self, Read};

use bridgekeeper_formats::log::{Encoding, Position};

/// How often a line is read before it is passed over.
const OFTEN: u8 = 64;
/// Texts that are counted at once.
const COUNTED: usize = 4096;
/// How much of the end is read in full.
const TAIL: usize = 1024 * 1024;

/// Counts lines by their text.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// By the text as it is.
    exact: HashMap<u64, u8>,
    /// By the text with its long numbers taken for one: ports, process ids, request ids.
    alike: HashMap<u64, u8>,
    /// Whether a line was passed over.
    pub(super) passed: bool,
}

impl Repeats {
    /// Whether this line was read often enough. Counts it if not.
    pub(super) fn is_known(&mut self, line: &[u8]) -> bool {
        let line = without_time(line);
        let known = is_often(&mut self.exact, fingerprint(line))
            || is_often(&mut self.alike, fingerprint_of_words(line));
        self.passed |= known;
        known
    }
}

fn is_often(seen: &mut HashMap<u64, u8>, key: u64) -> bool {
    if seen.len() > COUNTED {
        seen.clear();
    }
    let count = seen.entry(key).or_default();
    if *count >= OFTEN {
        return true;
    }
    *count += 1;
    false
}

/// Claude's time stamp and the bridge's have a fixed width; whatever else may stand there makes two lines
/// different, no more.
fn without_time(line: &[u8]) -> &[u8] {
    let year = line.strip_prefix(b"[").unwrap_or(line);
    match year {
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', ..] => year.get(24..).unwrap_or(line),
        _ => line,
    }
}

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Eight bytes at a time: this runs over every line that holds a needle.
fn fingerprint(bytes: &[u8]) -> u64 {
    let mut chunks = bytes.chunks_exact(8);
    let mut sum = bytes.len() as u64;
    for chunk in &mut chunks {
        let word = chunk.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        sum = (sum ^ word).wrapping_mul(ODD).rotate_left(29);
    }
    let rest = chunks.remainder().iter().fold(1_u64, |word, byte| word << 8 | u64::from(*byte));
    let mixed = (sum ^ rest).wrapping_mul(ODD);
    mixed ^ (mixed >> 31)
}

/// The same for lines that differ in numbers of four and more digits only. Shorter ones may be a status or a code.
fn fingerprint_of_words(bytes: &[u8]) -> u64 {
    let mut sum = ODD;
    let mut digits = 0_u32;
    let mut mix = |byte: u8| sum = (sum ^ u64::from(byte)).wrapping_mul(ODD).rotate_left(23);
    let mut short = [0_u8; 4];
    for byte in bytes.iter().copied().chain([b'\n']) {
        if byte.is_ascii_digit() {
            if let Some(place) = short.get_mut(digits as usize) {
                *place = byte;
            }
            digits += 1;
            continue;
        }
        match digits {
            0 => {}
            1..=3 => short[..digits as usize].iter().for_each(|digit| mix(*digit)),
            _ => mix(b'0'),
        }
        digits = 0;
        mix(byte);
    }
    sum
}

/// Passes a stream on and keeps its end.
#[derive(Debug)]
pub(super) struct KeepTail<R> {
    input: R,
    tail: VecDeque<u8>,
}

impl<R: Read> KeepTail<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, tail: VecDeque::new() }
    }

    /// The whole lines at the end, and where they begin. `end` is where the stream ended.
    pub(super) fn lines(mut self, end: Position) -> Option<(Vec<u8>, Position)> {
        let tail = self.tail.make_contiguous();
        let begin = memchr::memchr(b'\n', tail)? + 1;
        let lines = tail[begin..].to_vec();
        let breaks = memchr::memchr_iter(b'\n', &lines).count() as u64;
        let half = lines.len() - memchr::memrchr(b'\n', &lines).map_or(0, |last| last + 1);
        let offset = end.offset.checked_sub((lines.len() - half) as u64)?;
        Some((lines, Position { offset, lines: end.lines.checked_sub(breaks)?, encoding: Encoding::Bytes }))
    }
}

impl<R: Read> Read for KeepTail<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(room)?;
        let new = &room[read.saturating_sub(TAIL)..read];
        let over = (self.tail.len() + new.len()).saturating_sub(TAIL);
        self.tail.drain(..over);
        self.tail.extend(new);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_known_after_it_was_read_often_whatever_its_time() {
        let mut repeats = Repeats::default();
        let line = |second: u32| format!("2026-03-02T08:15:{second:02}.000Z [a] [error] spawn npx ENOENT");
        let read = (0..100).filter(|second| !repeats.is_known(line(second % 60).as_bytes())).count();
        assert_eq!((read, repeats.passed), (usize::from(OFTEN), true));
        assert!(!repeats.is_known(b"2026-03-02T08:15:00.000Z [b] [error] spawn npx ENOENT"));
        let port = |port: u32| format!("connect ECONNREFUSED 127.0.0.1:{port}");
        let read = (0..200).filter(|number| !repeats.is_known(port(40_000 + number).as_bytes())).count();
        assert_eq!(read, usize::from(OFTEN));
        let status = |status: u32| format!("HTTP {status}");
        let read = (400..500).filter(|number| !repeats.is_known(status(*number).as_bytes())).count();
        assert_eq!(read, 100, "a status is no mere number");
    }

    #[test]
    fn the_tail_knows_its_place() {
        let text = b"one\ntwo\nthree\nhalf";
        let mut input = KeepTail::new(&text[..]);
        io::copy(&mut input, &mut io::sink()).unwrap();
        let (lines, at) = input.lines(Position { offset: 14, lines: 3, encoding: Encoding::Bytes }).unwrap();
        assert_eq!((lines.as_slice(), at.offset, at.lines), (&b"two\nthree\nhalf"[..], 4, 1));
    }
}
