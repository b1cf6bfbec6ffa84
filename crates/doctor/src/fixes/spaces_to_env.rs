//! Arguments with spaces, which `cmd.exe` takes apart on Windows: header values move into `env`.

use bridgekeeper_formats::json::{Node, Value, parse, quote};
use bridgekeeper_mcp_remote::Invocation;
use bridgekeeper_model::{Applicability, Os};

use super::header_to_env::moved;
use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::is_batch_file_on_windows;

pub(super) static SPACES_TO_ENV: Fix = Fix {
    id: "spaces-to-env",
    title: "Move values with spaces out of `args` into `env`, so that Windows does not take them apart",
    applicability: Applicability::Automatic,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(started) = target.started().filter(|started| !started.through_cmd) else {
        return Offer::Nothing;
    };
    if !is_batch_file_on_windows(&started.command.value)
        || !started.args.iter().any(|arg| has_space(&arg.value))
    {
        return Offer::Nothing;
    }
    let Some(invocation) = target.remote() else {
        let arg = started.args.iter().find(|arg| has_space(&arg.value)).map_or("", |arg| arg.value.as_str());
        let what = if arg.contains(['/', '\\']) { "a path with a space" } else { "an argument with a space" };
        return Offer::Refused(format!(
            "It has {what}, and `{}` reads no `${{NAME}}` there; give the folder a name without spaces, or start the \
             script with `node`.",
            started.program
        ));
    };
    let mut edits = Vec::new();
    let mut variables: Vec<(String, String)> = Vec::new();
    let mut refused = None;
    for (index, arg) in target.entry.args.iter().enumerate().filter(|(_, arg)| has_space(&arg.value)) {
        match without_space(target, &invocation, index, &variables) {
            Ok((new, more)) => {
                edits.push(Target::set(arg, &new));
                variables.extend(more);
            }
            Err(why) => refused = Some(why),
        }
    }
    if let Some(why) = refused.filter(|_| edits.is_empty()) {
        return Offer::Refused(why);
    }
    edits.extend(target.set_variables(&variables));
    match target.facts.os {
        Some(Os::Macos | Os::Linux) => {
            Offer::on_request(edits, "Only Windows needs it; here the entry works as it is.")
        }
        Some(Os::Windows) | None => Offer::automatic(edits),
    }
}

type Rewritten = (String, Vec<(String, String)>);

fn without_space(
    target: &Target<'_>,
    invocation: &Invocation,
    index: usize,
    variables: &[(String, String)],
) -> Result<Rewritten, String> {
    let line = &invocation.line;
    let arg = &target.entry.args[index].value;
    if let Some(header) = line.headers.iter().find(|header| header.index == index) {
        return moved(target, &header.name, &header.value, variables)
            .map(|moved| (moved.arg, moved.variables))
            .map_err(|name| format!("A header refers to `{name}`, which `env` does not hold."));
    }
    let flag = line.flags.iter().find(|given| given.value.as_ref().is_some_and(|value| value.index == index));
    match flag.map(|given| given.flag.name) {
        Some("--static-oauth-client-info") => compact(target, arg, Expands::Yes, variables),
        Some("--static-oauth-client-metadata") => compact(target, arg, Expands::No, variables),
        Some(name) => {
            Err(format!("mcp-remote reads no `${{NAME}}` in `{name}`, so its value must do without spaces."))
        }
        None if line.server_url.as_ref().is_some_and(|url| url.index == index) => {
            Err("A space stands in the URL.".to_owned())
        }
        None => Err("An argument with a space is neither a header nor the value of an option.".to_owned()),
    }
}

/// Whether mcp-remote puts variables into the texts of this JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expands {
    Yes,
    No,
}

/// JSON without the white space between its parts; texts with spaces become variables.
fn compact(
    target: &Target<'_>,
    json: &str,
    expands: Expands,
    variables: &[(String, String)],
) -> Result<Rewritten, String> {
    let parsed = parse(json);
    let Some(root) = parsed.root.as_ref().filter(|_| parsed.is_strict()) else {
        return Err("What stands there is neither JSON nor a file.".to_owned());
    };
    let mut new: Vec<(String, String)> = Vec::new();
    let mut text = String::new();
    let mut at = root.span.start;
    let mut strings = Vec::new();
    collect_strings(root, &mut strings);
    for (span, key, value) in strings {
        text.extend(json[at..span.start].chars().filter(|c| !c.is_whitespace()));
        at = span.end;
        if !has_space(value) {
            text.push_str(&json[span]);
            continue;
        }
        if expands == Expands::No || key.is_empty() {
            return Err("mcp-remote reads no `${NAME}` in this JSON; give it a file: `@PATH`.".to_owned());
        }
        let wanted: String = key
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        let taken: Vec<(String, String)> = variables.iter().chain(&new).cloned().collect();
        let name = target.free_variable(&wanted, &taken);
        text.push_str(&quote(&format!("${{{name}}}")));
        new.push((name, value.to_owned()));
    }
    text.extend(json[at..root.span.end].chars().filter(|c| !c.is_whitespace()));
    Ok((text, new))
}

/// Every text of a tree in order, keys included, with the key it is the value of.
fn collect_strings<'n>(node: &'n Node, found: &mut Vec<(std::ops::Range<usize>, &'n str, &'n str)>) {
    match &node.value {
        Value::Object(object) => {
            for member in &object.members {
                found.push((member.key_span.clone(), "", &member.key));
                match member.value.as_str() {
                    Some(text) => found.push((member.value.span.clone(), &member.key, text)),
                    None => collect_strings(&member.value, found),
                }
            }
        }
        Value::Array(array) => array.items.iter().for_each(|item| collect_strings(item, found)),
        Value::String(text) => found.push((node.span.clone(), "", text)),
        Value::Null | Value::Bool(_) | Value::Number | Value::Unreadable => {}
    }
}

fn has_space(text: &str) -> bool {
    text.contains(char::is_whitespace)
}
