//! One entry of a strict file, with the edits that fixes are made of.

use bridgekeeper_formats::config::{ConfigFile, Entry, Text};
use bridgekeeper_formats::edit::Edit;
use bridgekeeper_formats::edit::members::Document;
use bridgekeeper_formats::edit::style::{New, Style};
use bridgekeeper_formats::json::{Member, Node, quote};
use bridgekeeper_mcp_remote::{CommandLine, Invocation};

use super::FixFacts;
use crate::rules::config::reading::{Started, program_name, remote, started, url_parts};

/// An entry that a fix may change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub file: &'a ConfigFile,
    pub entry: &'a Entry,
    pub facts: &'a FixFacts,
    pub style: &'a Style,
}

/// A bridge that an entry starts.
#[derive(Debug, Clone)]
pub(crate) struct Bridge {
    pub make: BridgeMake,
    pub line: CommandLine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BridgeMake {
    Ours,
    McpRemote,
}

impl<'a> Target<'a> {
    /// What the entry starts.
    pub(crate) fn started(&self) -> Option<Started<'a>> {
        started(self.entry)
    }

    /// The call of mcp-remote that the entry makes, if it makes one.
    pub(crate) fn remote(&self) -> Option<Invocation> {
        remote(self.entry)
    }

    /// The bridge that the entry starts, with its command line as it is, where a URL stands in it.
    pub(crate) fn bridge(&self) -> Option<Bridge> {
        let command = self.entry.command.as_ref()?;
        let published = self.facts.bridge.as_ref().is_some_and(|bridge| *bridge == command.value);
        let all_texts = !self.entry.misfits.iter().any(|misfit| misfit.place.starts_with("args"));
        let (make, line) = if (published || program_name(&command.value) == "mcp-bridge") && all_texts {
            (BridgeMake::Ours, CommandLine::parse(&self.entry.arguments()))
        } else {
            (BridgeMake::McpRemote, self.remote()?.line)
        };
        let has_url = line.server_url.as_ref().is_some_and(|url| url_parts(&url.value).is_some());
        has_url.then_some(Bridge { make, line })
    }

    /// A flag of the bridge, behind the URL and the port: at the end it could become the value of a flag that misses
    /// its own.
    pub(crate) fn insert_flag(&self, bridge: &Bridge, flag: &[&str]) -> Vec<Edit> {
        let url = bridge.line.server_url.as_ref().map(|url| url.index);
        let port = bridge.line.callback_port.as_ref().map(|port| port.index);
        self.insert_args(url.max(port), flag)
    }

    pub(crate) fn document(&self) -> Document<'a> {
        Document { text: self.file.text(), style: self.style }
    }

    fn member(&self, key: &str) -> Option<&'a Member> {
        self.entry.node.as_object()?.get(key)
    }

    fn index(&self, key: &str) -> Option<usize> {
        self.entry.node.as_object()?.members.iter().rposition(|member| member.key == key)
    }

    fn args(&self) -> Option<&'a Node> {
        self.member("args").map(|member| &member.value).filter(|node| node.as_array().is_some())
    }

    /// Another text in the place of one.
    pub(crate) fn set(text: &Text, value: &str) -> Edit {
        Edit::replace(text.span.clone(), quote(value))
    }

    /// Arguments behind the one at `after`, or before the first. Makes the list where there is none.
    pub(crate) fn insert_args(&self, after: Option<usize>, args: &[&str]) -> Vec<Edit> {
        let new = |arg: &&str| New::text(*arg);
        match self.args() {
            Some(list) => {
                let items: Vec<New> = args.iter().map(new).collect();
                self.document().insert_items(list, after, &items)
            }
            None if args.is_empty() => Vec::new(),
            None => {
                let list = New::List(args.iter().map(new).collect());
                self.document().insert_members(&self.entry.node, self.index("command"), &[("args", list)])
            }
        }
    }

    /// Takes arguments out, by their index.
    pub(crate) fn remove_args(&self, indices: &[usize]) -> Vec<Edit> {
        self.args().map(|list| self.document().remove_items(list, indices)).unwrap_or_default()
    }

    /// Takes members of the entry out.
    pub(crate) fn remove_keys(&self, keys: &[&str]) -> Vec<Edit> {
        let Some(object) = self.entry.node.as_object() else { return Vec::new() };
        let is_meant = |(_, member): &(usize, &Member)| keys.contains(&member.key.as_str());
        let indices: Vec<usize> =
            object.members.iter().enumerate().filter(is_meant).map(|(index, _)| index).collect();
        self.document().remove_members(&self.entry.node, &indices)
    }

    /// Takes variables out of `env`.
    pub(crate) fn remove_variables(&self, names: &[&str]) -> Vec<Edit> {
        let Some(node) = self.member("env").map(|member| &member.value) else { return Vec::new() };
        let Some(object) = node.as_object() else { return Vec::new() };
        let is_meant = |(_, member): &(usize, &Member)| names.contains(&member.key.as_str());
        let indices: Vec<usize> =
            object.members.iter().enumerate().filter(is_meant).map(|(index, _)| index).collect();
        self.document().remove_members(node, &indices)
    }

    /// Gives variables of `env` these values. Makes the object where there is none; what has its value already is
    /// left alone.
    pub(crate) fn set_variables(&self, variables: &[(String, String)]) -> Vec<Edit> {
        let env = self.member("env").map(|member| &member.value).filter(|node| node.as_object().is_some());
        let mut edits = Vec::new();
        let mut new = Vec::new();
        for (name, value) in variables {
            match self.entry.variable(name) {
                Some(present) if present.value == *value => {}
                Some(present) => edits.push(Self::set(present, value)),
                None => new.push((name.as_str(), New::text(value.as_str()))),
            }
        }
        if new.is_empty() {
            return edits;
        }
        if let Some(node) = env {
            edits.extend(self.document().insert_members(node, None, &new));
        } else {
            let object = New::Object(new.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
            let after = self.index("args").or_else(|| self.index("command"));
            edits.extend(self.document().insert_members(&self.entry.node, after, &[("env", object)]));
        }
        edits
    }

    /// A name for a new variable that the entry does not use yet.
    pub(crate) fn free_variable(&self, wanted: &str, also_taken: &[(String, String)]) -> String {
        let taken = |name: &str| {
            self.entry.variable(name).is_some() || also_taken.iter().any(|(taken, _)| taken == name)
        };
        if !taken(wanted) {
            return wanted.to_owned();
        }
        (2..=self.entry.env.len() + also_taken.len() + 2)
            .map(|number| format!("{wanted}_{number}"))
            .find(|name| !taken(name))
            .unwrap_or_else(|| wanted.to_owned())
    }
}
