//! The bridges that run now, by the status files that they keep. What they say is newer than any log.

use std::fmt::Write as _;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use bridgekeeper_bridge::Fingerprint;
use bridgekeeper_claude::Home;
use bridgekeeper_formats::config::Entry;
use bridgekeeper_mcp_remote::CommandLine;
use bridgekeeper_model::{BridgeState, BridgeStatus, Evidence, Health};
use url::Url;

/// A bridge that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunningBridge {
    /// Its status file.
    pub(crate) file: PathBuf,
    /// What it says.
    pub(crate) status: BridgeStatus,
}

/// What speaks for an entry having started a bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kinship {
    /// The same server, the same arguments, the same values in them.
    SameStart,
    /// The same server. The entry may have been changed since, or the bridge be another entry's.
    SameServer,
}

/// The folder of the status files.
pub(crate) fn folder(home: &Home) -> PathBuf {
    home.bridgekeeper_folder().join(BridgeStatus::FOLDER)
}

/// Every bridge of that home that runs, the one that started last first. What killed ones left behind is passed over.
pub(crate) fn running(home: &Home) -> Vec<RunningBridge> {
    let mut found: Vec<RunningBridge> = fs::read_dir(folder(home))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json") && is_alive(path))
        .filter_map(|file| {
            let status = serde_json::from_slice(&fs::read(&file).ok()?).ok()?;
            Some(RunningBridge { file, status })
        })
        .collect();
    found.sort_by_key(|bridge| std::cmp::Reverse(bridge.status.started));
    found
}

/// How far this computer's clock is ahead of the servers', in seconds. Where they disagree the nearest is believed: it
/// is another server's clock that is wrong then.
pub(crate) fn clock_ahead(bridges: &[RunningBridge]) -> Option<i64> {
    bridges.iter().filter_map(|bridge| bridge.status.clock_ahead).min_by_key(|ahead| ahead.unsigned_abs())
}

/// A bridge holds its lock for as long as it lives, however it ends.
fn is_alive(status: &Path) -> bool {
    let Ok(lock) = File::open(status.with_extension("lock")) else { return false };
    matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
}

impl RunningBridge {
    /// How surely this entry started it; `None` where it did not.
    pub(crate) fn kinship(&self, entry: &Entry, home: &Home) -> Option<Kinship> {
        let is_bridge = entry.command.as_ref().is_some_and(|command| {
            let name = command.value.rsplit(['/', '\\']).next().unwrap_or_default();
            matches!(name, "mcp-bridge" | "mcp-bridge.exe")
        });
        if !is_bridge || server_of(entry)? != self.status.server {
            return None;
        }
        let variable = |name: &str| {
            let own = entry.variable(name).map(|text| &text.value);
            own.or_else(|| home.environment().get(name)).cloned()
        };
        let is_same = Fingerprint::of(&entry.arguments(), variable).is_of(&self.status);
        Some(if is_same { Kinship::SameStart } else { Kinship::SameServer })
    }

    /// How its server is doing.
    pub(crate) const fn health(&self) -> Health {
        match self.status.state {
            BridgeState::Idle | BridgeState::Connecting => Health::Starting,
            BridgeState::Connected => Health::Connected,
            BridgeState::Failing => Health::Failing,
            BridgeState::NeedsSignIn => Health::NeedsSignIn,
        }
    }

    /// What it says, as one line.
    pub(crate) fn evidence(&self) -> Evidence {
        let BridgeStatus { pid, server, state, protocol, in_flight, last_error, .. } = &self.status;
        let state = match state {
            BridgeState::Idle => "waits for the host",
            BridgeState::Connecting => "connects",
            BridgeState::Connected => "is connected",
            BridgeState::Failing => "fails",
            BridgeState::NeedsSignIn => "is refused until somebody signs in",
        };
        let mut text = format!("mcp-bridge (process {pid}) for {server} {state}");
        if let Some(protocol) = protocol {
            let _ = write!(text, ", MCP {protocol}");
        }
        if *in_flight > 0 {
            let _ = write!(text, ", {in_flight} requests wait for an answer");
        }
        let is_bad = matches!(self.health(), Health::Failing | Health::NeedsSignIn);
        if let Some(error) = last_error.as_ref().filter(|_| is_bad) {
            let _ = write!(text, ": {}", error.message);
        }
        Evidence {
            file: self.file.display().to_string(),
            line: 1,
            text: bridgekeeper_formats::secrets::mask(&text).into_owned(),
            time: Some(self.status.since),
        }
    }
}

/// The server that an entry of the bridge names, as the bridge shows it: without user, password and query.
pub(crate) fn server_of(entry: &Entry) -> Option<String> {
    let arguments = entry.arguments();
    let line = CommandLine::parse(&arguments);
    let named = line.server_url.map(|url| url.value);
    let first_url = || arguments.iter().find(|text| text.starts_with("http")).map(|&text| text.to_owned());
    let url = named.filter(|text| text.starts_with("http")).or_else(first_url)?;
    let url = Url::parse(&url).ok()?;
    Some(format!("{}{}", url.origin().ascii_serialization(), url.path()))
}

#[cfg(test)]
mod tests {
    use bridgekeeper_formats::config::ConfigFile;
    use bridgekeeper_model::Os;

    use super::*;

    fn status(server: &str, state: BridgeState) -> BridgeStatus {
        let time = "2026-01-01T08:00:00Z".parse().unwrap();
        BridgeStatus {
            state,
            in_flight: 2,
            protocol: Some("2025-11-25".into()),
            ..BridgeStatus::at_start(7, time, "1".into(), server.into())
        }
    }

    #[test]
    fn only_a_bridge_that_holds_its_lock_runs() {
        let folder_of_home = tempfile::tempdir().unwrap();
        let home = Home::stand_in(folder_of_home.path(), Os::Linux);
        let run = folder(&home);
        fs::create_dir_all(&run).unwrap();
        let put = |name: &str| {
            let bytes = serde_json::to_vec(&status("https://a.example/mcp", BridgeState::Connected)).unwrap();
            let file = File::create(run.join(format!("{name}.json"))).unwrap();
            std::io::Write::write_all(&mut &file, &bytes).unwrap();
            File::create(run.join(format!("{name}.lock"))).unwrap()
        };
        let alive = put("alive");
        alive.lock().unwrap();
        drop(put("dead"));
        let found = running(&home);
        assert_eq!(found.len(), 1);
        assert!(found[0].file.ends_with("alive.json"));
        drop(alive);
        assert_eq!(running(&home), []);
    }

    #[test]
    fn an_entry_and_its_bridge_name_the_same_server() {
        let config = r#"{"mcpServers": {
            "mine": {"command": "C:\\x\\mcp-bridge.exe", "args": ["--debug", "https://me:pw@A.example/mcp?key=1#x"]},
            "other": {"command": "npx", "args": ["mcp-remote", "https://a.example/mcp"]}}}"#;
        let file = ConfigFile::read(config.as_bytes());
        let bridge = RunningBridge {
            file: "/run/1.json".into(),
            status: status("https://a.example/mcp", BridgeState::Connected),
        };
        let home = Home::stand_in(Path::new("/nowhere"), Os::Linux);
        let of = |name: &str| bridge.kinship(file.server(name).unwrap(), &home);
        assert_eq!(of("mine"), Some(Kinship::SameServer));
        assert_eq!(of("other"), None);
        assert_eq!(
            bridge.evidence().text,
            "mcp-bridge (process 7) for https://a.example/mcp is connected, MCP 2025-11-25, \
             2 requests wait for an answer"
        );
    }
}
