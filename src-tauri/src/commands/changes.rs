//! Changes as they would be, the changes that were made, and their way back.

use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::view::{Change, Preview};
use tauri::State;

use super::Answer;

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

/// What a reset of everything kept for signing in would set aside, of one server or all.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn preview_reset(live: State<'_, Live>, server: Option<String>) -> Answer<Preview> {
    Ok(live.preview_reset(server.as_deref())?)
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

/// Every change of Claude's configs that still stands, to be taken back at once.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn preview_leave(live: State<'_, Live>) -> Answer<Preview> {
    Ok(live.preview_leave()?)
}
