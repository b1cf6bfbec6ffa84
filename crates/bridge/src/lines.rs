//! Framing on stdio: one message per line, UTF-8, no newline inside (MCP, *Transports*, stdio).

use std::io::{self, Read};

use memchr::{memchr, memchr2};

/// Longest line that is read, in bytes. Longer ones are dropped whole; the next line is read again.
pub(crate) const LONGEST_LINE: usize = 64 << 20;

const CHUNK: usize = 64 << 10;

/// What the host wrote.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// One line without its end, never empty.
    Text(Vec<u8>),
    /// A line beyond [`LONGEST_LINE`].
    TooLong,
}

/// Reads lines from a blocking source. A last line without an end counts.
pub(crate) struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    /// Where the unread part of the buffer begins.
    start: usize,
    /// How much of the unread part is known to hold no newline.
    searched: usize,
    skipping: bool,
    longest: usize,
}

impl<R: Read> Lines<R> {
    pub(crate) const fn new(source: R) -> Self {
        Self::with_limit(source, LONGEST_LINE)
    }

    const fn with_limit(source: R, longest: usize) -> Self {
        Self { source, buffer: Vec::new(), start: 0, searched: 0, skipping: false, longest }
    }

    /// Waits for the next line that is not blank; `None` at the end of the input.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            let unread = &self.buffer[self.start..];
            if let Some(offset) = memchr(b'\n', &unread[self.searched..]) {
                let end = self.searched + offset;
                let line = self.take(end, end + 1);
                if line.is_some() {
                    return Ok(line);
                }
                continue;
            }
            self.searched = unread.len();
            if self.searched > self.longest {
                self.skipping = true;
                self.buffer.clear();
                (self.start, self.searched) = (0, 0);
            }
            if !self.fill()? {
                let end = self.buffer.len() - self.start;
                return Ok(self.take(end, end));
            }
        }
    }

    /// Takes the line of `end` bytes and moves behind it.
    fn take(&mut self, end: usize, next: usize) -> Option<Line> {
        let text = self.buffer[self.start..self.start + end].trim_ascii();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let too_long = std::mem::take(&mut self.skipping) || end > self.longest;
        let line = match text {
            _ if too_long => Some(Line::TooLong),
            [] => None,
            text => Some(Line::Text(text.to_vec())),
        };
        self.start += next;
        self.searched = 0;
        if self.start == self.buffer.len() {
            self.start = 0;
            self.buffer.clear();
            // One big message must not be paid for until the end.
            self.buffer.shrink_to(4 * CHUNK);
        }
        line
    }

    fn fill(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let filled = self.buffer.len();
        self.buffer.resize(filled + CHUNK, 0);
        let read = loop {
            match self.source.read(&mut self.buffer[filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.buffer.truncate(filled + *read.as_ref().unwrap_or(&0));
        read.map(|bytes| bytes > 0)
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
        let mut lines = Lines::with_limit(Pieces(pieces), longest);
        std::iter::from_fn(|| lines.next_line().expect("no I/O error")).collect()
    }

    fn naive(bytes: &[u8], longest: usize) -> Vec<Line> {
        bytes
            .split(|&byte| byte == b'\n')
            .filter_map(|line| {
                let text = line.trim_ascii();
                let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
                match text {
                    _ if line.len() > longest => Some(Line::TooLong),
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
        assert_eq!(
            read_all([vec![b'x'; 300], b"\nok\n".to_vec()], 100),
            [Line::TooLong, Line::Text(b"ok".to_vec())]
        );
    }

    #[test]
    fn line_breaks_between_tokens_become_spaces() {
        assert_eq!(on_one_line(b"{\r\n  \"a\": 1\n}".to_vec()), b"{    \"a\": 1 }");
    }
}
