//! `mcpServers` as a list of named entries, as some hosts keep it.

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit::Edit;
use bridgekeeper_formats::edit::members::Document;
use bridgekeeper_formats::edit::style::Style;
use bridgekeeper_formats::json::{Node, quote};
use bridgekeeper_model::Applicability;

use super::{Fix, FixFacts, Make, Offer};

pub(super) static LIST_TO_OBJECT: Fix = Fix {
    id: "list-to-object",
    title: "Turn the list of servers into an object with their names as keys",
    applicability: Applicability::Automatic,
    make: Make::File(make),
};

fn make(file: &ConfigFile, _: &FixFacts) -> Offer {
    let Some(list) =
        file.root().filter(|_| file.parsed().is_strict()).and_then(|root| root.get("mcpServers"))
    else {
        return Offer::Nothing;
    };
    let Some(array) = list.value.as_array() else { return Offer::Nothing };
    let names: Option<Vec<&str>> = array.items.iter().map(name).collect();
    let Some(names) = names else {
        return Offer::Refused("Not every entry of the list has a name.".to_owned());
    };
    if names.iter().enumerate().any(|(index, name)| names[..index].contains(name)) {
        return Offer::Refused("Two entries of the list have the same name.".to_owned());
    }
    let style = Style::of(file.text(), file.parsed());
    let document = Document { text: file.text(), style: &style };
    let span = &list.value.span;
    let mut edits =
        vec![Edit::replace(span.start..span.start + 1, "{"), Edit::replace(span.end - 1..span.end, "}")];
    for (item, name) in array.items.iter().zip(names) {
        edits.push(Edit::insert(item.span.start, format!("{}{}", quote(name), style.colon)));
        let members = item.as_object().map(|object| object.members.as_slice()).unwrap_or_default();
        let index = members.iter().rposition(|member| member.key == "name");
        edits.extend(document.remove_members(item, &index.into_iter().collect::<Vec<_>>()));
    }
    Offer::automatic(edits)
}

fn name(item: &Node) -> Option<&str> {
    item.as_object()?.get("name")?.value.as_str()
}
