//! What is written in several places is the same in all of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn bindings_are_current() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("bindings.ts");
    bridgekeeper_desktop::write_typescript(&fresh).unwrap();
    let fresh = fs::read_to_string(fresh).unwrap();
    let committed = fs::read_to_string(workspace().join("ui/src/ipc/bindings.ts")).unwrap();
    assert!(
        fresh == committed.replace("\r\n", "\n"),
        "ui/src/ipc/bindings.ts is not what the commands say: run `cargo xtask codegen`. It should be:\n{fresh}"
    );
}

#[test]
fn the_window_is_granted_every_command_and_nothing_else() {
    let declared: BTreeSet<String> = env!("BRIDGEKEEPER_COMMANDS").split(',').map(str::to_owned).collect();
    let capability = fs::read_to_string(workspace().join("src-tauri/capabilities/main.json")).unwrap();
    let capability: serde_json::Value = serde_json::from_str(&capability).unwrap();
    let granted: BTreeSet<String> = capability["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect();
    let own = declared.iter().map(|command| format!("allow-{}", command.replace('_', "-")));
    let listening = ["core:event:allow-listen", "core:event:allow-unlisten"].map(str::to_owned);
    assert_eq!(granted, own.chain(listening).collect());
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
}

#[test]
fn every_command_that_is_described_to_the_window_is_declared_to_tauri() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bindings.ts");
    bridgekeeper_desktop::write_typescript(&path).unwrap();
    let described: BTreeSet<String> = fs::read_to_string(path)
        .unwrap()
        .split("__TAURI_INVOKE")
        .skip(2)
        .filter_map(|call| call.split('"').nth(1).map(str::to_owned))
        .collect();
    let declared: BTreeSet<String> = env!("BRIDGEKEEPER_COMMANDS").split(',').map(str::to_owned).collect();
    assert_eq!(described, declared);
}

#[test]
fn the_sidecar_is_only_in_the_bundle() {
    let read = |name: &str| fs::read_to_string(workspace().join("src-tauri").join(name)).unwrap();
    // tauri-build would look for it at every `cargo check` otherwise
    assert!(!read("tauri.conf.json").contains("externalBin"));
    assert!(read("tauri.bundle.conf.json").contains("\"binaries/mcp-bridge\""));
}
