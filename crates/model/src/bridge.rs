use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A running bridge, as its status file tells it.
///
/// The file is `NAME.json` in [`BridgeStatus::FOLDER`]; as long as the bridge lives it holds a lock on `NAME.lock`
/// beside it. A status whose lock nobody holds is what a killed bridge left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeStatus {
    /// [`SCHEMA`](crate::SCHEMA).
    pub schema: u32,
    /// The bridge's process.
    pub pid: u32,
    /// When it started.
    pub started: Timestamp,
    /// The bridge's own version.
    pub version: String,
    /// The server's address without user, password and query.
    pub server: String,
    /// How it was started, as a digest that only means something to whoever knows that; `None` from a bridge of before
    /// there was one.
    #[serde(default)]
    pub started_as: Option<String>,
    /// How it stands with the server.
    pub state: BridgeState,
    /// Since when.
    pub since: Timestamp,
    /// Where somebody can sign in now, while it waits for that. The page is of no use to anybody without an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in_at: Option<String>,
    /// The last thing that went wrong, whether or not it has been mended since.
    #[serde(default)]
    pub last_error: Option<BridgeError>,
    /// When the present connection with the server was made.
    #[serde(default)]
    pub session_since: Option<Timestamp>,
    /// Requests of the host that waited for their answer when the file was written.
    pub in_flight: usize,
    /// The version of MCP that the server speaks, once it is known.
    #[serde(default)]
    pub protocol: Option<String>,
    /// Seconds by which this machine's clock is ahead of the server's, negative where it is behind; as the `Date` of
    /// an answer told.
    #[serde(default)]
    pub clock_ahead: Option<i64>,
}

impl BridgeStatus {
    /// The folder of the status files, in Bridgekeeper's own.
    pub const FOLDER: &str = "run";

    /// Of a bridge that has just started, for a server's address without secrets.
    pub const fn at_start(pid: u32, at: Timestamp, version: String, server: String) -> Self {
        Self {
            schema: crate::SCHEMA,
            pid,
            started: at,
            version,
            server,
            started_as: None,
            state: BridgeState::Idle,
            since: at,
            sign_in_at: None,
            last_error: None,
            session_since: None,
            in_flight: 0,
            protocol: None,
            clock_ahead: None,
        }
    }
}

/// How it stands with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum BridgeState {
    /// The host has not begun.
    Idle,
    /// The server has been asked and has not answered yet.
    Connecting,
    /// The server answers.
    Connected,
    /// The server cannot be reached or refuses.
    Failing,
    /// The server wants the person to sign in.
    NeedsSignIn,
}

/// Something that went wrong between bridge and server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeError {
    /// How far the request came: `resolve`, `connect`, `proxy`, `tls`, `http`.
    pub stage: String,
    /// What happened and what to do next, without secrets.
    pub message: String,
    /// When.
    pub at: Timestamp,
}
