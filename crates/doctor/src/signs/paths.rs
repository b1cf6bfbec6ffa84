//! Paths in the text of a log.

/// Whether a word is a path and no bare name.
pub(crate) fn is_path(word: &str) -> bool {
    word.contains(['/', '\\']) && !word.starts_with('@')
}

/// Whether it begins at a root: `/`, a drive, a share, the home.
pub(crate) fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.starts_with("\\\\") || path.starts_with("~/") || has_drive(path)
}

/// Whether it begins with a drive: `C:\` or `C:/`.
pub(crate) fn has_drive(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.len() >= 3 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/')
}

/// Whether the text holds a Windows path anywhere.
pub(crate) fn mentions_drive(text: &str) -> bool {
    text.char_indices().any(|(at, _)| has_drive(&text[at..]))
}

/// Whether it ends like a program that Windows can start.
pub(crate) fn is_windows_program(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".exe", ".cmd", ".bat", ".com", ".ps1"].iter().any(|end| lower.ends_with(end))
}

/// Whether it is named like a script: a file, whatever folder it lies in.
pub(crate) fn is_script(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [".py", ".js", ".mjs", ".cjs", ".ts", ".sh"].iter().any(|end| lower.ends_with(end))
}

/// Whether a whole command line was given where a program belongs: `docker run -i x`, `/bin/node /srv/x.js`. A
/// path that has spaces in it is none.
pub(crate) fn is_command_line(program: &str) -> bool {
    let mut words = program.split_whitespace();
    let (Some(first), Some(second)) = (words.next(), words.next()) else { return false };
    if first.starts_with(['"', '\'']) {
        return false;
    }
    if words.clone().chain([second]).any(|word| word.starts_with('-')) {
        return true;
    }
    // Another root begins where a complete program stands before it.
    let ends_program = |before: &str| is_windows_program(before) || !mentions_drive(before);
    let roots = program.match_indices(' ').map(|(at, _)| (&program[..at], &program[at + 1..]));
    if roots.into_iter().any(|(before, rest)| is_absolute(rest) && ends_program(before)) {
        return true;
    }
    // `Users/me/My Files/x` and `C:\Program Files\x` are paths; a first word that is complete is a program.
    !is_path(first) || is_windows_program(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_and_paths_with_spaces_differ() {
        for line in [
            "docker run --rm -i acme/mcp",
            "npx -y pkg",
            "/usr/bin/node /srv/a.js",
            "echo hi",
            r"C:\n\node.exe C:\x.js",
        ] {
            assert!(is_command_line(line), "{line}");
        }
        for path in [
            "/Users/me/My Files/server",
            r"C:\Program Files\nodejs\node.exe",
            "Users/me/Mobile Documents/x",
            "npx",
        ] {
            assert!(!is_command_line(path), "{path}");
        }
    }
}
