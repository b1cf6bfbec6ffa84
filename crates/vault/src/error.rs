use std::time::Duration;

/// Why the keyring gave or took nothing.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// This machine, or this session, has none.
    #[error("there is no keyring in this session ({why})")]
    Missing {
        /// What the system said.
        why: String,
    },
    /// It is there and locked.
    #[error("the keyring is locked ({why}); unlock it and try again")]
    Locked {
        /// What the system said.
        why: String,
    },
    /// The person, or a rule of the system, said no.
    #[error("the keyring refused access ({why})")]
    Denied {
        /// What the system said.
        why: String,
    },
    /// It did not answer in time. It may be waiting for somebody to answer its question.
    #[error("the keyring did not answer within {} s; it may be waiting for a password", .0.as_secs())]
    NoAnswer(Duration),
    /// What it holds is not what was put there.
    #[error("what the keyring holds is damaged")]
    Damaged,
    /// It failed otherwise.
    #[error("the keyring failed")]
    Failed(#[source] keyring_core::Error),
}

impl KeyringError {
    /// A stable word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "keyring-missing",
            Self::Locked { .. } => "keyring-locked",
            Self::Denied { .. } => "keyring-denied",
            Self::NoAnswer(_) => "keyring-no-answer",
            Self::Damaged => "keyring-damaged",
            Self::Failed(_) => "keyring-failed",
        }
    }
}
