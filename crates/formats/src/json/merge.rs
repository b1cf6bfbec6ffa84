//! Objects that were pasted one after another, made one.

use super::lines::{begins_line, indentation};
use super::strings::quote;
use super::{Member, Node, Object, Parsed, Value};
use crate::edit::Edit;

/// Gives the error of each object after the first the edits that merge it into the first. Only once nothing else
/// is wrong: until then the spans inside still move.
pub(super) fn offer(text: &str, parsed: &mut Parsed) {
    let Some(root) = &parsed.root else { return };
    let others: Vec<&Node> = parsed.more.iter().collect();
    let (Value::Object(_), false) = (&root.value, others.is_empty()) else { return };
    if parsed.errors.len() > others.len() {
        return;
    }
    let mut merge = Merge { text, edits: Vec::new(), filled: Vec::new() };
    let mut end = root.span.end;
    for other in &others {
        if let Some(object) = other.as_object() {
            merge.members(root, object, Level::Top);
        }
        merge.edits.push(Edit::remove(end..other.span.end));
        end = other.span.end;
    }
    let edits = merge.edits;
    let mut errors = parsed.errors.iter_mut();
    if let Some(first) = errors.next() {
        first.repair = edits;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The outermost object.
    Top,
    /// The members of `mcpServers`: names of servers.
    Servers,
    /// Deeper.
    Inner,
}

struct Merge<'t> {
    text: &'t str,
    edits: Vec<Edit>,
    /// Objects without members that have got their first.
    filled: Vec<usize>,
}

impl Merge<'_> {
    fn members(&mut self, target: &Node, from: &Object, level: Level) {
        let Some(object) = target.as_object() else { return };
        for member in &from.members {
            let servers = object.get("mcpServers").map(|servers| &servers.value);
            let stray = level == Level::Top && member.key != "mcpServers" && is_entry(&member.value);
            match (object.get(&member.key), servers) {
                (_, Some(servers)) if stray => {
                    let one = Object { members: vec![member.clone()] };
                    self.members(servers, &one, Level::Servers);
                }
                (None, _) => self.append(target, object, member, None),
                (Some(present), _)
                    if self.text[present.value.span.clone()] == self.text[member.value.span.clone()] => {}
                (Some(present), _) => match (&member.value.value, level) {
                    (Value::Object(inner), Level::Top) if present.value.as_object().is_some() => {
                        let level = if member.key == "mcpServers" { Level::Servers } else { Level::Inner };
                        self.members(&present.value, inner, level);
                    }
                    (_, Level::Servers) => {
                        let name = (2..=object.members.len() + 2)
                            .map(|n| format!("{}-{n}", member.key))
                            .find(|name| object.get(name).is_none());
                        self.append(target, object, member, name);
                    }
                    // One value for one key: what stood first stays.
                    _ => {}
                },
            }
        }
    }

    fn append(&mut self, target: &Node, object: &Object, member: &Member, name: Option<String>) {
        let key = name.map_or_else(|| self.text[member.key_span.clone()].to_owned(), |name| quote(&name));
        let rest = &self.text[member.key_span.end..member.value.span.end];
        let (at, before) = match object.members.last() {
            Some(last) => {
                let key_start = last.key_span.start;
                let on_own_line = begins_line(self.text, key_start);
                let newline = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
                let space = if on_own_line {
                    format!("{newline}{}", indentation(self.text, key_start))
                } else {
                    " ".into()
                };
                (last.value.span.end, format!(",{space}"))
            }
            None if self.filled.contains(&target.span.start) => (target.span.start + 1, ", ".to_owned()),
            None => {
                self.filled.push(target.span.start);
                (target.span.start + 1, String::new())
            }
        };
        self.edits.push(Edit::insert(at, format!("{before}{key}{rest}")));
    }
}

fn is_entry(value: &Node) -> bool {
    value
        .as_object()
        .is_some_and(|object| ["command", "url", "serverUrl"].iter().any(|key| object.get(key).is_some()))
}
