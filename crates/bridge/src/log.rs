//! What the bridge says about itself, on standard error, which Claude keeps in the server's log file.
//!
//! A line never holds a header's value, a session id, or a message's content: there is no call that would take one.

use std::cell::RefCell;
use std::fmt::Display;
use std::io::Write;

use jiff::Timestamp;

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// Nothing at all (`--silent`).
    Silent,
    /// What a person reading the log wants to know.
    #[default]
    Normal,
    /// Each step (`--debug`).
    Debug,
}

/// Writes lines that begin with the time and the program's name.
pub struct Log {
    verbosity: Verbosity,
    target: RefCell<Box<dyn Write>>,
}

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Log").field("verbosity", &self.verbosity).finish_non_exhaustive()
    }
}

impl Log {
    /// A log that writes to `target`.
    pub fn new(verbosity: Verbosity, target: impl Write + 'static) -> Self {
        Self { verbosity, target: RefCell::new(Box::new(target)) }
    }

    pub(crate) fn info(&self, text: impl Display) {
        self.line(Verbosity::Normal, "", &text);
    }

    pub(crate) fn warning(&self, text: impl Display) {
        self.line(Verbosity::Normal, "warning: ", &text);
    }

    pub(crate) fn debug(&self, text: impl Display) {
        self.line(Verbosity::Debug, "debug: ", &text);
    }

    fn line(&self, from: Verbosity, level: &str, text: &dyn Display) {
        if self.verbosity < from {
            return;
        }
        let line = format!("{:.3} mcp-bridge: {level}{text}\n", Timestamp::now());
        // A host that closed standard error does not want to know.
        let _ = self.target.borrow_mut().write_all(line.as_bytes());
    }
}
