//! What the window may ask while a server is added. What was pasted stays in the engine and is chosen by its number.

use bridgekeeper_engine::add::KeepSecrets;
use bridgekeeper_engine::live::{Live, OfferedView, ProbeNews, ProbeView};
use bridgekeeper_engine::view::Preview;
use tauri::State;
use tauri::ipc::Channel;

use super::{Answer, apart};

/// Reads what was pasted: an address, a command line, or the JSON of any client.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn read_offer(live: State<'_, Live>, text: String) -> Answer<Vec<OfferedView>> {
    Ok(live.read_offer(&text)?)
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
