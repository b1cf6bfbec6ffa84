//! What the window may ask about updates. Each call comes back when it is done; how far it is, the event tells.

use tauri::State;

use super::{Answer, apart};
use crate::updates::{Asked, Updates, UpdatesView};

/// How it stands with updates.
#[tauri::command]
#[specta::specta]
pub(crate) async fn updates(updates: State<'_, Updates>) -> Answer<UpdatesView> {
    after(&updates, |_| ()).await
}

/// Looks for a newer release now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_for_update(updates: State<'_, Updates>) -> Answer<UpdatesView> {
    after(&updates, |updates| updates.look(Asked::ByThePerson)).await
}

/// Downloads the release that was found.
#[tauri::command]
#[specta::specta]
pub(crate) async fn download_update(updates: State<'_, Updates>) -> Answer<UpdatesView> {
    after(&updates, Updates::download).await
}

/// Installs the release that was downloaded as soon as nothing is under way, and starts it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn install_update(updates: State<'_, Updates>) -> Answer<UpdatesView> {
    after(&updates, Updates::install).await
}

/// Leaves the installation for later, if it waits for something as yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn postpone_update(updates: State<'_, Updates>) -> Answer<UpdatesView> {
    after(&updates, Updates::postpone).await
}

async fn after(updates: &Updates, work: impl FnOnce(&Updates) + Send + 'static) -> Answer<UpdatesView> {
    let updates = updates.clone();
    apart(move || {
        work(&updates);
        Ok(updates.view())
    })
    .await
}
