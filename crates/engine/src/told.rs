//! What parts below the window say as text, told in another language: why a call failed, how far a probe came, what a
//! flag does.
//!
//! Those parts also serve the console and the logs, and say it in English. Each of their sentences is known here as the
//! code writes it, with gaps; a text is recognised by the words around its gaps, and what stands in them is told in turn.
//! What is not recognised stays English: it is somebody else's text, of the system or of a server. A test reads the code
//! and misses no sentence. Findings and what is shown all the time are [`Sentence`]s and need no recognising.
//!
//! [`Sentence`]: bridgekeeper_model::Sentence

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Every language beside English: English sentences with their gaps, and the words for them.
pub(crate) const FILES: [(&str, &str); 1] = [("de", include_str!("../text/told.de.json"))];
/// How deep sentences stand in each other's gaps.
const DEPTH: u8 = 5;

static KNOWN: LazyLock<BTreeMap<&str, Vec<Known>>> =
    LazyLock::new(|| FILES.iter().map(|(code, file)| (*code, known(file))).collect());

/// An English sentence and how it is told.
struct Known {
    /// What stands before, between and behind the gaps.
    pieces: Vec<String>,
    gaps: Vec<String>,
    words: String,
}

/// An English text in the language of this ISO 639-1 code.
pub fn told_in(code: &str, english: &str) -> String {
    match KNOWN.get(code) {
        Some(known) => tell(known, english, DEPTH),
        None => english.to_owned(),
    }
}

fn tell(known: &[Known], english: &str, depth: u8) -> String {
    recognised(known, english, depth).unwrap_or_else(|| english.to_owned())
}

fn recognised(known: &[Known], english: &str, depth: u8) -> Option<String> {
    if depth == 0 {
        return None;
    }
    one_sentence(known, english, depth).or_else(|| in_two(known, english, depth))
}

fn one_sentence(known: &[Known], english: &str, depth: u8) -> Option<String> {
    match known.iter().find_map(|one| Some((one, one.values(english)?))) {
        Some((one, values)) => Some(one.filled(&values, |value| tell(known, value, depth - 1))),
        None => begun_anew(known, english, depth),
    }
}

/// A fragment that was made a sentence: a capital letter and a full stop.
fn begun_anew(known: &[Known], english: &str, depth: u8) -> Option<String> {
    let bare = english.strip_suffix('.').unwrap_or(english);
    let fragment = with_first(bare, |first| first.to_lowercase().collect());
    if fragment == english {
        return None;
    }
    let one = known.iter().find_map(|one| Some((one, one.values(&fragment)?)));
    let (one, values) = one?;
    let told = one.filled(&values, |value| tell(known, value, depth - 1));
    let end = if bare.len() == english.len() || told.ends_with('.') { "" } else { "." };
    let starts_big = english.starts_with(char::is_uppercase);
    let told = if starts_big { with_first(&told, |first| first.to_uppercase().collect()) } else { told };
    Some(told + end)
}

/// Two sentences, or one with its cause behind a colon. The first must be known.
fn in_two(known: &[Known], english: &str, depth: u8) -> Option<String> {
    for between in [". ", "; ", ": "] {
        for (at, _) in english.match_indices(between) {
            let first_end = if between == ". " { at + 1 } else { at };
            let second = &english[at + between.len()..];
            if let Some(first) = one_sentence(known, &english[..first_end], depth) {
                let gap = if between == ". " { " " } else { between };
                return Some(first + gap + &tell(known, second, depth - 1));
            }
        }
    }
    None
}

fn with_first(text: &str, change: impl Fn(char) -> String) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| change(first) + rest.as_str())
}

/// The sentences of a file, those that say the most of themselves first. A file that is no JSON would be told by the
/// tests; nobody else can change it.
fn known(file: &str) -> Vec<Known> {
    let words: BTreeMap<String, String> = serde_json::from_str(file).unwrap_or_default();
    let mut known: Vec<Known> =
        words.into_iter().map(|(english, words)| Known::read(&english, words)).collect();
    known.sort_by_key(|one| std::cmp::Reverse(one.pieces.iter().map(String::len).sum::<usize>()));
    known
}

impl Known {
    fn read(english: &str, words: String) -> Self {
        let (mut pieces, mut gaps, mut piece, mut unnamed) = (Vec::new(), Vec::new(), String::new(), 0_u8);
        for part in parts(english) {
            match part {
                Part::Text(text) => piece.push_str(text),
                Part::Gap("") => {
                    pieces.push(std::mem::take(&mut piece));
                    gaps.push(unnamed.to_string());
                    unnamed += 1;
                }
                Part::Gap(name) => {
                    pieces.push(std::mem::take(&mut piece));
                    gaps.push(name.to_owned());
                }
            }
        }
        pieces.push(piece);
        Self { pieces, gaps, words }
    }

    /// What stands in the gaps of a text that is this sentence.
    fn values<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        let (first, rest) = self.pieces.split_first()?;
        let mut left = text.strip_prefix(first.as_str())?;
        let Some((last, between)) = rest.split_last() else { return left.is_empty().then(Vec::new) };
        left = left.strip_suffix(last.as_str())?;
        let mut values = Vec::with_capacity(self.gaps.len());
        for piece in between {
            let (value, behind) = left.split_once(piece.as_str())?;
            values.push(value);
            left = behind;
        }
        values.push(left);
        Some(values)
    }

    fn filled(&self, values: &[&str], tell: impl Fn(&str) -> String) -> String {
        let mut text = String::new();
        for part in parts(&self.words) {
            match part {
                Part::Text(words) => text.push_str(words),
                Part::Gap(name) => {
                    let at = self.gaps.iter().position(|gap| gap == name);
                    let value = at.and_then(|at| values.get(at)).copied().unwrap_or_default();
                    // A single word is somebody's name
                    if value.contains(' ') { text.push_str(&tell(value)) } else { text.push_str(value) }
                }
            }
        }
        text
    }
}

enum Part<'a> {
    Text(&'a str),
    Gap(&'a str),
}

/// A sentence as `format!` reads it: `{name}` is a gap, `{{` a brace.
fn parts(sentence: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = sentence;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        parts.push(Part::Text(before));
        if let Some(behind) = brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
            parts.push(Part::Text(&brace[..1]));
            rest = behind;
        } else if let Some((name, behind)) = brace.strip_prefix('{').and_then(|gap| gap.split_once('}')) {
            parts.push(Part::Gap(name));
            rest = behind;
        } else {
            parts.push(Part::Text(&brace[..1]));
            rest = &brace[1..];
        }
    }
    parts.push(Part::Text(rest));
    parts
}

#[cfg(test)]
mod tests;
