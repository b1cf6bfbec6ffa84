//! Where the entries stand in a file, the right place and the wrong ones.

use super::entry::{Entry, Text, key_text};
use crate::json::{Node, Object, Parsed, Value};

/// What the file is, seen as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Entries under `mcpServers`, as Claude wants it.
    Servers,
    /// Entries under `mcpServers`, and others beside that key, which Claude does not read.
    ServersAndStrays,
    /// An object without `mcpServers` and without entries: settings alone.
    NoServers,
    /// Entries at the top level.
    ServersAtTop,
    /// One entry without a name around it.
    EntryAlone,
    /// Entries under the key that another host reads: `servers`, `mcp.servers`, `context_servers`.
    OtherHost,
    /// Something else than an object, or nothing.
    NotAnObject,
}

/// Keys under which other hosts keep their servers.
const OTHER_HOSTS: [&str; 5] = ["servers", "mcp", "context_servers", "mcp_servers", "mcpservers"];

/// Keys that make an object an entry.
const ENTRY_KEYS: [&str; 7] = ["command", "args", "env", "url", "serverUrl", "httpUrl", "transport"];

pub(super) fn read(parsed: &Parsed) -> (Shape, Vec<Entry>) {
    let Some(Value::Object(root)) = parsed.root.as_ref().map(|root| &root.value) else {
        return (Shape::NotAnObject, Vec::new());
    };
    let (shape, mut servers) = of_object(root, parsed.root.as_ref());
    for more in &parsed.more {
        if let Some(object) = more.as_object() {
            servers.extend(of_object(object, Some(more)).1);
        }
    }
    (shape, servers)
}

fn of_object(root: &Object, node: Option<&Node>) -> (Shape, Vec<Entry>) {
    if let Some(servers) = root.get("mcpServers") {
        let mut entries = entries(&servers.value);
        let strays: Vec<Entry> = root
            .members
            .iter()
            .filter(|member| member.key != "mcpServers" && looks_like_entry(&member.value))
            .map(|member| Entry::read(key_text(member), &member.value))
            .collect();
        let shape = if strays.is_empty() { Shape::Servers } else { Shape::ServersAndStrays };
        entries.extend(strays);
        return (shape, entries);
    }
    if is_entry_alone(root) {
        let entry = node.map(|node| {
            Entry::read(Text { value: "server".to_owned(), span: node.span.start..node.span.start }, node)
        });
        return (Shape::EntryAlone, entry.into_iter().collect());
    }
    for key in OTHER_HOSTS {
        let Some(found) = root.members.iter().find(|member| member.key.eq_ignore_ascii_case(key)) else {
            continue;
        };
        let inner =
            found.value.as_object().and_then(|object| object.get("servers")).map(|inner| &inner.value);
        let entries = entries(inner.unwrap_or(&found.value));
        if entries.iter().any(|entry| looks_like_entry(&entry.node)) {
            return (Shape::OtherHost, entries);
        }
    }
    let is_entry = |node: &Node| looks_like_entry(node);
    if root.members.iter().any(|member| is_entry(&member.value)) {
        let members = root.members.iter().filter(|member| is_entry(&member.value));
        return (
            Shape::ServersAtTop,
            members.map(|member| Entry::read(key_text(member), &member.value)).collect(),
        );
    }
    (Shape::NoServers, Vec::new())
}

fn entries(servers: &Node) -> Vec<Entry> {
    let members = servers.as_object().map(|object| object.members.as_slice()).unwrap_or_default();
    members.iter().map(|member| Entry::read(key_text(member), &member.value)).collect()
}

/// Whether the object itself is an entry: `{"command": "npx", "args": [...]}`.
fn is_entry_alone(object: &Object) -> bool {
    let is_text = |key: &str| object.get(key).is_some_and(|member| member.value.as_str().is_some());
    let is_list = |key: &str| object.get(key).is_some_and(|member| member.value.as_array().is_some());
    is_text("command") || is_list("args") || is_text("url") || is_text("serverUrl") || is_text("httpUrl")
}

fn looks_like_entry(node: &Node) -> bool {
    node.as_object().is_some_and(|object| ENTRY_KEYS.iter().any(|key| object.get(key).is_some()))
}
