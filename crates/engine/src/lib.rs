//! The application without a window: reads a set-up, names what is wrong, shows a repair, carries it out, takes
//! it back.
//!
//! The wall is here so that the tray app, the console and the tests are three hosts of one engine. Everything
//! that differs between them is handed in: home, system, clock, environment, the bundled bridge.
//!
//! Deliberately absent: windows, argument parsing, printing.
#![warn(missing_docs)]

pub mod accounts;
pub mod add;
pub mod bundle;
pub mod change;
pub mod document;
pub mod firewall;
pub mod live;
pub mod log_lines;
pub mod policy;
pub mod probe;
pub mod reset;
pub mod restart;
pub mod settings;
pub mod told;
pub mod trial;
pub mod updates;
pub mod view;
pub mod watch;

mod bridges;
mod check;
mod computer;
mod context;
mod correlate;
mod diff;
mod doctor;
mod edits;
mod engine;
mod error;
mod explain;
mod fix;
mod folder;
mod frame;
mod guardian;
mod history;
mod leave;
mod logs;
mod named_secrets;
mod offers;
mod publish;
mod report;
mod search_path;
mod servers;
mod sign_ins;
mod survey;

pub use bridgekeeper_claude::{Home, NoHome, guess_os};
pub use bridgekeeper_vault::{Keyring, Purpose};
pub use computer::{Check, Looking};
pub use context::Context;
pub use diff::{Diff, Secrets};
pub use edits::{PlannedEdit, Switch, call_for};
pub use engine::Engine;
pub use error::EngineError;
pub use explain::{Page, PageKind};
pub use fix::{AppliedFix, ConfigFix, SkippedFix, is_edit};
pub use frame::Frame;
pub use leave::TakenBack;
pub use logs::{LogDiagnosis, LogInput};
pub use named_secrets::{NamedSecret, SecretUse};
pub use publish::{Outcome, PublishError, Published};
pub use report::{ConfigCheck, ConfigReport, PlacedFinding, Report};
pub use survey::Survey;
