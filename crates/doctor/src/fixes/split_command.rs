//! A whole command line in `command`, taken apart into the program and its arguments.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::{holds_arguments, is_windows_path};

pub(super) static SPLIT_COMMAND: Fix = Fix {
    id: "split-command",
    title: "Leave the program in `command` and move its arguments into `args`",
    applicability: Applicability::Automatic,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(command) = target.entry.command.as_ref().filter(|command| holds_arguments(&command.value))
    else {
        return Offer::Nothing;
    };
    if ["|", "&&", ";", ">", "<", "$(", "`"].iter().any(|sign| command.value.contains(sign)) {
        return Offer::Refused(
            "The command line uses signs that only a shell understands; it needs a shell as its program."
                .to_owned(),
        );
    }
    let words = words(&command.value);
    let Some((program, args)) = words.split_first() else { return Offer::Nothing };
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut edits = vec![Target::set(command, program)];
    edits.extend(target.insert_args(None, &args));
    Offer::automatic(edits)
}

/// The words of a command line. Quotes hold words together; backslashes are part of Windows paths.
fn words(line: &str) -> Vec<String> {
    let line = line.trim();
    let mut words = Vec::new();
    let mut rest = line;
    if is_windows_path(line) || line.starts_with('/') {
        // A program's path may have spaces; it ends with its extension.
        let lower = line.to_ascii_lowercase();
        let end = [".exe ", ".cmd ", ".bat ", ".ps1 ", ".sh ", ".py ", ".js "]
            .iter()
            .filter_map(|end| lower.find(end).map(|at| at + end.len() - 1))
            .min();
        if let Some(end) = end {
            words.push(line[..end].to_owned());
            rest = &line[end..];
        }
    }
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in rest.chars() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (_, None) if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_hold_words_together() {
        assert_eq!(words("echo 'Hello World'"), ["echo", "Hello World"]);
        assert_eq!(words(r#"npx -y a "b c""#), ["npx", "-y", "a", "b c"]);
        assert_eq!(
            words(r"C:\Program Files\n\node.exe C:\x.js"),
            [r"C:\Program Files\n\node.exe", r"C:\x.js"]
        );
        assert_eq!(words("uvx --name ''"), ["uvx", "--name", ""]);
    }
}
