//! Secrets that go on in the next line.

use std::borrow::Cow;

use bridgekeeper_model::MASK;

use super::{keys, mask, names, random, spans};

/// Shortest piece of a token that is taken for the rest of the one before it, in bytes.
const SHORTEST_REST: usize = 6;

/// Masks text that comes line by line. It remembers whether the line before ended inside a secret, or with the name
/// of one.
#[derive(Debug, Clone, Copy, Default)]
pub struct LineMask {
    state: State,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Plain,
    /// Between the first and the last line of a private key.
    InKey,
    /// A token reached to the end of the line.
    Cut,
    /// The line ended with a telling name or scheme.
    Named,
}

impl LineMask {
    /// The line with every secret masked.
    pub fn mask<'t>(&mut self, line: &'t str) -> Cow<'t, str> {
        let before = std::mem::take(&mut self.state);
        if before == State::InKey && !line.contains("-----END") && keys::continues(line) {
            self.state = State::InKey;
            return if line.trim().is_empty() { Cow::Borrowed(line) } else { Cow::Borrowed(MASK) };
        }
        let shown = mask(line);
        let end = line.trim_end().len();
        let bare = line.trim();
        if before == State::Cut && is_rest(bare) || before == State::Named && !bare.is_empty() {
            self.state = if before == State::Cut { State::Cut } else { State::Plain };
            return Cow::Owned(without_first_word(line, before));
        }
        self.state = if keys::opens(line) {
            State::InKey
        } else if shown.trim_end().ends_with(MASK) || spans(line).iter().any(|span| span.end == end) {
            State::Cut
        } else if names::ends_with_name(line) {
            State::Named
        } else {
            State::Plain
        };
        shown
    }
}

/// Whether a line is nothing but one more piece of a token.
fn is_rest(line: &str) -> bool {
    line.len() >= SHORTEST_REST
        && line.chars().all(|c| c.is_ascii_alphanumeric() || "_-+/=.~".contains(c))
        && (line.bytes().any(|byte| byte.is_ascii_digit()) || random::changes(line) * 5 >= line.len())
}

/// The line with its first word, or all of it, masked.
fn without_first_word(line: &str, before: State) -> String {
    let start = line.len() - line.trim_start().len();
    let rest = &line[start..];
    let scheme = rest.len() - names::without_scheme(rest).len();
    let word = &rest[scheme..];
    let end =
        if before == State::Cut { word.len() } else { word.find(char::is_whitespace).unwrap_or(word.len()) };
    format!("{}{MASK}{}", &line[..start + scheme], mask(&word[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> Vec<String> {
        let mut lines = LineMask::default();
        text.lines().map(|line| lines.mask(line).into_owned()).collect()
    }

    #[test]
    fn a_private_key_is_masked_to_its_last_line() {
        let key = "key: -----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq3\nshort\n-----END RSA PRIVATE KEY-----\nMIIE is prose";
        let shown = masked(key);
        assert_eq!(shown[1..3], [MASK, MASK]);
        assert_eq!(shown[3..], ["-----END RSA PRIVATE KEY-----", "MIIE is prose"]);
        // A key that was cut off does not swallow the log
        let shown =
            masked("-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKC\n2026-01-01T00:00:00Z [a] [info] Hi\nword");
        assert_eq!(shown[2..], ["2026-01-01T00:00:00Z [a] [info] Hi", "word"]);
    }

    #[test]
    fn a_token_that_was_broken_by_a_line_end_is_masked_whole() {
        assert_eq!(
            masked("token ghp_16C7e42F292c6912E771\n0c838347Ae178B4a\nok"),
            [format!("token {MASK}"), MASK.to_owned(), "ok".to_owned()]
        );
        assert_eq!(masked("Authorization: Bearer k29f3aa81c\nConnected")[1], "Connected");
    }

    #[test]
    fn a_value_below_its_name_is_masked() {
        assert_eq!(masked("Authorization:\n  Bearer k29f3 next")[1], format!("  Bearer {MASK} next"));
        assert_eq!(masked("client_secret =\nhunter2")[1], MASK);
        assert_eq!(masked("Browser opened:\nhunter2")[1], "hunter2");
    }
}
