//! Text that may leave the machine.
//!
//! A mask hides what looks like a secret; a redactor also knows whose machine it is and which values its files keep as
//! secrets, and guesses where it cannot know. Deliberately absent: a way to get text past it. [`Redacted`] is made
//! here and nowhere else.

use std::fmt;
use std::ops::Range;

use bridgekeeper_model::MASK;

use super::{LineMask, mask, mask_spans, random};

/// Shortest value that is looked for by itself, in bytes. A shorter one would be found in every second word.
const SHORTEST_SECRET: usize = 6;
/// Shortest name of a person or machine that is looked for outside paths.
const SHORTEST_NAME: usize = 3;
/// What stands in the place of a person's name.
const SOMEBODY: &str = "USER";
/// Names that tell of nobody.
const NOBODY: &[&str] =
    &["root", "user", "users", "admin", "home", "public", "default", "localhost", "runner"];

/// Text from which a [`Redactor`] has taken what must not leave the machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Redacted(String);

impl Redacted {
    /// Words of our own.
    pub fn own(words: &'static str) -> Self {
        Self(words.to_owned())
    }

    /// What whoever looks after the computer has set so that others read it, such as where reports go.
    pub fn meant_for_others(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Takes secrets, names of people and addresses of theirs out of text.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Longest first, so that none hides a longer one.
    secrets: Vec<String>,
    homes: Vec<String>,
    names: Vec<String>,
}

impl Redactor {
    /// One that knows nothing of the machine.
    pub fn new() -> Self {
        Self::default()
    }

    /// Hides this value wherever it stands, also broken by line ends, escaped or encoded.
    pub fn hide_secret(&mut self, value: &str) {
        let value = value.trim();
        if value.len() < SHORTEST_SECRET
            || super::is_reference(value)
            || self.secrets.iter().any(|one| one == value)
        {
            return;
        }
        let escaped = serde_json_escaped(value);
        for form in [Some(value.to_owned()), (escaped != value).then_some(escaped), percent_encoded(value)] {
            self.secrets.extend(form);
        }
        self.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    }

    /// Writes this folder as `~`, and hides the name of its last part.
    pub fn hide_home(&mut self, home: &str) {
        let home = home.trim_end_matches(['/', '\\']);
        if home.len() > 1 {
            self.homes.extend([home.to_owned(), home.replace('\\', "\\\\"), home.replace('\\', "/")]);
            self.homes.sort_by_key(|home| std::cmp::Reverse(home.len()));
            self.homes.dedup();
        }
        self.hide_name(home.rsplit(['/', '\\']).next().unwrap_or_default());
    }

    /// Hides the name of a person or a machine.
    pub fn hide_name(&mut self, name: &str) {
        let known = NOBODY.iter().any(|nobody| nobody.eq_ignore_ascii_case(name));
        if name.chars().count() >= SHORTEST_NAME && !known && !self.names.iter().any(|one| one == name) {
            self.names.push(name.to_owned());
        }
    }

    /// The text as it may leave the machine.
    pub fn redact(&self, text: &str) -> Redacted {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            text = without(&text, secret);
        }
        text = mask_spans(&text, across_lines(&text)).into_owned();
        text = mask(&text).into_owned();
        let mut lines = LineMask::default();
        text = text.split_inclusive('\n').map(|line| mask_line(&mut lines, line)).collect();
        for home in &self.homes {
            text = replaced(&text, home, "~");
        }
        text = without_people(&text);
        for name in &self.names {
            text = replaced(&text, name, SOMEBODY);
        }
        let mut spans = random::find(&text);
        emails(&text, &mut spans);
        queries(&text, &mut spans);
        Redacted(mask_spans(&text, spans).into_owned())
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").field("secrets", &self.secrets.len()).finish_non_exhaustive()
    }
}

fn mask_line(lines: &mut LineMask, line: &str) -> String {
    let bare = line.trim_end_matches(['\r', '\n']);
    format!("{}{}", lines.mask(bare), &line[bare.len()..])
}

/// Secrets that a line end breaks: both halves may be too short to be known alone.
fn across_lines(text: &str) -> Vec<Range<usize>> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',');
    let mut spans = Vec::new();
    for (at, _) in text.match_indices('\n') {
        let head_end = text[..at].trim_end().len();
        let head = text[..head_end].rfind(ends).map_or(0, |before| before + 1);
        let tail = at + text[at..].len() - text[at..].trim_start().len();
        let length = text[tail..].find(ends).unwrap_or(text.len() - tail);
        // The rest of a token stands alone in its line; what has more beside it is something new
        if text[tail + length..].chars().next().is_some_and(|c| !matches!(c, '\n' | '\r')) {
            continue;
        }
        let joined = format!("{}{}", &text[head..head_end], &text[tail..tail + length]);
        let seam = head_end - head;
        let over_the_seam = |span: &Range<usize>| span.start < seam && span.end > seam;
        let broken = super::spans(&joined).into_iter().chain(random::find(&joined)).filter(over_the_seam);
        for span in broken {
            spans.push(head + span.start..head_end);
            spans.push(tail..tail + span.end - seam);
        }
    }
    spans
}

/// The text without a value, also where it was broken into lines.
fn without(text: &str, secret: &str) -> String {
    let Some(first) = secret.chars().next() else { return text.to_owned() };
    let mut spans = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(first).map(|at| from + at) {
        match length_of(&text[at..], secret) {
            Some(length) => {
                spans.push(at..at + length);
                from = at + length;
            }
            None => from = at + first.len_utf8(),
        }
    }
    mask_spans(text, spans).into_owned()
}

/// How far the secret reaches if the text begins with it; line ends and indentation after one do not count.
fn length_of(text: &str, secret: &str) -> Option<usize> {
    let mut wanted = secret.chars().peekable();
    let mut broken = false;
    for (at, c) in text.char_indices() {
        let Some(next) = wanted.peek() else { return Some(at) };
        if c == *next {
            wanted.next();
            broken = false;
        } else if matches!(c, '\n' | '\r') || broken && c.is_whitespace() {
            broken = true;
        } else {
            return None;
        }
    }
    wanted.peek().is_none().then_some(text.len())
}

/// The text with a word replaced where it stands by itself, whatever its case.
fn replaced(text: &str, word: &str, by: &str) -> String {
    let (lower, wanted) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let part = |c: char| c.is_alphanumeric();
    let mut shown = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in lower.match_indices(&wanted) {
        let end = at + wanted.len();
        let alone = !text[..at].chars().next_back().is_some_and(part)
            && !text[end..].chars().next().is_some_and(part);
        if at >= done && alone {
            shown.push_str(&text[done..at]);
            shown.push_str(by);
            done = end;
        }
    }
    shown.push_str(&text[done..]);
    shown
}

/// `/Users/ada/x` as `/Users/USER/x`, whoever that is, with slashes of any kind.
fn without_people(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let is_slash = |c: char| matches!(c, '/' | '\\');
    let mut shown = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in lower.char_indices().filter(|(_, c)| is_slash(*c)) {
        let Some(name) = ["users", "home"].iter().find_map(|folder| {
            let rest = lower[at + 1..].strip_prefix(folder)?;
            let bare = rest.trim_start_matches(is_slash);
            (bare.len() < rest.len()).then(|| lower.len() - bare.len())
        }) else {
            continue;
        };
        let rest = &text[name..];
        let length = name_length(rest);
        if name >= done
            && length > 0
            && !NOBODY.iter().any(|nobody| nobody.eq_ignore_ascii_case(&rest[..length]))
        {
            shown.push_str(&text[done..name]);
            shown.push_str(SOMEBODY);
            done = name + length;
        }
    }
    shown.push_str(&text[done..]);
    shown
}

/// How long the name of a person's folder is. Windows allows spaces in it, so there the next backslash ends it.
fn name_length(text: &str) -> usize {
    const LONGEST: usize = 32;
    let ends = |c: char| matches!(c, '/' | '\\' | '"' | '\'' | ':' | ',' | ')' | ']' | ';' | '\n' | '\r');
    let end = text.find(ends).unwrap_or(text.len());
    let is_folder = text[end..].starts_with('\\') && end <= LONGEST;
    if is_folder { end } else { text[..end].find(char::is_whitespace).unwrap_or(end) }
}

/// `ada@corp.example`, also with `%40`.
fn emails(text: &str, spans: &mut Vec<Range<usize>>) {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    for (at, sign) in text.match_indices('@').chain(text.match_indices("%40")) {
        let start = text[..at]
            .char_indices()
            .rev()
            .take_while(|(_, c)| part(*c))
            .last()
            .map_or(at, |(start, _)| start);
        let after = at + sign.len();
        let length = text[after..].find(|c| !part(c)).unwrap_or(text.len() - after);
        let host = text[after..after + length].trim_end_matches('.');
        let top = host.rsplit_once('.').map_or("", |(_, top)| top);
        if start < at && top.len() >= 2 && top.chars().all(char::is_alphabetic) {
            spans.push(start..after + host.len());
        }
    }
}

/// What follows the question mark of an address: what a parameter means only its server knows.
fn queries(text: &str, spans: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices("://") {
        let rest = &text[at..];
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | ')'))
            .unwrap_or(rest.len());
        let Some(query) = rest[..end].find('?') else { continue };
        let mut start = at + query + 1;
        for pair in text[start..at + end].split('&') {
            if let Some((name, value)) = pair.split_once('=')
                && value.len() > 3
                && value != MASK
                && !super::is_reference(value)
            {
                spans.push(start + name.len() + 1..start + pair.len());
            }
            start += pair.len() + 1;
        }
    }
}

/// As it stands between the quotes of JSON.
fn serde_json_escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
        .replace('\t', "\\t")
}

/// As it stands in an address, where that differs.
fn percent_encoded(value: &str) -> Option<String> {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit =
                |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase();
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    (encoded != value).then_some(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(text: &str) -> String {
        let mut redactor = Redactor::new();
        redactor.hide_home("/srv/people/ada");
        redactor.hide_secret("pa ss/word");
        redactor.redact(text).as_str().to_owned()
    }

    #[test]
    fn a_known_value_is_found_in_every_form() {
        for text in ["x pa ss/word y", "pa%20ss%2Fword", "pa ss\n   /word", "\"pa ss/word\""] {
            let shown = redacted(text);
            assert!(shown.contains(MASK) && !shown.contains("word"), "{text} -> {shown}");
        }
        assert_eq!(redacted("a word passes"), "a word passes");
    }

    #[test]
    fn people_are_not_named() {
        assert_eq!(redacted("/srv/people/ada/x and /home/bob/y"), "~/x and /home/USER/y");
        assert_eq!(redacted(r"C:\Users\Bob Smith\x"), r"C:\Users\USER\x");
        assert_eq!(redacted(r#""C:\\Users\\bob\\x""#), r#""C:\\Users\\USER\\x""#);
        assert_eq!(redacted("Hello Ada, adamant"), "Hello USER, adamant");
        assert_eq!(redacted("ada.l@corp.example said"), format!("{MASK} said"));
        assert_eq!(redacted("mcp-remote@0.1.29 @scope/pkg"), "mcp-remote@0.1.29 @scope/pkg");
    }

    #[test]
    fn what_nobody_can_judge_goes() {
        assert_eq!(
            redacted("https://a.example/x?page=one2three&n=1"),
            format!("https://a.example/x?page={MASK}&n=1")
        );
        let shown = redacted("id 9f86d081884c7d659a2feaa0c55ad015 end");
        assert_eq!(shown, format!("id {MASK} end"));
    }
}
