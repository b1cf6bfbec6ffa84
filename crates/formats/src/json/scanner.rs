//! The walk over the text: objects and arrays, going on after each mistake.

use std::ops::Range;

use super::closers::{Balance, Open, Shape};
use super::keys::is_quote;
use super::lines::{alone_on_lines, begins_line, line_start};
use super::{
    Array, Member, Node, Note, NoteKind, Object, Parsed, SyntaxError, SyntaxErrorKind, Value, merge,
};
use crate::edit::Edit;

pub(super) fn scan(text: &str) -> Parsed {
    let mut scanner = Scanner {
        text,
        at: 0,
        last_end: 0,
        open: Vec::new(),
        errors: Vec::new(),
        notes: Vec::new(),
        balance: Balance::of(text),
        carried_comma: None,
    };
    let (root, more) = scanner.document();
    let mut parsed = Parsed { root, more, errors: scanner.errors, notes: scanner.notes };
    merge::offer(text, &mut parsed);
    parsed.errors.sort_by_key(|error| error.span.start);
    parsed
}

pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    /// Where the next character stands.
    pub(super) at: usize,
    /// Where the last token ended, commas and comments not counted.
    pub(super) last_end: usize,
    pub(super) open: Vec<Open>,
    errors: Vec<SyntaxError>,
    pub(super) notes: Vec<Note>,
    pub(super) balance: Balance,
    /// A comma that the inner, unclosed container ate though it belongs to the outer one.
    pub(super) carried_comma: Option<usize>,
}

impl Scanner<'_> {
    pub(super) fn error(&mut self, kind: SyntaxErrorKind, span: Range<usize>, repair: Vec<Edit>) {
        self.errors.push(SyntaxError { kind, span, repair });
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    pub(super) fn value(&mut self) -> Node {
        let start = self.at;
        match self.peek() {
            Some('{') if self.items_in_braces() => self.array(Shape::Object.closer()),
            Some('{') => self.object(Shape::Object.closer()),
            Some('[') if self.key_ahead(self.after_space(start + 1)).is_some() => {
                self.object(Shape::Array.closer())
            }
            Some('[') => self.array(Shape::Array.closer()),
            Some(next) if is_quote(next) => {
                let (text, span) = self.quoted();
                Node { span, value: Value::String(text) }
            }
            Some(_) => self.word(),
            None => Node { span: start..start, value: Value::Unreadable },
        }
    }

    /// Whether the object that begins here holds list elements: `{"-y", "mcp-remote"}`.
    fn items_in_braces(&self) -> bool {
        let first = self.after_space(self.at + 1);
        if !self.text[first..].starts_with('"') {
            return false;
        }
        self.key_end(first).is_some_and(|end| self.text[self.after_space(end)..].starts_with(','))
    }

    fn object(&mut self, closer: char) -> Node {
        let start = self.at;
        if let Some(node) = self.too_deep() {
            return node;
        }
        self.wrong_opener(start, Shape::Object, closer);
        self.advance_token();
        let (object, _) = self.members(Open { shape: Shape::Object, at: start, closer, indent: None });
        Node { span: start..self.last_end.max(start + 1), value: Value::Object(object) }
    }

    fn array(&mut self, closer: char) -> Node {
        let start = self.at;
        if let Some(node) = self.too_deep() {
            return node;
        }
        self.wrong_opener(start, Shape::Array, closer);
        self.advance_token();
        let array = self.items(Open { shape: Shape::Array, at: start, closer, indent: None });
        Node { span: start..self.last_end.max(start + 1), value: Value::Array(array) }
    }

    /// Reads members up to the closer. Says whether there was one.
    pub(super) fn members(&mut self, open: Open) -> (Object, bool) {
        self.open.push(open);
        let mut object = Object::default();
        let mut comma = None;
        let closed = loop {
            self.skip_trivia();
            let start = self.at;
            let Some(next) = self.peek() else {
                self.dangling_comma(comma);
                break self.unclosed_at_end();
            };
            let separated = object.members.is_empty() || comma.is_some();
            match next {
                '}' | ']' if next == open.closer => {
                    if next == '}' && self.is_premature(&object) {
                        self.premature_closer(start);
                        continue;
                    }
                    self.dangling_comma(comma);
                    self.close(open);
                    break true;
                }
                '}' | ']' if self.closes_outer(next) => {
                    self.unclosed_here(open, object.members.last().map(|last| last.value.span.end), comma);
                    break true;
                }
                '}' | ']' => {
                    self.at += 1;
                    if next == ']' && self.balance.braces > 0 && self.balance.brackets < 0 {
                        self.dangling_comma(comma);
                        self.wrong_closer(start, open);
                        break true;
                    }
                    self.superfluous_closer(start);
                }
                ',' | ';' | '，' => {
                    let position =
                        self.comma(next, if separated { Comma::Superfluous } else { Comma::Separates });
                    if let (Some(position), Some(last)) = (position, object.members.last_mut()) {
                        last.comma = Some(position);
                        comma = Some(position);
                    }
                }
                '.' | '…' if self.excerpt_marker(&mut comma) => {}
                '{' if object.members.is_empty() => {
                    self.at += 1;
                    self.balance.braces -= 1;
                    let edit = Edit::remove(start..start + 1);
                    self.error(SyntaxErrorKind::Unbalanced, start..start + 1, vec![edit]);
                }
                _ if is_quote(next) || self.key_ahead(start).is_some() => {
                    if self.belongs_outside(&object, start) {
                        self.unclosed_here(
                            open,
                            object.members.last().map(|last| last.value.span.end),
                            comma,
                        );
                        break true;
                    }
                    self.note_indent(start);
                    if !separated {
                        self.missing_comma();
                    }
                    let member = self.member();
                    comma = self.carried_comma.take();
                    object.members.push(Member { comma, ..member });
                }
                _ => self.unexpected(start),
            }
        };
        self.open.pop();
        self.note_duplicates(&object);
        (object, closed)
    }

    /// Reads elements up to the closer.
    fn items(&mut self, open: Open) -> Array {
        self.open.push(open);
        let mut array = Array::default();
        let mut comma = None;
        loop {
            self.skip_trivia();
            let start = self.at;
            let Some(next) = self.peek() else {
                self.dangling_comma(comma);
                self.unclosed_at_end();
                break;
            };
            let separated = array.items.is_empty() || comma.is_some();
            match next {
                '}' | ']' if next == open.closer => {
                    self.dangling_comma(comma);
                    self.close(open);
                    break;
                }
                '}' | ']' => {
                    if self.balance.brackets > 0 && self.balance.braces < 0 {
                        self.dangling_comma(comma);
                        self.at += 1;
                        self.wrong_closer(start, open);
                    } else {
                        self.unclosed_here(open, array.items.last().map(|last| last.span.end), comma);
                        // Nobody takes a comma over in front of a closer.
                        let carried = self.carried_comma.take();
                        self.dangling_comma(carried);
                    }
                    break;
                }
                ',' | ';' | '，' => {
                    if let Some(position) =
                        self.comma(next, if separated { Comma::Superfluous } else { Comma::Separates })
                    {
                        array.commas.push(position);
                        comma = Some(position);
                    }
                }
                '.' | '…' if self.excerpt_marker(&mut comma) => {}
                _ if self.key_ahead(start).is_some() => {
                    self.unclosed_here(open, array.items.last().map(|last| last.span.end), comma);
                    break;
                }
                ':' | '=' | ')' | '(' => self.unexpected(start),
                _ => {
                    if !separated {
                        self.missing_comma();
                    }
                    array.items.push(self.value());
                    comma = self.carried_comma.take();
                }
            }
        }
        self.open.pop();
        array
    }

    fn member(&mut self) -> Member {
        let (key, key_span) = self.key();
        self.skip_trivia();
        let colon = self.colon(&key_span);
        let value = if colon.is_some() || self.begins_value() {
            self.skip_trivia();
            if self.begins_value() { Some(self.value()) } else { None }
        } else {
            None
        };
        let value = value.unwrap_or_else(|| {
            let end = colon.map_or(key_span.end, |colon| colon + 1);
            self.error(SyntaxErrorKind::MissingValue, key_span.start..end, Vec::new());
            self.last_end = end;
            Node { span: end..end, value: Value::Unreadable }
        });
        Member { key, key_span, colon, value, comma: None }
    }

    /// Takes the colon, or says that it is missing.
    fn colon(&mut self, key_span: &Range<usize>) -> Option<usize> {
        let start = self.at;
        let rest = &self.text[start..];
        if rest.starts_with(':') {
            self.at += 1;
            self.last_end = self.at;
            return Some(start);
        }
        if let Some(wrong) = ["=>", ":=", "=", "："].into_iter().find(|wrong| rest.starts_with(wrong)) {
            self.at += wrong.len();
            self.last_end = self.at;
            let span = start..self.at;
            self.error(SyntaxErrorKind::WrongPunctuation, span.clone(), vec![Edit::replace(span, ":")]);
            return Some(start);
        }
        if self.begins_value() && self.key_ahead(start).is_none() {
            let edit = Edit::insert(key_span.end, ":");
            self.error(SyntaxErrorKind::MissingColon, key_span.clone(), vec![edit]);
            return Some(key_span.end);
        }
        None
    }

    fn begins_value(&self) -> bool {
        self.peek().is_some_and(|next| !matches!(next, ',' | '}' | ']' | ':' | ';' | '，'))
            && !(self.text[self.at..].starts_with("...") || self.text[self.at..].starts_with('…'))
    }

    /// Takes a comma, or what stands for one. Gives its place where it separates.
    pub(super) fn comma(&mut self, found: char, role: Comma) -> Option<usize> {
        let start = self.at;
        self.at += found.len_utf8();
        let span = start..self.at;
        if role == Comma::Superfluous {
            self.error(SyntaxErrorKind::TrailingComma, span.clone(), vec![Edit::remove(span)]);
            return None;
        }
        if found != ',' {
            self.error(SyntaxErrorKind::WrongPunctuation, span.clone(), vec![Edit::replace(span, ",")]);
        }
        Some(start)
    }

    fn missing_comma(&mut self) {
        let end = self.last_end;
        let one = self.at + self.peek().map_or(0, char::len_utf8);
        let next = self.at..self.key_end(self.at).unwrap_or(one);
        self.error(SyntaxErrorKind::MissingComma, next, vec![Edit::insert(end, ",")]);
    }

    pub(super) fn dangling_comma(&mut self, comma: Option<usize>) {
        if let Some(at) = comma {
            let width = self.text[at..].chars().next().map_or(1, char::len_utf8);
            self.error(SyntaxErrorKind::TrailingComma, at..at + width, vec![Edit::remove(at..at + width)]);
        }
    }

    /// `...` in the place of members: taken out together with the comma that it would leave behind.
    fn excerpt_marker(&mut self, comma: &mut Option<usize>) -> bool {
        let start = self.at;
        let rest = &self.text[start..];
        let dots = if rest.starts_with('…') {
            '…'.len_utf8()
        } else {
            rest.len() - rest.trim_start_matches('.').len()
        };
        if rest.starts_with('.') && dots < 2 {
            return false;
        }
        let end = start + dots;
        self.at = end;
        let next = self.after_space(end);
        let whole = if self.text[next..].starts_with(',') {
            self.at = next + 1;
            start..next + 1
        } else {
            match comma.take() {
                Some(before) if self.text[next..].starts_with(['}', ']']) || next == self.text.len() => {
                    before..end
                }
                before => {
                    *comma = before;
                    start..end
                }
            }
        };
        let whole = alone_on_lines(self.text, &whole).unwrap_or(whole);
        self.error(SyntaxErrorKind::ExcerptMarker, start..end, vec![Edit::remove(whole)]);
        true
    }

    fn unexpected(&mut self, start: usize) {
        let rest = &self.text[start..];
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end =
            rest[first..].find([',', '}', ']', '\n', '"']).map_or(self.text.len(), |end| start + first + end);
        let shown = start..start + self.text[start..end].trim_end().len().max(first);
        self.error(SyntaxErrorKind::Unexpected, shown, Vec::new());
        self.at = end;
    }

    fn note_indent(&mut self, at: usize) {
        if begins_line(self.text, at) {
            let indent = at - line_start(self.text, at);
            if let Some(open) = self.open.last_mut() {
                open.indent.get_or_insert(indent);
            }
        }
    }

    fn note_duplicates(&mut self, object: &Object) {
        let mut seen = std::collections::HashSet::new();
        for member in &object.members {
            if !seen.insert(member.key.as_str()) {
                let kind = NoteKind::DuplicateKey;
                self.notes.push(Note { kind, span: member.key_span.clone(), repair: Vec::new() });
            }
        }
    }

    pub(super) fn advance_token(&mut self) {
        self.at += 1;
        self.last_end = self.at;
    }
}

/// What a comma does where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comma {
    /// A value stands before it, and none of its own.
    Separates,
    /// Nothing stands before it that it could separate.
    Superfluous,
}
