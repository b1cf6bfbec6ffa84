//! Taking a change out of a JSON text by its members, not by its lines: Claude writes the whole file anew, in its
//! own layout, so that lines prove nothing there.

use bridgekeeper_formats::edit::members::Document;
use bridgekeeper_formats::edit::style::{New, Style};
use bridgekeeper_formats::edit::{Draft, Edit};
use bridgekeeper_formats::json::{self, Node, Value};

/// One difference between the text before and after the change.
#[derive(Debug)]
struct Difference<'a> {
    /// The keys that lead to it.
    path: Vec<&'a str>,
    /// The value before; `None` where the member came with the change.
    before: Option<Part<'a>>,
    /// The value after; `None` where the member went with the change.
    after: Option<Part<'a>>,
}

/// A value and the text it stands in.
#[derive(Debug, Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    node: &'a Node,
}

/// Edits of `present` that take back what turned `before` into `after`, where every member that the change touched
/// still has the value that the change gave it. `Err` names the first member that has not; a text that is no JSON
/// is named as a whole.
pub(crate) fn inverse_on(before: &str, after: &str, present: &str) -> Result<Vec<Edit>, String> {
    let (old, new) = (json::parse(before), json::parse(after));
    let (Some(old), Some(new)) = (&old.root, &new.root) else { return Err("the whole file".to_owned()) };
    let mut differences = Vec::new();
    let (old, new) = (Part { text: before, node: old }, Part { text: after, node: new });
    compare(old, new, &mut vec![], &mut differences);
    let mut draft = Draft::new(present);
    for difference in &differences {
        let edits = difference.taken_out_of(draft.text()).ok_or_else(|| difference.path.join(" > "))?;
        draft.apply(&edits);
    }
    Ok(draft.edits())
}

fn compare<'a>(before: Part<'a>, after: Part<'a>, path: &mut Vec<&'a str>, found: &mut Vec<Difference<'a>>) {
    let (Some(old), Some(new)) = (before.node.as_object(), after.node.as_object()) else {
        if !before.equals(after) {
            found.push(Difference { path: path.clone(), before: Some(before), after: Some(after) });
        }
        return;
    };
    for member in &new.members {
        if old.get(&member.key).is_none() {
            let path = [path.as_slice(), &[member.key.as_str()]].concat();
            found.push(Difference { path, before: None, after: Some(after.of(&member.value)) });
        }
    }
    for member in &old.members {
        path.push(&member.key);
        match new.get(&member.key) {
            Some(same) => compare(before.of(&member.value), after.of(&same.value), path, found),
            None => found.push(Difference {
                path: path.clone(),
                before: Some(before.of(&member.value)),
                after: None,
            }),
        }
        path.pop();
    }
}

impl Difference<'_> {
    /// `None` where the text no longer has what the change put there.
    fn taken_out_of(&self, text: &str) -> Option<Vec<Edit>> {
        let parsed = json::parse(text);
        let root = parsed.root.as_ref().filter(|_| parsed.is_strict())?;
        let style = Style::of(text, &parsed);
        let document = Document { text, style: &style };
        let Some((key, folders)) = self.path.split_last() else {
            let (before, after) = (self.before?, self.after?);
            return after
                .equals(Part { text, node: root })
                .then(|| vec![document.replace(root, &before.written())]);
        };
        let holder = folders.iter().try_fold(root, |node, key| Some(&node.as_object()?.get(key)?.value))?;
        let object = holder.as_object()?;
        let there = object.members.iter().rposition(|member| member.key == **key);
        match (self.before, self.after, there) {
            (Some(before), None, None) => {
                Some(document.insert_members(holder, None, &[(key, before.written())]))
            }
            (before, Some(after), Some(at))
                if after.equals(Part { text, node: &object.members[at].value }) =>
            {
                Some(match before {
                    Some(before) => vec![document.replace(&object.members[at].value, &before.written())],
                    None => document.remove_members(holder, &[at]),
                })
            }
            _ => None,
        }
    }
}

impl<'a> Part<'a> {
    fn of(self, node: &'a Node) -> Self {
        Self { node, ..self }
    }

    /// Whether both mean the same, whatever their layout and the order of their members.
    fn equals(self, other: Part<'_>) -> bool {
        match (&self.node.value, &other.node.value) {
            (Value::Object(a), Value::Object(b)) => {
                let within =
                    |a: &json::Object, b: &json::Object| a.members.iter().all(|m| b.get(&m.key).is_some());
                let same = |member: &json::Member| {
                    let mine = self.node.as_object().and_then(|object| object.get(&member.key));
                    mine.is_some_and(|mine| {
                        self.text_part(&mine.value).equals(other.text_part(&member.value))
                    })
                };
                within(a, b) && within(b, a) && b.members.iter().all(same)
            }
            (Value::Array(a), Value::Array(b)) => {
                a.items.len() == b.items.len()
                    && a.items.iter().zip(&b.items).all(|(a, b)| self.text_part(a).equals(other.text_part(b)))
            }
            (Value::String(a), Value::String(b)) => a == b,
            (a, b) => {
                std::mem::discriminant(a) == std::mem::discriminant(b)
                    && self.text.get(self.node.span.clone()) == other.text.get(other.node.span.clone())
            }
        }
    }

    fn text_part<'n>(self, node: &'n Node) -> Part<'n>
    where
        'a: 'n,
    {
        Part { text: self.text, node }
    }

    /// The value, to be written in another document's layout.
    fn written(self) -> New {
        match &self.node.value {
            Value::Object(object) => New::Object(
                object.members.iter().map(|m| (m.key.clone(), self.text_part(&m.value).written())).collect(),
            ),
            Value::Array(array) => {
                New::List(array.items.iter().map(|item| self.text_part(item).written()).collect())
            }
            Value::String(text) => New::Text(text.clone()),
            Value::Null | Value::Bool(_) | Value::Number | Value::Unreadable => {
                New::Verbatim(self.text.get(self.node.span.clone()).unwrap_or("null").to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bridgekeeper_formats::edit;

    use super::*;

    const BEFORE: &str = r#"{ "mcpServers": { "notes": { "command": "npx", "args": ["-y", "A: b c"] }, "old": { "url": "x" } }, "n": 1 }"#;
    const AFTER: &str = r#"{ "mcpServers": { "notes": { "command": "npx", "args": ["-y", "A:${A}"], "env": { "A": "b c" } } }, "n": 1 }"#;

    fn take_back(present: &str) -> Result<String, String> {
        inverse_on(BEFORE, AFTER, present).map(|edits| edit::apply(present, &edits))
    }

    #[test]
    fn a_text_in_another_layout_gets_its_members_back() {
        let present = "{\n  \"n\": 2,\n  \"mcpServers\": {\n    \"notes\": {\n      \"command\": \"npx\",\n      \"args\": [\n        \"-y\",\n        \"A:${A}\"\n      ],\n      \"env\": {\n        \"A\": \"b c\"\n      }\n    }\n  }\n}";
        let expected = "{\n  \"n\": 2,\n  \"mcpServers\": {\n    \"notes\": {\n      \"command\": \"npx\",\n      \"args\": [\n        \"-y\",\n        \"A: b c\"\n      ]\n    },\n    \"old\": {\n      \"url\": \"x\"\n    }\n  }\n}";
        assert_eq!(take_back(present).unwrap(), expected);
    }

    #[test]
    fn on_the_same_text_it_means_the_text_from_before() {
        let back = take_back(AFTER).unwrap();
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&back), value(BEFORE));
    }

    #[test]
    fn what_has_another_value_now_is_refused_and_named() {
        let changed = AFTER.replace("A:${A}", "A:${B}");
        assert_eq!(take_back(&changed).unwrap_err(), "mcpServers > notes > args");
        let wiped = r#"{ "n": 1 }"#;
        assert!(take_back(wiped).unwrap_err().starts_with("mcpServers > notes"));
        assert!(take_back("{").is_err());
    }
}
