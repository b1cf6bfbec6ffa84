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
    ("rk_test_", 8),
    ("pk_live_", 8),
    ("whsec_", 16),
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 8),
    ("glpat-", 8),
    ("gldt-", 8),
    ("glptt-", 8),
    ("glrt-", 8),
    ("gloas-", 8),
    ("xoxb-", 8),
    ("xoxp-", 8),
    ("xoxa-", 8),
    ("xoxs-", 8),
    ("xoxc-", 8),
    ("xoxd-", 8),
    ("xoxe-", 8),
    ("xoxe.", 8),
    ("xapp-", 8),
    ("AKIA", 12),
    ("ASIA", 12),
    ("AIza", 20),
    ("ya29.", 8),
    ("1//0", 16),
    ("GOCSPX-", 12),
    ("hf_", 12),
    ("npm_", 16),
    ("pypi-", 16),
    ("dop_v1_", 16),
    ("lin_api_", 8),
    ("lin_oauth_", 8),
    ("ntn_", 16),
    ("secret_", 24),
    ("figd_", 8),
    ("sntrys_", 16),
    ("sntryu_", 16),
    ("ATATT3", 16),
    ("xai-", 16),
    ("r8_", 16),
    ("fc-", 24),
    ("glsa_", 16),
    ("dckr_pat_", 12),
    ("AGE-SECRET-KEY-", 16),
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
    in_addresses(text, &mut spans);
    with_marks(text, &mut spans);
    key_material(text, &mut spans);
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

/// Addresses whose path is the secret.
const SECRET_PATHS: &[&str] = &[
    "hooks.slack.com/services/",
    "hooks.slack.com/workflows/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "mcp.zapier.com/api/mcp/s/",
    "api.telegram.org/bot",
    "webhook.office.com/webhookb2/",
];

fn in_addresses(text: &str, spans: &mut Vec<Range<usize>>) {
    for start in SECRET_PATHS {
        for (at, _) in text.match_indices(start) {
            let begin = at + start.len();
            let rest = &text[begin..];
            let end = rest
                .find(|c: char| {
                    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '?' | '#' | ')' | '>' | '\\')
                })
                .unwrap_or(rest.len());
            if end > 0 {
                spans.push(begin..begin + end);
            }
        }
    }
}

/// Tokens whose mark stands inside: client secrets of Azure (`abc8Q~...`), bots of Telegram (`123456789:AA...`).
fn with_marks(text: &str, spans: &mut Vec<Range<usize>>) {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '~' | '.');
    for (at, mark) in text.match_indices("Q~").chain(text.match_indices(":AA")) {
        let start = text[..at].rfind(|c| !part(c)).map_or(0, |before| before + 1);
        let start = (start..=at).find(|start| text.is_char_boundary(*start)).unwrap_or(at);
        let rest = &text[at + mark.len()..];
        let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
        let is_azure = mark == "Q~" && (1..=6).contains(&(at - start)) && length >= 28;
        let is_bot = mark == ":AA"
            && (8..=12).contains(&(at - start))
            && length >= 30
            && text[start..at].bytes().all(|byte| byte.is_ascii_digit());
        if is_azure || is_bot {
            spans.push(start..at + mark.len() + length);
        }
    }
}

/// Shortest line of base64 that is taken for a piece of a key: PEM breaks its lines after 64 characters.
const KEY_LINE: usize = 60;

/// Lines and words that are nothing but long base64.
fn key_material(text: &str, spans: &mut Vec<Range<usize>>) {
    if text.len() < KEY_LINE {
        return;
    }
    let mut at = 0;
    for word in text.split(|c: char| !super::keys::is_key_character(c)) {
        let start = at;
        at += word.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        let has = |kind: fn(&u8) -> bool| word.as_bytes().iter().any(kind);
        let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
        if word.len() >= KEY_LINE
            && mixed
            && !word.starts_with('/')
            && word.matches('/').count() * 12 < word.len()
        {
            spans.push(start..start + word.len());
        }
    }
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
