//! What is put into a strict document, and what is taken out of one.

use bridgekeeper_formats::edit::members::Document;
use bridgekeeper_formats::edit::style::{New, Style};
use bridgekeeper_formats::edit::{Edit, apply, invert};
use bridgekeeper_formats::json::{self, Node, Value};

use crate::config::is_strict;

/// A document of many parts is edited at the first of them.
const PLACES: usize = 24;

/// Whatever is put in or taken out, the document stays strict, has as many parts as it should, and can be had back.
pub(crate) fn members(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let parsed = json::parse(&text);
    let Some(root) = parsed.root.as_ref().filter(|_| is_strict(&text) == Some(true)) else { return };
    let style = Style::of(&text, &parsed);
    let document = Document { text: &text, style: &style };
    let mut containers = Vec::new();
    collect(root, &mut containers);
    for container in containers {
        let parts = parts(container);
        for (edits, parts) in changes(&document, container, parts) {
            let changed = apply(&text, &edits);
            assert_eq!(apply(&changed, &invert(&text, &edits)), text);
            assert_ne!(is_strict(&changed), Some(false), "{text:?} became {changed:?}");
            let again = json::parse(&changed);
            let same = again.root.as_ref().and_then(|root| at(root, container.span.start));
            assert_eq!(same.map(self::parts), Some(parts), "{text:?} became {changed:?}");
        }
    }
}

/// Changes of a container of so many parts, and how many it has after each.
fn changes(document: &Document<'_>, container: &Node, parts: usize) -> Vec<(Vec<Edit>, usize)> {
    let value = || New::Object(vec![("added".to_owned(), New::texts(["a", "\"\\\n"]))]);
    let middle = parts / 2;
    let mut changes = Vec::new();
    if container.as_object().is_some() {
        let pair = [("one", value()), ("two", New::Bool(true))];
        changes.push((document.insert_members(container, None, &pair), parts + 2));
        changes.push((document.prepend_member(container, "first", &value()), parts + 1));
        if parts > 0 {
            changes.push((document.insert_members(container, Some(middle), &pair), parts + 2));
            changes.push((document.remove_members(container, &[middle]), parts - 1));
            changes.push((document.remove_members(container, &[0, parts - 1]), parts.saturating_sub(2)));
        }
    } else {
        changes.push((document.insert_items(container, None, &[value()]), parts + 1));
        if parts > 0 {
            changes.push((document.insert_items(container, Some(middle), &[value()]), parts + 1));
            changes.push((document.remove_items(container, &[middle]), parts - 1));
            changes.push((document.remove_items(container, &(0..parts).collect::<Vec<_>>()), 0));
        }
    }
    changes
}

fn parts(container: &Node) -> usize {
    match &container.value {
        Value::Object(object) => object.members.len(),
        Value::Array(array) => array.items.len(),
        Value::Null | Value::Bool(_) | Value::Number | Value::String(_) | Value::Unreadable => 0,
    }
}

fn children(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::Object(object) => object.members.iter().map(|member| &member.value).collect(),
        Value::Array(array) => array.items.iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number | Value::String(_) | Value::Unreadable => Vec::new(),
    }
}

fn collect<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
    if found.len() < PLACES && matches!(node.value, Value::Object(_) | Value::Array(_)) {
        found.push(node);
        for child in children(node) {
            collect(child, found);
        }
    }
}

/// The container that begins there.
fn at(node: &Node, start: usize) -> Option<&Node> {
    if node.span.start == start {
        return Some(node);
    }
    children(node).into_iter().find(|child| child.span.contains(&start)).and_then(|child| at(child, start))
}
