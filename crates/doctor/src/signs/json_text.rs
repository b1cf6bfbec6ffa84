//! Errors of JSON parsers, and whether they are about a config file or about what a server printed.

use crate::log_scan::LogLine;

/// Texts of V8's `JSON.parse`, old and new. They are also the needles.
pub(crate) const V8: &[&str] = &[
    "is not valid json",
    "in json at position",
    "after json at position",
    "unexpected end of json input",
    "unterminated string in json",
    "bad control character in string literal",
    "bad escaped character",
    "expected double-quoted property name",
    "expected property name or '}'",
    "expected ',' or '}' after property value",
    "expected ',' or ']' after array element",
    "expected ':' after property name",
    "no number after minus sign",
    "json parse error",
];

/// Whether the line holds an error of `JSON.parse`.
pub(crate) fn has_error(line: &LogLine<'_>) -> bool {
    line.has_any(V8)
}

/// The config file that the error is about, where the line or one of the three before it names one. The parser
/// quotes the text that it could not read, line breaks and all, so its own words may be lines apart.
pub(crate) fn config_file(line: &LogLine<'_>) -> Option<String> {
    if let Some(name) = json_file_in(line.text) {
        return Some(name.to_owned());
    }
    if line.has_any(&[
        "config file",
        "configuration file",
        "settings file",
        "parse config",
        "reading config",
        "loading config",
    ]) {
        return Some("the config file".to_owned());
    }
    line.before().take(3).find_map(|before| {
        let lower = before.to_ascii_lowercase();
        let speaks_of = ["pars", "read", "load", "config", "unexpected", "expected"]
            .iter()
            .any(|word| lower.contains(word));
        if lower.starts_with("could not load app settings") {
            return Some("claude_desktop_config.json".to_owned());
        }
        json_file_in(&before).filter(|_| speaks_of).map(str::to_owned)
    })
}

/// The last path or name that ends in `.json` or `.jsonc`, without what stands around it.
fn json_file_in(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    // Where somebody typed the dialog off, dots and blanks get lost.
    if lower.contains("claude_desktop_config") {
        return Some("claude_desktop_config.json");
    }
    let at = lower.match_indices(".json").map(|(at, _)| at).find(|at| {
        let after = lower[at + 5..].trim_start_matches('c');
        !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.')
    })?;
    if lower.contains("node_modules") || lower[..at].ends_with("package") {
        return None;
    }
    let start = text[..at].rfind([' ', '"', '\'', '(', '`', '\t']).map_or(0, |space| space + 1);
    Some(&text[start..at + 5])
}

/// Whether the text is an answer of a web server that was read as JSON: a page, or an OAuth error.
pub(crate) fn is_web_answer(line: &LogLine<'_>) -> bool {
    line.has_any(&[
        "invalid oauth",
        "raw body",
        "<!doctype",
        "<html",
        "fetch failed",
        "(http ",
        "http 4",
        "http 5",
        "endpoint",
    ])
}

/// The parser's own words, from where they begin.
pub(crate) fn parser_words<'a>(line: &LogLine<'a>) -> &'a str {
    let starts = [
        "unexpected ",
        "expected ",
        "unterminated ",
        "bad control",
        "bad escaped",
        "no number",
        "json parse error",
    ];
    let at = starts.iter().filter_map(|start| line.lower.find(start)).min().unwrap_or(0);
    line.text[at..].trim()
}
