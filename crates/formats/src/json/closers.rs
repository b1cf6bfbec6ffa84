//! Openers and closers that do not fit: missing, superfluous, too early, of the wrong kind.
//!
//! Indentation and the balance of the whole text decide what was meant; both are only consulted once the text is
//! known to be broken.

use super::lines::{alone_on_lines, begins_line, indentation, line_start};
use super::scanner::Scanner;
use super::{MAX_DEPTH, Node, Object, SyntaxErrorKind, Value};
use crate::edit::Edit;

/// An object or array that has begun.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) shape: Shape,
    /// Where it begins.
    pub(super) at: usize,
    /// The character that will end it: another one than its shape's where the opener was the wrong one.
    pub(super) closer: char,
    /// How deep its members are indented, once one stands at the beginning of a line.
    pub(super) indent: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Object,
    Array,
}

impl Shape {
    pub(super) const fn closer(self) -> char {
        match self {
            Self::Object => '}',
            Self::Array => ']',
        }
    }

    pub(super) const fn opener(self) -> char {
        match self {
            Self::Object => '{',
            Self::Array => '[',
        }
    }
}

/// How many openers of each kind have no closer in the whole text; negative for superfluous closers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Balance {
    pub(super) braces: i32,
    pub(super) brackets: i32,
}

impl Balance {
    pub(super) fn of(text: &str) -> Self {
        let mut balance = Self { braces: 0, brackets: 0 };
        let mut in_string = false;
        let mut escaped = false;
        for byte in text.bytes() {
            match byte {
                b'\n' | b'\r' => in_string = false,
                _ if escaped => {
                    escaped = false;
                    continue;
                }
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                b'{' if !in_string => balance.braces += 1,
                b'}' if !in_string => balance.braces -= 1,
                b'[' if !in_string => balance.brackets += 1,
                b']' if !in_string => balance.brackets -= 1,
                _ => {}
            }
            escaped = escaped && byte == b'\\';
        }
        balance
    }
}

impl Scanner<'_> {
    /// Names an opener of the wrong kind, known by a closer that is not its shape's.
    pub(super) fn wrong_opener(&mut self, start: usize, shape: Shape, closer: char) {
        if closer != shape.closer() {
            let edit = Edit::replace(start..start + 1, shape.opener());
            self.error(SyntaxErrorKind::Unbalanced, start..start + 1, vec![edit]);
        }
    }

    /// Skips a container that stands too deep.
    pub(super) fn too_deep(&mut self) -> Option<Node> {
        if self.open.len() < MAX_DEPTH {
            return None;
        }
        let start = self.at;
        let mut depth = 0_usize;
        let mut in_string = false;
        let mut escaped = false;
        let mut end = self.text.len();
        for (at, byte) in self.text.bytes().enumerate().skip(start) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => depth += 1,
                b'}' | b']' if !in_string => {
                    depth -= 1;
                    if depth == 0 {
                        end = at + 1;
                        break;
                    }
                }
                _ => {}
            }
        }
        self.error(SyntaxErrorKind::TooDeep, start..start + 1, Vec::new());
        self.at = end;
        self.last_end = end;
        Some(Node { span: start..end, value: Value::Unreadable })
    }

    pub(super) fn close(&mut self, open: Open) {
        let start = self.at;
        self.advance_token();
        if open.closer != open.shape.closer() {
            let edit = Edit::replace(start..start + 1, open.shape.closer());
            self.error(SyntaxErrorKind::Unbalanced, start..start + 1, vec![edit]);
        }
    }

    pub(super) fn wrong_closer(&mut self, at: usize, open: Open) {
        let edit = Edit::replace(at..at + 1, open.shape.closer());
        self.error(SyntaxErrorKind::Unbalanced, at..at + 1, vec![edit]);
        match open.shape {
            Shape::Object => {
                self.balance.braces -= 1;
                self.balance.brackets += 1;
            }
            Shape::Array => {
                self.balance.braces += 1;
                self.balance.brackets -= 1;
            }
        }
        self.last_end = self.at;
    }

    /// A brace that closes too early goes with the white space before it, so that what follows joins what was before.
    pub(super) fn premature_closer(&mut self, at: usize) {
        let before = self.last_end..at;
        let start = if self.text[before.clone()].trim().is_empty() { before.start } else { at };
        self.error(SyntaxErrorKind::Unbalanced, at..at + 1, vec![Edit::remove(start..at + 1)]);
        self.at += 1;
        self.balance.braces += 1;
    }

    pub(super) fn superfluous_closer(&mut self, at: usize) {
        let span = at..at + 1;
        let whole = alone_on_lines(self.text, &span).unwrap_or(span.clone());
        self.error(SyntaxErrorKind::Unbalanced, span, vec![Edit::remove(whole)]);
    }

    /// The text ended inside this container. Always false: it was not closed.
    pub(super) fn unclosed_at_end(&mut self) -> bool {
        let is_bare =
            |open: &Open| open.shape == Shape::Object && !self.text[open.at..].starts_with(['{', '[']);
        if let Some(open) = self.open.last().copied().filter(|open| !is_bare(open)) {
            let edit = Edit::insert(self.last_end, self.closing(open));
            self.error(SyntaxErrorKind::Unclosed, open.at..open.at + 1, vec![edit]);
        }
        false
    }

    /// The container ends before the next token, without a closer of its own.
    pub(super) fn unclosed_here(&mut self, open: Open, last: Option<usize>, comma: Option<usize>) {
        let at = last.unwrap_or(self.last_end);
        let edit = Edit::insert(at, self.closing(open));
        self.error(SyntaxErrorKind::Unclosed, open.at..open.at + 1, vec![edit]);
        match open.shape {
            Shape::Object => self.balance.braces -= 1,
            Shape::Array => self.balance.brackets -= 1,
        }
        self.carried_comma = comma;
        if comma.is_none() {
            self.last_end = at;
        }
    }

    /// The closer as it would be written: on a line of its own where the container spans lines.
    pub(super) fn closing(&self, open: Open) -> String {
        let closer = open.shape.closer();
        if self.text[open.at..self.last_end].contains(['\n', '\r']) {
            format!("{}{}{closer}", self.newline(), indentation(self.text, open.at))
        } else {
            closer.to_string()
        }
    }

    pub(super) fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// Whether an outer container waits for this closer.
    pub(super) fn closes_outer(&self, closer: char) -> bool {
        self.open.iter().rev().skip(1).any(|open| open.closer == closer)
    }

    /// Whether a brace closes too early: the text has too many of them, and what follows belongs inside.
    pub(super) fn is_premature(&self, object: &Object) -> bool {
        if self.balance.braces >= 0 {
            return false;
        }
        let depth = self.open.len();
        let mut next = self.after_space(self.at + 1);
        if depth == 2 && self.text[next..].starts_with('}') {
            next = self.after_space(next + 1);
        }
        if self.text[next..].starts_with(',') {
            next = self.after_space(next + 1);
        }
        let Some(key) = self.key_ahead(next) else { return false };
        match depth {
            1 => true,
            2 => !is_entry(object) && self.entry_ahead(next),
            _ => {
                matches!(key, "args" | "env" | "command")
                    && object.get(key).is_none()
                    && !self.entry_ahead(next)
            }
        }
    }

    /// Whether a key with the object of a server stands at `at`.
    pub(super) fn entry_ahead(&self, at: usize) -> bool {
        let Some(end) = self.key_end(at) else { return false };
        let colon = self.after_space(end);
        let value = self.after_space(colon + 1);
        if !self.text[value..].starts_with('{') {
            return false;
        }
        let first = self.key_ahead(self.after_space(value + 1));
        first.is_some_and(|key| {
            matches!(key, "command" | "args" | "env" | "url" | "type" | "serverUrl" | "httpUrl")
        })
    }

    /// Whether the key at `at` belongs to an outer object: the text lacks a brace, and the key stands where the
    /// outer object's keys stand, or begins an entry inside of an entry.
    pub(super) fn belongs_outside(&self, object: &Object, at: usize) -> bool {
        let [.., outer, inner] = self.open.as_slice() else { return false };
        if self.balance.braces <= 0 {
            return false;
        }
        if is_entry(object) && self.entry_ahead(at) {
            return true;
        }
        if !begins_line(self.text, at) {
            return false;
        }
        let (Some(outer), Some(inner)) = (outer.indent, inner.indent) else { return false };
        let here = at - line_start(self.text, at);
        inner > outer && here <= outer
    }
}

/// Whether an object holds what only an entry holds.
fn is_entry(object: &Object) -> bool {
    ["command", "args", "url", "serverUrl"].iter().any(|key| object.get(key).is_some())
}
