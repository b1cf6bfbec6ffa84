//! What the window may ask for, one file per area. Each command hands the question to the engine and its answer
//! back; it holds no decision of its own, and takes ids, never paths.
#![expect(clippy::needless_pass_by_value, reason = "a command owns what arrives over the wire")]

pub(crate) mod accounts;
pub(crate) mod add;
pub(crate) mod changes;
pub(crate) mod claude;
pub(crate) mod config;
pub(crate) mod document;
pub(crate) mod report;
pub(crate) mod server;
pub(crate) mod servers;
pub(crate) mod settings;
pub(crate) mod updates;

use crate::error::IpcError;

type Answer<T> = Result<T, IpcError>;

/// Does what takes its time apart from what answers at once, so that the window is never kept waiting.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    let done = tauri::async_runtime::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(IpcError::internal(error.to_string())))
}
