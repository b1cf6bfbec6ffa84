//! Words and numbers that stand without quotes: the three that JSON knows, its numbers, and those of other
//! languages.

use super::scanner::Scanner;
use super::strings::quote;
use super::{Node, SyntaxErrorKind, Value};
use crate::edit::Edit;

impl Scanner<'_> {
    /// Reads a value that begins with neither a quote nor an opener.
    pub(super) fn word(&mut self) -> Node {
        let start = self.at;
        let end = self.word_end(start);
        let span = start..end;
        let word = &self.text[span.clone()];
        self.at = end;
        let value = match word {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ if is_number(word) => Value::Number,
            _ => self.foreign_word(word, start),
        };
        self.last_end = end;
        Node { span, value }
    }

    fn foreign_word(&mut self, word: &str, start: usize) -> Value {
        let span = start..start + word.len();
        let literal = match word {
            "True" | "TRUE" | "yes" | "on" => Some(("true", Value::Bool(true))),
            "False" | "FALSE" | "no" | "off" => Some(("false", Value::Bool(false))),
            "None" | "NULL" | "Null" | "nil" | "undefined" | "NaN" | "Infinity" | "-Infinity" | "nan" => {
                Some(("null", Value::Null))
            }
            _ => None,
        };
        if let Some((json, value)) = literal {
            self.error(SyntaxErrorKind::ForeignLiteral, span.clone(), vec![Edit::replace(span, json)]);
            return value;
        }
        if let Some(number) = foreign_number(word) {
            self.error(SyntaxErrorKind::ForeignNumber, span.clone(), vec![Edit::replace(span, number)]);
            return Value::Number;
        }
        // A quote at the end alone: the one at the beginning was forgotten.
        let text = word.strip_suffix('"').unwrap_or(word);
        let kind = SyntaxErrorKind::UnquotedValue;
        if text.is_empty() || text.contains(['"', '{', '}', '[', ']']) {
            self.error(SyntaxErrorKind::Unexpected, span, Vec::new());
            return Value::Unreadable;
        }
        self.error(kind, span.clone(), vec![Edit::replace(span, quote(text))]);
        Value::String(text.to_owned())
    }

    /// The end of a word that stands without quotes: before the next comma, closer, line end or comment.
    fn word_end(&self, start: usize) -> usize {
        let rest = &self.text[start..];
        // What follows a JSON word without a comma is the next word: `1 2` is two numbers.
        let first = rest
            .find(|c: char| c.is_whitespace() || matches!(c, ',' | '}' | ']' | '，' | ';'))
            .unwrap_or(rest.len());
        let word = &rest[..first];
        if matches!(word, "null" | "true" | "false") || is_number(word) {
            return start + first;
        }
        let mut end = rest.find([',', '}', ']', '\n', '\r', '，', ';']).unwrap_or(rest.len());
        for comment in [" //", " #", "\t//", "\t#", " /*"] {
            if let Some(at) = rest[..end].find(comment) {
                end = at;
            }
        }
        // A string after it on the same line: `"` belongs to that string unless it ends the word.
        if let Some(quote) = rest[..end].find('"') {
            let ends_word = rest[quote + 1..end].trim().is_empty();
            end = if ends_word { quote + 1 } else { quote };
        }
        let trimmed = rest[..end].trim_end().len();
        let one_character = rest.chars().next().map_or(0, char::len_utf8);
        start + trimmed.max(one_character)
    }
}

/// Whether the text is a number of JSON (RFC 8259, section 6).
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (digits, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(all_digits)
        && exponent.is_none_or(all_digits)
}

/// The JSON form of a number as other languages write it.
fn foreign_number(word: &str) -> Option<String> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", word.strip_prefix('+').unwrap_or(word)),
    };
    let number = if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        u64::from_str_radix(hex, 16).ok()?.to_string()
    } else {
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if digits.is_empty() || digits == "." || !plain(whole) || !plain(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
    };
    Some(format!("{sign}{number}"))
}
