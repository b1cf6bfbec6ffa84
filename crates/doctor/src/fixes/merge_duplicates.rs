//! Several `mcpServers` in one file, of which Claude reads the last.

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit::members::Document;
use bridgekeeper_formats::edit::style::{New, Style};
use bridgekeeper_model::Applicability;

use super::{Fix, FixFacts, Make, Offer};

pub(super) static MERGE_DUPLICATES: Fix = Fix {
    id: "merge-duplicates",
    title: "Put the entries of every `mcpServers` into one",
    applicability: Applicability::Ask,
    make: Make::File(make),
};

fn make(file: &ConfigFile, _: &FixFacts) -> Offer {
    let Some(root) = file.parsed().root.as_ref().filter(|_| file.parsed().is_strict()) else {
        return Offer::Nothing;
    };
    let (Some(object), Some(last)) = (root.as_object(), file.servers_node()) else { return Offer::Nothing };
    let mut earlier = Vec::new();
    let mut moved: Vec<(&str, New)> = Vec::new();
    for (index, member) in object.members.iter().enumerate() {
        if member.key != "mcpServers" || member.value.span == last.span {
            continue;
        }
        let Some(servers) = member.value.as_object() else { return Offer::Nothing };
        for entry in &servers.members {
            let is_taken = last.as_object().is_some_and(|last| last.get(&entry.key).is_some())
                || moved.iter().any(|(name, _)| *name == entry.key);
            if !is_taken {
                moved.push((&entry.key, New::Verbatim(file.text()[entry.value.span.clone()].to_owned())));
            }
        }
        earlier.push(index);
    }
    if earlier.is_empty() {
        return Offer::Nothing;
    }
    let style = Style::of(file.text(), file.parsed());
    let document = Document { text: file.text(), style: &style };
    let mut edits = document.remove_members(root, &earlier);
    edits.extend(document.insert_members(last, None, &moved));
    Offer::ask(
        edits,
        "Servers that Claude did not start so far will start. Of two entries with one name the last stays.",
    )
}
