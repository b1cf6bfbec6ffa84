use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::MachineError;

/// A program to run, never through a shell.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    /// Its file, or its name for the system to find.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables that are set for it, beside those of this program.
    pub variables: BTreeMap<String, String>,
    /// How long it may take.
    pub limit: Duration,
}

impl Command {
    /// A program with these arguments, which may take five seconds.
    pub fn new<'a>(program: impl Into<PathBuf>, args: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            program: program.into(),
            args: args.into_iter().map(str::to_owned).collect(),
            variables: BTreeMap::new(),
            limit: Duration::from_secs(5),
        }
    }

    /// With a variable set.
    #[must_use]
    pub fn with(mut self, variable: &str, value: impl Into<String>) -> Self {
        self.variables.insert(variable.to_owned(), value.into());
        self
    }

    /// With another limit.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variables: Vec<&String> = self.variables.keys().collect();
        f.debug_struct("Command")
            .field("program", &self.program)
            .field("args", &self.args)
            .field("variables", &variables)
            .field("limit", &self.limit)
            .finish()
    }
}

/// What a program said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Whether it ended with status 0.
    pub success: bool,
    /// Its standard output, as it came: Windows' own programs write in the console's code page.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

impl Output {
    /// What it said, where it did not fail: an empty answer of a program that failed is no answer.
    pub fn of_success(self, program: &str) -> Result<Self, MachineError> {
        if self.success {
            return Ok(self);
        }
        // Some programs, such as Wine's `reg`, say on standard output why they failed
        let said = [&self.stderr, &self.stdout].into_iter().find_map(|said| first_line(said));
        let said = said.unwrap_or_default();
        Err(MachineError::Failed { program: program.to_owned(), said })
    }

    /// Its standard output as text. Characters outside ASCII may be broken, numbers and paths of ASCII are not.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

fn first_line(said: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(said);
    said.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned)
}
