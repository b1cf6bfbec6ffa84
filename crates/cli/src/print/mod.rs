//! The same answers for people. Everything is rendered to text first; colours are marks in it that only a
//! terminal gets to see, and no meaning hangs on them alone.

mod account;
mod add;
mod change;
mod check;
mod edit;
mod event;
mod explain;
mod finding;
mod leave;
mod logs;
mod probe;
mod report;
mod reported;
mod reset;
mod restart;
mod secret;
mod servers;
mod style;
mod trial;

use std::borrow::Cow;
use std::path::Path;

use bridgekeeper_engine::Home;
use bridgekeeper_model::ServerName;

pub(crate) use account::{importable, imported, invitation, sign_ins, signed_in, signed_out, would_sign_out};
pub(crate) use add::{extension, offered};
pub(crate) use change::{changes, fixed, no_fix, proposed, taken_back, way_back};
pub(crate) use check::check;
pub(crate) use edit::{edited, nothing_to_do, plain_copies, planned, sealed};
pub(crate) use event::event;
pub(crate) use explain::explain;
pub(crate) use finding::diagnosis;
pub(crate) use leave::{all_taken_back, changes_to_take_back};
pub(crate) use logs::{log_line, logs};
pub(crate) use probe::probed;
pub(crate) use report::{report_of_computer, report_of_files};
pub(crate) use reported::reported;
pub(crate) use reset::{reset, reset_done};
pub(crate) use restart::{coming_up, firewall, restarted};
pub(crate) use secret::{secret_removed, secret_set, secrets, users};
pub(crate) use servers::servers;
pub(crate) use style::{DIM, ERROR, painted};
pub(crate) use trial::{printed, trial};

/// What the words depend on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'a> {
    /// Paths below it are shown as `~`.
    pub(crate) home: &'a Home,
    /// The options that a command to type must repeat, each with a space before it.
    pub(crate) options: &'a str,
}

impl Setting<'_> {
    fn path(&self, path: &Path) -> String {
        self.home.shorten(path)
    }

    /// A command of ours, ready to type.
    fn command(&self, words: &str) -> String {
        painted(style::COMMAND, &format!("bridgekeeper {words}{}", self.options))
    }
}

/// A server's name as a person finds it in the file: one of blanks alone is in quotes.
fn name_of(server: &ServerName) -> Cow<'_, str> {
    let name = server.as_str();
    if name.trim().is_empty() { Cow::Owned(format!("{name:?}")) } else { Cow::Borrowed(name) }
}

/// A word that a shell takes as one.
pub(crate) fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/\\._-:~+=@,".contains(c) || !c.is_ascii();
    if !text.is_empty() && text.chars().all(plain) && (cfg!(windows) || !text.contains('\\')) {
        return text.to_owned();
    }
    if cfg!(windows) { format!("\"{text}\"") } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// `812 bytes`, `12 KiB`, `3 MiB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}

/// `1 problem`, `2 problems`.
fn counted(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_quotes_gets_them() {
        assert_eq!(shell_word("/home/ada/x.json"), "/home/ada/x.json");
        assert!(shell_word("/home/ada/my file.json").starts_with(['\'', '"']));
        assert!(shell_word("").len() == 2);
    }
}
