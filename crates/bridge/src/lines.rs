//! Framing on stdio: one message per line, UTF-8, no newline inside (MCP, *Transports*, stdio).

use std::io::{self, Read};

use memchr::{memchr, memchr2};

use crate::remains::Remains;

/// Longest line that is carried, in bytes. Of a longer one only the envelope is kept; the next line is read again.
pub(crate) const LONGEST_LINE: usize = 64 << 20;

const CHUNK: usize = 64 << 10;

/// What the host wrote.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// One line without its end, never empty.
    Text(Vec<u8>),
    /// What is left of a line beyond [`LONGEST_LINE`]: the envelopes of its messages, as far as they were found.
    TooLong(Vec<Vec<u8>>),
}

/// Takes lines out of what was read. A last line without an end counts.
#[derive(Debug)]
pub(crate) struct Lines {
    /// Filled up to `end`; what lies behind is room for the next read.
    buffer: Vec<u8>,
    /// Where the unread part begins and ends.
    start: usize,
    end: usize,
    /// How much of the unread part is known to hold no newline.
    searched: usize,
    /// Of the line that has turned out too long.
    skipped: Option<Box<Remains>>,
    longest: usize,
}

/// What one read brought.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filled {
    /// None at the end of the input.
    pub(crate) bytes: usize,
    /// The read could have brought more.
    #[cfg_attr(not(unix), expect(dead_code, reason = "a thread reads again and waits"))]
    pub(crate) room_left: bool,
}

impl Lines {
    pub(crate) const fn new() -> Self {
        Self::with_limit(LONGEST_LINE)
    }

    const fn with_limit(longest: usize) -> Self {
        Self { buffer: Vec::new(), start: 0, end: 0, searched: 0, skipped: None, longest }
    }

    /// The next whole line that is not blank; `None` if more has to be read first.
    pub(crate) fn next_line(&mut self) -> Option<Line> {
        loop {
            let unread = &self.buffer[self.start..self.end];
            let Some(offset) = memchr(b'\n', &unread[self.searched..]) else {
                self.searched = unread.len();
                if self.searched > self.longest || self.skipped.is_some() {
                    self.skipped.get_or_insert_default().read(unread);
                    self.empty();
                }
                return None;
            };
            let length = self.searched + offset;
            let line = self.take(length, length + 1);
            if line.is_some() {
                return line;
            }
        }
    }

    /// What is left at the end of the input.
    pub(crate) fn last_line(&mut self) -> Option<Line> {
        let length = self.end - self.start;
        self.take(length, length)
    }

    /// Reads once. To be called when there is no next line.
    pub(crate) fn fill(&mut self, source: &mut impl Read) -> io::Result<Filled> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() < self.end + CHUNK {
            self.buffer.resize(self.end + CHUNK, 0);
        }
        let room = &mut self.buffer[self.end..];
        let bytes = loop {
            match source.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        let room_left = bytes < room.len();
        self.end += bytes;
        Ok(Filled { bytes, room_left })
    }

    /// Takes the line of `length` bytes and moves behind it.
    fn take(&mut self, length: usize, next: usize) -> Option<Line> {
        let whole = &self.buffer[self.start..self.start + length];
        let text = whole.trim_ascii();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let too_long = length > self.longest;
        let line = match text {
            _ if let Some(mut remains) = self.skipped.take() => {
                remains.read(whole);
                Some(Line::TooLong(remains.end()))
            }
            _ if too_long => Some(Line::TooLong(Remains::of(whole))),
            [] => None,
            text => Some(Line::Text(text.to_vec())),
        };
        self.start += next;
        self.searched = 0;
        if self.start == self.end {
            self.empty();
        }
        line
    }

    fn empty(&mut self) {
        (self.start, self.end, self.searched) = (0, 0, 0);
        // One big message must not be paid for until the end.
        self.buffer.truncate(4 * CHUNK);
        self.buffer.shrink_to(4 * CHUNK);
    }
}

/// The message on one line. JSON may be broken into lines only between its tokens, where a space means the same.
pub(crate) fn on_one_line(mut message: Vec<u8>) -> Vec<u8> {
    let mut searched = 0;
    while let Some(at) = memchr2(b'\n', b'\r', &message[searched..]) {
        message[searched + at] = b' ';
        searched += at + 1;
    }
    message
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Hands out the given pieces, one per read.
    struct Pieces(std::collections::VecDeque<Vec<u8>>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some(mut piece) = self.0.pop_front() else { return Ok(0) };
            let taken = piece.len().min(buffer.len());
            buffer[..taken].copy_from_slice(&piece[..taken]);
            if taken < piece.len() {
                self.0.push_front(piece.split_off(taken));
            }
            Ok(taken)
        }
    }

    fn read_all(pieces: impl IntoIterator<Item = Vec<u8>>, longest: usize) -> Vec<Line> {
        // An empty read is the end of the input, so empty pieces are left out.
        let pieces = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
        let mut source = Pieces(pieces);
        let mut lines = Lines::with_limit(longest);
        let mut all = Vec::new();
        while lines.fill(&mut source).expect("no I/O error").bytes > 0 {
            all.extend(std::iter::from_fn(|| lines.next_line()));
        }
        all.extend(lines.last_line());
        all
    }

    fn naive(bytes: &[u8], longest: usize) -> Vec<Line> {
        bytes
            .split(|&byte| byte == b'\n')
            .filter_map(|line| {
                let text = line.trim_ascii();
                let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
                match text {
                    _ if line.len() > longest => Some(Line::TooLong(Remains::of(line))),
                    [] => None,
                    text => Some(Line::Text(text.to_vec())),
                }
            })
            .collect()
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_lines(
            pieces in prop::collection::vec(prop::collection::vec(prop::sample::select(b"a{}\"\n\r \xc3\xa4\xef\xbb\xbf".to_vec()), 0..12), 0..12),
        ) {
            let whole: Vec<u8> = pieces.concat();
            prop_assert_eq!(read_all(pieces, 8), naive(&whole, 8));
        }
    }

    #[test]
    fn a_last_line_without_an_end_counts() {
        assert_eq!(
            read_all([b"{}\r\n\n[1]".to_vec()], 100),
            [Line::Text(b"{}".to_vec()), Line::Text(b"[1]".to_vec())]
        );
    }

    #[test]
    fn a_line_beyond_the_limit_does_not_take_the_next_one_with_it() {
        let message = [br#"{"params":""#, &[b'x'; 300][..], br#"","id":7,"method":"m"}"#].concat();
        for pieces in [vec![message.clone()], message.chunks(64).map(<[u8]>::to_vec).collect()] {
            assert_eq!(
                read_all(pieces.into_iter().chain([b"\nok\n".to_vec()]), 100),
                [Line::TooLong(vec![br#"{"id":7,"method":""}"#.to_vec()]), Line::Text(b"ok".to_vec())]
            );
        }
    }

    #[test]
    fn line_breaks_between_tokens_become_spaces() {
        assert_eq!(on_one_line(b"{\r\n  \"a\": 1\n}".to_vec()), b"{    \"a\": 1 }");
    }
}
