use bridgekeeper_model::{Finding, Sentence};

use crate::{Cause, Status};

/// What a stage came to, and what it learned for the stages after it.
#[derive(Debug)]
pub(crate) struct Outcome<T> {
    pub(crate) status: Status,
    pub(crate) message: String,
    pub(crate) details: Vec<String>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) facts: Option<T>,
}

impl<T> Outcome<T> {
    pub(crate) fn passed(message: impl Into<String>, facts: T) -> Self {
        Self { facts: Some(facts), ..Self::with_status(Status::Passed, message.into()) }
    }

    /// The message becomes a finding of this cause, too.
    pub(crate) fn failed(cause: &Cause, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::with_status(Status::Failed, message.clone()).finding(cause, &message)
    }

    pub(crate) fn not_checked(message: impl Into<String>) -> Self {
        Self::with_status(Status::NotChecked, message.into())
    }

    pub(crate) fn not_needed(message: impl Into<String>) -> Self {
        Self::with_status(Status::NotNeeded, message.into())
    }

    fn with_status(status: Status, message: String) -> Self {
        Self { status, message, details: Vec::new(), findings: Vec::new(), facts: None }
    }

    pub(crate) fn details(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(lines);
        self
    }

    pub(crate) fn finding(mut self, cause: &Cause, message: &str) -> Self {
        let words = "{message} {advice}";
        let sentence =
            Sentence::of(words).with("message", message).with("advice", Sentence::of(cause.advice));
        self.findings.push(Finding {
            id: cause.id.to_owned(),
            severity: cause.severity,
            server: None,
            message: sentence.in_english(),
            sentence,
            evidence: Vec::new(),
            fixes: Vec::new(),
        });
        self
    }

    /// Not as it should be, but the stages after it can go on.
    pub(crate) fn but_with(mut self, facts: T) -> Self {
        self.facts = Some(facts);
        self
    }
}
