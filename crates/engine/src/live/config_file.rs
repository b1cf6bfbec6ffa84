//! The config that Claude reads, as it was at the last look, and what became of it since.

use std::path::{Path, PathBuf};

use bridgekeeper_claude::{Content, read_config};
use bridgekeeper_formats::config::{ConfigFile, Entry as ServerEntry};
use bridgekeeper_formats::json::Node;

use crate::change::{Deed, Digest, Entry};
use crate::view::event::{ChangedBy, ConfigChange};

/// The file as it was seen.
#[derive(Debug, Default)]
pub(super) struct SeenConfig {
    path: Option<PathBuf>,
    bytes: Option<Vec<u8>>,
    file: Option<ConfigFile>,
}

impl SeenConfig {
    /// Reads the file that is the live one now.
    pub(super) fn read(path: Option<&Path>) -> Self {
        let bytes = path.and_then(|path| match read_config(path) {
            Content::Read(bytes) => Some(bytes),
            Content::Absent | Content::Unreadable(_) => None,
        });
        let file = bytes.as_deref().map(ConfigFile::read);
        Self { path: path.map(Path::to_owned), bytes, file }
    }

    /// What could be read of it.
    pub(super) fn file(&self) -> Option<&ConfigFile> {
        self.file.as_ref()
    }

    /// What became of it between two looks; `None` where no byte changed.
    pub(super) fn change_to(
        &self,
        now: &Self,
        journal: &[Entry],
        shorten: impl Fn(&Path) -> String,
    ) -> Option<ConfigChange> {
        let path = now.path.as_ref().or(self.path.as_ref())?;
        if self.path == now.path && self.bytes == now.bytes {
            return None;
        }
        Some(ConfigChange {
            file: shorten(path),
            by: changed_by(path, now.bytes.as_deref(), journal),
            parses: now.file.as_ref().map(ConfigFile::parses),
            changes: self.differences(now),
            entries_differ: self.entries_differ(now),
        })
    }

    fn entries_differ(&self, now: &Self) -> bool {
        let (Some(before), Some(after)) = (&self.file, &now.file) else { return true };
        let is_another = |entry: &ServerEntry| {
            let other = after.server(entry.name.as_str());
            other.is_none_or(|other| !entry_changes(before, entry, after, other).is_empty())
        };
        before.servers().len() != after.servers().len() || before.servers().iter().any(is_another)
    }

    fn differences(&self, now: &Self) -> Vec<String> {
        let (before, after) = match (&self.file, &now.file) {
            (None, None) => return vec!["another file is read now".to_owned()],
            (None, Some(file)) => return vec![format!("the file is there now, with {}", servers(file))],
            (Some(_), None) => return vec!["the file is gone, or cannot be read".to_owned()],
            (Some(before), Some(after)) => (before, after),
        };
        let mut changes = Vec::new();
        if self.path != now.path {
            changes.push("another file is read now".to_owned());
        }
        if before.parses() != after.parses() {
            changes.push(
                if after.parses() { "it parses again" } else { "it does not parse any more" }.to_owned(),
            );
        }
        if !before.servers().is_empty() && after.servers().is_empty() {
            changes.push(format!("every entry is gone; there had been {}", servers(before)));
            return changes;
        }
        for entry in before.servers() {
            match after.server(entry.name.as_str()) {
                None => changes.push(format!("the entry `{}` is gone", entry.name)),
                Some(other) => changes.extend(entry_changes(before, entry, after, other)),
            }
        }
        let new = after.servers().iter().filter(|entry| before.server(entry.name.as_str()).is_none());
        changes.extend(new.map(|entry| format!("the entry `{}` is new", entry.name)));
        changes.extend(other_keys(before, after));
        if changes.is_empty() {
            changes.push("only white space, comments or the order changed".to_owned());
        }
        changes
    }
}

/// Ours is what the journal says that we left there.
fn changed_by(path: &Path, bytes: Option<&[u8]>, journal: &[Entry]) -> ChangedBy {
    let present = bytes.map(Digest::of);
    let texts = journal.iter().rev().filter_map(|entry| match &entry.deed {
        Deed::Text(text) => Some(text),
        Deed::Files(_) => None,
    });
    let last = texts.into_iter().find(|text| text.path == path);
    if last.is_some_and(|text| text.after == present) {
        ChangedBy::Bridgekeeper
    } else {
        ChangedBy::SomebodyElse
    }
}

fn servers(file: &ConfigFile) -> String {
    match file.servers().len() {
        1 => "1 entry".to_owned(),
        number => format!("{number} entries"),
    }
}

/// Which parts of an entry are different. Values are not told, for they may be secrets.
fn entry_changes(before: &ConfigFile, a: &ServerEntry, after: &ConfigFile, b: &ServerEntry) -> Vec<String> {
    let text = |file: &ConfigFile, node: &Node| file.text().get(node.span.clone()).map(without_space);
    let mut changes = Vec::new();
    let mut told = |what: String| changes.push(format!("`{}`: {what}", b.name));
    if a.command.as_ref().map(|text| &text.value) != b.command.as_ref().map(|text| &text.value) {
        told("another command".to_owned());
    }
    if a.arguments() != b.arguments() {
        told("other arguments".to_owned());
    }
    let env = |entry: &ServerEntry| -> Vec<(String, String)> {
        entry.env.iter().map(|one| (one.name.value.clone(), one.value.value.clone())).collect()
    };
    let (env_before, env_after) = (env(a), env(b));
    for (name, value) in &env_after {
        match env_before.iter().find(|(known, _)| known == name) {
            None => told(format!("the variable {name} is new")),
            Some((_, old)) if old != value => told(format!("the variable {name} has another value")),
            Some(_) => {}
        }
    }
    for (name, _) in env_before.iter().filter(|(name, _)| !env_after.iter().any(|(known, _)| known == name)) {
        told(format!("the variable {name} is gone"));
    }
    if changes.is_empty() && text(before, &a.node) != text(after, &b.node) {
        changes.push(format!("`{}`: something else in the entry", b.name));
    }
    changes
}

/// Keys beside `mcpServers`.
fn other_keys(before: &ConfigFile, after: &ConfigFile) -> Vec<String> {
    let members = |file: &ConfigFile| -> Vec<(String, String)> {
        let members = file.root().map(|root| root.members.as_slice()).unwrap_or_default();
        let text = |node: &Node| file.text().get(node.span.clone()).map(without_space).unwrap_or_default();
        members.iter().map(|member| (member.key.clone(), text(&member.value))).collect()
    };
    let (old, new) = (members(before), members(after));
    let mut names: Vec<&String> =
        old.iter().chain(&new).map(|(name, _)| name).filter(|name| *name != "mcpServers").collect();
    names.sort();
    names.dedup();
    let value = |members: &[(String, String)], name: &String| {
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    };
    names
        .into_iter()
        .filter(|name| value(&old, name) != value(&new, name))
        .map(|name| format!("the setting `{name}` changed"))
        .collect()
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}
