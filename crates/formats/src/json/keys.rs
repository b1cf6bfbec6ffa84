//! What a key looks like before it is read, whatever its quotes.

use super::scanner::Scanner;

impl<'t> Scanner<'t> {
    /// The place of the next character that is no white space.
    pub(super) fn after_space(&self, at: usize) -> usize {
        let Some(rest) = self.text.get(at..) else { return self.text.len() };
        self.text.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len()
    }

    /// The key that stands at `at` with a colon after it, without its quotes.
    pub(super) fn key_ahead(&self, at: usize) -> Option<&'t str> {
        let end = self.key_end(at)?;
        let rest = &self.text[self.after_space(end)..];
        let text = self.text;
        rest.starts_with([':', '：', '=']).then(|| text[at..end].trim_matches(is_quote))
    }

    /// The end of the quoted text or bare word that begins at `at`, within its line.
    pub(super) fn key_end(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let first = rest.chars().next()?;
        if is_quote(first) {
            let mut escaped = false;
            for (offset, c) in rest.char_indices().skip(1) {
                match c {
                    '\n' | '\r' => return None,
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    _ if closes(first, c) => return Some(at + offset + c.len_utf8()),
                    _ => {}
                }
            }
            return None;
        }
        if !(first.is_alphabetic() || matches!(first, '_' | '$' | '@')) {
            return None;
        }
        let word = rest.find(|c: char| !(c.is_alphanumeric() || "_$@-./".contains(c))).unwrap_or(rest.len());
        let quote = usize::from(rest[word..].starts_with('"'));
        Some(at + word + quote)
    }
}

/// Whether a quoted text may begin with this character.
pub(super) fn is_quote(c: char) -> bool {
    c == '"' || c == '\'' || c == '`' || is_smart_quote(c)
}

/// Quotes that JSON does not know and word processors make.
pub(super) fn is_smart_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' | '‚' | '＂' | '″')
}

/// Whether a text that was opened with one quote may end with the other.
pub(super) fn closes(opener: char, c: char) -> bool {
    match opener {
        '"' => c == '"',
        '\'' | '`' => c == opener,
        _ => c == '"' || is_smart_quote(c),
    }
}
