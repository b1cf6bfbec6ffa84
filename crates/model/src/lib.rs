//! Plain data that every part of Bridgekeeper speaks.
//!
//! The wall is here so that rules, hosts and tests can exchange facts without knowing each other. Everything is
//! data in the user's vocabulary and can be serialised; the shapes that reach `--json` are a contract.
//!
//! Deliberately absent: I/O, clocks, async, and any decision. A [`Secret`] cannot be printed or serialised.
#![warn(missing_docs)]

mod bridge;
mod chain;
mod finding;
pub mod machine;
mod os;
mod secret;
mod secret_name;
mod sentence;
mod server;

pub use bridge::{BridgeError, BridgeState, BridgeStatus};
pub use chain::chain;
pub use finding::{Applicability, Evidence, Finding, Fix, Severity, Verdict};
pub use os::Os;
pub use secret::{MASK, Secret};
pub use secret_name::{NotASecretName, SecretName};
pub use sentence::{Sentence, Value};
pub use server::{Health, Indicator, Indicators, ServerName, ServerStatus, Sign, Source};

/// Version of the JSON shapes that the console prints as `"schema"`.
pub const SCHEMA: u32 = 1;
