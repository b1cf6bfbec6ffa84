use bridgekeeper_engine::EngineError;
use bridgekeeper_model::chain;
use serde::Serialize;

use crate::answer::versioned;
use crate::print::{DIM, ERROR, painted};

/// Why a call could not be carried out, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    code: &'static str,
    message: String,
    next: Option<String>,
}

#[derive(Serialize)]
struct Object<'a> {
    error: Inner<'a>,
}

#[derive(Serialize)]
struct Inner<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

impl Failure {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, next: Option<String>) -> Self {
        Self { code, message: message.into(), next }
    }

    /// The same with something better to do next.
    pub(crate) fn with_next(self, next: String) -> Self {
        Self { next: Some(next), ..self }
    }

    /// What the command line itself does not allow.
    pub(crate) fn usage(error: &clap::Error) -> Self {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default();
        let message = message.strip_prefix("error: ").unwrap_or(message);
        Self::new("usage", message, Some("bridgekeeper --help lists the calls and their options".to_owned()))
    }

    pub(crate) fn json(&self) -> String {
        let inner = Inner { code: self.code, message: &self.message, next: self.next.as_deref() };
        // Three strings can always be written.
        versioned(&Object { error: inner }).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        let next = self.next.as_ref().map(|next| format!("  {}\n", painted(DIM, next))).unwrap_or_default();
        format!("{} {}\n{next}", painted(ERROR, "error:"), self.message)
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::new(error.code(), chain(&error), error.next_step().map(str::to_owned))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::new("internal", error.to_string(), None)
    }
}
