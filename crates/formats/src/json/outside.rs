//! What stands around the object: missing braces, text before and after, a second object.

use super::closers::{Open, Shape};
use super::lines::{alone_on_lines, begins_line, line_start};
use super::scanner::Scanner;
use super::{Node, SyntaxErrorKind, Value};
use crate::edit::Edit;

impl Scanner<'_> {
    pub(super) fn document(&mut self) -> (Option<Node>, Vec<Node>) {
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
        if rest.is_empty() || begins_value || self.key_ahead(self.at).is_some_and(|key| !names_a_file(key)) {
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
}

/// `claude_desktop_config.json:` above the object is a heading, not a key.
fn names_a_file(key: &str) -> bool {
    key.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"))
}
