//! A server switched off and on without losing a byte of its entry.
//!
//! Claude has no key for it and drops what it does not know, so the entry leaves the file and is kept elsewhere by
//! whoever asked.

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit::Edit;
use bridgekeeper_formats::edit::members::Document;
use bridgekeeper_formats::edit::style::{New, Style};
use bridgekeeper_model::ServerName;

/// An entry that was taken out of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchedOff {
    /// Its name.
    pub name: ServerName,
    /// Its value, byte for byte.
    pub entry: String,
    /// The entry that stood before it, if one did.
    pub after: Option<ServerName>,
}

/// The edits that take the entry out, and what must be kept. `None` without such an entry under `mcpServers` of a
/// strict file.
pub fn switch_off(file: &ConfigFile, name: &ServerName) -> Option<(Vec<Edit>, SwitchedOff)> {
    let servers = file.servers_node().filter(|_| file.parsed().is_strict())?;
    let members = &servers.as_object()?.members;
    let index = members.iter().rposition(|member| member.key == name.as_str())?;
    let style = Style::of(file.text(), file.parsed());
    let document = Document { text: file.text(), style: &style };
    let kept = SwitchedOff {
        name: name.clone(),
        entry: file.text()[members[index].value.span.clone()].to_owned(),
        after: index.checked_sub(1).map(|before| ServerName::new(members[before].key.clone())),
    };
    Some((document.remove_members(servers, &[index]), kept))
}

/// The edits that put it back, behind the entry that stood before it. `None` when the file is not strict, or an
/// entry of that name stands there now.
pub fn switch_on(file: &ConfigFile, kept: &SwitchedOff) -> Option<Vec<Edit>> {
    let root = file.parsed().root.as_ref().filter(|_| file.parsed().is_strict())?;
    let style = Style::of(file.text(), file.parsed());
    let document = Document { text: file.text(), style: &style };
    let entry = New::Verbatim(kept.entry.clone());
    let Some(servers) = file.servers_node() else {
        let has_key = root.as_object()?.get("mcpServers").is_some();
        let servers = New::Object(vec![(kept.name.as_str().to_owned(), entry)]);
        return (!has_key).then(|| document.insert_members(root, None, &[("mcpServers", servers)]));
    };
    let object = servers.as_object()?;
    if object.get(kept.name.as_str()).is_some() {
        return None;
    }
    let before = kept.after.as_ref();
    let after = before.and_then(|name| object.members.iter().rposition(|member| member.key == name.as_str()));
    if kept.after.is_none() && !object.members.is_empty() {
        return Some(document.prepend_member(servers, kept.name.as_str(), &entry));
    }
    Some(document.insert_members(servers, after, &[(kept.name.as_str(), entry)]))
}
