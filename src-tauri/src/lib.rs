//! The desktop host: the engine's state as a tray icon, a menu and one window.
//!
//! The wall is here so that nothing below knows Tauri. This crate knows windows and trays and holds no decision
//! about servers, configs or logs: it hands ids to the engine and shows the snapshots that come back.
//!
//! Deliberately absent: file access, parsing, and any right of the window beyond the commands in `commands`.

mod address;
mod app;
mod appearance;
mod bindings;
mod commands;
mod error;
mod instance;
mod login;
mod notices;
mod options;
mod places;
mod portal;
mod text;
mod tray;
mod updates;
mod window;

pub use app::{host, run};
pub use bindings::{SnapshotChanged, UpdatesChanged, bindings, write_typescript};
pub use error::{ErrorCode, IpcError};
pub use options::Options;
pub use updates::{FailureKind, OffBy, ReleaseView, UpdateState, UpdatesView};
