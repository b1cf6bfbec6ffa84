//! How a document is written: its indentation, its line ends, its colons. New parts are written the same way.

use crate::json::{Node, Parsed, Value, quote};

/// The habits of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// What one level of indentation adds.
    pub indent: String,
    /// `\n` or `\r\n`.
    pub newline: &'static str,
    /// What stands between a key and its value: `:`, `: `, ` : `.
    pub colon: String,
    /// How objects are laid out.
    pub objects: Layout,
    /// How lists are laid out.
    pub lists: Layout,
}

/// Whether the parts of a container stand on lines of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Each on its own line.
    Lines,
    /// All on one line.
    OneLine,
}

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum New {
    /// A text.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// A list.
    List(Vec<New>),
    /// An object.
    Object(Vec<(String, New)>),
    /// JSON that is taken over as it is.
    Verbatim(String),
}

impl New {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A list of texts.
    pub fn texts<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }
}

impl Style {
    /// Reads the habits of a document; where it shows none, two blanks, `: ` and one member a line.
    pub fn of(text: &str, parsed: &Parsed) -> Self {
        let mut seen = Seen::default();
        if let Some(root) = &parsed.root {
            seen.node(text, root);
        }
        let objects =
            seen.objects.unwrap_or(if text.trim().contains('\n') { Layout::Lines } else { Layout::OneLine });
        Self {
            indent: seen.indent.unwrap_or_else(|| "  ".to_owned()),
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
            colon: seen.colon.unwrap_or_else(|| ": ".to_owned()),
            objects: if seen.members == 0 { Layout::Lines } else { objects },
            lists: seen.lists.unwrap_or(Layout::OneLine),
        }
    }

    /// Writes a value whose line is indented by `indent`.
    pub fn write(&self, value: &New, indent: &str) -> String {
        match value {
            New::Text(text) => quote(text),
            New::Bool(value) => value.to_string(),
            New::Verbatim(json) => json.clone(),
            New::List(items) => {
                let items = |inner: &str| items.iter().map(|item| self.write(item, inner)).collect();
                self.container(['[', ']'], self.lists, indent, items)
            }
            New::Object(members) => {
                let members =
                    |inner: &str| members.iter().map(|(key, value)| self.member(key, value, inner)).collect();
                self.container(['{', '}'], self.objects, indent, members)
            }
        }
    }

    /// Writes a key with its value.
    pub fn member(&self, key: &str, value: &New, indent: &str) -> String {
        format!("{}{}{}", quote(key), self.colon, self.write(value, indent))
    }

    /// What separates two parts on one line.
    pub fn comma(&self) -> &'static str {
        if self.colon == ":" { "," } else { ", " }
    }

    fn container(
        &self,
        [open, close]: [char; 2],
        layout: Layout,
        indent: &str,
        parts: impl Fn(&str) -> Vec<String>,
    ) -> String {
        let inner = format!("{indent}{}", self.indent);
        let parts = parts(&inner);
        if parts.is_empty() {
            return format!("{open}{close}");
        }
        if layout == Layout::OneLine {
            return format!("{open}{}{close}", parts.join(self.comma()));
        }
        let newline = self.newline;
        let lines = parts.join(&format!(",{newline}{inner}"));
        format!("{open}{newline}{inner}{lines}{newline}{indent}{close}")
    }
}

/// What was seen of a document's habits, the first example of each.
#[derive(Default)]
struct Seen {
    indent: Option<String>,
    colon: Option<String>,
    objects: Option<Layout>,
    lists: Option<Layout>,
    members: usize,
}

impl Seen {
    fn node(&mut self, text: &str, node: &Node) {
        match &node.value {
            Value::Object(object) => {
                self.members += object.members.len();
                if let Some(first) = object.members.first() {
                    let layout = self.layout(text, node, first.key_span.start);
                    self.objects.get_or_insert(layout);
                    let between = first.key_span.end..first.value.span.start;
                    let colon = text.get(between).filter(|colon| !colon.contains(['\n', '\r']));
                    if let Some(colon) = colon {
                        self.colon.get_or_insert(colon.to_owned());
                    }
                }
                for member in &object.members {
                    self.node(text, &member.value);
                }
            }
            Value::Array(array) => {
                if let Some(first) = array.items.first() {
                    let layout = self.layout(text, node, first.span.start);
                    self.lists.get_or_insert(layout);
                }
                for item in &array.items {
                    self.node(text, item);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number | Value::String(_) | Value::Unreadable => {}
        }
    }

    fn layout(&mut self, text: &str, node: &Node, first: usize) -> Layout {
        if !begins_line(text, first) {
            return Layout::OneLine;
        }
        let outer = line_indentation(text, node.span.start);
        let inner = line_indentation(text, first);
        if let Some(unit) = inner.strip_prefix(outer).filter(|unit| !unit.is_empty()) {
            self.indent.get_or_insert(unit.to_owned());
        }
        Layout::Lines
    }
}

/// Whether only white space stands before `at` in its line.
pub(crate) fn begins_line(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with(['\n', '\r'])
}

/// The white space that begins the line in which `at` stands.
pub(crate) fn line_indentation(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..at];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |before| before + 1)
}
