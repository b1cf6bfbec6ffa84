//! Words that nobody has thought of: keys, tokens, ids. Guessed from how letters and digits follow each other.

use std::ops::Range;

/// Shortest word that is judged, in bytes.
const SHORTEST: usize = 16;
/// Length of an AWS secret key, which may hold slashes.
const AWS_SECRET: usize = 40;

/// Where random words stand.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut spans = words(text, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '=' | '~'))
        .filter(|word| is_random(&text[word.clone()]))
        .collect::<Vec<_>>();
    let with_slashes = words(text, |c| c.is_ascii_alphanumeric() || matches!(c, '/' | '+'));
    spans.extend(with_slashes.filter(|word| {
        let word = &text[word.clone()];
        word.len() == AWS_SECRET && word.split('/').map(changes).sum::<usize>() * 10 >= word.len() * 3
    }));
    spans
}

/// How often letters turn from small to capital, to digits, and back.
pub(super) fn changes(word: &str) -> usize {
    let kinds = word.bytes().filter_map(|byte| match byte {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        _ => None,
    });
    let kinds: Vec<u8> = kinds.collect();
    kinds.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

fn is_random(word: &str) -> bool {
    is_uuid(word) || word.split(['-', '_', '=', '~']).any(is_random_piece)
}

/// Long hexadecimal numbers, and words in which the kind of character changes more often than names do.
fn is_random_piece(piece: &str) -> bool {
    if piece.len() < SHORTEST {
        return false;
    }
    let digits = piece.bytes().filter(u8::is_ascii_digit).count();
    let hex = piece.len() >= 32 && piece.bytes().all(|byte| byte.is_ascii_hexdigit());
    let only_digits = digits == piece.len();
    !only_digits && (hex && digits > 0 || changes(piece) * 10 >= piece.len() * 3)
}

/// 8-4-4-4-12 hexadecimal digits.
fn is_uuid(word: &str) -> bool {
    let lengths: Vec<usize> = word.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn words(text: &str, belongs: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(&belongs)?;
        let end = text[start..].find(|c| !belongs(c)).map_or(text.len(), |length| start + length);
        at = end;
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_words_are_told_from_names() {
        for random in [
            "9f86d081884c7d659a2feaa0c55ad015",
            "550e8400-e29b-41d4-a716-446655440000",
            "NmZkY2QzYmEtNDk1Yi00",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ] {
            let text = format!("a {random} b");
            let found: Vec<&str> = find(&text).into_iter().map(|span| &text[span]).collect();
            assert_eq!(found, [random]);
        }
        for name in [
            "StreamableHTTPClientTransport",
            "server-everything-2025-11-25",
            "claude_desktop_config",
            "AppData/Local/AnthropicClaude/Resources1",
            "notifications/initialized",
            "2026-03-02T08:15:00.100Z",
            "00000000000000000000000000000000000",
        ] {
            assert_eq!(find(name), [], "{name}");
        }
    }
}
