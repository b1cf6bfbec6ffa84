//! Words that nobody has thought of: keys, tokens, ids. Guessed from how letters and digits follow each other.

use std::ops::Range;

/// Shortest word that is judged, in bytes.
const SHORTEST: usize = 16;
/// Length of an AWS secret key, which may hold slashes.
const AWS_SECRET: usize = 40;
/// How much of a UUID stays to be seen in an address: its first group and the line after it.
const UUID_SHOWN: usize = 9;

/// Where random words stand.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut spans = words(text, is_of_word).filter(|word| is_random(&text[word.clone()])).collect::<Vec<_>>();
    let with_slashes = words(text, |c| c.is_ascii_alphanumeric() || matches!(c, '/' | '+'));
    spans.extend(with_slashes.filter(|word| {
        let word = &text[word.clone()];
        word.len() == AWS_SECRET && word.split('/').map(changes).sum::<usize>() * 10 >= word.len() * 3
    }));
    spans
}

/// Parts of an address's path that nobody has thought of. Whoever knows such an address is often let in by it.
///
/// Tenants and workspaces are told apart by UUIDs too, and some servers let in whoever knows one: of a UUID the first
/// group stays, by which a person knows it again and from which nobody guesses the rest. Addresses of files name
/// folders of this machine and are left.
pub(super) fn in_paths(text: &str, spans: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices("://") {
        let scheme = text[..at].rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |before| before + 1);
        if text.get(scheme..at).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file")) {
            continue;
        }
        let rest = &text[at + 3..];
        let end = rest.find(ends_path).unwrap_or(rest.len());
        let Some(path) = rest[..end].find('/') else { continue };
        let mut start = at + 3 + path + 1;
        for part in rest[path + 1..end].split('/') {
            let trimmed = part.trim_end_matches(['.', ',', ';', ':', ')', ']', '}', '*']);
            if is_uuid(trimmed) {
                spans.push(start + UUID_SHOWN..start + trimmed.len());
            } else if words(trimmed, is_of_word).any(|word| is_random(&trimmed[word])) {
                spans.push(start..start + trimmed.len());
            }
            start += part.len() + 1;
        }
    }
}

fn ends_path(c: char) -> bool {
    c.is_whitespace() || matches!(c, '?' | '#' | '"' | '\'' | '`' | '\\' | '<' | '>' | '|')
}

const fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '=' | '~')
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
    fn a_part_of_a_path_that_nobody_thought_of_is_found_whole() {
        for (text, part) in [
            ("https://a.example/s/9f86d081884c7d659a2feaa0c55ad015/mcp", "9f86d081884c7d659a2feaa0c55ad015"),
            ("(https://a.example/550e8400-e29b-41d4-a716-446655440000).", "e29b-41d4-a716-446655440000"),
            ("see `https://a.example/mcp/NmZkY2QzYmEtNDk1Yi00`", "NmZkY2QzYmEtNDk1Yi00"),
            ("\"wss://a.example/k_NmZkY2QzYmEtNDk1Yi00.json?x=1\"", "k_NmZkY2QzYmEtNDk1Yi00.json"),
            ("HTTP://a.example:8080/x7q2m9k4t1z8w3p6/sse", "x7q2m9k4t1z8w3p6"),
        ] {
            let mut spans = Vec::new();
            in_paths(text, &mut spans);
            let found: Vec<&str> = spans.into_iter().map(|span| &text[span]).collect();
            assert_eq!(found, [part], "{text}");
        }
        for text in [
            "https://mcp.notes.example/v1/workspaces/team-7/mcp",
            "https://a.example/.well-known/oauth-authorization-server/mcp",
            "https://github.com/modelcontextprotocol/typescript-sdk/issues/1045#issuecomment-2719",
            "https://registry.npmjs.org/@modelcontextprotocol/server-everything/-/server-everything-2025.11.25.tgz",
            "https://9f86d081884c7d659a2feaa0c55ad015.example/mcp",
            "https://a.example/docs/StreamableHTTPClientTransport.html",
            "https://a.example/20261122194500123456/mcp",
            "file:///C:/Users/ada/9f86d081884c7d659a2feaa0c55ad015/x.json",
            "https://a.example/${TENANT}/mcp",
            "https://mcp.notes.example/acme-corporation/customer-relationship-management/mcp",
            "https://a.example/projects/CustomerRelationshipManagement/2026-07-28T10:15:00Z",
            "https://a.example/550e8400/e29b-41d4/mcp",
        ] {
            let mut spans = Vec::new();
            in_paths(text, &mut spans);
            assert_eq!(spans, [], "{text}");
        }
    }

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
