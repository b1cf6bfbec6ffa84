//! Entries that stand outside `mcpServers` moved where Claude reads them.

use bridgekeeper_formats::config::{ConfigFile, Entry, Shape};
use bridgekeeper_formats::edit::Edit;
use bridgekeeper_formats::edit::members::Document;
use bridgekeeper_formats::edit::style::{Layout, New, Style};
use bridgekeeper_formats::json::{Member, Node, quote};
use bridgekeeper_model::Applicability;

use super::{Fix, FixFacts, Make, Offer};

pub(super) static WRAP_SERVERS: Fix = Fix {
    id: "wrap-servers",
    title: "Move the entries under `mcpServers`, where Claude reads them",
    applicability: Applicability::Automatic,
    make: Make::File(make),
};

fn make(file: &ConfigFile, _: &FixFacts) -> Offer {
    let Some(root) = file.parsed().root.as_ref().filter(|_| file.parsed().is_strict()) else {
        return Offer::Nothing;
    };
    let style = Style::of(file.text(), file.parsed());
    match file.shape() {
        Shape::EntryAlone => entry_alone(file, root, &style),
        Shape::ServersAtTop | Shape::ServersAndStrays => Offer::automatic(strays(file, root, &style)),
        Shape::OtherHost => other_host(file, root),
        Shape::Servers | Shape::NoServers | Shape::NotAnObject => Offer::Nothing,
    }
}

/// `{"command": …}` gets the braces, the key and a name around it.
fn entry_alone(file: &ConfigFile, root: &Node, style: &Style) -> Offer {
    let Some(entry) = file.servers().first() else { return Offer::Nothing };
    let name = guessed_name(entry);
    let newline = style.newline;
    let (before, after) = if file.text()[root.span.clone()].contains('\n') || style.objects == Layout::Lines {
        let (one, two) = (style.indent.clone(), style.indent.repeat(2));
        let before = format!(
            "{{{newline}{one}\"mcpServers\"{}{{{newline}{two}{}{}",
            style.colon,
            quote(&name),
            style.colon
        );
        (before, format!("{newline}{one}}}{newline}}}"))
    } else {
        (format!("{{\"mcpServers\"{}{{{}{}", style.colon, quote(&name), style.colon), "}}".to_owned())
    };
    let edits = vec![Edit::insert(root.span.start, before), Edit::insert(root.span.end, after)];
    Offer::ask(edits, format!("The entry has no name; it becomes `{name}`."))
}

/// The last word of the package or script, or the host of the URL.
fn guessed_name(entry: &Entry) -> String {
    let mut words = entry.args.iter().map(|arg| arg.value.as_str()).filter(|arg| !arg.starts_with('-'));
    let bridges = ["mcp-remote", "run", "exec"];
    let word = words.find(|word| !bridges.iter().any(|bridge| word.starts_with(bridge)));
    let word = entry.url.as_ref().map(|url| url.value.as_str()).or(word).unwrap_or("server");
    let word = match word.split_once("://") {
        Some((_, rest)) => rest.split(['/', ':', '?']).next().unwrap_or(rest),
        None => word.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(word),
    };
    let word = word.split('@').next().unwrap_or(word);
    let word = word.trim_end_matches(".js").trim_end_matches(".py");
    let name: String =
        word.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    if name.is_empty() { "server".to_owned() } else { name }
}

/// Members of the outermost object that are entries move into `mcpServers`.
fn strays(file: &ConfigFile, root: &Node, style: &Style) -> Vec<Edit> {
    let Some(object) = root.as_object() else { return Vec::new() };
    let is_stray = |member: &Member| file.servers().iter().any(|entry| entry.name_span == member.key_span);
    let indices: Vec<usize> = object
        .members
        .iter()
        .enumerate()
        .filter(|(_, member)| is_stray(member))
        .map(|(index, _)| index)
        .collect();
    let document = Document { text: file.text(), style };
    if indices.len() == object.members.len() {
        return around(file, root, style);
    }
    let verbatim = |index: &usize| {
        let member = &object.members[*index];
        (member.key.as_str(), New::Verbatim(file.text()[member.value.span.clone()].to_owned()))
    };
    let moved: Vec<(&str, New)> = indices.iter().map(verbatim).collect();
    let mut edits = document.remove_members(root, &indices);
    if let Some(servers) = file.servers_node() {
        edits.extend(document.insert_members(servers, None, &moved));
    } else {
        let servers = New::Object(moved.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
        let kept = (0..object.members.len()).rfind(|index| !indices.contains(index));
        edits.extend(document.insert_members(root, kept, &[("mcpServers", servers)]));
    }
    edits
}

/// Everything is an entry: the key goes around the whole, and the lines stay as they are.
fn around(file: &ConfigFile, root: &Node, style: &Style) -> Vec<Edit> {
    let lines = file.text()[root.span.clone()].contains('\n');
    let newline = style.newline;
    let (before, after) = if lines {
        let indent = &style.indent;
        (format!("{newline}{indent}\"mcpServers\"{}{{", style.colon), format!("{indent}}}{newline}"))
    } else {
        (format!("\"mcpServers\"{}{{", style.colon), "}".to_owned())
    };
    vec![Edit::insert(root.span.start + 1, before), Edit::insert(root.span.end - 1, after)]
}

/// The key of another host gets Claude's name.
fn other_host(file: &ConfigFile, root: &Node) -> Offer {
    let Some(object) = root.as_object() else { return Offer::Nothing };
    let Some(first) = file.servers().first() else { return Offer::Nothing };
    let Some(member) = object.members.iter().find(|member| member.value.span.contains(&first.span.start))
    else {
        return Offer::Nothing;
    };
    if member
        .value
        .as_object()
        .is_some_and(|inner| inner.members.iter().any(|one| one.key_span == first.name_span))
    {
        return Offer::automatic(vec![Edit::replace(member.key_span.clone(), "\"mcpServers\"")]);
    }
    // `"mcp": {"servers": {…}}`: the outer object is taken away where it holds nothing else.
    let Some(inner) = member
        .value
        .as_object()
        .filter(|inner| inner.members.len() == 1)
        .and_then(|inner| inner.members.first())
    else {
        return Offer::Refused(format!(
            "`{}` holds more than servers; which part belongs to Claude is not plain.",
            member.key
        ));
    };
    let servers = file.text()[inner.value.span.clone()].to_owned();
    Offer::automatic(vec![
        Edit::replace(member.key_span.clone(), "\"mcpServers\""),
        Edit::replace(member.value.span.clone(), servers),
    ])
}
