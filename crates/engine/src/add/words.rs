//! A command line parted into words, as a shell would.

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shell {
    /// The words of one command.
    Words(Vec<String>),
    /// More than one command: only a shell could run it.
    Script,
}

/// Parts a line at its blanks; quotes and backslashes keep words together. Of a Windows path the backslashes stay.
pub(super) fn words(line: &str) -> Shell {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('"') | None, '\\') if chars.peek().is_some_and(|next| "\"'\\ $`".contains(*next)) => {
                word.get_or_insert_default().extend(chars.next());
            }
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, '|' | ';' | '<' | '>') => return Shell::Script,
            (None, '&') if word.as_ref().is_none_or(|word| !word.contains("://")) => return Shell::Script,
            (None | Some('"'), '$') if chars.peek() == Some(&'(') => return Shell::Script,
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Shell::Words(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(line: &str) -> Vec<String> {
        match words(line) {
            Shell::Words(words) => words,
            Shell::Script => vec!["a script".to_owned()],
        }
    }

    #[test]
    fn quotes_and_backslashes_keep_words_together() {
        assert_eq!(
            parted(r#"npx -y a --h "A: b c" 'x "y"' d\ e"#),
            ["npx", "-y", "a", "--h", "A: b c", r#"x "y""#, "d e"]
        );
        assert_eq!(parted(r"C:\tools\node.exe C:\a\b.js"), [r"C:\tools\node.exe", r"C:\a\b.js"]);
        assert_eq!(parted("a ''"), ["a", ""]);
    }

    #[test]
    fn more_than_one_command_is_a_script() {
        for line in ["curl x | sh", "cd a && npx b", "a; b", "npx $(id)", "npx \"$(id)\"", "a > b"] {
            assert_eq!(words(line), Shell::Script, "{line}");
        }
        assert_eq!(parted("npx https://a.example/mcp?x=1&y=2"), ["npx", "https://a.example/mcp?x=1&y=2"]);
    }
}
