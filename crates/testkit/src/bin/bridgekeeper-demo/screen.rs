//! What the demo writes on the terminal: scenes with a heading, the commands as a person would type them.

use std::io::{self, IsTerminal as _, Write as _};

/// The terminal, with or without colour and pauses.
pub(crate) struct Screen {
    colour: bool,
    step_by_step: bool,
    scenes: u32,
}

impl Screen {
    pub(crate) fn new(step_by_step: bool) -> Self {
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { colour, step_by_step, scenes: 0 }
    }

    /// Starts the next scene.
    pub(crate) fn scene(&mut self, title: &str) -> io::Result<()> {
        if self.step_by_step && self.scenes > 0 {
            say("\n(Enter for the next scene)")?;
            io::stdin().read_line(&mut String::new())?;
        }
        self.scenes += 1;
        let heading = format!("{}. {title}", self.scenes);
        say("")?;
        say(&self.styled("1", &heading))?;
        say(&self.styled("2", &"─".repeat(heading.chars().count())))
    }

    /// A command as a person would type it.
    pub(crate) fn command(&self, typed: &str) -> io::Result<()> {
        say(&format!("\n{} {}\n", self.styled("36", "$"), self.styled("1", typed)))
    }

    /// One exchange with a server.
    pub(crate) fn exchange(&self, asked: &str, answered: &str) -> io::Result<()> {
        say(&format!("  {} {asked:<28} {} {answered}", self.styled("36", "→"), self.styled("32", "←")))
    }

    fn styled(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// A sentence of the story.
pub(crate) fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}
