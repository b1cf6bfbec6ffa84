//! Texts that guides write for what only the reader knows.

use bridgekeeper_formats::secrets;

/// A placeholder that was found in a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// What stands there.
    pub text: String,
    /// What it stands for.
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The name of the user in the path of a home folder.
    UserName,
    /// Anything else.
    Value,
}

/// The placeholder in the value of a variable or header (`name`), or of an argument (without a name).
pub(super) fn placeholder(name: &str, value: &str) -> Option<Found> {
    let found = |text: &str, kind| Some(Found { text: text.to_owned(), kind });
    if is_blanked_out(value) {
        return None;
    }
    if let Some(text) = user_name(value) {
        return found(text, Kind::UserName);
    }
    let plain = in_angle_brackets(value)
        .or_else(|| in_braces(value))
        .or_else(|| of_other_host(value))
        .or_else(|| path_to(value))
        .or_else(|| yours(value))
        .or_else(|| shouted(value))
        .or_else(|| word_for_a_secret(name, value));
    plain.and_then(|text| found(text, Kind::Value))
}

/// A secret that somebody made unreadable before posting: the real file has one.
fn is_blanked_out(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    ["redacted", "removed", "hidden", "masked", "censored", "snip"].iter().any(|word| {
        lower.find(word).is_some_and(|at| {
            let before = lower[..at].chars().next_back();
            let after = lower[at + word.len()..].chars().next();
            before.is_none_or(|c| !c.is_alphanumeric()) && after.is_none_or(|c| !c.is_alphanumeric())
        })
    })
}

/// `C:\Users\<name>\…`, `/Users/<name>/…`.
fn user_name(value: &str) -> Option<&str> {
    let lower = value.to_ascii_lowercase();
    let folder =
        ["users\\", "users/", "/home/"].iter().find_map(|folder| Some(lower.find(folder)? + folder.len()))?;
    let name = value[folder..].split(['/', '\\']).next()?;
    let bracketed = name.strip_prefix('<').and_then(|name| name.strip_suffix('>')).is_some();
    bracketed.then_some(name)
}

/// `<your-token>`, also without its end.
fn in_angle_brackets(value: &str) -> Option<&str> {
    let start = value.find('<')?;
    let inner = &value[start + 1..];
    let length = inner.find(|c: char| !(c.is_alphanumeric() || "_- .:/".contains(c))).unwrap_or(inner.len());
    let closed = inner[length..].starts_with('>');
    let text = &inner[..length];
    let begins_with_letter = text.chars().next().is_some_and(char::is_alphabetic);
    let at_beginning = value[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric() || closed);
    let long_enough = text.len() >= 2 && text.len() <= 60;
    let end = start + 1 + length + usize::from(closed);
    (begins_with_letter && at_beginning && long_enough && (closed || inner.len() == length))
        .then(|| &value[start..end])
}

/// `{YOUR_TOKEN}`, `{{token}}`, `[YOUR_TOKEN]`: but not `${NAME}`.
fn in_braces(value: &str) -> Option<&str> {
    let inner = value
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"))
        .or_else(|| value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')))
        .or_else(|| value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')))?
        .trim();
    let shouted = inner.len() > 3
        && inner.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "_- ".contains(c));
    (shouted && inner.contains(['_', '-', ' '])).then_some(value)
}

/// Variables that other hosts replace and Claude does not.
fn of_other_host(value: &str) -> Option<&str> {
    let start = ["${input:", "${workspaceFolder", "${env:", "${userHome", "${command:"]
        .iter()
        .find_map(|v| value.find(v))?;
    let end = value[start..].find('}').map_or(value.len(), |end| start + end + 1);
    Some(&value[start..end])
}

/// `/path/to/…`, `C:\path\to\…`.
fn path_to(value: &str) -> Option<&str> {
    let lower = value.to_ascii_lowercase();
    ["path/to/", "path\\to\\", "path/to", "path\\to", "absolute/path", "full/path/"].iter().find_map(|text| {
        let at = lower.find(text)?;
        let end_of_word = lower[at + text.len()..].chars().next();
        let whole = text.ends_with(['/', '\\']) || end_of_word.is_none_or(|c| !c.is_alphanumeric());
        let begins = lower[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '.');
        (whole && begins).then(|| &value[at..at + text.len()])
    })
}

/// `your-api-key`, `YOUR_TOKEN`, `yourusername`.
fn yours(value: &str) -> Option<&str> {
    const NOUNS: [&str; 22] = [
        "user",
        "name",
        "token",
        "key",
        "api",
        "domain",
        "server",
        "path",
        "password",
        "project",
        "company",
        "org",
        "email",
        "host",
        "url",
        "secret",
        "account",
        "folder",
        "directory",
        "database",
        "client",
        "tenant",
    ];
    let lower = value.to_ascii_lowercase();
    for (at, _) in lower.match_indices("your") {
        let begins = lower[..at].chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric());
        let rest = &lower[at + 4..];
        let separated = rest
            .strip_prefix(['_', '-', ' '])
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphabetic()));
        let joined = NOUNS.iter().any(|noun| rest.starts_with(noun));
        if begins && (separated || joined) {
            let length =
                rest.find(|c: char| !(c.is_alphanumeric() || "_- ".contains(c))).unwrap_or(rest.len());
            return value.get(at..at + 4 + length).map(str::trim_end);
        }
    }
    None
}

/// `API_KEY_HERE`, `REPLACE_ME`, `CHANGEME`.
fn shouted(value: &str) -> Option<&str> {
    let upper = value.to_ascii_uppercase().replace('-', "_");
    let whole = ["CHANGEME", "CHANGE_ME", "REPLACE_ME", "REPLACEME", "INSERT_HERE", "TODO", "FIXME", "TBD"]
        .contains(&upper.as_str());
    let ends = upper.ends_with("_HERE") || upper.ends_with(" HERE");
    let begins = ["REPLACE_WITH", "INSERT_", "ENTER_", "REPLACE WITH", "PASTE_"]
        .iter()
        .any(|start| upper.starts_with(start));
    (whole || ends || (begins && value.len() < 60)).then_some(value)
}

/// `"API_KEY": "value"`: a word that says what should stand there.
fn word_for_a_secret<'v>(name: &str, value: &'v str) -> Option<&'v str> {
    const WORDS: [&str; 14] = [
        "value",
        "token",
        "key",
        "secret",
        "api_key",
        "api-key",
        "apikey",
        "api key",
        "access_token",
        "access-token",
        "string",
        "xxx",
        "xxxx",
        "abc123",
    ];
    let value_part = value.rsplit(' ').next().unwrap_or(value);
    let named = !name.is_empty() && secrets::is_secret_header(name);
    (named && WORDS.iter().any(|word| word.eq_ignore_ascii_case(value_part))).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, value: &str) -> Option<String> {
        placeholder(name, value).map(|found| found.text)
    }

    #[test]
    fn what_guides_write() {
        for value in [
            "<token>",
            "Bearer <your_token>",
            "your-api-key",
            "YOUR_TOKEN",
            "/path/to/index.js",
            "C:\\path\\to\\it",
            "yourusername",
            "/home/yourusername/Desktop",
            "REPLACE_ME",
            "API_KEY_HERE",
            "{YOUR_TOKEN}",
            "${input:key}",
            "X-Key:<key",
        ] {
            assert!(text("", value).is_some(), "{value}");
        }
        assert_eq!(text("API_KEY", "value"), Some("value".to_owned()));
    }

    #[test]
    fn what_is_meant_as_it_stands() {
        for value in [
            "${TOKEN}",
            "a < b",
            "https://yourstory.example",
            "/srv/path/tools",
            "redacted",
            "<redacted>",
            "Bearer abc",
            "value",
            "/Users/ada/notes",
            "{name}",
            "<",
            "x<y>z",
        ] {
            assert_eq!(text("", value), None, "{value}");
        }
        assert_eq!(placeholder("", "C:\\Users\\<name>\\x").map(|found| found.kind), Some(Kind::UserName));
    }
}
