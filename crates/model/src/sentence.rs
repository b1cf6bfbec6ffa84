use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// What is said to the person, before it is in a language: the English words with `{name}` where a value stands,
/// and the values. The English words are the key under which another language keeps its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sentence {
    words: Cow<'static, str>,
    values: BTreeMap<Cow<'static, str>, Value>,
}

/// What stands in a sentence's gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A name, a path, a number: the same in every language, unless it is words that the language knows.
    Verbatim(String),
    /// Words of ours, which each language has its own for.
    Words(Sentence),
}

impl Sentence {
    /// A sentence without values. Where `words` is no text of ours but somebody's, no language has it, and it is
    /// said as it is.
    pub fn of(words: impl Into<Cow<'static, str>>) -> Self {
        Self { words: words.into(), values: BTreeMap::new() }
    }

    /// With a value for the gap of this name.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.values.insert(name.into(), value.into());
        self
    }

    /// The value in a gap.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// In English.
    pub fn in_english(&self) -> String {
        self.said_in(&|_| None)
    }

    /// In the language that `words_for` knows: it is given English words with their gaps. What it does not know is
    /// said in English.
    pub fn said_in<'a>(&'a self, words_for: &dyn Fn(&str) -> Option<&'a str>) -> String {
        let words = words_for(&self.words).unwrap_or(&self.words);
        let mut text = String::with_capacity(words.len());
        let mut rest = words;
        // Each gap is filled once: a value may hold braces itself
        while let Some(open) = rest.find('{') {
            let after = &rest[open + 1..];
            let value = after.find('}').and_then(|close| Some((self.values.get(&after[..close])?, close)));
            text.push_str(&rest[..open]);
            let Some((value, close)) = value else {
                text.push('{');
                rest = after;
                continue;
            };
            match value {
                Value::Verbatim(value) => text.push_str(known_words(value, words_for)),
                Value::Words(sentence) => text.push_str(&sentence.said_in(words_for)),
            }
            rest = &after[close + 1..];
        }
        text.push_str(rest);
        text
    }
}

/// Where nothing was found, a rule names the thing in words of its own (`a file of the server`). A single word may
/// be somebody's name.
fn known_words<'a>(value: &'a str, words_for: &dyn Fn(&str) -> Option<&'a str>) -> &'a str {
    if value.contains(' ') { words_for(value).unwrap_or(value) } else { value }
}

/// In English, as the console's JSON has it.
impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.in_english())
    }
}

impl Value {
    /// The value in English.
    pub fn in_english(&self) -> Cow<'_, str> {
        match self {
            Self::Verbatim(value) => Cow::Borrowed(value),
            Self::Words(sentence) => Cow::Owned(sentence.in_english()),
        }
    }
}

impl From<Sentence> for Value {
    fn from(sentence: Sentence) -> Self {
        Self::Words(sentence)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Verbatim(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Verbatim(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_once() {
        let sentence = Sentence::of("`{path}` {why} {nothing}").with("path", "{why}").with("why", "is gone");
        assert_eq!(sentence.in_english(), "`{why}` is gone {nothing}");
    }

    #[test]
    fn words_are_said_in_the_language_and_values_as_they_are() {
        let place = Sentence::of("at {path}").with("path", "/{path}");
        let sentence = Sentence::of("It stands {place}").with("place", place);
        let german = |words: &str| match words {
            "It stands {place}" => Some("Es steht {place}"),
            "at {path}" => Some("bei {path}"),
            _ => None,
        };
        assert_eq!(sentence.said_in(&german), "Es steht bei /{path}");
        assert_eq!(sentence.in_english(), "It stands at /{path}");
    }

    #[test]
    fn an_unknown_sentence_stays_english() {
        assert_eq!(Sentence::of("Wait.").said_in(&|_| None), "Wait.");
    }
}
