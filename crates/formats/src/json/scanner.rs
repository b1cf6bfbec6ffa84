//! The walk over the text: objects, arrays and what surrounds them, going on after each mistake.
//!
//! Where a closer is missing or superfluous, the indentation and the balance of the whole text decide what was
//! meant; both are only consulted once the text is known to be broken.

use std::ops::Range;

use super::lines::{alone_on_lines, begins_line, indentation, line_start};
use super::{
    Array, MAX_DEPTH, Member, Node, Note, Object, Parsed, SyntaxError, SyntaxErrorKind, Value, merge,
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
    open: Vec<Open>,
    errors: Vec<SyntaxError>,
    pub(super) notes: Vec<Note>,
    balance: Balance,
    /// A comma that the inner, unclosed container ate though it belongs to the outer one.
    carried_comma: Option<usize>,
}

/// An object or array that has begun.
#[derive(Debug, Clone, Copy)]
struct Open {
    shape: Shape,
    /// Where it begins.
    at: usize,
    /// The character that will end it: another one than its shape's where the opener was the wrong one.
    closer: char,
    /// How deep its members are indented, once one stands at the beginning of a line.
    indent: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Object,
    Array,
}

impl Shape {
    const fn closer(self) -> char {
        match self {
            Self::Object => '}',
            Self::Array => ']',
        }
    }

    const fn opener(self) -> char {
        match self {
            Self::Object => '{',
            Self::Array => '[',
        }
    }
}

/// How many openers of each kind have no closer in the whole text; negative for superfluous closers.
#[derive(Debug, Clone, Copy)]
struct Balance {
    braces: i32,
    brackets: i32,
}

impl Balance {
    fn of(text: &str) -> Self {
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

impl<'t> Scanner<'t> {
    pub(super) fn error(&mut self, kind: SyntaxErrorKind, span: Range<usize>, repair: Vec<Edit>) {
        self.errors.push(SyntaxError { kind, span, repair });
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn document(&mut self) -> (Option<Node>, Vec<Node>) {
        self.skip_trivia();
        self.skip_text_before();
        let Some(next) = self.peek() else {
            let end = self.text.len();
            self.error(SyntaxErrorKind::Empty, 0..end, vec![Edit::insert(end, "{}\n")]);
            return (None, Vec::new());
        };
        let is_object = next == '{' || next == '[';
        let root =
            if !is_object && self.key_ahead(self.at).is_some() { self.bare_members() } else { self.value() };
        let more = self.after_root();
        (Some(root), more)
    }

    /// Skips what stands before the first object: a fence, a file name, an assignment.
    fn skip_text_before(&mut self) {
        let rest = &self.text[self.at..];
        let begins_value = rest.starts_with(['{', '[', '"', '\'', '“', '”', '„', '}', ']', ',']);
        if rest.is_empty()
            || begins_value
            || self.key_ahead(self.at).is_some_and(|key| !key.ends_with(".json"))
        {
            return;
        }
        let begins_members = |at: &usize| begins_line(self.text, *at) && self.key_ahead(*at).is_some();
        let object = rest.find('{').map(|at| self.at + at);
        let members = rest.match_indices('"').map(|(at, _)| self.at + at).find(begins_members);
        let Some(start) = object.into_iter().chain(members).min() else { return };
        let span = self.at..start;
        let shown = self.at..self.at + self.text[span.clone()].trim_end().len();
        self.error(SyntaxErrorKind::TextOutside, shown, vec![Edit::remove(span)]);
        self.at = start;
    }

    /// The members of an object whose braces are missing.
    fn bare_members(&mut self) -> Node {
        let start = self.at;
        let newline = self.newline();
        let line = if begins_line(self.text, start) { line_start(self.text, start) } else { start };
        let mut edits = vec![Edit::insert(line, format!("{{{newline}"))];
        let (object, closed) =
            self.members(Open { shape: Shape::Object, at: start, closer: '}', indent: None });
        let end = self.last_end;
        if !closed {
            edits.push(Edit::insert(end, format!("{newline}}}")));
        }
        let first = object.members.first().map_or(start..end, |member| member.key_span.clone());
        self.error(SyntaxErrorKind::MissingOuterBraces, first, edits);
        Node { span: start..end, value: Value::Object(object) }
    }

    /// What stands after the first value, where nothing may stand.
    fn after_root(&mut self) -> Vec<Node> {
        let mut more = Vec::new();
        loop {
            self.skip_trivia();
            let start = self.at;
            let Some(next) = self.peek() else { return more };
            match next {
                '}' | ']' => {
                    self.at += 1;
                    self.superfluous_closer(start);
                }
                ',' => {
                    self.at += 1;
                    self.skip_trivia();
                    if self.peek().is_none_or(|next| matches!(next, '}' | ']' | ',')) {
                        let edit = Edit::remove(start..start + 1);
                        self.error(SyntaxErrorKind::TrailingComma, start..start + 1, vec![edit]);
                    }
                }
                '{' => {
                    let node = self.value();
                    let span = node.span.start..node.span.start + 1;
                    self.error(SyntaxErrorKind::SecondObject, span, Vec::new());
                    more.push(node);
                }
                _ if self.key_ahead(start).is_some() => {
                    let open = Open { shape: Shape::Object, at: start, closer: '}', indent: None };
                    let (object, closed) = self.members(open);
                    if closed {
                        // The brace that closed these members is the one that should have closed the whole.
                        self.balance.braces += 1;
                    }
                    let span =
                        object.members.first().map_or(start..self.last_end, |first| first.key_span.clone());
                    self.error(SyntaxErrorKind::Unbalanced, span, Vec::new());
                    more.push(Node { span: start..self.last_end, value: Value::Object(object) });
                }
                _ => self.text_after(start),
            }
        }
    }

    /// Text after the end, up to a line that begins another object.
    fn text_after(&mut self, start: usize) {
        let rest = &self.text[start..];
        let next = rest.match_indices('{').map(|(at, _)| start + at).find(|at| begins_line(self.text, *at));
        let end = next.unwrap_or(self.text.len());
        let shown = start..start + self.text[start..end].trim_end().len();
        let dots = matches!(&self.text[shown.clone()], "..." | "…");
        let kind = if dots { SyntaxErrorKind::ExcerptMarker } else { SyntaxErrorKind::TextOutside };
        let after_space = self.text[..start].trim_end_matches([' ', '\t']).len();
        let whole = alone_on_lines(self.text, &shown).unwrap_or(after_space..shown.end);
        self.error(kind, shown, vec![Edit::remove(whole)]);
        self.at = end;
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

    /// Names an opener of the wrong kind, known by a closer that is not its shape's.
    fn wrong_opener(&mut self, start: usize, shape: Shape, closer: char) {
        if closer != shape.closer() {
            let edit = Edit::replace(start..start + 1, shape.opener());
            self.error(SyntaxErrorKind::Unbalanced, start..start + 1, vec![edit]);
        }
    }

    /// Skips a container that stands too deep.
    fn too_deep(&mut self) -> Option<Node> {
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

    /// Reads members up to the closer. Says whether there was one.
    fn members(&mut self, open: Open) -> (Object, bool) {
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
                        self.superfluous_closer(start);
                        self.at += 1;
                        self.balance.braces += 1;
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
                    let position = self.comma(next, separated);
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
                    if self.belongs_outside(start) {
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
                    if let Some(position) = self.comma(next, separated) {
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
    fn comma(&mut self, found: char, superfluous: bool) -> Option<usize> {
        let start = self.at;
        self.at += found.len_utf8();
        let span = start..self.at;
        if superfluous {
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
        let width = self.peek().map_or(0, char::len_utf8);
        self.error(SyntaxErrorKind::MissingComma, self.at..self.at + width, vec![Edit::insert(end, ",")]);
    }

    fn dangling_comma(&mut self, comma: Option<usize>) {
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

    fn close(&mut self, open: Open) {
        let start = self.at;
        self.advance_token();
        if open.closer != open.shape.closer() {
            let edit = Edit::replace(start..start + 1, open.shape.closer());
            self.error(SyntaxErrorKind::Unbalanced, start..start + 1, vec![edit]);
        }
    }

    fn wrong_closer(&mut self, at: usize, open: Open) {
        let edit = Edit::replace(at..at + 1, open.shape.closer());
        self.error(SyntaxErrorKind::Unbalanced, at..at + 1, vec![edit]);
        match open.shape {
            Shape::Object => {
                (self.balance.braces, self.balance.brackets) =
                    (self.balance.braces - 1, self.balance.brackets + 1)
            }
            Shape::Array => {
                (self.balance.braces, self.balance.brackets) =
                    (self.balance.braces + 1, self.balance.brackets - 1)
            }
        }
        self.last_end = self.at;
    }

    fn superfluous_closer(&mut self, at: usize) {
        let span = at..at + 1;
        let whole = alone_on_lines(self.text, &span).unwrap_or(span.clone());
        self.error(SyntaxErrorKind::Unbalanced, span, vec![Edit::remove(whole)]);
    }

    /// The text ended inside this container. Always false: it was not closed.
    fn unclosed_at_end(&mut self) -> bool {
        let is_bare =
            |open: &Open| open.shape == Shape::Object && !self.text[open.at..].starts_with(['{', '[']);
        if let Some(open) = self.open.last().copied().filter(|open| !is_bare(open)) {
            let edit = Edit::insert(self.last_end, self.closing(open));
            self.error(SyntaxErrorKind::Unclosed, open.at..open.at + 1, vec![edit]);
        }
        false
    }

    /// The container ends before the next token, without a closer of its own.
    fn unclosed_here(&mut self, open: Open, last: Option<usize>, comma: Option<usize>) {
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
    fn closing(&self, open: Open) -> String {
        let closer = open.shape.closer();
        if self.text[open.at..self.last_end].contains(['\n', '\r']) {
            format!("{}{}{closer}", self.newline(), indentation(self.text, open.at))
        } else {
            closer.to_string()
        }
    }

    fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// Whether an outer container waits for this closer.
    fn closes_outer(&self, closer: char) -> bool {
        self.open.iter().rev().skip(1).any(|open| open.closer == closer)
    }

    /// Whether a brace closes too early: the text has too many of them, and what follows belongs inside.
    fn is_premature(&self, object: &Object) -> bool {
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
            2 => self.entry_ahead(next),
            _ => {
                matches!(key, "args" | "env" | "command")
                    && object.get(key).is_none()
                    && !self.entry_ahead(next)
            }
        }
    }

    /// Whether a key with the object of a server stands at `at`.
    fn entry_ahead(&self, at: usize) -> bool {
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
    /// outer object's keys stand.
    fn belongs_outside(&self, at: usize) -> bool {
        let [.., outer, inner] = self.open.as_slice() else { return false };
        if self.balance.braces <= 0 || !begins_line(self.text, at) {
            return false;
        }
        let (Some(outer), Some(inner)) = (outer.indent, inner.indent) else { return false };
        let here = at - line_start(self.text, at);
        inner > outer && here <= outer
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
                let kind = super::NoteKind::DuplicateKey;
                self.notes.push(Note { kind, span: member.key_span.clone(), repair: Vec::new() });
            }
        }
    }

    fn advance_token(&mut self) {
        self.at += 1;
        self.last_end = self.at;
    }

    /// The place of the next character that is no white space.
    pub(super) fn after_space(&self, at: usize) -> usize {
        let Some(rest) = self.text.get(at..) else { return self.text.len() };
        self.text.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len()
    }

    /// The key that stands at `at` with a colon after it, without its quotes.
    pub(super) fn key_ahead(&self, at: usize) -> Option<&'t str> {
        let end = self.key_end(at)?;
        let rest = &self.text[self.after_space(end)..];
        let text = self.text;
        rest.starts_with([':', '：', '=']).then(|| text[at..end].trim_matches(is_quote))
    }

    /// The end of the quoted text or bare word that begins at `at`, within its line.
    fn key_end(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let first = rest.chars().next()?;
        if is_quote(first) {
            let mut escaped = false;
            for (offset, c) in rest.char_indices().skip(1) {
                match c {
                    '\n' | '\r' => return None,
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    _ if closes(first, c) => return Some(at + offset + c.len_utf8()),
                    _ => {}
                }
            }
            return None;
        }
        if !(first.is_alphabetic() || matches!(first, '_' | '$' | '@')) {
            return None;
        }
        let word = rest.find(|c: char| !(c.is_alphanumeric() || "_$@-./".contains(c))).unwrap_or(rest.len());
        let quote = usize::from(rest[word..].starts_with('"'));
        Some(at + word + quote)
    }
}

/// Whether a quoted text may begin with this character.
pub(super) fn is_quote(c: char) -> bool {
    c == '"' || c == '\'' || c == '`' || is_smart_quote(c)
}

/// Quotes that JSON does not know and word processors make.
pub(super) fn is_smart_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' | '‚' | '＂' | '″')
}

/// Whether a text that was opened with one quote may end with the other.
pub(super) fn closes(opener: char, c: char) -> bool {
    match opener {
        '"' => c == '"',
        '\'' | '`' => c == opener,
        _ => c == '"' || is_smart_quote(c),
    }
}
