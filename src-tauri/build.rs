//! Names the app's commands to Tauri, which grants each window only those its capability lists.

use std::path::Path;

/// Every command, area by area as in `bindings.rs`; a test compares the two.
#[rustfmt::skip]
const COMMANDS: &[&str] = &[
    // accounts
    "sign_ins", "sign_in", "cancel_sign_in", "preview_sign_out", "sign_out", "preview_import",
    "import_sign_in", "secrets", "set_secret", "remove_secret", "reveal_named_secret",
    // add
    "read_offer", "open_offer", "probe_offer", "preview_add",
    // changes
    "preview_fix", "preview_reset", "apply_fix", "history", "preview_undo", "undo", "preview_leave",
    // config
    "open_config",
    // document
    "open_document", "document_revision", "examine_document", "edit_document", "discard_draft", "fix_document",
    "bring_into_document", "reveal_secret", "preview_document", "merge_document", "preview_switch",
    // servers
    "snapshot", "open_log",
    // settings
    "settings", "change_setting", "set_start_at_login", "open_folder",
    // updates
    "updates", "look_for_update", "download_update", "install_update", "postpone_update",
    // server
    "log_files", "log_slice", "follow_log", "end_log", "search_log", "log_marks",
    "try_server", "cancel_trial", "probe_server", "tools", "bridges", "end_bridge",
    // claude
    "plan_restart", "restart_claude", "firewall", "change_firewall",
    // report
    "prepare_report", "save_report", "show_report", "open_tracker",
];

fn main() {
    // Tauri embeds the built UI; Cargo must see it change
    println!("cargo:rerun-if-changed=../ui/dist");
    println!("cargo:rustc-env=BRIDGEKEEPER_COMMANDS={}", COMMANDS.join(","));
    if !Path::new("../ui/dist/index.html").is_file() {
        println!(
            "cargo:error=the UI is not built: ui/dist/index.html is missing. Build it with `npm ci && npm run build` in the folder ui, or let `cargo xtask run` do it"
        );
        std::process::exit(1);
    }
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo:error={error:#}");
        std::process::exit(1);
    }
}
