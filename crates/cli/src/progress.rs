//! What is said while a call is under way: on standard error and only where somebody watches, so that neither a
//! script nor a pipe sees it.

use std::io::{self, IsTerminal as _, Write as _};

use crate::terminal;

/// One line that is written over again and again, and wiped at the end.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
}

impl Progress {
    /// Shows itself where standard error is a terminal.
    pub(crate) fn on_terminal() -> Self {
        Self { shown: io::stderr().is_terminal() }
    }

    pub(crate) fn show(&self, text: &str) {
        self.write(&format!("\r\x1b[2K{text}"));
    }

    fn write(&self, text: &str) {
        if self.shown {
            let mut error = io::stderr();
            // It is no part of the answer
            let _ = error.write_all(text.as_bytes()).and_then(|()| error.flush());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.write("\r\x1b[2K");
    }
}

/// Prints the first part of an answer at once. Where it cannot be written, the rest cannot either, and says so.
pub(crate) fn print_now(text: &str) {
    let _ = terminal::write(anstream::stdout(), text);
}
