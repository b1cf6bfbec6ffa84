//! Sign-ins, by server and account, and named secrets. A secret's value goes in, and comes out only where somebody asks to
//! see it.

use std::sync::Arc;

use bridgekeeper_engine::NamedSecret;
use bridgekeeper_engine::accounts::{OldFiles, SignInView, SignInsView, SystemBrowser};
use bridgekeeper_engine::live::{
    ImportDoneView, ImportPreview, Live, SignInProgress, SignOutDone, SignOutPreview,
};
use bridgekeeper_model::Secret;
use tauri::State;
use tauri::ipc::Channel;

use super::{Answer, apart};

/// Every sign-in, and every server that has none. May wait for somebody to unlock the keyring.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn sign_ins(live: State<'_, Live>) -> SignInsView {
    live.sign_ins()
}

/// Opens the browser on this machine and waits for somebody to sign in there. `None` where the server wants nobody to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in(
    live: State<'_, Live>,
    server: String,
    account: String,
    progress: Channel<SignInProgress>,
) -> Answer<Option<SignInView>> {
    let live = live.inner().clone();
    // A window that was closed meanwhile hears nothing; the list tells the next one.
    let tell = move |step| drop(progress.send(step));
    apart(move || Ok(live.sign_in(&server, &account, Arc::new(SystemBrowser), tell)?)).await
}

/// Breaks off a sign-in that this program makes.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn cancel_sign_in(live: State<'_, Live>, server: String, account: String) {
    live.cancel_sign_in(&server, &account);
}

/// What signing out ends, and what of it cannot be taken back. Ends nothing.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn preview_sign_out(
    live: State<'_, Live>,
    server: String,
    account: String,
) -> Answer<SignOutPreview> {
    Ok(live.preview_sign_out(&server, &account)?)
}

/// Ends a sign-in.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_out(live: State<'_, Live>, server: String, account: String) -> Answer<SignOutDone> {
    let live = live.inner().clone();
    apart(move || Ok(live.sign_out(&server, &account)?)).await
}

/// What mcp-remote keeps for an account. Changes nothing.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn preview_import(
    live: State<'_, Live>,
    server: String,
    account: String,
) -> Answer<ImportPreview> {
    Ok(live.preview_import(&server, &account)?)
}

/// Takes over what mcp-remote keeps for an account; its own files go into quarantine or are kept in step.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_sign_in(
    live: State<'_, Live>,
    server: String,
    account: String,
    old_files: OldFiles,
) -> Answer<ImportDoneView> {
    let live = live.inner().clone();
    apart(move || Ok(live.import(&server, &account, old_files)?)).await
}

/// Every named secret, without its value.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn secrets(live: State<'_, Live>) -> Vec<NamedSecret> {
    live.secrets()
}

/// Keeps a secret in the keyring, in the place of what was there under its name.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn set_secret(live: State<'_, Live>, name: String, value: String) -> Answer<()> {
    Ok(live.set_secret(&name, &Secret::new(value))?)
}

/// Removes a secret from the keyring. That cannot be taken back.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn remove_secret(live: State<'_, Live>, name: String) -> Answer<()> {
    Ok(live.remove_secret(&name)?)
}

/// The value of a secret, for the person who asked to see it.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn reveal_named_secret(live: State<'_, Live>, name: String) -> Answer<String> {
    Ok(live.reveal_secret(&name)?.expose().to_owned())
}
