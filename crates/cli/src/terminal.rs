//! What is printed for people may colour, and do nothing else to their terminal. Names in a config, lines of a log and what
//! a server prints come from outside; sent as they are they could move the cursor, set the title or fill the clipboard.

use std::borrow::Cow;
use std::io::{self, Write};

/// Writes a text for people.
pub(crate) fn write(mut output: impl Write, text: &str) -> io::Result<()> {
    output.write_all(harmless(text).as_bytes())?;
    output.flush()
}

/// The text with every control character as a picture of itself (`␛`), but for line ends, tabs and colours.
fn harmless(text: &str) -> Cow<'_, str> {
    let is_harmful = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_harmful) {
        shown.push_str(&rest[..at]);
        rest = &rest[at..];
        let kept = if rest.starts_with("\r\n") { 2 } else { colour(rest) };
        if kept > 0 {
            shown.push_str(&rest[..kept]);
            rest = &rest[kept..];
        } else if let Some(control) = rest.chars().next() {
            shown.push(picture(control));
            rest = &rest[control.len_utf8()..];
        }
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// The length of the colour that the text begins with (ECMA-48 8.3.117, `ESC [ … m`); 0 where it begins with none.
fn colour(text: &str) -> usize {
    let Some(codes) = text.strip_prefix("\x1b[") else { return 0 };
    let length = codes.find(|c: char| !(c.is_ascii_digit() || c == ';')).unwrap_or(codes.len());
    if codes[length..].starts_with('m') { "\x1b[m".len() + length } else { 0 }
}

/// How Unicode draws a control character; those above ASCII have no picture.
fn picture(control: char) -> char {
    match u32::from(control) {
        0x7F => '\u{2421}',
        code => char::from_u32(0x2400 + code).filter(|_| code < 0x20).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_lines_pass() {
        for text in ["a\tb\n", "\x1b[1;31mred\x1b[0m", "\x1b[mplain", "one\r\ntwo", "ünï 😀"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn what_a_terminal_obeys_is_shown_instead() {
        for (text, shown) in [
            ("\x1b]52;c;cHduZWQ=\x07", "␛]52;c;cHduZWQ=␇"),
            ("\x1b[2J", "␛[2J"),
            ("a\rb", "a␍b"),
            ("\u{9b}2J\u{7f}", "\u{FFFD}2J␡"),
            ("\x1b[31", "␛[31"),
            ("end\x1b", "end␛"),
        ] {
            assert_eq!(harmless(text), shown);
        }
    }
}
