//! What the engine says, in the shapes that the console prints as JSON.

use std::path::PathBuf;

use bridgekeeper_claude::Install;
use bridgekeeper_model::{Finding, Fix, Sentence, ServerName, ServerStatus, Severity};
use serde::Serialize;

use crate::frame::Frame;
use crate::policy::Policy;
use crate::view::NotChecked;

/// The whole set-up.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Every Claude Desktop that was found.
    pub installs: Vec<Install>,
    /// Every config file that was found, the live one first.
    pub configs: Vec<ConfigReport>,
    /// Every server.
    pub servers: Vec<ServerStatus>,
    /// What is wrong, root causes first.
    pub findings: Vec<Finding>,
    /// What was not looked at, or could not be.
    pub not_checked: Vec<NotChecked>,
    /// What an organisation has set for this computer and person; `None` where nobody has.
    pub policy: Option<Policy>,
    /// Where an installed Claude was looked for.
    #[serde(skip)]
    pub looked_in: Vec<PathBuf>,
}

/// One config file.
#[derive(Debug, Clone, Serialize)]
pub struct ConfigReport {
    /// Where it is.
    pub path: PathBuf,
    /// Whether Claude reads it; `None` where that could not be decided.
    pub live: Option<bool>,
    /// Why.
    pub why: String,
    /// Whether it is strict JSON, as Claude reads it; `None` where it could not be read or is not there.
    pub parses: Option<bool>,
    /// The names under `mcpServers`, in the order of the file.
    pub servers: Vec<ServerName>,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A config file, checked.
#[derive(Debug, Clone, Serialize)]
pub struct ConfigCheck {
    /// Whether it is strict JSON, as Claude reads it.
    pub parses: bool,
    /// Its problems, in the order of the file.
    pub findings: Vec<PlacedFinding>,
}

/// A problem and its place in the file, both counted from 1 and in UTF-16 units.
#[derive(Debug, Clone, Serialize)]
pub struct PlacedFinding {
    /// Id of the config problem.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// The entry it stands in.
    pub server: Option<ServerName>,
    /// The one sentence.
    pub message: String,
    /// The same before it is in a language.
    #[serde(skip)]
    pub sentence: Sentence,
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
    /// Length.
    pub length: usize,
    /// What can be done.
    pub fixes: Vec<Fix>,
    /// The line, with the place marked.
    #[serde(skip)]
    pub frame: Frame,
}
