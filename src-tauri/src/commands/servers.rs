//! What is known of the servers, and what of each can be opened.

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::view::Snapshot;
use tauri::State;

use super::Answer;
use crate::places;

/// Everything the window shows, as it is now.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn snapshot(live: State<'_, Live>) -> Snapshot {
    live.snapshot().as_ref().clone()
}

/// Shows a server's log file in the person's own program.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn open_log(live: State<'_, Live>, server: String) -> Answer<()> {
    places::open(&live.log_file(&server)?)
}
