//! What the window may do, and what nobody can give it by mistake.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn host() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn config() -> Value {
    serde_json::from_str(&fs::read_to_string(host().join("tauri.conf.json")).unwrap()).unwrap()
}

/// The commands as the window is told of them, each with the names of what it takes as text.
fn texts_taken() -> BTreeMap<String, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bindings.ts");
    bridgekeeper_desktop::write_typescript(&path).unwrap();
    let bindings = fs::read_to_string(path).unwrap();
    let calls = bindings.lines().filter(|line| line.contains("=> __TAURI_INVOKE"));
    calls
        .map(|line| {
            let (name, rest) = line.trim().split_once(": (").unwrap();
            let arguments = rest.split(") =>").next().unwrap();
            let texts = arguments
                .split(", ")
                .filter_map(|argument| argument.split_once(": "))
                .filter(|(_, kind)| kind.contains("string"));
            (name.to_owned(), texts.map(|(name, _)| name.to_owned()).collect())
        })
        .collect()
}

#[test]
fn no_command_takes_a_path() {
    let commands = texts_taken();
    assert!(commands.contains_key("previewFix") && commands["undo"] == ["token"], "{commands:#?}");
    for (command, texts) in &commands {
        for text in texts {
            let lower = text.to_lowercase();
            let is_path = ["path", "folder", "directory", "dir"].iter().any(|word| lower.ends_with(word));
            assert!(!is_path, "{command} takes `{text}`: take an id, and look up in the host what it names");
        }
    }
    for entry in fs::read_dir(host().join("src/commands")).unwrap() {
        let file = entry.unwrap().path();
        let source = fs::read_to_string(&file).unwrap();
        assert!(!source.contains("PathBuf"), "{} has a command that takes a path", file.display());
    }
}

#[test]
fn the_page_loads_nothing_from_elsewhere_and_runs_nothing_but_its_own_files() {
    let security = &config()["app"]["security"];
    let csp = security["csp"].as_object().unwrap();
    assert_eq!(csp["default-src"], "'none'");
    for (directive, sources) in csp {
        for source in sources.as_str().unwrap().split(' ') {
            let ours = ["'none'", "'self'", "ipc:", "http://ipc.localhost"].contains(&source);
            let is_picture = directive == "img-src" && source == "data:";
            assert!(ours || is_picture, "{directive} allows {source}");
        }
    }
    assert_eq!(csp["script-src"], "'self'", "no script but our own files");
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(config()["app"]["withGlobalTauri"], Value::Null);
    assert_eq!(security["assetProtocol"], Value::Null);
}

#[test]
fn there_is_one_capability_and_it_is_for_our_own_pages() {
    let names: Vec<_> = fs::read_dir(host().join("capabilities"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["main.json"]);
    assert_eq!(config()["app"]["security"]["capabilities"], serde_json::json!(["main"]));
    let capability = fs::read_to_string(host().join("capabilities/main.json")).unwrap();
    let capability: Value = serde_json::from_str(&capability).unwrap();
    assert_eq!(capability["remote"], Value::Null, "a page from elsewhere would have its rights");
    assert_eq!(capability["webviews"], Value::Null);
}
