//! Stand-ins for secrets: what a window holds of a text, and the way back to exactly the same text.

use std::fmt::Write as _;
use std::ops::Range;

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::json::{self, Node, Value};
use bridgekeeper_formats::secrets;
use bridgekeeper_model::{MASK, Secret};

/// What a stand-in begins and ends with; its number stands between. A text that has one already keeps it: it gets a
/// stand-in of its own.
const OPEN: &str = "⟪••••";
const CLOSE: char = '⟫';

/// Every secret that a stand-in was given for. It only grows, so that a text which the window still holds can always
/// be turned back.
#[derive(Debug, Default)]
pub(crate) struct StandIns(Vec<Secret>);

/// One stand-in in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stand {
    /// Its bytes.
    span: Range<usize>,
    /// Its number, from 1.
    number: usize,
}

impl StandIns {
    /// The text with a stand-in for each secret. What stands alike gets the same one.
    pub(crate) fn put(&mut self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        for span in hidden(text) {
            shown.push_str(&text[at..span.start]);
            let number = self.number(&text[span.clone()]);
            // Writing to a String cannot fail.
            let _ = write!(shown, "{OPEN}{number}{CLOSE}");
            at = span.end;
        }
        shown.push_str(&text[at..]);
        shown
    }

    /// The text with each secret in its place again.
    pub(crate) fn take(&self, shown: &str) -> String {
        let mut text = String::with_capacity(shown.len());
        let mut at = 0;
        for stand in self.known(shown) {
            text.push_str(&shown[at..stand.span.start]);
            text.push_str(self.0[stand.number - 1].expose());
            at = stand.span.end;
        }
        text.push_str(&shown[at..]);
        text
    }

    /// The secret behind a stand-in, as it was meant: without the escapes of JSON.
    pub(crate) fn secret(&self, number: usize) -> Option<Secret> {
        let secret = self.0.get(number.checked_sub(1)?)?;
        let parsed = json::parse(&format!("\"{}\"", secret.expose()));
        let meant = parsed.root.as_ref().filter(|_| parsed.is_strict()).and_then(Node::as_str);
        Some(meant.map_or_else(|| secret.clone(), Secret::new))
    }

    /// Where bytes of the true text stand in the shown one. What lies within a secret is its whole stand-in.
    pub(crate) fn shown_span(&self, shown: &str, span: &Range<usize>) -> Range<usize> {
        let stands = self.known(shown);
        let place = |offset: usize, within: fn(&Stand) -> usize| {
            let (mut true_at, mut shown_at) = (0, 0);
            for stand in &stands {
                let begins = true_at + stand.span.start - shown_at;
                if offset <= begins {
                    break;
                }
                true_at = begins + self.0[stand.number - 1].expose().len();
                if offset < true_at {
                    return within(stand);
                }
                shown_at = stand.span.end;
            }
            (shown_at + offset.saturating_sub(true_at)).min(shown.len())
        };
        let start = place(span.start, |stand| stand.span.start);
        start..place(span.end, |stand| stand.span.end).max(start)
    }

    fn number(&mut self, secret: &str) -> usize {
        if let Some(at) = self.0.iter().position(|known| known.expose() == secret) {
            return at + 1;
        }
        self.0.push(Secret::new(secret));
        self.0.len()
    }

    fn known(&self, shown: &str) -> Vec<Stand> {
        stands(shown).into_iter().filter(|stand| (1..=self.0.len()).contains(&stand.number)).collect()
    }
}

/// Everything in the text that reads like a stand-in.
fn stands(shown: &str) -> Vec<Stand> {
    let found = shown.match_indices(OPEN).filter_map(|(at, _)| {
        let rest = &shown[at + OPEN.len()..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest[..digits].parse().ok().filter(|_| rest[digits..].starts_with(CLOSE))?;
        Some(Stand { span: at..at + OPEN.len() + digits + CLOSE.len_utf8(), number })
    });
    found.collect()
}

/// What is not to be shown, in order and without overlaps. No span holds a quote that ends a string or half of an
/// escape, so that the shown text reads as JSON where the true one does.
fn hidden(text: &str) -> Vec<Range<usize>> {
    let file = ConfigFile::from(text);
    let (mut strings, mut spans) = (Vec::new(), secrets::spans(text));
    spans.extend(stands(text).into_iter().map(|stand| stand.span));
    // A text that begins as no text does is decoded anew, and its places are others then
    if file.text() == text {
        file.parsed()
            .root
            .iter()
            .chain(&file.parsed().more)
            .for_each(|node| strings_of(text, node, &mut strings));
        strings.sort_by_key(|string| string.whole.start);
        spans.extend(told_by_their_names(&file));
    }
    // What stands outside of the strings of strict JSON is no secret, and JSON no longer without it
    let outside = !file.parsed().is_strict() || file.text() != text;
    let kept = |span: &Range<usize>| {
        clipped(text, span, &strings)
            .unwrap_or_else(|| if outside && !span.is_empty() { vec![span.clone()] } else { vec![] })
    };
    let mut inside: Vec<Range<usize>> = spans.iter().flat_map(kept).collect();
    inside.sort_by_key(|span| (span.start, span.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(inside.len());
    for span in inside {
        match joined.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

/// Values of variables, headers and arguments whose names tell that they are secret.
fn told_by_their_names(file: &ConfigFile) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    for entry in file.servers() {
        let variables = entry.env.iter().map(|variable| (&variable.name.value, &variable.value));
        let headers = entry.headers.iter().map(|header| (&header.name.value, &header.value));
        for (name, value) in variables.chain(headers) {
            if secrets::mask_value(name, &value.value) == MASK {
                spans.push(value.span.clone());
            }
        }
        for pair in entry.args.windows(2) {
            let (flag, value) = (&pair[0].value, &pair[1]);
            let is_flag = flag.starts_with('-') && secrets::is_secret_name(flag.trim_start_matches('-'));
            let is_value = !value.value.is_empty() && !value.value.starts_with('-');
            if is_flag && is_value && !secrets::is_reference(&value.value) {
                spans.push(value.span.clone());
            }
        }
    }
    spans
}

/// All strings, keys too.
fn strings_of(text: &str, node: &Node, found: &mut Vec<Written>) {
    match &node.value {
        Value::Object(object) => {
            for member in &object.members {
                found.push(Written::of(text, &member.key_span));
                strings_of(text, &member.value, found);
            }
        }
        Value::Array(array) => array.items.iter().for_each(|item| strings_of(text, item, found)),
        Value::String(_) => found.push(Written::of(text, &node.span)),
        Value::Null | Value::Bool(_) | Value::Number | Value::Unreadable => {}
    }
}

/// A string's bytes, and those within its quotes.
#[derive(Debug)]
struct Written {
    whole: Range<usize>,
    inside: Range<usize>,
}

impl Written {
    fn of(text: &str, span: &Range<usize>) -> Self {
        let string = &text[span.clone()];
        let quoted = string.len() >= 2 && string.starts_with('"') && string.ends_with('"');
        let inside = if quoted { span.start + 1..span.end - 1 } else { span.clone() };
        Self { whole: span.clone(), inside }
    }
}

/// The parts of a span that lie in strings, rounded to whole escapes; `None` where it touches none.
fn clipped(text: &str, span: &Range<usize>, strings: &[Written]) -> Option<Vec<Range<usize>>> {
    let first = strings.partition_point(|string| string.whole.end <= span.start);
    let touched: Vec<&Written> =
        strings[first..].iter().take_while(|string| string.whole.start < span.end).collect();
    if touched.is_empty() {
        return None;
    }
    let parts = touched.into_iter().map(|string| {
        let (start, end) = (span.start.max(string.inside.start), span.end.min(string.inside.end));
        if start < end { rounded(text, &string.inside, start..end) } else { start..start }
    });
    Some(parts.filter(|part| !part.is_empty()).collect())
}

/// A part of a string, with the whole of each escape that it cuts.
fn rounded(text: &str, string: &Range<usize>, part: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (part.start, part.end);
    let mut at = string.start;
    while at < string.end && at < part.end {
        let rest = &text[at..string.end];
        let length = match rest.as_bytes() {
            [b'\\', b'u', ..] => rest.char_indices().take(6).last().map_or(1, |(at, c)| at + c.len_utf8()),
            [b'\\', ..] => rest.char_indices().take(2).last().map_or(1, |(at, c)| at + c.len_utf8()),
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        if at < start && start < at + length {
            start = at;
        }
        if at < end && end < at + length {
            end = at + length;
        }
        at += length;
    }
    start..end
}
