//! Reads logs and names the causes that stand in them.

use std::collections::BTreeMap;

use bridgekeeper_model::Severity;

/// One line of a log as a rule sees it.
#[derive(Debug)]
pub struct LogLine<'a> {
    /// The text without time stamp, level and server tag.
    pub text: &'a str,
}

/// What a rule says about a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// Values for the message.
    pub args: BTreeMap<&'static str, String>,
    /// Another severity than the rule's own.
    pub severity: Option<Severity>,
}
