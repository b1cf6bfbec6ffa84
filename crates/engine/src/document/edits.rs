//! A change of a form as edits of the text. Only the spans that it means are touched.

use std::ops::Range;

use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_formats::edit::Edit;
use bridgekeeper_formats::edit::members::Document;
use bridgekeeper_formats::edit::style::{New, Style};
use bridgekeeper_formats::json::{self, Member, Node, quote};
use similar::{ChangeTag, TextDiff};

use super::forms::{BridgeLine, FlagPlace, bridge_line, header_parts, is_editable};
use super::view::FormEdit;

/// Why a part cannot be changed in a form, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotPossible(pub(crate) String);

type Edits = Result<Vec<Edit>, NotPossible>;

/// The edits that make this change and no other. What says the same already is left as it is written.
pub(crate) fn edit(file: &ConfigFile, change: &FormEdit) -> Edits {
    let string = |text: &str| {
        let parsed = json::parse(text);
        parsed.root.as_ref().filter(|_| parsed.is_strict()).and_then(Node::as_str).map(str::to_owned)
    };
    let says_the_same = |edit: &Edit| {
        let present = string(&file.text()[edit.span.clone()]);
        present.is_some() && present == string(&edit.text)
    };
    let mut edits = computed(file, change)?;
    edits.retain(|edit| !says_the_same(edit));
    Ok(edits)
}

fn computed(file: &ConfigFile, change: &FormEdit) -> Edits {
    let style = Style::of(file.text(), file.parsed());
    let document = Document { text: file.text(), style: &style };
    let form = |server: &str| Form::of(file, document, server);
    match change {
        FormEdit::AddServer { name, command } => add_server(file, &document, name, command),
        FormEdit::RenameServer { server, name } => {
            let form = form(server)?;
            if server == name {
                return Ok(vec![]);
            }
            is_free(file, name)?;
            Ok(vec![Edit::replace(form.entry.name_span.clone(), quote(name))])
        }
        FormEdit::RemoveServer { server } => {
            form(server)?;
            let Some(servers) = file.servers_node() else { return Err(gone(server)) };
            Ok(document.remove_members(servers, &positions(servers, server)))
        }
        FormEdit::Command { server, value } => Ok(form(server)?.command(value)),
        FormEdit::Argument { server, index, value } => form(server)?.set_argument(number(*index), value),
        FormEdit::AddArgument { server, index, value } => {
            Ok(form(server)?.add_arguments(number(*index).checked_sub(1), &[value]))
        }
        FormEdit::RemoveArgument { server, index } => Ok(form(server)?.remove_arguments(&[number(*index)])),
        FormEdit::MoveArgument { server, index } => form(server)?.swap_arguments(number(*index)),
        FormEdit::Variable { server, name, value } => form(server)?.set_member("env", name, value),
        FormEdit::RenameVariable { server, name, to } => form(server)?.rename_member("env", name, to),
        FormEdit::RemoveVariable { server, name } => Ok(form(server)?.remove_member("env", name)),
        FormEdit::Url { server, value } => form(server)?.url(value),
        FormEdit::Port { server, value } => form(server)?.port(*value),
        FormEdit::Header { server, index, name, value } => form(server)?.header(number(*index), name, value),
        FormEdit::RemoveHeader { server, index } => Ok(form(server)?.remove_header(number(*index))),
        FormEdit::Flag { server, name, argument, value } => {
            form(server)?.flag(name, argument.map(number), value.as_deref())
        }
        FormEdit::RemoveFlag { server, argument } => Ok(form(server)?.remove_flag(number(*argument))),
    }
}

/// The edits that make one text of another: whole lines, without what both have in common.
pub(crate) fn hunks(before: &str, after: &str) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    let (mut at, mut open) = (0, false);
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let line = change.value();
        match change.tag() {
            ChangeTag::Equal => {
                at += line.len();
                open = false;
                continue;
            }
            ChangeTag::Delete | ChangeTag::Insert if !open => {
                edits.push(Edit::insert(at, ""));
                open = true;
            }
            ChangeTag::Delete | ChangeTag::Insert => {}
        }
        if let Some(edit) = edits.last_mut() {
            if change.tag() == ChangeTag::Delete {
                at += line.len();
                edit.span.end = at;
            } else {
                edit.text.push_str(line);
            }
        }
    }
    let trimmed = edits.into_iter().filter_map(|edit| {
        let old = &before[edit.span.clone()];
        let start: usize =
            old.chars().zip(edit.text.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        let (old, new) = (&old[start..], &edit.text[start..]);
        let end: usize = old
            .chars()
            .rev()
            .zip(new.chars().rev())
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum();
        let span = edit.span.start + start..edit.span.end - end;
        let text = &new[..new.len() - end];
        (!span.is_empty() || !text.is_empty()).then(|| Edit::replace(span, text))
    });
    trimmed.collect()
}

fn number(index: u32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}

fn gone(server: &str) -> NotPossible {
    NotPossible(format!("the text has no entry `{server}` any more"))
}

fn no_such(what: &str) -> NotPossible {
    NotPossible(format!("the {what} is no longer there"))
}

fn is_free(file: &ConfigFile, name: &str) -> Result<(), NotPossible> {
    if name.trim().is_empty() {
        return Err(NotPossible("a server needs a name".to_owned()));
    }
    match file.server(name) {
        Some(_) => Err(NotPossible(format!("there is a server `{name}` already"))),
        None => Ok(()),
    }
}

fn add_server(file: &ConfigFile, document: &Document<'_>, name: &str, command: &str) -> Edits {
    is_free(file, name)?;
    let object = file.parsed().root.as_ref().filter(|root| root.as_object().is_some());
    let Some(root) = object.filter(|_| file.parsed().is_strict()) else {
        return Err(NotPossible("the text must be valid JSON before a server can be added".to_owned()));
    };
    let entry =
        New::Object(vec![("command".to_owned(), New::text(command)), ("args".to_owned(), New::List(vec![]))]);
    Ok(match file.servers_node() {
        Some(servers) => document.insert_members(servers, None, &[(name, entry)]),
        None if file.root().is_some_and(|root| root.get("mcpServers").is_some()) => {
            return Err(NotPossible("`mcpServers` is no object; mend it in the JSON first".to_owned()));
        }
        None => {
            let servers = New::Object(vec![(name.to_owned(), entry)]);
            document.insert_members(root, None, &[("mcpServers", servers)])
        }
    })
}

fn positions(object: &Node, key: &str) -> Vec<usize> {
    let members = object.as_object().map(|object| object.members.as_slice()).unwrap_or_default();
    let is_it = |(_, member): &(usize, &Member)| member.key == key;
    members.iter().enumerate().filter(is_it).map(|(index, _)| index).collect()
}

/// One entry about to be changed.
struct Form<'f> {
    entry: &'f Entry,
    document: Document<'f>,
    line: Option<BridgeLine>,
}

impl<'f> Form<'f> {
    fn of(file: &'f ConfigFile, document: Document<'f>, server: &str) -> Result<Self, NotPossible> {
        let entry = file.server(server).ok_or_else(|| gone(server))?;
        if !is_editable(file, entry) {
            let why = format!("the entry `{server}` has mistakes; mend them in the JSON first");
            return Err(NotPossible(why));
        }
        Ok(Self { entry, document, line: bridge_line(entry) })
    }

    fn member(&self, key: &str) -> Option<&'f Node> {
        self.entry.node.as_object()?.get(key).map(|member| &member.value)
    }

    /// Adds a member to the entry, behind the last of these that there is.
    fn add_member(&self, key: &str, value: New, behind: &[&str]) -> Vec<Edit> {
        let last = behind.iter().flat_map(|key| positions(&self.entry.node, key)).max();
        match last {
            None if self.entry.node.as_object().is_some_and(|object| !object.members.is_empty()) => {
                self.document.prepend_member(&self.entry.node, key, &value)
            }
            _ => self.document.insert_members(&self.entry.node, last, &[(key, value)]),
        }
    }

    fn command(&self, value: &str) -> Vec<Edit> {
        match &self.entry.command {
            Some(command) => vec![replaced(command.span.clone(), value)],
            None => self.add_member("command", New::text(value), &[]),
        }
    }

    fn set_argument(&self, index: usize, value: &str) -> Edits {
        let argument = self.entry.args.get(index).ok_or_else(|| no_such("argument"))?;
        Ok(vec![replaced(argument.span.clone(), value)])
    }

    fn add_arguments(&self, after: Option<usize>, values: &[&str]) -> Vec<Edit> {
        match self.member("args") {
            Some(list) => {
                let end = self.entry.args.len().checked_sub(1);
                let after = after.and_then(|after| end.map(|end| after.min(end)));
                let items: Vec<New> = values.iter().map(|value| New::text(*value)).collect();
                self.document.insert_items(list, after, &items)
            }
            None => self.add_member("args", New::texts(values.iter().copied()), &["command"]),
        }
    }

    fn remove_arguments(&self, indices: &[usize]) -> Vec<Edit> {
        self.member("args").map(|list| self.document.remove_items(list, indices)).unwrap_or_default()
    }

    fn swap_arguments(&self, index: usize) -> Edits {
        let (Some(one), Some(two)) = (self.entry.args.get(index), self.entry.args.get(index + 1)) else {
            return Err(no_such("argument"));
        };
        let text = |span: &Range<usize>| self.document.text[span.clone()].to_owned();
        Ok(vec![
            Edit::replace(one.span.clone(), text(&two.span)),
            Edit::replace(two.span.clone(), text(&one.span)),
        ])
    }

    fn set_member(&self, object: &str, name: &str, value: &str) -> Edits {
        let Some(node) = self.member(object) else {
            let new = New::Object(vec![(name.to_owned(), New::text(value))]);
            return Ok(self.add_member(object, new, &["command", "args", "url", "type"]));
        };
        let members = node.as_object().ok_or_else(|| no_such("variable"))?;
        Ok(match members.get(name) {
            Some(member) => vec![replaced(member.value.span.clone(), value)],
            None => self.document.insert_members(node, None, &[(name, New::text(value))]),
        })
    }

    fn rename_member(&self, object: &str, name: &str, to: &str) -> Edits {
        let members = self.member(object).and_then(Node::as_object).ok_or_else(|| no_such("variable"))?;
        let member = members.get(name).ok_or_else(|| no_such("variable"))?;
        if to.is_empty() || (name != to && members.get(to).is_some()) {
            return Err(NotPossible(format!("`{to}` cannot be its name: it is empty or taken")));
        }
        Ok(vec![replaced(member.key_span.clone(), to)])
    }

    fn remove_member(&self, object: &str, name: &str) -> Vec<Edit> {
        let Some(node) = self.member(object) else { return vec![] };
        self.document.remove_members(node, &positions(node, name))
    }

    fn url(&self, value: &str) -> Edits {
        if let Some(url) = &self.entry.url {
            return Ok(vec![replaced(url.span.clone(), value)]);
        }
        match self.line.as_ref().map(|line| line.url) {
            Some(Some(index)) => self.set_argument(index, value),
            Some(None) => Ok(self.add_arguments(self.entry.args.len().checked_sub(1), &[value])),
            None => Err(no_such("address")),
        }
    }

    fn port(&self, value: Option<u16>) -> Edits {
        let line = self.line.as_ref().ok_or_else(|| no_such("callback port"))?;
        match (line.port, value) {
            (Some(index), Some(port)) => self.set_argument(index, &port.to_string()),
            (Some(index), None) => Ok(self.remove_arguments(&[index])),
            (None, Some(port)) => {
                let url = line.url.ok_or_else(|| no_such("address"))?;
                Ok(self.add_arguments(Some(url), &[&port.to_string()]))
            }
            (None, None) => Ok(vec![]),
        }
    }

    fn header(&self, index: usize, name: &str, value: &str) -> Edits {
        let Some(line) = &self.line else { return self.header_member(index, name, value) };
        let Some(argument) = line.headers.get(index).and_then(|index| self.entry.args.get(*index)) else {
            return Ok(
                self.add_arguments(self.behind_the_port(line), &["--header", &format!("{name}:{value}")])
            );
        };
        let (before, _, between, _) = header_parts(&argument.value);
        let between = if between.is_empty() { ":" } else { between };
        Ok(vec![replaced(argument.span.clone(), &format!("{before}{name}{between}{value}"))])
    }

    /// A header in the object `headers`.
    fn header_member(&self, index: usize, name: &str, value: &str) -> Edits {
        let headers = self.member("headers").and_then(Node::as_object);
        match headers.and_then(|headers| headers.members.get(index)) {
            Some(member) if member.key == name => Ok(vec![replaced(member.value.span.clone(), value)]),
            Some(member) => {
                let mut edits = self.rename_member("headers", &member.key, name)?;
                edits.push(replaced(member.value.span.clone(), value));
                Ok(edits)
            }
            None => self.set_member("headers", name, value),
        }
    }

    fn remove_header(&self, index: usize) -> Vec<Edit> {
        let Some(line) = &self.line else {
            let Some(node) = self.member("headers") else { return vec![] };
            return self.document.remove_members(node, &[index]);
        };
        let Some(argument) = line.headers.get(index).copied() else { return vec![] };
        let attached = self.entry.args[argument].value.starts_with("--header=");
        let indices = if attached { vec![argument] } else { vec![argument - 1, argument] };
        self.remove_arguments(&indices)
    }

    fn flag(&self, name: &str, argument: Option<usize>, value: Option<&str>) -> Edits {
        let line = self.line.as_ref().ok_or_else(|| no_such("bridge"))?;
        let Some(argument) = argument else {
            let flag: Vec<&str> = std::iter::once(name).chain(value).collect();
            return Ok(self.add_arguments(self.behind_the_port(line), &flag));
        };
        let flag = line.flags.iter().find(|flag| flag.index == argument && flag.name == name);
        let flag = flag.ok_or_else(|| no_such("flag"))?;
        match (flag.value, value) {
            (Some(FlagPlace::Next), Some(value)) => self.set_argument(argument + 1, value),
            (Some(FlagPlace::Attached), Some(value)) => {
                self.set_argument(argument, &format!("{name}={value}"))
            }
            (None, Some(value)) => Ok(self.add_arguments(Some(argument), &[value])),
            (_, None) => Ok(vec![]),
        }
    }

    fn remove_flag(&self, argument: usize) -> Vec<Edit> {
        let flags = self.line.iter().flat_map(|line| &line.flags);
        let Some(flag) = flags.into_iter().find(|flag| flag.index == argument) else { return vec![] };
        let with_next = flag.value == Some(FlagPlace::Next);
        let indices = [argument, argument + 1];
        self.remove_arguments(&indices[..if with_next { 2 } else { 1 }])
    }

    /// At the end a flag could become the value of one that misses its own.
    fn behind_the_port(&self, line: &BridgeLine) -> Option<usize> {
        line.url.max(line.port).or_else(|| self.entry.args.len().checked_sub(1))
    }
}

/// A string in the place of another.
fn replaced(span: Range<usize>, value: &str) -> Edit {
    Edit::replace(span, quote(value))
}

/// The text with the edits made, for tests of what else they touch.
#[cfg(test)]
pub(super) fn edited(file: &ConfigFile, change: &FormEdit) -> Result<String, NotPossible> {
    Ok(bridgekeeper_formats::edit::apply(file.text(), &edit(file, change)?))
}
