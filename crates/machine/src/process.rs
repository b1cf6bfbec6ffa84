use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;

/// A process's number. Systems use it again, so a [`Process`] is known by its start as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(pub u32);

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A process as it was seen.
#[derive(Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub id: ProcessId,
    /// The process that started it; `None` where that has ended.
    pub parent: Option<ProcessId>,
    /// Its name, as the system gives it.
    pub name: String,
    /// The program's file, where it may be known.
    pub exe: Option<PathBuf>,
    /// The command line after the program. It may hold secrets: mask it before anybody sees it.
    pub args: Vec<String>,
    /// When it was started, to the second.
    pub started: Timestamp,
}

impl Process {
    /// Whether the other is the same process, seen again, and not another one with its number.
    pub fn is(&self, other: &Self) -> bool {
        // Systems compute the start from the clock, which may have been set by a moment since
        let apart = self.started.duration_since(other.started).abs();
        self.id == other.id && apart <= jiff::SignedDuration::from_secs(2)
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("id", &self.id)
            .field("parent", &self.parent)
            .field("name", &self.name)
            .field("exe", &self.exe)
            .field("args", &format_args!("{} not shown", self.args.len()))
            .field("started", &self.started)
            .finish()
    }
}
