//! What went wrong with an update, sorted by what the person can do about it.

use bridgekeeper_engine::change::ChangeError;
use bridgekeeper_engine::updates::DownloadError;
use tauri_plugin_updater::Error;

use super::view::FailureKind;

/// A failure in the words of whoever noticed it. The window has its own for each kind.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) why: FailureKind,
    pub(super) detail: String,
}

impl Failure {
    pub(super) fn unreadable(cause: &serde_json::Error) -> Self {
        Self { why: FailureKind::Unreadable, detail: cause.to_string() }
    }

    pub(super) fn not_kept(cause: &ChangeError) -> Self {
        Self { why: FailureKind::NotKept, detail: cause.to_string() }
    }

    /// What was downloaded is no longer on the disk.
    pub(super) fn gone() -> Self {
        Self { why: FailureKind::NotKept, detail: "the package is no longer there".to_owned() }
    }

    /// The system's part; a signature that is wrong by now is still the signature's fault.
    pub(super) fn of_install(cause: Error) -> Self {
        let failure = Self::from(cause);
        let is_signature = matches!(failure.why, FailureKind::Signature | FailureKind::OtherVersion);
        if is_signature { failure } else { Self { why: FailureKind::NotInstalled, ..failure } }
    }
}

impl From<DownloadError> for Failure {
    fn from(error: DownloadError) -> Self {
        let why = match &error {
            DownloadError::Insecure(_) => FailureKind::Insecure,
            DownloadError::Silent(_) => FailureKind::Silent,
            DownloadError::TooLarge { .. } | DownloadError::OtherLength { .. } => FailureKind::Size,
            DownloadError::Circles(_)
            | DownloadError::Net(_)
            | DownloadError::Status { .. }
            | DownloadError::BrokenOff
            | DownloadError::Runtime(_) => FailureKind::Network,
        };
        Self { why, detail: error.to_string() }
    }
}

impl From<Error> for Failure {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the list is the plugin's, and open at its end")]
    fn from(error: Error) -> Self {
        let why = match &error {
            Error::Minisign(_) | Error::Base64(_) | Error::SignatureUtf8(_) | Error::MissingSignedVersion => {
                FailureKind::Signature
            }
            Error::SignedVersionMismatch { .. } => FailureKind::OtherVersion,
            Error::TargetNotFound(_) | Error::TargetsNotFound(_) => FailureKind::NoPackage,
            Error::Serialization(_) | Error::Semver(_) | Error::UrlParse(_) => FailureKind::Unreadable,
            _ => FailureKind::NotInstalled,
        };
        Self { why, detail: error.to_string() }
    }
}
