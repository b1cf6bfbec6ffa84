//! Claude Desktop on this machine: which builds are installed, which config file is read, where the logs are.
//!
//! The wall is here because everything that differs between systems and builds of Claude is a fact about paths,
//! and facts about paths can be tested on any system by handing in a home and an [`Os`](bridgekeeper_model::Os).
//! Each system has its own file (`windows.rs`, `macos.rs`, `linux.rs`); all three are compiled everywhere. The same
//! holds for [`start`], which says how Claude starts a server without starting one.
//!
//! Nothing here fails: a file that cannot be read is a fact that carries the error. Deliberately absent: what a
//! config or a log *says* (`formats`), what is wrong (`doctor`), and every write (`engine`).
#![warn(missing_docs)]

mod config;
mod extension;
mod files;
mod home;
mod install;
mod linux;
mod logs;
mod macos;
mod npm;
mod places;
pub mod start;
mod windows;

pub use config::{CONFIG_FILE, ConfigCandidate, Live};
pub use extension::{Extension, Extensions};
pub use files::{Content, MAX_CONFIG_BYTES, Unreadable, read_config};
pub use home::{Home, NoHome, guess_os};
pub use install::{Build, Install, Installs};
pub use logs::{LogFile, LogFiles, LogKind};
