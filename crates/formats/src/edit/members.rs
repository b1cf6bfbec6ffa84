//! Edits of strict JSON by its parts: members of objects and elements of lists.
//!
//! The nodes must come from parsing the same text without errors.

use std::ops::Range;

use super::Edit;
use super::style::{Layout, New, Style, begins_line, line_indentation};
use crate::json::{Node, Value};

/// A strict document about to be edited.
#[derive(Debug, Clone, Copy)]
pub struct Document<'t> {
    /// The text.
    pub text: &'t str,
    /// Its habits.
    pub style: &'t Style,
}

impl Document<'_> {
    /// Puts a value in the place of another.
    pub fn replace(&self, node: &Node, value: &New) -> Edit {
        Edit::replace(
            node.span.clone(),
            self.style.write(value, line_indentation(self.text, node.span.start)),
        )
    }

    /// Puts members into an object: behind member `after`, or behind the last one.
    pub fn insert_members(&self, object: &Node, after: Option<usize>, members: &[(&str, New)]) -> Vec<Edit> {
        let spans = member_spans(object);
        let write =
            |indent: &str| members.iter().map(|(key, value)| self.style.member(key, value, indent)).collect();
        self.insert(object, &spans, after.or(spans.len().checked_sub(1)), self.style.objects, write)
    }

    /// Puts a member before all others.
    pub fn prepend_member(&self, object: &Node, key: &str, value: &New) -> Vec<Edit> {
        let write = |indent: &str| vec![self.style.member(key, value, indent)];
        self.insert(object, &member_spans(object), None, self.style.objects, write)
    }

    /// Puts elements into a list: behind element `after`, or before the first one.
    pub fn insert_items(&self, list: &Node, after: Option<usize>, items: &[New]) -> Vec<Edit> {
        let spans = item_spans(list);
        let write = |indent: &str| items.iter().map(|item| self.style.write(item, indent)).collect();
        self.insert(list, &spans, after, self.style.lists, write)
    }

    /// Takes members out of an object, by their index.
    pub fn remove_members(&self, object: &Node, indices: &[usize]) -> Vec<Edit> {
        removed(object, &member_spans(object), indices)
    }

    /// Takes elements out of a list, by their index.
    pub fn remove_items(&self, list: &Node, indices: &[usize]) -> Vec<Edit> {
        removed(list, &item_spans(list), indices)
    }

    fn insert(
        &self,
        container: &Node,
        spans: &[Range<usize>],
        after: Option<usize>,
        layout: Layout,
        write: impl Fn(&str) -> Vec<String>,
    ) -> Vec<Edit> {
        let outer = line_indentation(self.text, container.span.start);
        let newline = self.style.newline;
        let Some(first) = spans.first() else {
            let inner = format!("{outer}{}", self.style.indent);
            let parts = write(&inner);
            if parts.is_empty() {
                return Vec::new();
            }
            let text = match layout {
                Layout::OneLine => parts.join(self.style.comma()),
                Layout::Lines => {
                    format!("{newline}{inner}{}{newline}{outer}", parts.join(&format!(",{newline}{inner}")))
                }
            };
            return vec![Edit::replace(container.span.start + 1..container.span.end - 1, text)];
        };
        let neighbour = after.and_then(|index| spans.get(index)).unwrap_or(first);
        let between = if begins_line(self.text, neighbour.start) {
            format!(",{newline}{}", line_indentation(self.text, neighbour.start))
        } else {
            match spans {
                [one, two, ..] if !self.text[one.end..two.start].contains(['\n', '\r']) => {
                    self.text[one.end..two.start].to_owned()
                }
                _ => self.style.comma().to_owned(),
            }
        };
        let indent = line_indentation(self.text, neighbour.start);
        let edit = |part: String| match after {
            Some(_) => Edit::insert(neighbour.end, format!("{between}{part}")),
            None => Edit::insert(neighbour.start, format!("{part}{between}")),
        };
        write(indent).into_iter().map(edit).collect()
    }
}

fn member_spans(object: &Node) -> Vec<Range<usize>> {
    let Value::Object(object) = &object.value else { return Vec::new() };
    object.members.iter().map(crate::json::Member::span).collect()
}

fn item_spans(list: &Node) -> Vec<Range<usize>> {
    let Value::Array(array) = &list.value else { return Vec::new() };
    array.items.iter().map(|item| item.span.clone()).collect()
}

/// Each run of neighbours goes with the commas that would be left over.
fn removed(container: &Node, spans: &[Range<usize>], indices: &[usize]) -> Vec<Edit> {
    let gone = |index: usize| indices.contains(&index);
    let mut edits = Vec::new();
    let mut index = 0;
    while index < spans.len() {
        if !gone(index) {
            index += 1;
            continue;
        }
        let first = index;
        while index < spans.len() && gone(index) {
            index += 1;
        }
        let span = match (spans.get(index), first.checked_sub(1)) {
            (Some(next), _) => spans[first].start..next.start,
            (None, Some(before)) => spans[before].end..spans[index - 1].end,
            (None, None) => container.span.start + 1..container.span.end - 1,
        };
        edits.push(Edit::remove(span));
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::apply;
    use crate::json::{Node, parse};

    /// Applies what `edits` makes of the document's outermost value.
    fn edited(text: &str, edits: impl Fn(&Document<'_>, &Node) -> Vec<Edit>) -> String {
        let parsed = parse(text);
        assert!(parsed.is_strict());
        let style = Style::of(text, &parsed);
        let root = parsed.root.as_ref().unwrap();
        let result = apply(text, &edits(&Document { text, style: &style }, root));
        assert!(parse(&result).is_strict(), "{result}");
        result
    }

    fn added(text: &str) -> String {
        let members = [("env", New::Object(vec![("A".to_owned(), New::text("1"))]))];
        edited(text, |document, root| document.insert_members(root, None, &members))
    }

    #[test]
    fn new_members_look_like_the_old_ones() {
        assert_eq!(added("{\n\t\"a\": 1\n}"), "{\n\t\"a\": 1,\n\t\"env\": {\n\t\t\"A\": \"1\"\n\t}\n}");
        assert_eq!(
            added("{\r\n    \"a\" : 1\r\n}"),
            "{\r\n    \"a\" : 1,\r\n    \"env\" : {\r\n        \"A\" : \"1\"\r\n    }\r\n}"
        );
        assert_eq!(added("{\"a\":1,\"b\":2}"), "{\"a\":1,\"b\":2,\"env\":{\"A\":\"1\"}}");
        assert_eq!(added("{\"a\": 1}"), "{\"a\": 1, \"env\": {\"A\": \"1\"}}");
        assert_eq!(added("{}"), "{\n  \"env\": {\n    \"A\": \"1\"\n  }\n}");
    }

    #[test]
    fn removed_members_leave_no_comma() {
        let without = |text: &str, indices: &[usize]| {
            edited(text, |document, root| document.remove_members(root, indices))
        };
        let text = "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}";
        assert_eq!(without(text, &[0]), "{\n  \"b\": 2,\n  \"c\": 3\n}");
        assert_eq!(without(text, &[1]), "{\n  \"a\": 1,\n  \"c\": 3\n}");
        assert_eq!(without(text, &[1, 2]), "{\n  \"a\": 1\n}");
        assert_eq!(without(text, &[0, 2]), "{\n  \"b\": 2\n}");
        assert_eq!(without(text, &[0, 1, 2]), "{}");
    }

    #[test]
    fn elements_go_in_where_they_are_wanted() {
        let insert = |text: &str, after| {
            edited(text, move |document, root| document.insert_items(root, after, &[New::text("n")]))
        };
        assert_eq!(insert("[\"a\", \"b\"]", Some(0)), "[\"a\", \"n\", \"b\"]");
        assert_eq!(insert("[\"a\",\"b\"]", None), "[\"n\",\"a\",\"b\"]");
        assert_eq!(insert("[\n  \"a\"\n]", Some(0)), "[\n  \"a\",\n  \"n\"\n]");
        assert_eq!(insert("[]", None), "[\"n\"]");
    }
}
