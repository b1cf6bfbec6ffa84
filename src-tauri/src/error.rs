//! What a command answers when it could not do what it was asked for.

use bridgekeeper_engine::live::ActError;
use bridgekeeper_engine::settings::SettingsError;
use serde::Serialize;

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
        Self { code: ErrorCode::Internal, message: message.into(), hint: None }
    }

    pub(crate) fn io(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: ErrorCode::Io, message: message.into(), hint: Some(hint.into()) }
    }
}

impl From<ActError> for IpcError {
    fn from(error: ActError) -> Self {
        let code = match &error {
            ActError::StalePreview => ErrorCode::StalePreview,
            ActError::NotPossible { .. } => ErrorCode::NotPossible,
            ActError::Engine(_) => ErrorCode::Io,
        };
        Self { code, message: error.to_string(), hint: error.hint() }
    }
}

impl From<SettingsError> for IpcError {
    fn from(error: SettingsError) -> Self {
        if let SettingsError::Decided { .. } = &error {
            let hint = Some("Ask whoever looks after this computer.".to_owned());
            return Self { code: ErrorCode::NotPossible, message: error.to_string(), hint };
        }
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Self::io(format!("{error}{cause}"), "The setting is as it was.")
    }
}
