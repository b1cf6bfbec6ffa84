//! What the window may ask for. Each command hands the question to the engine and its answer back; it holds no
//! decision of its own, and takes ids, never paths.
#![expect(clippy::needless_pass_by_value, reason = "a command owns what arrives over the wire")]

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::view::{Change, Preview, Snapshot};
use tauri::State;

use crate::error::IpcError;
use crate::places;

type Answer<T> = Result<T, IpcError>;

/// Everything the window shows, as it is now.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn snapshot(live: State<'_, Live>) -> Snapshot {
    live.snapshot().as_ref().clone()
}

/// What a fix would change. Nothing is written; the token in the answer stands for exactly what it shows.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn preview_fix(
    live: State<'_, Live>,
    server: Option<String>,
    finding: String,
    fix: String,
) -> Answer<Preview> {
    Ok(live.preview_fix(server.as_deref(), &finding, &fix)?)
}

/// Makes the change that was shown.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn apply_fix(live: State<'_, Live>, token: String) -> Answer<Change> {
    Ok(live.apply_fix(&token)?)
}

/// Every change that was made, newest first.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn history(live: State<'_, Live>) -> Answer<Vec<Change>> {
    Ok(live.history()?)
}

/// What taking a change back would change.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn preview_undo(live: State<'_, Live>, id: String) -> Answer<Preview> {
    Ok(live.preview_undo(&id)?)
}

/// Takes back the change that was shown.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn undo(live: State<'_, Live>, token: String) -> Answer<Change> {
    Ok(live.undo(&token)?)
}

/// Shows a server's log file in the person's own program.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn open_log(live: State<'_, Live>, server: String) -> Answer<()> {
    places::open(&live.log_file(&server)?)
}

/// Shows the config file in the person's own program.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn open_config(live: State<'_, Live>) -> Answer<()> {
    places::open(&live.config_file()?)
}
