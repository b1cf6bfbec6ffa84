//! Tokens that are known by how they look, wherever they stand.

use std::ops::Range;

/// Prefixes of tokens, with the least length of what follows.
const PREFIXES: &[(&str, usize)] = &[
    ("sk-ant-", 8),
    ("sk-proj-", 8),
    ("sk-or-", 8),
    ("sk-", 16),
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("rk_live_", 8),
    ("pk_live_", 8),
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 8),
    ("glpat-", 8),
    ("gldt-", 8),
    ("xoxb-", 8),
    ("xoxp-", 8),
    ("xoxa-", 8),
    ("xoxs-", 8),
    ("xapp-", 8),
    ("AKIA", 12),
    ("ASIA", 12),
    ("AIza", 20),
    ("ya29.", 8),
    ("1//0", 16),
    ("hf_", 12),
    ("npm_", 16),
    ("pypi-", 16),
    ("dop_v1_", 16),
    ("lin_api_", 8),
    ("lin_oauth_", 8),
    ("ntn_", 16),
    ("secret_", 24),
    ("figd_", 8),
    ("apify_api_", 8),
    ("tvly-", 8),
    ("pplx-", 12),
    ("gsk_", 16),
    ("nsec1", 20),
    ("SG.", 16),
    ("shpat_", 8),
    ("dapi", 28),
    ("PMAK-", 12),
    ("vercel_", 16),
    ("sbp_", 16),
    ("eyJ", 17),
];

/// Whether the whole text is one token of a known shape.
pub fn is_token(text: &str) -> bool {
    token_at(text, 0).is_some_and(|length| length == text.len())
}

pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut before: Option<char> = None;
    let mut skip_to = 0;
    for (at, c) in text.char_indices() {
        let begins_word = at >= skip_to && before.is_none_or(|before| !before.is_alphanumeric());
        before = Some(c);
        if begins_word && let Some(length) = token_at(text, at) {
            spans.push(at..at + length);
            skip_to = at + length;
        }
    }
    spans
}

/// The length of the token that begins at `at`.
fn token_at(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let (prefix, least) = PREFIXES.iter().find(|(prefix, _)| rest.starts_with(prefix))?;
    let body = &rest[prefix.len()..];
    let length =
        body.find(|c: char| !(c.is_ascii_alphanumeric() || "_-./+=".contains(c))).unwrap_or(body.len());
    let length = body[..length].trim_end_matches(['.', '/']).len();
    if length < *least || body[..length].contains("...") {
        return None;
    }
    let is_jwt = *prefix == "eyJ";
    let is_plain_word = *least >= 8 && !body[..length].bytes().any(|byte| byte.is_ascii_digit());
    (!is_plain_word || (is_jwt && body[..length].contains('.'))).then_some(prefix.len() + length)
}
