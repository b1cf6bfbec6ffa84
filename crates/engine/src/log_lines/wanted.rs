use std::collections::BTreeSet;

use bridgekeeper_claude::{LogFile, LogKind};
use bridgekeeper_formats::log::{Event, Level, LogEntry, Origin, parse_line};
use bridgekeeper_formats::secrets::LineMask;
use bridgekeeper_model::ServerName;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::LogLine;
use crate::diff::Secrets;

/// Which lines are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Only those of this server.
    pub server: Option<ServerName>,
    /// Only those that hold this text, whatever its case.
    pub search: Option<String>,
    /// Only those that are at least so urgent. What a server prints carries no level and is left out then.
    pub level: Option<Level>,
    /// Only messages that went this way.
    pub direction: Option<Direction>,
    /// How many of the last lines of each file.
    pub last: usize,
    /// Whether secrets are shown.
    pub secrets: Secrets,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From Claude to the server.
    ToServer,
    /// From the server to Claude.
    FromServer,
}

impl Direction {
    /// The way of the message that a line holds, if it holds one.
    pub(super) fn of(entry: &LogEntry<'_>) -> Option<Self> {
        let event = entry.event()?;
        if matches!(event, Event::FromClient(_)) {
            Some(Self::ToServer)
        } else {
            matches!(event, Event::FromServer(_)).then_some(Self::FromServer)
        }
    }
}

impl Default for Wanted {
    fn default() -> Self {
        Self { server: None, search: None, level: None, direction: None, last: 20, secrets: Secrets::Masked }
    }
}

impl Wanted {
    /// Whether a file may hold such lines.
    pub(super) fn concerns(&self, log: &LogFile) -> bool {
        match (&self.server, &log.kind) {
            (None, _) | (Some(_), LogKind::Mcp | LogKind::Main | LogKind::Window) => true,
            (Some(wanted), LogKind::Server(server)) => wanted == server,
        }
    }
}

/// The servers that have a log of their own. What `mcp.log` says of them stands there, too.
#[derive(Debug, Default)]
pub(super) struct Owners(BTreeSet<ServerName>);

impl Owners {
    pub(super) fn of(logs: &[LogFile]) -> Self {
        let owner = |log: &LogFile| match &log.kind {
            LogKind::Server(server) => Some(server.clone()),
            LogKind::Mcp | LogKind::Main | LogKind::Window => None,
        };
        Self(logs.iter().filter_map(owner).collect())
    }
}

/// Reads one file's lines in their order: remembers what a line may lean on.
#[derive(Debug)]
pub(super) struct LineSieve {
    file: String,
    kind: LogKind,
    zone: TimeZone,
    mask: LineMask,
    /// The line before, where the mask has not seen it. Only a line that Claude did not begin leans on it, so that most
    /// are never looked at.
    unseen: Option<String>,
    /// The server that the last tagged line named.
    server: Option<ServerName>,
}

impl LineSieve {
    pub(super) fn new(log: &LogFile, zone: TimeZone) -> Self {
        let file = log.path.display().to_string();
        Self { file, kind: log.kind.clone(), zone, mask: LineMask::default(), unseen: None, server: None }
    }

    /// The file has another name now.
    pub(super) fn rename(&mut self, log: &LogFile) {
        self.file = log.path.display().to_string();
    }

    /// The line, if it is wanted.
    pub(super) fn take(
        &mut self,
        text: &str,
        offset: u64,
        wanted: &Wanted,
        owners: &Owners,
    ) -> Option<LogLine> {
        let entry = parse_line(text);
        let server = self.server_of(&entry);
        if entry.origin == Origin::Claude && entry.time.is_some() {
            (self.mask, self.unseen) = (LineMask::default(), None);
        } else if let Some(before) = self.unseen.take() {
            // A secret may begin in a line that nobody wants
            self.mask.mask(&before);
        }
        if !self.is_wanted(text, &entry, server.as_ref(), wanted, owners) {
            self.unseen = Some(text.to_owned());
            return None;
        }
        let masked = self.mask.mask(text);
        let shown = match wanted.secrets {
            Secrets::Masked => masked,
            Secrets::Shown => text.into(),
        };
        // What is masked cannot be searched for
        let found = wanted.search.as_ref().is_none_or(|search| holds(&shown, search));
        found.then(|| LogLine {
            file: self.file.clone(),
            offset,
            server,
            time: entry.time.and_then(|time| time.timestamp(Some(&self.zone))),
            level: entry.level.map(word),
            text: shown.trim_end().to_owned(),
        })
    }

    fn is_wanted(
        &self,
        text: &str,
        entry: &LogEntry<'_>,
        server: Option<&ServerName>,
        wanted: &Wanted,
        owners: &Owners,
    ) -> bool {
        let stands_elsewhere =
            self.kind == LogKind::Mcp && server.is_some_and(|server| owners.0.contains(server));
        !text.trim().is_empty()
            && !stands_elsewhere
            && wanted.server.as_ref().is_none_or(|wanted| server == Some(wanted))
            && wanted.level.is_none_or(|least| entry.level.is_some_and(|level| rank(level) >= rank(least)))
            && wanted.direction.is_none_or(|way| Direction::of(entry) == Some(way))
            && wanted.search.as_ref().is_none_or(|search| holds(text, search))
    }

    fn server_of(&mut self, entry: &LogEntry<'_>) -> Option<ServerName> {
        if let LogKind::Server(owner) = &self.kind {
            return Some(owner.clone());
        }
        if let Some(name) = entry.server {
            self.server = Some(ServerName::new(name));
        } else if entry.origin == Origin::Claude {
            // A line of Claude's that names no server is about none
            self.server = None;
        }
        self.server.clone()
    }
}

/// The word for a level.
const fn word(level: Level) -> &'static str {
    match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    }
}

const fn rank(level: Level) -> u8 {
    match level {
        Level::Debug => 0,
        Level::Info => 1,
        Level::Warn => 2,
        Level::Error => 3,
    }
}

fn holds(text: &str, wanted: &str) -> bool {
    text.to_lowercase().contains(&wanted.to_lowercase())
}
