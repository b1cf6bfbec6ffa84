//! Entries as forms.

use std::ops::Range;

use bridgekeeper_formats::config::{ConfigFile, Entry, Shape, Text};
use bridgekeeper_mcp_remote::Invocation;

use super::flags::takes_value;
use super::units::Units;
use super::view::{EntryKind, Field, GivenFlag, Pair, ServerForm};

/// Keys of an entry that a form shows.
const SHOWN_KEYS: [&str; 6] = ["url", "serverUrl", "httpUrl", "headers", "type", "transportType"];

/// What stands on a bridge's command line, by the numbers of its arguments.
#[derive(Debug, Default)]
pub(super) struct BridgeLine {
    pub(super) url: Option<usize>,
    pub(super) port: Option<usize>,
    /// Arguments with `Name:Value`, or `--header=Name:Value`.
    pub(super) headers: Vec<usize>,
    pub(super) flags: Vec<LineFlag>,
}

/// A flag on it.
#[derive(Debug)]
pub(super) struct LineFlag {
    pub(super) name: String,
    pub(super) index: usize,
    pub(super) value: Option<FlagPlace>,
}

/// Where a flag's value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlagPlace {
    /// In the next argument.
    Next,
    /// Behind an equals sign.
    Attached,
}

/// Every server of the text. `movable` says of which a secret can be moved into the keyring.
pub(crate) fn servers(file: &ConfigFile, movable: impl Fn(&str) -> bool) -> Vec<ServerForm> {
    let units = Units::of(file.text());
    file.servers().iter().map(|entry| form(file, entry, &units, movable(entry.name.as_str()))).collect()
}

/// Whether the parts of the entry have places that can be edited.
pub(super) fn is_editable(file: &ConfigFile, entry: &Entry) -> bool {
    let whole = entry.name_span.start.min(entry.span.start)..entry.span.end;
    let broken = file.syntax_errors().iter().any(|error| touches(&error.span, &whole));
    let twice = file.servers().iter().filter(|other| other.name == entry.name).count() > 1;
    let in_place = matches!(file.shape(), Shape::Servers | Shape::ServersAndStrays);
    in_place && !broken && !twice && entry.misfits.is_empty() && entry.node.as_object().is_some()
}

fn touches(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && a.end > b.start || a.is_empty() && b.contains(&a.start)
}

pub(super) fn kind(entry: &Entry) -> EntryKind {
    let Some(command) = &entry.command else {
        return if entry.url.is_some() { EntryKind::Address } else { EntryKind::Local };
    };
    let name = command.value.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    if name.strip_suffix(".exe").unwrap_or(&name) == "mcp-bridge" {
        let is_exec = entry.args.first().is_some_and(|first| first.value == "exec");
        return if is_exec { EntryKind::LocalWithSecrets } else { EntryKind::Bridge };
    }
    match Invocation::recognise(&command.value, &entry.arguments()) {
        Some(_) => EntryKind::McpRemote,
        None => EntryKind::Local,
    }
}

/// What stands on the entry's command line, where it starts a bridge.
pub(super) fn bridge_line(entry: &Entry) -> Option<BridgeLine> {
    let first = match kind(entry) {
        EntryKind::Bridge => 0,
        EntryKind::McpRemote => {
            Invocation::recognise(&entry.command.as_ref()?.value, &entry.arguments())?.first
        }
        EntryKind::Local | EntryKind::LocalWithSecrets | EntryKind::Address => return None,
    };
    let mut line = BridgeLine::default();
    let mut index = first;
    while let Some(argument) = entry.args.get(index) {
        let text = argument.value.as_str();
        let (name, attached) = text.split_once('=').map_or((text, false), |(name, _)| (name, true));
        if !name.starts_with("--") {
            let is_port = text.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
            if line.url.is_none() {
                line.url = Some(index);
            } else if line.port.is_none() && is_port {
                line.port = Some(index);
            }
            index += 1;
            continue;
        }
        let next = !attached && takes_value(name) && index + 1 < entry.args.len();
        if name == "--header" && (attached || next) {
            line.headers.push(if attached { index } else { index + 1 });
        } else {
            let value = if attached { Some(FlagPlace::Attached) } else { next.then_some(FlagPlace::Next) };
            line.flags.push(LineFlag { name: name.to_owned(), index, value });
        }
        index += if next { 2 } else { 1 };
    }
    Some(line)
}

/// A header's argument as what stands before the name, the name, what parts it from the value, and the value.
pub(super) fn header_parts(argument: &str) -> (&str, &str, &str, &str) {
    let start = argument.strip_prefix("--header=").map_or(0, |_| "--header=".len());
    let (name, rest) = argument[start..].split_once(':').unwrap_or((&argument[start..], ""));
    let value = rest.trim_start();
    let colon = start + name.len();
    (&argument[..start], name, &argument[colon..argument.len() - value.len()], value)
}

fn form(file: &ConfigFile, entry: &Entry, units: &Units<'_>, movable: bool) -> ServerForm {
    let field = |value: String, span: &Range<usize>| Field {
        value,
        from: units.unit(span.start),
        to: units.unit(span.end),
    };
    let whole = |text: &Text| field(text.value.clone(), &text.span);
    let pair = |name: &str, value: &Text| Pair { name: name.to_owned(), value: whole(value) };
    let line = bridge_line(entry).unwrap_or_default();
    let argument = |index: usize| entry.args.get(index).map(whole);
    let in_line = line.headers.iter().filter_map(|index| {
        let argument = entry.args.get(*index)?;
        let (_, name, _, value) = header_parts(&argument.value);
        Some(Pair { name: name.to_owned(), value: field(value.to_owned(), &argument.span) })
    });
    let flags = line.flags.iter().map(|flag| GivenFlag {
        name: flag.name.clone(),
        argument: u32::try_from(flag.index).unwrap_or(u32::MAX),
        value: flag.value.and_then(|place| match place {
            FlagPlace::Next => argument(flag.index + 1),
            FlagPlace::Attached => {
                let text = entry.args.get(flag.index)?;
                Some(field(text.value.split_once('=')?.1.to_owned(), &text.span))
            }
        }),
    });
    ServerForm {
        name: entry.name.to_string(),
        kind: kind(entry),
        editable: is_editable(file, entry),
        from: units.unit(entry.name_span.start.min(entry.span.start)),
        to: units.unit(entry.span.end),
        command: entry.command.as_ref().map(whole),
        arguments: entry.args.iter().map(whole).collect(),
        variables: entry.env.iter().map(|one| pair(&one.name.value, &one.value)).collect(),
        url: entry.url.as_ref().map(whole).or_else(|| argument(line.url?)),
        headers: in_line
            .chain(entry.headers.iter().map(|header| pair(&header.name.value, &header.value)))
            .collect(),
        port: line.port.and_then(argument),
        flags: flags.collect(),
        secret_to_move: movable,
        other: other_keys(entry),
    }
}

fn other_keys(entry: &Entry) -> Vec<String> {
    let names = entry.other.iter().map(|key| key.name.value.clone());
    names.filter(|name| !SHOWN_KEYS.contains(&name.as_str())).collect()
}
