//! What the window may ask while a server is added. What was pasted stays in the engine and is chosen by its number.

use bridgekeeper_engine::add::KeepSecrets;
use bridgekeeper_engine::live::{Live, OfferedFile, OfferedView, ProbeNews, ProbeView};
use bridgekeeper_engine::view::Preview;
use tauri::State;
use tauri::ipc::Channel;

use super::{Answer, apart};
use crate::places::Chooser;

/// Reads what was pasted: an address, a command line, or the JSON of any client.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn read_offer(live: State<'_, Live>, text: String) -> Answer<Vec<OfferedView>> {
    Ok(live.read_offer(&text)?)
}

/// Lets the person choose a file in the system's own dialog and reads it. `None` where they chose none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_offer(
    live: State<'_, Live>,
    chooser: State<'_, Chooser>,
) -> Answer<Option<OfferedFile>> {
    let (live, chooser) = (live.inner().clone(), chooser.inner().clone());
    apart(move || {
        let chosen = chooser.ask_what_to_read()?;
        Ok(chosen.map(|file| live.read_offered_file(&file)).transpose()?)
    })
    .await
}

/// Asks one of the servers that were pasted from outside.
#[tauri::command]
#[specta::specta]
pub(crate) async fn probe_offer(
    live: State<'_, Live>,
    number: u32,
    tell: Channel<ProbeNews>,
) -> Answer<ProbeView> {
    let live = live.inner().clone();
    apart(move || Ok(live.probe_offer(number, |news| drop(tell.send(news)))?)).await
}

/// What adding one of the servers that were pasted would change.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn preview_add(
    live: State<'_, Live>,
    number: u32,
    name: String,
    keep: KeepSecrets,
) -> Answer<Preview> {
    Ok(live.preview_add(number, &name, keep)?)
}
