//! Strings: what may stand in them, what people put there instead, and where they were meant to end.

use std::fmt::Write as _;
use std::ops::Range;

use super::keys::{closes, is_quote, is_smart_quote};
use super::lines::line_end;
use super::scanner::Scanner;
use super::{Note, NoteKind, SyntaxErrorKind};
use crate::edit::Edit;

/// Writes a text as a JSON string, quotes included.
pub fn quote(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            other if other < ' ' => json.push_str(&escaped_control(other)),
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

fn escaped_control(c: char) -> String {
    match c {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        other => {
            let mut escape = String::new();
            // Writing to a String cannot fail.
            let _ = write!(escape, "\\u{:04x}", u32::from(other));
            escape
        }
    }
}

/// Where a string ends and what is odd on the way.
struct Extent {
    /// After the last character that belongs to the text.
    content_end: usize,
    /// After the closing quote; the same as `content_end` where there is none.
    end: usize,
    /// Backslashes that begin an escape, with the character after each.
    escapes: Vec<(usize, char)>,
    /// Control characters that stand there as they are.
    controls: Vec<usize>,
    /// Quotes inside that lack a backslash.
    inner_quotes: Vec<usize>,
    /// The closing quote has a backslash before it that was meant as the end of a path.
    ends_in_backslash: bool,
    /// The closing quote came from a word processor.
    smart_end: bool,
}

impl Scanner<'_> {
    /// Reads a quoted text, whatever the quotes.
    pub(super) fn quoted(&mut self) -> (String, Range<usize>) {
        let (text, span) = match self.peek() {
            Some('"') => self.double_quoted(),
            Some('\'' | '`') => self.single_quoted(),
            _ => self.smart_quoted(),
        };
        self.at = span.end;
        self.last_end = span.end;
        (text, span)
    }

    /// Reads a key: quoted, or a bare word.
    pub(super) fn key(&mut self) -> (String, Range<usize>) {
        if self.peek().is_some_and(is_quote) {
            return self.quoted();
        }
        let start = self.at;
        let key = self.key_ahead(start).unwrap_or_default();
        let end = start + key.len();
        let quote_after = usize::from(self.text[end..].starts_with('"'));
        let span = start..end + quote_after;
        self.at = span.end;
        self.last_end = span.end;
        self.error(SyntaxErrorKind::UnquotedKey, span.clone(), vec![Edit::replace(span.clone(), quote(key))]);
        (key.to_owned(), span)
    }

    fn double_quoted(&mut self) -> (String, Range<usize>) {
        let start = self.at;
        let extent = strict_extent(self.text, start).unwrap_or_else(|| meant_extent(self.text, start));
        let content = start + 1..extent.content_end;
        let doubled = self.backslashes(start, &extent);
        if let Some(first) = extent.controls.first() {
            let escaped = |at: &usize| {
                Edit::replace(*at..*at + 1, escaped_control(char::from(self.text.as_bytes()[*at])))
            };
            let edits = extent.controls.iter().map(escaped).collect();
            self.error(SyntaxErrorKind::ControlCharacter, *first..*first + 1, edits);
        }
        if let Some(first) = extent.inner_quotes.first() {
            let edits = extent.inner_quotes.iter().map(|at| Edit::insert(*at, "\\")).collect();
            self.error(SyntaxErrorKind::UnescapedQuote, *first..*first + 1, edits);
        }
        if extent.smart_end {
            let span = extent.content_end..extent.end;
            self.error(SyntaxErrorKind::SmartQuotes, span.clone(), vec![Edit::replace(span, "\"")]);
        } else if extent.end == extent.content_end {
            let edit = Edit::insert(extent.content_end, "\"");
            self.error(SyntaxErrorKind::UnclosedString, start..extent.content_end, vec![edit]);
        }
        (decoded(self.text, content, &doubled), start..extent.end)
    }

    /// Names backslashes that are not what was meant, and gives all that stand for themselves.
    fn backslashes(&mut self, start: usize, extent: &Extent) -> Vec<usize> {
        let raw = &self.text[start + 1..extent.content_end];
        let is_wrong = |(at, next): &&(usize, char)| !is_escape(self.text, *at, *next);
        let wrong: Vec<usize> = extent.escapes.iter().filter(is_wrong).map(|(at, _)| *at).collect();
        let path = begins_as_windows_path(raw);
        let closing_one = extent.ends_in_backslash.then(|| extent.content_end - 1);
        let singles = extent
            .escapes
            .iter()
            .filter(|(at, next)| !matches!(next, '\\' | '"') && (path || wrong.contains(at)) && *next != '/');
        let mut meant: Vec<usize> = singles.map(|(at, _)| *at).chain(closing_one).collect();
        if meant.is_empty() {
            return meant;
        }
        let is_error = !wrong.is_empty() || closing_one.is_some();
        let raw_share = is_error && raw.starts_with("\\\\") && !raw.starts_with("\\\\\\");
        if raw_share {
            // `\\server\share` as it is typed in Explorer: the first two stand for two as well.
            meant.splice(0..0, [start + 1, start + 2]);
        }
        let repair: Vec<Edit> = meant.iter().map(|at| Edit::insert(*at, "\\")).collect();
        let first = wrong.first().copied().unwrap_or(meant[0]);
        let width =
            self.text[first + 1..].chars().next().map_or(0, |c| if c < ' ' { 0 } else { c.len_utf8() });
        let span = first..first + 1 + width;
        if is_error {
            self.error(SyntaxErrorKind::SingleBackslash, span, repair);
        } else {
            self.notes.push(Note { kind: NoteKind::PathEscape, span, repair });
        }
        meant
    }

    /// `'text'`: made a string in one piece, with the quotes inside turned as needed.
    fn single_quoted(&mut self) -> (String, Range<usize>) {
        let start = self.at;
        let opener = self.peek().unwrap_or('\'');
        let line = &self.text[start + 1..line_end(self.text, start)];
        let ends = |at: &usize| followed_by_delimiter(self.text, start + 1 + at + 1);
        let candidates = || line.match_indices(opener).map(|(at, _)| at);
        let Some(length) = candidates().find(ends).or_else(|| candidates().next()) else {
            let content_end = start + 1 + meant_content(line).len();
            let text = self.text[start + 1..content_end].to_owned();
            let span = start..content_end;
            self.error(
                SyntaxErrorKind::UnclosedString,
                span.clone(),
                vec![Edit::replace(span.clone(), quote(&text))],
            );
            return (text, span);
        };
        let raw = &line[..length];
        let text = raw.replace("\\'", "'").replace("\\\"", "\"").replace("\\\\", "\\");
        let span = start..start + length + 2;
        self.error(
            SyntaxErrorKind::SingleQuotes,
            span.clone(),
            vec![Edit::replace(span.clone(), quote(&text))],
        );
        (text, span)
    }

    /// `“text”`: the quotes are replaced; what is between them is judged once they are right.
    fn smart_quoted(&mut self) -> (String, Range<usize>) {
        let start = self.at;
        let opener = self.peek().unwrap_or('“');
        let first = start + opener.len_utf8();
        let line = &self.text[first..line_end(self.text, start)];
        let candidates = || line.char_indices().filter(|(_, c)| closes(opener, *c));
        let ends = |(at, c): &(usize, char)| followed_by_delimiter(self.text, first + at + c.len_utf8());
        let opening = Edit::replace(start..first, "\"");
        let Some((length, closer)) = candidates().find(ends).or_else(|| candidates().next()) else {
            let content_end = first + meant_content(line).len();
            let text = self.text[first..content_end].to_owned();
            let edits = vec![opening, Edit::insert(content_end, "\"")];
            self.error(SyntaxErrorKind::SmartQuotes, start..content_end, edits);
            return (text, start..content_end);
        };
        let content = first..first + length;
        let span = start..content.end + closer.len_utf8();
        let edits = vec![opening, Edit::replace(content.end..span.end, "\"")];
        self.error(SyntaxErrorKind::SmartQuotes, span.clone(), edits);
        (decoded(self.text, content, &[]), span)
    }
}

/// The extent as JSON has it; `None` where JSON would refuse the string or what follows it.
fn strict_extent(text: &str, start: usize) -> Option<Extent> {
    let mut escapes = Vec::new();
    let mut characters = text[start + 1..].char_indices().map(|(at, c)| (start + 1 + at, c));
    while let Some((at, c)) = characters.next() {
        match c {
            '"' if followed_by_delimiter(text, at + 1) => return Some(Extent::plain(at, escapes)),
            '"' => return None,
            '\\' => {
                let (_, next) = characters.next()?;
                if !is_escape(text, at, next) {
                    return None;
                }
                escapes.push((at, next));
            }
            other if other < ' ' => return None,
            _ => {}
        }
    }
    None
}

impl Extent {
    fn plain(content_end: usize, escapes: Vec<(usize, char)>) -> Self {
        Self {
            content_end,
            end: content_end + 1,
            escapes,
            controls: Vec::new(),
            inner_quotes: Vec::new(),
            ends_in_backslash: false,
            smart_end: false,
        }
    }
}

/// The extent that was probably meant.
fn meant_extent(text: &str, start: usize) -> Extent {
    let mut extent = Extent::plain(text.len(), Vec::new());
    extent.end = extent.content_end;
    // Where it ends, once a quote has turned out to stand inside.
    let mut known_end = None;
    let mut at = start + 1;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '"' => {
                known_end = known_end.or_else(|| end_after_inner_quotes(text, at));
                if known_end.is_none_or(|end| at >= end) {
                    extent.content_end = at;
                    extent.end = at + 1;
                    return extent;
                }
                extent.inner_quotes.push(at);
            }
            '\\' => {
                let next = text[at + 1..].chars().next().unwrap_or('\n');
                let is_end = next == '"'
                    && begins_as_windows_path(&text[start + 1..at])
                    && followed_by_delimiter(text, at + 2)
                    && text[start + 1..at].replace("\\\\", "").contains('\\');
                if is_end {
                    extent.ends_in_backslash = true;
                    extent.content_end = at + 1;
                    extent.end = at + 2;
                    return extent;
                }
                extent.escapes.push((at, next));
                at += if next < ' ' { 1 } else { 1 + next.len_utf8() };
                continue;
            }
            '\n' | '\r' if line_break_ends(text, at) => {
                extent.content_end = start + 1 + meant_content(&text[start + 1..at]).len();
                extent.end = extent.content_end;
                extent.escapes.retain(|(escape, _)| *escape < extent.content_end);
                extent.controls.retain(|control| *control < extent.content_end);
                return extent;
            }
            other if other < ' ' => extent.controls.push(at),
            other if is_smart_quote(other) && followed_by_delimiter(text, at + other.len_utf8()) => {
                extent.content_end = at;
                extent.end = at + other.len_utf8();
                extent.smart_end = true;
                return extent;
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    // The text ended: nothing after the first line can be known to belong to the string.
    let end = line_end(text, start);
    extent.content_end = start + 1 + meant_content(&text[start + 1..end]).len();
    extent.end = extent.content_end;
    extent.escapes.retain(|(escape, _)| *escape < extent.content_end);
    extent.controls.retain(|control| *control < extent.content_end);
    extent
}

/// What of an unclosed string belongs to it: not the comma or closers at the end of the line.
fn meant_content(line: &str) -> &str {
    let text = line.trim_end();
    let without_comma = text.trim_end_matches([',', ' ', '\t']);
    let without_closers = without_comma.trim_end_matches([']', '}', ' ', '\t']);
    if without_closers.contains(['[', '{']) { without_comma } else { without_closers }
}

/// Whether a string that reaches the end of its line was forgotten to be closed, rather than wrapped.
fn line_break_ends(text: &str, at: usize) -> bool {
    let rest = text[at..].trim_start();
    match rest.chars().next() {
        None | Some('}' | ']') => true,
        Some('"') => {
            !rest[1..].trim_start_matches([' ', '\t']).starts_with([',', '}', ']', '\n', '\r'])
                && rest.len() > 1
        }
        _ => false,
    }
}

/// Where a string ends whose quote at `at` is one of its own characters: a letter or brace follows it directly.
fn end_after_inner_quotes(text: &str, at: usize) -> Option<usize> {
    let line = &text[at..line_end(text, at)];
    let next = line[1..].chars().next()?;
    if !(next.is_alphanumeric() || matches!(next, '_' | '-' | '/' | '$' | '\\' | '.')) {
        return None;
    }
    let ends: Vec<usize> = line.match_indices('"').skip(1).map(|(offset, _)| at + offset).collect();
    let is_end = |end: &&usize| {
        let rest = text[**end + 1..].trim_start_matches([' ', '\t', '"']);
        rest.is_empty() || rest.starts_with([',', ']', '}', '\n', '\r'])
    };
    if text[..at].ends_with(['{', '[']) {
        return ends.iter().rev().find(is_end).copied();
    }
    let first = ends.iter().position(|end| is_end(&end))?;
    // `"Authorization: "Bearer x""`: the last of several quotes in a row is the end.
    let run = ends[first..].windows(2).take_while(|pair| pair[1] == pair[0] + 1).count();
    Some(ends[first + run])
}

/// Whether what stands at `at` can follow a string.
fn followed_by_delimiter(text: &str, at: usize) -> bool {
    let rest = text[at..].trim_start_matches([' ', '\t', '\n', '\r']);
    rest.is_empty() || rest.starts_with([',', ':', '}', ']'])
}

/// Whether the backslash at `at` begins an escape of JSON (RFC 8259, section 7).
fn is_escape(text: &str, at: usize, next: char) -> bool {
    match next {
        '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => true,
        'u' => hexadecimal(text, at + 2).is_some(),
        _ => false,
    }
}

fn hexadecimal(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + 4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Whether the text, as it stands between its quotes, begins as a Windows path or as an option with one.
fn begins_as_windows_path(raw: &str) -> bool {
    let value =
        raw.split_once('=').filter(|(name, _)| !name.contains(['\\', ' '])).map_or(raw, |(_, value)| value);
    let value = value.strip_prefix("\\\"").unwrap_or(value);
    match value.as_bytes() {
        [drive, b':', b'\\', ..] => drive.is_ascii_alphabetic(),
        [b'%', rest @ ..] => rest.windows(2).any(|pair| pair == b"%\\"),
        [b'\\', b'\\', third, ..] => third.is_ascii_alphanumeric(),
        [b'.', b'\\', ..] | [b'.', b'.', b'\\', ..] => true,
        _ => false,
    }
}

/// The text that a string stands for. Backslashes in `literal` stand for themselves.
fn decoded(text: &str, content: Range<usize>, literal: &[usize]) -> String {
    let mut result = String::with_capacity(content.len());
    let mut at = content.start;
    let mut units: Vec<u16> = Vec::new();
    while let Some(c) = text[at..content.end].chars().next() {
        let next = text[at + c.len_utf8()..content.end].chars().next();
        let unit = if c == '\\' && next == Some('u') && !literal.contains(&at) {
            hexadecimal(text, at + 2)
        } else {
            None
        };
        if let Some(unit) = unit {
            units.push(unit);
            at += 6;
            continue;
        }
        flush(&mut units, &mut result);
        let escaped = match next {
            _ if c != '\\' || literal.contains(&at) => None,
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some(other @ ('"' | '\\' | '/')) => Some(other),
            _ => None,
        };
        result.push(escaped.unwrap_or(c));
        at += if escaped.is_some() { 2 } else { c.len_utf8() };
    }
    flush(&mut units, &mut result);
    result
}

/// Adds UTF-16 units as text; halves of a pair that stand alone become U+FFFD.
fn flush(units: &mut Vec<u16>, result: &mut String) {
    if !units.is_empty() {
        result.extend(char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or('\u{FFFD}')));
    }
}
