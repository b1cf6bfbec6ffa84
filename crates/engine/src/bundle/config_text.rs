//! A config file's text, without the values that could be secrets.
//!
//! What a value means only its server knows, so variables and headers lose theirs unless they are of a kind that holds
//! no secret. The rest of the text, with every mistake in it, stays as it is: it is what the report is about.

use std::ops::Range;

use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_formats::json::{Node, Value};
use bridgekeeper_formats::secrets::{self, Redacted, Redactor, is_reference, is_secret_name};
use bridgekeeper_model::MASK;

/// The text as it may leave the machine.
pub(super) fn redacted(file: &ConfigFile, redactor: &Redactor) -> Redacted {
    let mut spans = secret_spans(file);
    spans.sort_by_key(|span| (span.start, span.end));
    let mut text = String::with_capacity(file.text().len());
    let mut at = 0;
    for span in spans.into_iter().filter(|span| span.end <= file.text().len()) {
        if span.start >= at {
            text.push_str(&file.text()[at..span.start]);
            text.push('"');
            text.push_str(MASK);
            text.push('"');
            at = span.end;
        }
    }
    text.push_str(&file.text()[at..]);
    redactor.redact(&text)
}

/// Tells the redactor every value of the file that may be a secret, so that it is found in logs and messages too.
pub(super) fn teach(redactor: &mut Redactor, file: &ConfigFile) {
    for entry in file.servers() {
        let values = entry.env.iter().map(|variable| (&variable.name.value, &variable.value.value));
        let headers = entry.headers.iter().map(|header| (&header.name.value, &header.value.value));
        for (_, value) in values.chain(headers).filter(|(name, value)| !is_harmless(name, value)) {
            redactor.hide_secret(value);
            // `Bearer TOKEN`: the token alone may stand elsewhere
            value.split_whitespace().skip(1).for_each(|word| redactor.hide_secret(word));
        }
        for (before, arg) in with_neighbours(entry) {
            if before.is_some_and(is_secret_option) {
                redactor.hide_secret(arg);
            }
            for span in secrets::spans(arg) {
                redactor.hide_secret(&arg[span]);
            }
        }
    }
}

fn secret_spans(file: &ConfigFile) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    for entry in file.servers() {
        let variables = entry.env.iter().filter(|one| !is_harmless(&one.name.value, &one.value.value));
        spans.extend(variables.map(|one| one.value.span.clone()));
        let headers = entry.headers.iter().filter(|one| !is_reference(&one.value.value));
        spans.extend(headers.map(|one| one.value.span.clone()));
        let mut before = None;
        for arg in &entry.args {
            if before.is_some_and(is_secret_option) && !is_reference(&arg.value) {
                spans.push(arg.span.clone());
            }
            before = Some(arg.value.as_str());
        }
    }
    if let Some(root) = file.parsed().root.as_ref() {
        members(root, &mut spans);
    }
    spans
}

/// Members with a telling name, at any depth.
fn members(node: &Node, spans: &mut Vec<Range<usize>>) {
    match &node.value {
        Value::Object(object) => {
            for member in &object.members {
                let is_text = matches!(member.value.value, Value::String(_));
                if is_text && is_secret_name(&member.key) {
                    spans.push(member.value.span.clone());
                } else {
                    members(&member.value, spans);
                }
            }
        }
        Value::Array(array) => array.items.iter().for_each(|item| members(item, spans)),
        Value::Null | Value::Bool(_) | Value::Number | Value::String(_) | Value::Unreadable => {}
    }
}

fn with_neighbours(entry: &Entry) -> impl Iterator<Item = (Option<&str>, &str)> {
    let args = entry.arguments();
    let before: Vec<Option<&str>> = std::iter::once(None).chain(args.iter().copied().map(Some)).collect();
    before.into_iter().zip(args)
}

fn is_secret_option(arg: &str) -> bool {
    arg.starts_with('-') && !arg.contains('=') && is_secret_name(arg.trim_start_matches('-'))
}

/// Whether a variable's value holds no secret whatever it means: a reference, a word for yes or no, a small number, a
/// path, an address without a query.
fn is_harmless(name: &str, value: &str) -> bool {
    if is_reference(value) {
        return true;
    }
    if is_secret_name(name) || secrets::is_token(value) {
        return false;
    }
    let word = matches!(
        value.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "info" | "debug" | "warn" | "error"
    );
    let number = value.len() <= 5 && value.bytes().all(|byte| byte.is_ascii_digit());
    let path = ["/", "~", "./", "\\\\"].iter().any(|start| value.starts_with(start))
        || value.get(1..3) == Some(":\\");
    let address = ["http://", "https://"].iter().any(|start| value.starts_with(start))
        && !value.contains(['?', '@', '#']);
    value.is_empty() || word || number || path || address
}
