//! The config file.

use bridgekeeper_engine::live::Live;
use tauri::State;

use super::Answer;
use crate::places;

/// Shows the config file in the person's own program.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn open_config(live: State<'_, Live>) -> Answer<()> {
    places::open(&live.config_file()?)
}
