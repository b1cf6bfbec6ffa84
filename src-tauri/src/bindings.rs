//! The commands and events as one list, from which both the handler and the window's TypeScript are made.

use std::path::Path;

use bridgekeeper_engine::view::Snapshot;
use serde::Serialize;
use specta_typescript::Typescript;
use tauri::Runtime;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::commands;
use crate::error::IpcError;
use crate::updates::UpdatesView;

/// Sent to the window with every new snapshot.
#[derive(Debug, Clone, Serialize, specta::Type, tauri_specta::Event)]
pub struct SnapshotChanged(pub Snapshot);

/// Sent to the window whenever it stands differently with updates.
#[derive(Debug, Clone, Serialize, specta::Type, tauri_specta::Event)]
pub struct UpdatesChanged(pub UpdatesView);

/// All commands and events.
pub fn bindings<R: Runtime>() -> Builder<R> {
    Builder::<R>::new()
        .commands(collect_commands![
            commands::accounts::sign_ins,
            commands::accounts::sign_in,
            commands::accounts::cancel_sign_in,
            commands::accounts::preview_sign_out,
            commands::accounts::sign_out,
            commands::accounts::preview_import,
            commands::accounts::import_sign_in,
            commands::accounts::secrets,
            commands::accounts::set_secret,
            commands::accounts::remove_secret,
            commands::accounts::reveal_named_secret,
            commands::add::read_offer,
            commands::add::open_offer,
            commands::add::probe_offer,
            commands::add::preview_add,
            commands::changes::preview_fix,
            commands::changes::preview_reset,
            commands::changes::apply_fix,
            commands::changes::history,
            commands::changes::preview_undo,
            commands::changes::undo,
            commands::changes::preview_leave,
            commands::config::open_config,
            commands::document::open_document,
            commands::document::document_revision,
            commands::document::examine_document,
            commands::document::edit_document,
            commands::document::discard_draft,
            commands::document::fix_document,
            commands::document::bring_into_document,
            commands::document::reveal_secret,
            commands::document::preview_document,
            commands::document::merge_document,
            commands::document::preview_switch,
            commands::servers::snapshot,
            commands::servers::open_log,
            commands::settings::settings,
            commands::settings::change_setting,
            commands::settings::set_start_at_login,
            commands::settings::open_folder,
            commands::updates::updates,
            commands::updates::look_for_update,
            commands::updates::download_update,
            commands::updates::install_update,
            commands::updates::postpone_update,
            commands::server::log_files,
            commands::server::log_slice,
            commands::server::follow_log,
            commands::server::end_log,
            commands::server::search_log,
            commands::server::log_marks,
            commands::server::try_server,
            commands::server::cancel_trial,
            commands::server::probe_server,
            commands::server::tools,
            commands::server::bridges,
            commands::server::end_bridge,
            commands::claude::plan_restart,
            commands::claude::restart_claude,
            commands::claude::firewall,
            commands::claude::change_firewall,
            commands::report::prepare_report,
            commands::report::save_report,
            commands::report::show_report,
            commands::report::open_tracker,
        ])
        .events(collect_events![SnapshotChanged, UpdatesChanged])
        .typ::<IpcError>()
        .error_handling(ErrorHandlingMode::Throw)
        // The window only ever receives these types, so each needs one form
        .disable_serde_phases()
}

/// Writes the TypeScript of all commands, events and types: what stands in `ui/src/ipc/bindings.ts`.
pub fn write_typescript(path: &Path) -> Result<(), specta_typescript::Error> {
    let header = "// Written by `cargo xtask codegen` from the commands in src-tauri.";
    bindings::<tauri::Wry>().export(Typescript::default().header(header), path)
}
