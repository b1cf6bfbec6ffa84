//! Entries of a file that Claude does not read, put into the one that it does.

use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_formats::edit::Edit;
use bridgekeeper_formats::edit::members::Document;
use bridgekeeper_formats::edit::style::{New, Style};
use bridgekeeper_model::ServerName;

/// What merging would do to the file that Claude reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merge {
    /// The edits of its text.
    pub edits: Vec<Edit>,
    /// Entries that are added.
    pub added: Vec<ServerName>,
    /// Entries that stand in both files with different content; they stay as they are.
    pub conflicting: Vec<ServerName>,
}

/// Adds the entries of `unread` that `live` lacks. Nothing is taken from a file that is not strict JSON; `live` must
/// be strict.
pub fn merge(live: &ConfigFile, unread: &ConfigFile) -> Merge {
    let mut merge = Merge::default();
    let strict = live.parsed().is_strict() && unread.parsed().is_strict();
    let Some(root) = live.parsed().root.as_ref().filter(|_| strict && live.root().is_some()) else {
        return merge;
    };
    let style = Style::of(live.text(), live.parsed());
    let document = Document { text: live.text(), style: &style };
    let mut new: Vec<(&str, New)> = Vec::new();
    for entry in unread.servers() {
        match live.server(entry.name.as_str()) {
            Some(present) if same(live, present, unread, entry) => {}
            Some(_) => merge.conflicting.push(entry.name.clone()),
            None => {
                let text = unread.text()[entry.span.clone()].to_owned();
                new.push((entry.name.as_str(), New::Verbatim(text)));
                merge.added.push(entry.name.clone());
            }
        }
    }
    if new.is_empty() {
        return merge;
    }
    merge.edits = if let Some(servers) = live.servers_node() {
        document.insert_members(servers, None, &new)
    } else {
        let servers = New::Object(new.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
        document.insert_members(root, None, &[("mcpServers", servers)])
    };
    merge
}

/// Whether two entries say the same, whatever their white space.
fn same(live: &ConfigFile, a: &Entry, unread: &ConfigFile, b: &Entry) -> bool {
    let tokens = |file: &ConfigFile, entry: &Entry| {
        let mut in_string = false;
        let mut escaped = false;
        let keep = |c: &char| {
            let inside = in_string;
            match c {
                _ if escaped => escaped = false,
                '\\' if in_string => escaped = true,
                '"' => in_string = !in_string,
                _ => {}
            }
            inside || !c.is_whitespace()
        };
        file.text()[entry.span.clone()].chars().filter(keep).collect::<String>()
    };
    tokens(live, a) == tokens(unread, b)
}
