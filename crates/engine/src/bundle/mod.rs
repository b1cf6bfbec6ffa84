//! The support bundle: one Markdown file that a person reads before sending it, and where to send it.
//!
//! Markdown, not an archive: what somebody is about to publish must be seen without unpacking, an issue takes a `.md`
//! as an attachment, and it can be pasted as it is. The wall is here because everything in it leaves the machine:
//! text enters only as [`Redacted`], which a [`Redactor`] alone can make, and that redactor knows every value that this
//! set-up keeps as a secret.
//!
//! Deliberately absent: sending. Nothing here opens a connection.

mod computer;
mod config_text;
mod gather;
mod markdown;
mod tracker;

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use bridgekeeper_formats::secrets::Redacted;
use bridgekeeper_model::{Health, Severity};
use jiff::Timestamp;
use serde::{Serialize, Serializer};

pub(crate) use gather::gather;
pub use tracker::{Tracker, Whose};

use crate::error::EngineError;

/// Everything that a report tells.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// When it was made.
    pub made_at: Redacted,
    /// Programs, systems and versions, by name.
    pub environment: Vec<(Redacted, Redacted)>,
    /// Processes of Claude and its servers, without their command lines.
    pub processes: Vec<Redacted>,
    /// What the status files of our bridges say.
    pub bridges: Vec<Redacted>,
    /// What the checks of the computer told.
    pub computer: Vec<Redacted>,
    /// Every server.
    pub servers: Vec<ServerLine>,
    /// What was found, root causes first.
    pub findings: Vec<FindingPart>,
    /// Every config file that was found, the live one first.
    pub configs: Vec<TextPart>,
    /// The ends of the logs.
    pub logs: Vec<TextPart>,
    /// What could not be looked at, and why.
    pub not_checked: Vec<(Redacted, Redacted)>,
    /// Where to report it.
    pub tracker: Tracker,
    /// A title for the report.
    pub title: Redacted,
}

/// A server in one line.
#[derive(Debug, Clone)]
pub struct ServerLine {
    /// Its name.
    pub name: Redacted,
    /// Its state.
    pub state: Health,
    /// Since when.
    pub since: Redacted,
    /// What was found about it.
    pub findings: Redacted,
}

/// A finding with the lines that prove it.
#[derive(Debug, Clone)]
pub struct FindingPart {
    /// Id of the rule.
    pub id: Redacted,
    /// How much it matters.
    pub severity: Severity,
    /// The server that it concerns.
    pub server: Option<Redacted>,
    /// The cause in one sentence.
    pub message: Redacted,
    /// `file:line text`.
    pub evidence: Vec<Redacted>,
    /// What can be done.
    pub fixes: Vec<Redacted>,
}

/// A text with a heading.
#[derive(Debug, Clone)]
pub struct TextPart {
    /// What it is.
    pub heading: Redacted,
    /// What there is to know about it, in a line.
    pub about: Redacted,
    /// The text.
    pub text: Redacted,
}

/// A part of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// Its text, as Markdown.
    pub text: String,
}

/// A bundle that was written, and what to do with it.
#[derive(Debug, Clone, Serialize)]
pub struct Written {
    /// The file.
    pub file: std::path::PathBuf,
    /// Its size in bytes.
    pub bytes: usize,
    /// Where to report it.
    pub tracker: Tracker,
    /// A title to paste.
    #[serde(serialize_with = "as_text")]
    pub title: Redacted,
    /// A text to paste.
    #[serde(serialize_with = "as_text")]
    pub body: Redacted,
}

fn as_text<S: Serializer>(text: &Redacted, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text.as_str())
}

impl Bundle {
    /// The whole file.
    pub fn markdown(&self) -> String {
        markdown::whole(self)
    }

    /// What the file begins with: that it is to be read before it is sent, and what was replaced in it.
    pub const fn introduction() -> &'static str {
        markdown::INTRODUCTION
    }

    /// What stands below that.
    pub fn sections(&self) -> Vec<Section> {
        markdown::sections(self)
    }

    /// The text to paste into a report; the file goes with it.
    pub fn body(&self) -> Redacted {
        markdown::body(self)
    }

    /// What the file is called.
    pub fn usual_name(now: Timestamp) -> String {
        format!("bridgekeeper-report-{}.md", now.strftime("%Y-%m-%d-%H%M%S"))
    }

    /// Writes the file. One that is there already stays as it is.
    pub fn write(&self, path: &Path) -> Result<Written, EngineError> {
        let text = self.markdown();
        let failed = |error: std::io::Error| EngineError::NotWritten { path: path.to_owned(), source: error };
        let mut file = File::create_new(path).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        Ok(self.written(path, &text))
    }

    /// Writes the file in the place of whatever is there.
    pub fn replace(&self, path: &Path) -> Result<Written, EngineError> {
        let text = self.markdown();
        let failed = |error: std::io::Error| EngineError::NotWritten { path: path.to_owned(), source: error };
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(self.written(path, &text))
    }

    fn written(&self, path: &Path, text: &str) -> Written {
        Written {
            file: path.to_owned(),
            bytes: text.len(),
            tracker: self.tracker.clone(),
            title: self.title.clone(),
            body: self.body(),
        }
    }
}
