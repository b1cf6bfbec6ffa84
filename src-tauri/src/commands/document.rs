//! The config as a document that the window edits. Each call brings the window's text; which file it is, the engine
//! decides.

use bridgekeeper_engine::Switch;
use bridgekeeper_engine::document::view::{
    DocumentView, Examined, FormEdit, Mended, MergedDocument, TextEdit,
};
use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::view::Preview;
use tauri::State;

use super::Answer;

/// The live config as it stands on the disk, with a stand-in for each secret.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn open_document(live: State<'_, Live>) -> Answer<DocumentView> {
    Ok(live.open_document()?)
}

/// Stands for the bytes that the live config has now.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn document_revision(live: State<'_, Live>) -> Answer<String> {
    Ok(live.document_revision()?)
}

/// The servers of a text as forms, and what is wrong with it.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn examine_document(live: State<'_, Live>, text: String) -> Examined {
    live.examine_document(&text)
}

/// The edits of a text that a change in a form means.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn edit_document(live: State<'_, Live>, text: String, change: FormEdit) -> Answer<Vec<TextEdit>> {
    Ok(live.edit_document(&text, &change)?)
}

/// Forgets the changes that were not saved.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn discard_draft(live: State<'_, Live>) {
    live.discard_draft();
}

/// The edits of a text by which a fix mends it.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn fix_document(
    live: State<'_, Live>,
    text: String,
    server: Option<String>,
    fix: String,
) -> Answer<Mended> {
    Ok(live.fix_document(&text, server.as_deref(), &fix)?)
}

/// The edits of a text that add the entries of a file which Claude does not read.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn bring_into_document(live: State<'_, Live>, text: String, decoy: String) -> Answer<Mended> {
    Ok(live.bring_into_document(&text, &decoy)?)
}

/// The one secret that the person asked to see.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn reveal_secret(live: State<'_, Live>, number: u32) -> Answer<String> {
    Ok(live.reveal(number)?)
}

/// What saving a text would change. Nothing is written; `apply_fix` takes the token.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn preview_document(live: State<'_, Live>, text: String, revision: String) -> Answer<Preview> {
    Ok(live.preview_document(&text, &revision)?)
}

/// A text brought together with what stands on the disk by now.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn merge_document(live: State<'_, Live>, text: String) -> Answer<MergedDocument> {
    Ok(live.merge_document(&text)?)
}

/// What switching a server off or on would change.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn preview_switch(live: State<'_, Live>, server: String, to: Switch) -> Answer<Preview> {
    Ok(live.preview_switch(&server, to)?)
}
