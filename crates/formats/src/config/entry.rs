//! One server as it stands in the file.

use std::ops::Range;

use bridgekeeper_model::{SecretName, ServerName};

use crate::json::{Member, Node, Object, Value};

/// An entry: everything in it that means something to Claude or to another host, with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name. An entry that was pasted without one has the name `server`.
    pub name: ServerName,
    /// Where the name stands, quotes included; empty for an entry without one.
    pub name_span: Range<usize>,
    /// Where the entry's value stands, braces included.
    pub span: Range<usize>,
    /// `command`.
    pub command: Option<Text>,
    /// `args`, those that are texts.
    pub args: Vec<Text>,
    /// Where the list of `args` stands, if there is one.
    pub args_span: Option<Range<usize>>,
    /// `env`, those values that are texts.
    pub env: Vec<Variable>,
    /// Where the object of `env` stands, if there is one.
    pub env_span: Option<Range<usize>>,
    /// `url`, `serverUrl` or `httpUrl`, also inside a `transport` object.
    pub url: Option<Text>,
    /// `type`, also inside a `transport` object, or `transportType`.
    pub kind: Option<Text>,
    /// `headers`, those values that are texts.
    pub headers: Vec<Header>,
    /// Every key but `command`, `args` and `env`.
    pub other: Vec<OtherKey>,
    /// Values of a kind that Claude refuses.
    pub misfits: Vec<Misfit>,
    /// The tree of the value.
    pub node: Node,
}

/// A text in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text, decoded.
    pub value: String,
    /// Where it stands, quotes included.
    pub span: Range<usize>,
}

/// One member of `env`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: Text,
    /// Its value.
    pub value: Text,
}

/// One member of `headers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: Text,
    /// Its value.
    pub value: Text,
}

/// A key that Claude does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherKey {
    /// The key.
    pub name: Text,
    /// Where its value stands.
    pub value_span: Range<usize>,
}

/// A value of the wrong kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Which: `command`, `args`, `args[2]`, `env`, `env.KEY`, or empty for the entry itself.
    pub place: String,
    /// What Claude expects there, in words.
    pub expected: &'static str,
    /// What stands there, in words.
    pub found: &'static str,
    /// Where it stands.
    pub span: Range<usize>,
}

const URL_KEYS: [&str; 3] = ["url", "serverUrl", "httpUrl"];

impl Entry {
    /// The arguments as texts.
    pub fn arguments(&self) -> Vec<&str> {
        self.args.iter().map(|arg| arg.value.as_str()).collect()
    }

    /// The value of a variable of `env`.
    pub fn variable(&self, name: &str) -> Option<&Text> {
        self.env.iter().rev().find(|variable| variable.name.value == name).map(|variable| &variable.value)
    }

    /// The secrets of the keyring that it refers to: `${secret:NAME}` anywhere, and `KEY=secret:NAME` as
    /// `mcp-bridge exec --env` takes it.
    pub fn secrets(&self) -> Vec<SecretName> {
        let values = self.env.iter().map(|variable| &variable.value);
        let values = values.chain(self.headers.iter().map(|header| &header.value));
        let texts = self.args.iter().chain(values);
        let named = texts.flat_map(|text| SecretName::references_in(&text.value));
        let is_exec = self.args.first().is_some_and(|first| first.value == "exec");
        let flags = self.args.iter().filter(|_| is_exec).take_while(|arg| arg.value != "--");
        let given = flags.filter_map(|arg| arg.value.split_once("=secret:")?.1.parse().ok());
        let mut secrets: Vec<SecretName> = named.chain(given).collect();
        secrets.sort();
        secrets.dedup();
        secrets
    }

    /// Reads the value of a member as an entry.
    pub(super) fn read(name: Text, node: &Node) -> Self {
        let mut entry = Self {
            name: ServerName::new(name.value),
            name_span: name.span,
            span: node.span.clone(),
            command: None,
            args: Vec::new(),
            args_span: None,
            env: Vec::new(),
            env_span: None,
            url: None,
            kind: None,
            headers: Vec::new(),
            other: Vec::new(),
            misfits: Vec::new(),
            node: node.clone(),
        };
        match &node.value {
            Value::Object(object) => entry.members(object),
            Value::Unreadable => {}
            Value::Null | Value::Bool(_) | Value::Number | Value::String(_) | Value::Array(_) => {
                entry.misfit(String::new(), "an object", node);
            }
        }
        entry
    }

    fn members(&mut self, object: &Object) {
        for member in &object.members {
            // Of a key that stands twice the last one counts.
            let counts = object.get(&member.key).is_some_and(|last| last.key_span == member.key_span);
            if !counts {
                continue;
            }
            let value = &member.value;
            match member.key.as_str() {
                "command" => self.command = self.text("command", value),
                "args" => self.read_args(value),
                "env" => self.read_env(value),
                key => {
                    self.read_remote(key, value);
                    self.other.push(OtherKey { name: key_text(member), value_span: value.span.clone() });
                }
            }
        }
    }

    fn read_args(&mut self, node: &Node) {
        let Some(array) = node.as_array() else {
            return self.misfit("args".to_owned(), "a list of texts", node);
        };
        self.args_span = Some(node.span.clone());
        for (index, item) in array.items.iter().enumerate() {
            let text = self.text(&format!("args[{index}]"), item);
            self.args.extend(text);
        }
    }

    fn read_env(&mut self, node: &Node) {
        let Some(object) = node.as_object() else {
            return self.misfit("env".to_owned(), "an object of texts", node);
        };
        self.env_span = Some(node.span.clone());
        for member in &object.members {
            if let Some(value) = self.text(&format!("env.{}", member.key), &member.value) {
                self.env.push(Variable { name: key_text(member), value });
            }
        }
    }

    /// The keys of a remote server, which Claude does not read: they say what the entry was meant to be.
    fn read_remote(&mut self, key: &str, node: &Node) {
        if URL_KEYS.contains(&key) && self.url.is_none() {
            self.url = text(node);
        }
        match (key, node.as_object()) {
            ("type" | "transportType" | "transport", None) if self.kind.is_none() => self.kind = text(node),
            ("headers", Some(headers)) => {
                let header =
                    |member: &Member| Some(Header { name: key_text(member), value: text(&member.value)? });
                self.headers = headers.members.iter().filter_map(header).collect();
            }
            ("transport" | "remote" | "connection", Some(inner)) => {
                for member in &inner.members {
                    self.read_remote(&member.key, &member.value);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, place: &str, node: &Node) -> Option<Text> {
        let found = text(node);
        if found.is_none() && node.value != Value::Unreadable {
            self.misfit(place.to_owned(), "a text", node);
        }
        found
    }

    fn misfit(&mut self, place: String, expected: &'static str, node: &Node) {
        self.misfits.push(Misfit { place, expected, found: node.kind(), span: node.span.clone() });
    }
}

fn text(node: &Node) -> Option<Text> {
    node.as_str().map(|value| Text { value: value.to_owned(), span: node.span.clone() })
}

pub(super) fn key_text(member: &Member) -> Text {
    Text { value: member.key.clone(), span: member.key_span.clone() }
}
