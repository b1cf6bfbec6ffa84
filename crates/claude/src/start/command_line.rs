//! Windows gives a program one text, not words. What becomes of the words on the way.
//!
//! Node writes the text (libuv's `quote_cmd_arg`), and where the program is a batch file `cmd.exe /C` reads it first,
//! by its own rules (`cmd /?`): it knows no backslash before a quote, ends a command at `&` outside quotes, and where
//! the text begins with a quote it takes the first and the last one away, unless exactly two stand around the name of a
//! program and no special character between them.

use serde::Serialize;

/// Characters with which `cmd.exe` loses the quotes around a program's path.
const SPECIAL: &[char] = &['&', '<', '>', '(', ')', '@', '^', '|'];

/// The one text.
#[derive(Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The text that the system is given. May hold secrets.
    pub text: String,
    /// What goes wrong with it.
    pub breaks: Vec<Break>,
}

/// Something that Windows understands in another way than it was meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "break")]
pub enum Break {
    /// `cmd.exe` takes the quotes around the program away and then cuts its path at a space: `C:\Program`.
    ProgramCut {
        /// What it tries to run.
        runs: String,
        /// The argument with a space whose quotes are the reason, from 1; none where the path itself is.
        argument: Option<usize>,
    },
    /// `cmd.exe` ends the command at a character outside quotes and takes the rest for another one.
    CommandEnds {
        /// The argument, from 1.
        argument: usize,
        /// The character.
        at: char,
    },
    /// `cmd.exe` puts a variable's value in the place of `%NAME%`.
    Expanded {
        /// The argument, from 1.
        argument: usize,
    },
}

impl CommandLine {
    /// The text for a program and its words, and what breaks in it.
    pub fn of(program: &str, args: &[String]) -> Self {
        let words: Vec<String> =
            std::iter::once(program).chain(args.iter().map(String::as_str)).map(quoted).collect();
        let breaks = match args.split_first() {
            Some((switch, rest)) if is_shell(program) && switch.eq_ignore_ascii_case("/c") => breaks(rest),
            _ => Vec::new(),
        };
        Self { text: words.join(" "), breaks }
    }

    /// What the error output of the shell will say, where the program's path is cut.
    pub fn refusal(&self) -> Option<String> {
        self.breaks.iter().find_map(|one| match one {
            Break::ProgramCut { runs, .. } => Some(format!(
                "'{runs}' is not recognized as an internal or external command,\r\noperable program or batch file."
            )),
            Break::CommandEnds { .. } | Break::Expanded { .. } => None,
        })
    }
}

impl Break {
    /// What happens, for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::ProgramCut { runs, argument: Some(argument) } => format!(
                "Argument {argument} holds a space, so `cmd.exe` loses the quotes around the program and tries to run `{runs}`."
            ),
            Self::ProgramCut { runs, argument: None } => format!(
                "The program's path holds a space and a special character, so `cmd.exe` loses its quotes and tries to run `{runs}`."
            ),
            Self::CommandEnds { argument, at } => format!(
                "Argument {argument} holds `{at}` outside quotes, where `cmd.exe` ends the command and takes the rest for another one."
            ),
            Self::Expanded { argument } => {
                format!("Argument {argument} holds `%…%`, which `cmd.exe` replaces by a variable's value.")
            }
        }
    }
}

/// Whether Windows needs a shell to run it.
pub(super) fn is_batch(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".cmd", ".bat"].iter().any(|ending| lower.ends_with(ending))
}

fn is_shell(program: &str) -> bool {
    let name = program.rsplit(['\\', '/']).next().unwrap_or_default().to_ascii_lowercase();
    matches!(name.as_str(), "cmd" | "cmd.exe")
}

/// What `cmd.exe` makes of the words after `/C`.
fn breaks(words: &[String]) -> Vec<Break> {
    let texts: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let mut breaks = Vec::new();
    if let Some(program) = texts.first().filter(|program| program.starts_with('"')) {
        let quotes: usize = texts.iter().map(|text| text.matches('"').count()).sum();
        if quotes > 2 || program.contains(SPECIAL) {
            let bare = &words[0];
            let runs = bare.split([' ', '\t']).next().unwrap_or_default().to_owned();
            let argument = texts.iter().skip(1).position(|text| text.contains('"')).map(|at| at + 1);
            breaks.push(Break::ProgramCut { runs, argument });
        }
    }
    for (number, text) in texts.iter().enumerate().skip(1) {
        if let Some(at) = outside_quotes(text).find(|c| matches!(c, '&' | '|' | '<' | '>' | '^')) {
            breaks.push(Break::CommandEnds { argument: number, at });
        }
        if is_expanded(text) {
            breaks.push(Break::Expanded { argument: number });
        }
    }
    breaks
}

/// The characters that `cmd.exe` sees outside quotes; to it a backslash before a quote means nothing.
fn outside_quotes(text: &str) -> impl Iterator<Item = char> {
    let mut inside = false;
    text.chars().filter(move |c| {
        if *c == '"' {
            inside = !inside;
        }
        !inside
    })
}

fn is_expanded(text: &str) -> bool {
    let mut parts = text.split('%').skip(1);
    parts.next().is_some_and(|name| {
        let is_name =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        // `%2F` of a URL is a name too, if another percent sign follows
        parts.next().is_some() && is_name(name)
    })
}

/// A word as libuv writes it: quoted where it is empty or holds white space or a quote, backslashes doubled before a
/// quote.
fn quoted(word: &str) -> String {
    if word.is_empty() {
        return "\"\"".to_owned();
    }
    if !word.contains([' ', '\t', '"']) {
        return word.to_owned();
    }
    let mut text = String::with_capacity(word.len() + 2);
    text.push('"');
    let mut backslashes = 0;
    for c in word.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                text.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        text.push(c);
    }
    text.extend(std::iter::repeat_n('\\', backslashes));
    text.push('"');
    text
}

impl std::fmt::Debug for CommandLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The text may hold secrets
        f.debug_struct("CommandLine").field("breaks", &self.breaks).finish_non_exhaustive()
    }
}
