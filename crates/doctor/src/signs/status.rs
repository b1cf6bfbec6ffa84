//! The HTTP status that a line reports, in the words of fetch, axios, requests, httpx, reqwest, Go, curl and the
//! MCP SDKs.

use crate::log_scan::LogLine;

/// Reason phrases by status (RFC 9110), as they stand beside the number or alone.
const PHRASES: &[(u16, &str)] = &[
    (400, "bad request"),
    (401, "unauthorized"),
    (402, "payment required"),
    (403, "forbidden"),
    (404, "not found"),
    (405, "method not allowed"),
    (406, "not acceptable"),
    (407, "proxy authentication required"),
    (408, "request timeout"),
    (409, "conflict"),
    (410, "gone"),
    (415, "unsupported media type"),
    (421, "misdirected request"),
    (422, "unprocessable"),
    (429, "too many requests"),
    (500, "internal server error"),
    (501, "not implemented"),
    (502, "bad gateway"),
    (503, "service unavailable"),
    (504, "gateway time"),
];

/// Words that stand right before a status.
const LEADS: &[&str] = &[
    "http",
    "http/1.1",
    "http/1.0",
    "http/2",
    "status",
    "code",
    "error",
    "statuscode",
    "returned",
    "response",
    "got",
    "received",
    "server",
];

/// The status that the line reports, 202 or 400 and above.
pub(crate) fn status(line: &LogLine<'_>) -> Option<u16> {
    of_text(line.lower)
}

/// Whether the line reports this status and no package tool wrote it: those have rules of their own.
pub(crate) fn reports(line: &LogLine<'_>, wanted: u16) -> bool {
    status(line) == Some(wanted) && !from_package_tool(line)
}

/// Lines of npm, pip, uv and Docker that name a status of their registry.
pub(crate) fn from_package_tool(line: &LogLine<'_>) -> bool {
    line.lower.starts_with("npm ")
        || line.has_any(&[
            "npm err!",
            "npm error",
            "npm warn",
            "pypi.org",
            "err_pnpm",
            "registry-1.docker.io",
            "docker:",
        ])
}

fn of_text(lower: &str) -> Option<u16> {
    numbers(lower)
        .find_map(|(at, number)| is_status(lower, at, number).then_some(number))
        .or_else(|| phrase(lower))
}

/// Three-digit numbers that stand by themselves.
fn numbers(text: &str) -> impl Iterator<Item = (usize, u16)> {
    let bytes = text.as_bytes();
    let digit = move |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len().saturating_sub(2)).filter_map(move |at| {
        let three = digit(at) && digit(at + 1) && digit(at + 2) && !digit(at + 3);
        let alone = at == 0
            || !(bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'.' | b'-' | b'_'));
        (three && alone).then(|| (at, text[at..at + 3].parse().unwrap_or(0)))
    })
}

fn is_status(lower: &str, at: usize, number: u16) -> bool {
    if !(number == 202 || (400..=530).contains(&number)) {
        return false;
    }
    let after = lower[at + 3..].trim_start_matches([' ', '-', ':', '(', '\'', '"', ',']);
    if PHRASES.iter().any(|(status, phrase)| *status == number && after.starts_with(phrase)) {
        return true;
    }
    if after.starts_with("client error") || after.starts_with("server error") {
        return true;
    }
    // A line and column, a port, a part of a version.
    if lower[at + 3..].starts_with([':', '.']) && lower[at + 4..].starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let before = lower[..at].trim_end_matches([' ', ':', '=', '(', '\'', '"', '[', '{', '#', '-', '|', '`']);
    if before.is_empty() {
        return false;
    }
    let word = before.rsplit([' ', '(', '[', ',', '{', '"', '\'', '_', ';', '`']).next().unwrap_or_default();
    if lower[..at].ends_with(':')
        && !word.contains("http")
        && !word.contains("stat")
        && !word.contains("code")
    {
        return false;
    }
    LEADS.contains(&word)
}

/// The transports of the SDKs give the phrase alone: "Failed to open SSE stream: Bad Request".
fn phrase(lower: &str) -> Option<u16> {
    const ALONE: &[&str] = &[
        "failed to open sse stream:",
        "streamable http error:",
        "http error:",
        "unexpected server response:",
    ];
    let rest =
        ALONE.iter().find_map(|lead| lower.rfind(lead).map(|at| lower[at + lead.len()..].trim_start()))?;
    PHRASES.iter().find(|(_, phrase)| rest.starts_with(phrase)).map(|(status, _)| *status)
}

#[cfg(test)]
mod tests {
    use super::of_text;

    #[test]
    fn statuses_are_read_in_everybodys_words() {
        for (text, status) in [
            ("error posting to endpoint (http 405): {}", 405),
            ("received error (status 404): cannot post /", 404),
            ("sse error: non-200 status code (401)", 401),
            ("request failed with status code 403", 403),
            ("client error '401 unauthorized' for url 'https://example.org/'", 401),
            ("http status server error (502 bad gateway) for url", 502),
            ("http/1.1 429 too many requests", 429),
            ("urllib.error.httperror: http error 500: internal server error", 500),
            ("http error! status: 503", 503),
            ("failed to open sse stream: conflict", 409),
            ("\"statuscode\": 406", 406),
            ("unexpected status code: 421", 421),
            ("sse error: non-200 status code (202)", 202),
            ("requests.exceptions.httperror: 404 client error: not found for url", 404),
        ] {
            assert_eq!(of_text(text), Some(status), "{text}");
        }
        for text in [
            "at file.js:404:12",
            "listening on port 8080",
            "took 404 ms",
            "mcp error -32001",
            "localhost:404",
            "line 500",
        ] {
            assert_eq!(of_text(text), None, "{text}");
        }
    }
}
