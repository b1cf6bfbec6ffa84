//! From bytes to text and back, and from byte offsets to the lines and columns that editors show.
//!
//! Files that people edit by hand come in every encoding a Windows editor offers. Reading one never fails; what
//! was found is kept, so that an edited text can be written back as the file was.

use std::ops::Range;

use encoding_rs::WINDOWS_1252;

/// How a file's bytes stand for text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, the only one that Claude reads.
    Utf8,
    /// UTF-16, low byte first: what Windows calls "Unicode".
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Windows code page 1252, the guess for bytes that are neither. Every byte has a character, so nothing is
    /// lost, even where the guess is wrong.
    Windows1252,
}

/// Text and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without the byte order mark.
    pub text: String,
    /// How it was written.
    pub encoding: Encoding,
    /// Whether a byte order mark stood before it.
    pub bom: bool,
}

/// A place as editors count: both from 1, columns in UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in UTF-16 units, from 1.
    pub column: usize,
}

/// Reads bytes as text: a byte order mark decides, then the shape of UTF-16 without one, then UTF-8 where it is
/// valid, then code page 1252.
pub fn decode(bytes: &[u8]) -> Decoded {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return match std::str::from_utf8(rest) {
            Ok(text) => Decoded { text: text.to_owned(), encoding: Encoding::Utf8, bom: true },
            Err(_) => Decoded { text: from_windows_1252(rest), encoding: Encoding::Windows1252, bom: true },
        };
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return Decoded {
            text: from_utf16(rest, u16::from_le_bytes),
            encoding: Encoding::Utf16Le,
            bom: true,
        };
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return Decoded {
            text: from_utf16(rest, u16::from_be_bytes),
            encoding: Encoding::Utf16Be,
            bom: true,
        };
    }
    match utf16_without_mark(bytes) {
        Some(Encoding::Utf16Le) => {
            let text = from_utf16(bytes, u16::from_le_bytes);
            return Decoded { text, encoding: Encoding::Utf16Le, bom: false };
        }
        Some(Encoding::Utf16Be) => {
            let text = from_utf16(bytes, u16::from_be_bytes);
            return Decoded { text, encoding: Encoding::Utf16Be, bom: false };
        }
        _ => {}
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: text.to_owned(), encoding: Encoding::Utf8, bom: false },
        Err(_) => Decoded { text: from_windows_1252(bytes), encoding: Encoding::Windows1252, bom: false },
    }
}

/// Writes text as a file was written. `None` when the encoding has no bytes for one of its characters; the file
/// must then become UTF-8.
pub fn encode(text: &str, encoding: Encoding, mark: ByteOrderMark) -> Option<Vec<u8>> {
    let mark = mark == ByteOrderMark::Written;
    let mut bytes = Vec::with_capacity(text.len() + 3);
    match encoding {
        Encoding::Utf8 => {
            bytes.extend_from_slice(if mark { b"\xEF\xBB\xBF" } else { b"" });
            bytes.extend_from_slice(text.as_bytes());
        }
        Encoding::Utf16Le => {
            bytes.extend_from_slice(if mark { b"\xFF\xFE" } else { b"" });
            bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        }
        Encoding::Utf16Be => {
            bytes.extend_from_slice(if mark { b"\xFE\xFF" } else { b"" });
            bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        }
        Encoding::Windows1252 => {
            bytes.extend_from_slice(if mark { b"\xEF\xBB\xBF" } else { b"" });
            let (encoded, _, unmappable) = WINDOWS_1252.encode(text);
            if unmappable {
                return None;
            }
            bytes.extend_from_slice(&encoded);
        }
    }
    Some(bytes)
}

/// Whether a byte order mark is put before the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteOrderMark {
    /// It is.
    Written,
    /// It is not.
    Absent,
}

/// Where the lines of a text begin. A line ends with `\n`, `\r\n` or a lone `\r`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Finds the lines of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends_line = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends_line {
                starts.push(at + 1);
            }
        }
        Self { starts }
    }

    /// Line and column of a byte offset in the same text. An offset beyond the end, or inside a character, counts
    /// as the last place before it.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = floor_char_boundary(text, offset);
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        Position { line, column: utf16_length(&text[start..offset]) + 1 }
    }

    /// The line with this number (from 1), without its line ending.
    pub fn line<'t>(&self, text: &'t str, line: usize) -> Option<&'t str> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).copied().unwrap_or(text.len());
        Some(text[start..end].trim_end_matches(['\r', '\n']))
    }

    /// The byte at which the line with this number (from 1) begins.
    pub fn start(&self, line: usize) -> Option<usize> {
        self.starts.get(line.checked_sub(1)?).copied()
    }

    /// How many lines the text has; an empty text has one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }
}

/// Length of a text in UTF-16 units, as editors and JavaScript count.
pub fn utf16_length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Length of a span of `text` in UTF-16 units.
pub fn span_length(text: &str, span: &Range<usize>) -> usize {
    text.get(span.clone()).map_or(0, utf16_length)
}

/// The last place at or before `offset` where a character begins.
pub(crate) fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn from_windows_1252(bytes: &[u8]) -> String {
    WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text: String =
        char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).map(|c| c.unwrap_or('\u{FFFD}')).collect();
    if !rest.is_empty() {
        text.push('\u{FFFD}');
    }
    text
}

/// UTF-16 without a mark shows by its zero bytes: a JSON or log file begins with two ASCII characters.
fn utf16_without_mark(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some(Encoding::Utf16Le),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some(Encoding::Utf16Be),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mark(decoded: &Decoded) -> ByteOrderMark {
        if decoded.bom { ByteOrderMark::Written } else { ByteOrderMark::Absent }
    }

    #[test]
    fn every_encoding_comes_back_as_it_was() {
        let utf16: Vec<u8> = "{\"ä\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [
            b"{}".to_vec(),
            b"\xEF\xBB\xBF{\"\xC3\xA4\": 1}".to_vec(),
            [b"\xFF\xFE".to_vec(), utf16.clone()].concat(),
            utf16,
            b"\xFE\xFF\0{\0}".to_vec(),
            b"caf\xE9 \x81".to_vec(),
            b"\xEF\xBB\xBFcaf\xE9".to_vec(),
            Vec::new(),
        ] {
            let decoded = decode(&bytes);
            assert_eq!(encode(&decoded.text, decoded.encoding, mark(&decoded)), Some(bytes));
        }
    }

    #[test]
    fn a_character_that_the_encoding_lacks_is_told() {
        assert_eq!(encode("日", Encoding::Windows1252, ByteOrderMark::Absent), None);
    }

    #[test]
    fn columns_count_utf16_units_and_lines_end_three_ways() {
        let text = "a\r\n😀b\rc\nd";
        let lines = LineIndex::new(text);
        assert_eq!(lines.count(), 4);
        let b = text.find('b').unwrap();
        assert_eq!(lines.position(text, b), Position { line: 2, column: 3 });
        assert_eq!(lines.position(text, text.len()), Position { line: 4, column: 2 });
        assert_eq!(lines.line(text, 2), Some("😀b"));
    }

    proptest! {
        #[test]
        fn reading_never_fails_and_single_byte_text_is_lossless(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let decoded = decode(&bytes);
            if matches!(decoded.encoding, Encoding::Utf8 | Encoding::Windows1252) {
                prop_assert_eq!(encode(&decoded.text, decoded.encoding, mark(&decoded)), Some(bytes));
            }
        }
    }
}
