//! Secrets that are known by the name that stands before them.

use std::ops::Range;

use bridgekeeper_model::SecretName;

/// Words that make the name of a variable, option or member the name of a secret.
const WORDS: &[&str] = &[
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "apikey",
    "credential",
    "credentials",
    "auth",
    "authorization",
    "bearer",
    "cookie",
    "jwt",
    "pat",
    "nsec",
];

/// Names that hold one of the words and are no secret.
const HARMLESS_ENDS: &[&str] = &[
    "url", "uri", "endpoint", "path", "file", "type", "name", "timeout", "port", "host", "mode", "limit",
    "expires", "expiry", "method", "server", "count", "id", "scope", "status",
];

/// Whether a variable, option or member of this name holds a secret.
pub fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let harmless = words.last().is_some_and(|last| HARMLESS_ENDS.contains(&last.as_str()));
    let tells = words.iter().any(|word| WORDS.contains(&word.as_str()));
    let key = words.len() > 1
        && words.last().is_some_and(|last| last == "key")
        && words[words.len() - 2] != "public";
    // `SMTP_PASS`; alone the word is said of tests
    let pass = words.len() > 1 && words.last().is_some_and(|last| last == "pass");
    let is_max_tokens = words.iter().any(|word| word == "tokens" || word == "max");
    !is_max_tokens && (key || pass || (tells && !harmless) || words.iter().any(|word| word == "apikey"))
}

/// Whether an HTTP header of this name holds a secret.
pub fn is_secret_header(name: &str) -> bool {
    const HEADERS: [&str; 8] = [
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-api-key",
        "api-key",
        "x-auth-token",
        "mcp-session-id",
    ];
    HEADERS.iter().any(|header| header.eq_ignore_ascii_case(name)) || is_secret_name(name)
}

/// The value without the name of an authentication scheme before it.
pub(super) fn without_scheme(value: &str) -> &str {
    let trimmed = value.trim_start();
    ["Bearer ", "Basic ", "Token ", "ApiKey ", "Digest "]
        .iter()
        .find_map(|scheme| {
            let head = trimmed.get(..scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then(|| &trimmed[scheme.len()..])
        })
        .unwrap_or(value)
}

/// Finds values after a telling name or scheme, and what URLs hold.
pub(super) fn find(text: &str, spans: &mut Vec<Range<usize>>) {
    after_schemes(text, spans);
    after_names(text, spans);
    after_options(text, spans);
    in_urls(text, spans);
    in_forms(text, spans);
    in_cookies(text, spans);
}

/// Parameters of OAuth whose names say nothing elsewhere.
const OAUTH: &[&str] =
    &["code", "state", "nonce", "code_verifier", "code_challenge", "assertion", "device_code", "user_code"];

fn is_oauth_parameter(name: &str) -> bool {
    OAUTH.contains(&name) || matches!(name, "key" | "sig" | "signature" | "verifier" | "session" | "sid")
}

/// Whether the line ends with a telling name and the sign or scheme before its value.
pub(super) fn ends_with_name(line: &str) -> bool {
    let line = line.trim_end();
    let scheme = ["Bearer", "bearer"].iter().any(|scheme| line.ends_with(&format!(": {scheme}")));
    let Some(before) = line.strip_suffix([':', '=']) else { return scheme };
    let before = before.trim_end_matches([' ', '"', '\'']);
    let start =
        before.rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).map_or(0, |at| at + 1);
    before
        .get(start..)
        .is_some_and(|name| is_secret_header(name) || name.eq_ignore_ascii_case("code_verifier"))
}

/// `Bearer VALUE`, `Basic VALUE`.
fn after_schemes(text: &str, spans: &mut Vec<Range<usize>>) {
    let lower = text.to_ascii_lowercase();
    for scheme in ["bearer", "basic"] {
        for (at, _) in lower.match_indices(scheme) {
            let before = lower[..at].chars().next_back();
            let after = at + scheme.len();
            let gap = lower[after..].len() - lower[after..].trim_start_matches([' ', '+']).len();
            let gap = if lower[after..].starts_with("%20") { 3 } else { gap };
            if gap == 0 || before.is_some_and(|c| c.is_ascii_alphanumeric()) {
                continue;
            }
            let value = token_span(text, after + gap);
            // Prose goes on with a word: "basic usage", "Bearer token".
            let enough = if scheme == "bearer" { 6 } else { 8 };
            let word = text[value.clone()].chars().all(|c| c.is_ascii_lowercase());
            if value.len() >= enough
                && !(word && value.len() < 12)
                && !super::is_reference(&text[value.clone()])
            {
                spans.push(value);
            }
        }
    }
}

/// `NAME=VALUE`, `NAME: VALUE`, `"NAME": "VALUE"`, also with escaped quotes.
fn after_names(text: &str, spans: &mut Vec<Range<usize>>) {
    for (at, separator) in text.char_indices().filter(|(_, c)| matches!(c, '=' | ':')) {
        let before = text[..at].trim_end_matches([' ', '"', '\'', '\\']);
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
            .last()
            .map_or(before.len(), |(start, _)| start);
        let name = &before[start..];
        if name == "secret" && separator == ':' && names_a_secret(&text[..start], &text[at + 1..]) {
            continue;
        }
        let telling = if separator == ':' { is_secret_header(name) } else { is_secret_name(name) };
        if name.is_empty() || !telling {
            continue;
        }
        let rest = &text[at + 1..];
        let lead = rest.len() - rest.trim_start_matches([' ', '\t', '"', '\'', '\\']).len();
        let first = at + 1 + lead;
        let quoted = text[..first].ends_with(['"', '\'']);
        let value = value_span(text, first, quoted);
        let scheme = value.len() - without_scheme(&text[value.clone()]).len();
        let value = value.start + scheme..value.end;
        let shown = &text[value.clone()];
        let is_word = matches!(shown, "null" | "true" | "false" | "undefined" | "string" | "none" | "")
            || shown.starts_with("//");
        if !is_word && !super::is_reference(shown) && !shown.starts_with(['{', '[', '<']) {
            spans.push(value);
        }
    }
}

/// Whether `secret:` here begins a name: `${secret:NAME}`, or `KEY=secret:NAME` as `mcp-bridge exec --env` takes it.
fn names_a_secret(before: &str, after: &str) -> bool {
    let name = after.split(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).next().unwrap_or("");
    before.ends_with("${") || before.ends_with('=') && name.parse::<SecretName>().is_ok()
}

/// `--api-key VALUE`, and the same as two elements of a list.
fn after_options(text: &str, spans: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices("--") {
        let rest = &text[at + 2..];
        let length =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
        if length == 0 || !is_secret_name(&rest[..length]) {
            continue;
        }
        let tail = &rest[length..];
        let gap = tail.len() - tail.trim_start_matches([' ', '\t', '\n', '\r', '"', '\'', ',']).len();
        let first = at + 2 + length + gap;
        if gap == 0 || text[first..].starts_with(['-', '{', '[', ']', '}']) {
            continue;
        }
        let value = value_span(text, first, text[..first].ends_with(['"', '\'']));
        if !super::is_reference(&text[value.clone()]) && !value.is_empty() {
            spans.push(value);
        }
    }
}

/// `https://user:password@host/?key=value`.
fn in_urls(text: &str, spans: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices("://") {
        let authority = at + 3;
        let rest = &text[authority..];
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '\\'))
            .unwrap_or(rest.len());
        if let Some(user) = rest[..end].rfind('@') {
            let password = rest[..user].find(':').map_or(0, |colon| colon + 1);
            spans.push(authority + password..authority + user);
        }
        let url_end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>'))
            .unwrap_or(rest.len());
        let url_end = rest[..url_end].trim_end_matches([')', ']', '}', ',', ';']).len();
        let Some(query) = rest[..url_end].find('?') else { continue };
        let mut start = authority + query + 1;
        for pair in rest[query + 1..url_end].split('&') {
            if let Some((name, value)) = pair.split_once('=') {
                let secret = is_secret_name(name) || is_oauth_parameter(name);
                if secret && !value.is_empty() && !super::is_reference(value) {
                    spans.push(start + name.len() + 1..start + pair.len());
                }
            }
            start += pair.len() + 1;
        }
    }
}

/// `code=VALUE&code_verifier=VALUE` outside an address, the same with `%3D`, and members of JSON of these names. What
/// is too short or too plain to be one stays: `exit code=1`, `state: ready`.
fn in_forms(text: &str, spans: &mut Vec<Range<usize>>) {
    let signs =
        text.match_indices(['=', ':']).chain(text.match_indices("%3D")).chain(text.match_indices("%3d"));
    for (at, sign) in signs {
        let before = text[..at].trim_end_matches(['"', '\\']);
        let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
        let Some(name) = before.get(start..) else { continue };
        // After an encoded sign the name may begin with what is left of `%3F` or `%26`
        let name = if sign.len() == 3 {
            name.strip_prefix("3F").or(name.strip_prefix("26")).unwrap_or(name)
        } else {
            name
        };
        let encoded_secret = sign.len() == 3 && is_secret_name(name);
        if !(encoded_secret || is_oauth_parameter(name)) {
            continue;
        }
        let from = at + sign.len();
        let from = from + text[from..].len() - text[from..].trim_start_matches([' ', '"', '\\']).len();
        let rest = &text[from..];
        let mut end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_-.~+/%=".contains(c))).unwrap_or(rest.len());
        if sign.len() == 3 {
            end = rest[..end].find("%26").unwrap_or(end);
        }
        let value = &rest[..end];
        let plain = value.len() < 8
            || !value.bytes().any(|byte| byte.is_ascii_digit())
            || value.bytes().all(|byte| byte.is_ascii_digit());
        if encoded_secret && !value.is_empty() || !plain {
            spans.push(from..from + end);
        }
    }
}

/// `Cookie: a=1; b=2`, to the end of the header.
fn in_cookies(text: &str, spans: &mut Vec<Range<usize>>) {
    let lower = text.to_ascii_lowercase();
    for (at, name) in lower.match_indices("cookie") {
        let rest = &text[at + name.len()..];
        let lead = rest.trim_start_matches(['"', '\'', '\\']);
        let Some(value) = lead.strip_prefix([':', '=']) else { continue };
        let value = value.trim_start_matches([' ', '"', '\'', '\\']);
        let start = text.len() - value.len();
        let end = value.find(['"', '\'', '\n', '\r']).unwrap_or(value.len());
        let end = value[..end].trim_end_matches('\\').len();
        if value[..end].contains('=') {
            spans.push(start..start + end);
        }
    }
}

/// A value up to the quote that ends it, or up to the next space where it is not quoted.
fn value_span(text: &str, start: usize, quoted: bool) -> Range<usize> {
    let rest = &text[start..];
    if quoted {
        let length = rest.find(['"', '\'', '\n', '\r']).unwrap_or(rest.len());
        let length = rest[..length].trim_end_matches('\\').len();
        return start..start + length;
    }
    let body = without_scheme(rest);
    let scheme = rest.len() - body.len();
    let end = body
        .find(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | ';' | '&' | '}' | ']' | ')')
        })
        .unwrap_or(body.len());
    let end = reference_end(body).unwrap_or(end);
    start..start + scheme + body[..end].trim_end_matches('\\').len()
}

fn token_span(text: &str, start: usize) -> Range<usize> {
    let rest = &text[start..];
    let end = rest
        .find(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | ';' | '\\' | ')' | ']' | '}')
        })
        .unwrap_or(rest.len());
    start..start + reference_end(rest).unwrap_or(end)
}

/// Where a `${NAME}` at the start ends, brace included.
fn reference_end(text: &str) -> Option<usize> {
    text.strip_prefix("${").and_then(|_| text.find('}')).map(|brace| brace + 1)
}

/// The words of a name: `apiKey`, `API_KEY` and `api-key` are all `api`, `key`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lower_before = false;
    let mut open = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            open = false;
            continue;
        }
        if !open || (c.is_ascii_uppercase() && lower_before) {
            words.push(String::new());
            open = true;
        }
        if let Some(word) = words.last_mut() {
            word.push(c.to_ascii_lowercase());
        }
        lower_before = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words
}
