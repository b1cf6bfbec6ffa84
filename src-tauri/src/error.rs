//! What a command answers when it could not do what it was asked for.

use std::sync::{PoisonError, RwLock};

use bridgekeeper_engine::live::ActError;
use bridgekeeper_engine::settings::SettingsError;
use bridgekeeper_engine::told::told_in;
use serde::Serialize;

/// The ISO 639-1 code of the language that failures are told in. An error is made wherever a command ends, and knows no
/// app.
static SPOKEN: RwLock<&str> = RwLock::new("en");

/// Has every failure from now on told in that language.
pub(crate) fn speak(code: &'static str) {
    *SPOKEN.write().unwrap_or_else(PoisonError::into_inner) = code;
}

/// What the engine or this host says, in that language.
pub(crate) fn told(english: &str) -> String {
    told_in(*SPOKEN.read().unwrap_or_else(PoisonError::into_inner), english)
}

/// An error as the window sees it: a code it may act on, and words it shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct IpcError {
    /// What kind of failure it is.
    pub code: ErrorCode,
    /// What happened.
    pub message: String,
    /// What to do next, where there is something.
    pub hint: Option<String>,
}

/// The kinds of failure that the window tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// The file changed since the preview was shown; look again.
    StalePreview,
    /// What was asked for does not exist or does not apply now.
    NotPossible,
    /// A file could not be read or written, or a program not be started.
    Io,
    /// A mistake of ours.
    Internal,
}

impl IpcError {
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::Internal, message: told(&message.into()), hint: None }
    }

    pub(crate) fn io(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: ErrorCode::Io, message: told(&message.into()), hint: Some(told(&hint.into())) }
    }
}

impl From<ActError> for IpcError {
    fn from(error: ActError) -> Self {
        let code = match &error {
            ActError::StalePreview => ErrorCode::StalePreview,
            ActError::NotPossible { .. } => ErrorCode::NotPossible,
            ActError::Engine(_) => ErrorCode::Io,
        };
        Self { code, message: told(&error.to_string()), hint: error.hint().as_deref().map(told) }
    }
}

impl From<SettingsError> for IpcError {
    fn from(error: SettingsError) -> Self {
        if let SettingsError::Decided { .. } = &error {
            let hint = Some(told("Ask whoever looks after this computer."));
            return Self { code: ErrorCode::NotPossible, message: told(&error.to_string()), hint };
        }
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Self::io(format!("{error}{cause}"), "The setting is as it was.")
    }
}
