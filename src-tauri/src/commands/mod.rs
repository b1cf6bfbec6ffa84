//! What the window may ask for, one file per area. Each command hands the question to the engine and its answer
//! back; it holds no decision of its own, and takes ids, never paths.
#![expect(clippy::needless_pass_by_value, reason = "a command owns what arrives over the wire")]

pub(crate) mod changes;
pub(crate) mod config;
pub(crate) mod document;
pub(crate) mod servers;
pub(crate) mod settings;

use crate::error::IpcError;

type Answer<T> = Result<T, IpcError>;
