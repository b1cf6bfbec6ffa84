use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Evidence;

/// A server's name: the key under `mcpServers`, verbatim, spaces and `@` kept. Claude names the server's log
/// file by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerName(String);

impl ServerName {
    /// Takes the name as it stands in the config or the log.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for ServerName {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// Where a server is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// An entry of `claude_desktop_config.json`.
    Config,
    /// An installed extension (`.mcpb`, formerly `.dxt`).
    Extension,
    /// A connector of Claude's settings, run by Anthropic's cloud.
    Connector,
}

/// How a server is doing, as far as the evidence goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// It does not work now.
    Failing,
    /// It waits for the person to sign in.
    NeedsSignIn,
    /// Claude has started it and it has not answered yet.
    Starting,
    /// It answered the handshake and nothing has ended since.
    Connected,
    /// It ran and was closed on purpose.
    Stopped,
    /// No log mentions it.
    NeverSeen,
    /// The person switched it off.
    Off,
}

/// One server with its state and the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerStatus {
    /// The key in the config or the display name in the log.
    pub name: ServerName,
    /// Where it is listed.
    pub source: Source,
    /// Its state.
    pub state: Health,
    /// Since when it has been in this state, where the log says so.
    pub since: Option<Timestamp>,
    /// The lines that the state rests on, newest last.
    pub evidence: Vec<Evidence>,
    /// Ids of the findings that concern it, root cause first.
    pub findings: Vec<String>,
    /// The three signs of success.
    pub indicators: Indicators,
}

/// The three signs by which a person knows that a server works.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Indicators {
    /// The sign-in went through, where one is needed, and the server is connected.
    pub signed_in: Sign,
    /// Its tools can be used: it listed them.
    pub tools_listed: Sign,
    /// No crash of the sign-in stands in the log.
    pub no_sign_in_crash: Sign,
}

/// One sign of success.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Sign {
    /// What is known of it.
    pub known: Indicator,
    /// The line that tells it, with its time; none where nothing does, or where a sign is that no line stands there.
    pub evidence: Option<Evidence>,
}

/// What is known of one sign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Indicator {
    /// The log proves it.
    Yes,
    /// The log disproves it.
    No,
    /// The log does not tell.
    #[default]
    Unknown,
}
