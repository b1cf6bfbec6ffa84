//! What a rule is: one file that holds an id, a severity, a message, an explanation, examples and a detector.
//!
//! A rule is data plus one function pointer. Its documentation is its doc comment, which the [`rule!`] macro
//! keeps as text, so that `explain`, the pages under `docs/rules`, the app's help and the tests all read the
//! same words. The examples in it are its tests.

use std::collections::BTreeMap;
use std::ops::Range;

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_model::machine::MachineFacts;
use bridgekeeper_model::{Os, ServerName, Severity, Value};

use crate::log_scan::{LogLine, Sign};

/// One cause that Bridgekeeper can name.
#[derive(Debug)]
pub struct Rule {
    /// Stable id in kebab case. It names the problem and is never used again for another one.
    pub id: &'static str,
    /// How much a finding of it matters, unless the detector says otherwise.
    pub severity: Severity,
    /// The one sentence, with `{name}` where an argument stands.
    pub message: &'static str,
    /// The doc comment: a summary, then `## Why it matters`, `## What to do`, `## Examples`.
    pub docs: &'static str,
    /// Rules whose findings say nothing where this one was found: the consequences of this cause.
    pub hides: &'static [&'static str],
    /// Ids of the fixes that mend it, best first. See [`crate::fixes`].
    pub fixes: &'static [&'static str],
    /// How it is recognised.
    pub detect: Detect,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub enum Detect {
    /// Lines of a log. `needles` are literal, matched without regard to ASCII case; only a line that holds one
    /// of them reaches `sign`.
    Log {
        /// Texts of which a line must hold one.
        needles: &'static [&'static str],
        /// What a finding of it means for the server.
        role: Role,
        /// Which lines it may read.
        reads: Reads,
        /// Decides, with the lines before it at hand.
        sign: fn(&LogLine<'_>) -> Option<Sign>,
    },
    /// The config file. `log_class` is the rule that reports the same cause from the logs, if there is one.
    Config {
        /// Finds every place where the problem stands.
        problems: fn(&ConfigFacts<'_>) -> Vec<Problem>,
        /// The log rule that is the same cause seen from the other side.
        log_class: Option<&'static str>,
    },
    /// The computer: what is installed, what runs, who holds a port.
    Machine {
        /// Finds every trouble that the facts show.
        troubles: fn(&MachineView<'_>) -> Vec<Trouble>,
    },
}

/// What a sign in a log means for the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It names a cause. Over when a later start of the server succeeds.
    Cause,
    /// One way to connect failed. Over as soon as the connection stands, for bridges try several ways.
    Attempt,
    /// It reports an end without a reason and says nothing where any cause stands.
    Echo,
}

/// Which lines a rule may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// All but the calls and results between Claude and a server: what stands in them is somebody's content.
    Reports,
    /// Those too.
    Messages,
}

/// What a config rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct ConfigFacts<'a> {
    /// The file, read tolerantly.
    pub file: &'a ConfigFile,
    /// Whose rules hold; `None` where nothing tells, as for a pasted file.
    pub os: Option<Os>,
}

/// One place in the config where a rule's problem stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The entry it stands in, if it stands in one.
    pub server: Option<ServerName>,
    /// Byte range in the decoded text.
    pub span: Range<usize>,
    /// Values for the message, secrets masked.
    pub args: BTreeMap<&'static str, Value>,
    /// Another severity than the rule's own.
    pub severity: Option<Severity>,
}

/// What a rule of the machine may look at.
#[derive(Debug, Clone, Copy)]
pub struct MachineView<'a> {
    /// What the checks found.
    pub machine: &'a MachineFacts,
    /// The config that Claude reads, where it could be read.
    pub config: Option<&'a ConfigFile>,
    /// Whose rules hold.
    pub os: Os,
}

/// One thing that a rule of the machine found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The entry it concerns; `None` for the set-up as a whole.
    pub server: Option<ServerName>,
    /// Values for the message, secrets masked.
    pub args: BTreeMap<&'static str, Value>,
    /// Another severity than the rule's own.
    pub severity: Option<Severity>,
    /// The log rule that is the same cause, seen from the other side.
    pub log_class: Option<&'static str>,
}

impl Trouble {
    /// One of the set-up as a whole.
    pub(crate) fn of_setup() -> Self {
        Self::default()
    }

    /// One of an entry.
    pub(crate) fn of(server: &str) -> Self {
        Self { server: Some(ServerName::from(server)), ..Self::default() }.with("server", server)
    }

    /// With a value for the message.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.args.insert(name, value.into());
        self
    }

    /// With another severity than the rule's.
    #[must_use]
    pub(crate) fn weighing(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// The same cause as what that log rule finds.
    #[must_use]
    pub(crate) fn same_as(mut self, log_class: &'static str) -> Self {
        self.log_class = Some(log_class);
        self
    }
}

/// Declares a rule and keeps its doc comment as text.
#[macro_export]
macro_rules! rule {
    ($(#[doc = $doc:expr])+ $vis:vis static $name:ident = { $($field:ident: $value:expr),+ $(,)? };) => {
        $(#[doc = $doc])+
        $vis static $name: $crate::rule::Rule = $crate::rule::Rule {
            docs: concat!($($doc, "\n"),+),
            $($field: $value),+
        };
    };
}
