//! Private keys in PEM form, on many lines or with `\n` on one.

use std::ops::Range;

const BEGIN: &str = "-----BEGIN ";
/// Longest label of a key: `ENCRYPTED PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`.
const LONGEST_LABEL: usize = 48;

/// What stands between the first and the last line of a private key; where the last one is missing, as far as the
/// text looks like a key.
pub(super) fn find(text: &str, spans: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices(BEGIN) {
        let label = at + BEGIN.len();
        let Some(length) = text[label..].find("-----").filter(|length| *length <= LONGEST_LABEL) else {
            continue;
        };
        if !text[label..label + length].contains("PRIVATE KEY") {
            continue;
        }
        let body = label + length + "-----".len();
        let rest = &text[body..];
        let end = rest.find("-----END").unwrap_or_else(|| {
            rest.find(|c: char| !(is_key_character(c) || c.is_whitespace() || c == '\\'))
                .unwrap_or(rest.len())
        });
        if end > 0 {
            spans.push(body..body + end);
        }
    }
}

/// Whether the line opens a private key that does not end in it.
pub(super) fn opens(line: &str) -> bool {
    let begun = line.rfind(BEGIN).filter(|at| line[*at..].contains("PRIVATE KEY"));
    begun.is_some_and(|at| !line[at..].contains("-----END"))
}

/// Whether the line can stand inside a private key.
pub(super) fn continues(line: &str) -> bool {
    let line = line.trim();
    let header =
        line.starts_with("Proc-Type:") || line.starts_with("DEK-Info:") || line.starts_with("Version:");
    header || line.chars().all(is_key_character)
}

pub(super) fn is_key_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
}
