use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Sentence, ServerName};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something does not work, or cannot work.
    Error,
    /// It often fails, or is unsafe.
    Warning,
    /// Worth knowing; nothing is wrong.
    Info,
}

/// Whether a fix may be made without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// The intent is plain and nothing that works changes.
    Automatic,
    /// It has a price (a new sign-in, a moved token) that the person must accept first.
    Ask,
    /// Only the person can do it; the text says how.
    Manual,
}

/// A way to mend what a finding reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// Stable id, the word that `fix-config --only` takes.
    pub id: String,
    /// What it will change, as an imperative sentence.
    pub title: String,
    /// Whether it may be made without asking.
    pub applicability: Applicability,
    /// What the person should know before, as sentences: a new sign-in, a token that moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
}

/// One place that proves something: a line of a log or of the config. Secrets in `text` are masked before it
/// is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The file as it was named to us, `-` for standard input.
    pub file: String,
    /// Line in that file, from 1.
    pub line: u64,
    /// The line, shortened and masked.
    pub text: String,
    /// When the line was written, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
}

/// One thing that was found, about one server or the whole set-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Id of the rule that found it.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// The server it concerns; `None` for the set-up as a whole.
    pub server: Option<ServerName>,
    /// The one sentence, in English, secrets masked.
    pub message: String,
    /// The same, for other languages.
    #[serde(skip)]
    pub sentence: Sentence,
    /// The lines that prove it.
    pub evidence: Vec<Evidence>,
    /// What can be done, best first.
    pub fixes: Vec<Fix>,
}

/// What the logs say as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They prove that it works, or that it was closed on purpose.
    Ok,
    /// At least one cause was found.
    Problem,
    /// They prove nothing.
    Inconclusive,
}
