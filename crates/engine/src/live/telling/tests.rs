//! A broken set-up as the window shows it, in English and in every other language: no sentence is the same in both.

use std::collections::BTreeMap;
use std::fs;

use bridgekeeper_claude::Home;
use bridgekeeper_model::Os;
use bridgekeeper_testkit::home::{BrokenSetup, ClaudeHome};
use serde_json::{Value, json};

use crate::context::Context;
use crate::engine::Engine;
use crate::live::Live;
use crate::live::tests::Watching;
use crate::view::FindingView;

/// What is not ours to say: lines of logs and files, what a person or a program has written, what goes to whoever takes
/// a report.
const NOT_SAID: [&str; 9] =
    ["command_line", "evidence", "lines", "parts", "introduction", "payload", "file", "path", "value"];
/// Names, which are the same in every language.
const ALIKE: [&str; 1] = ["Claude Desktop"];

#[test]
fn no_sentence_of_any_view_is_left_in_english() {
    for os in [Os::Windows, Os::Macos, Os::Linux] {
        let folder = tempfile::tempdir().unwrap();
        let home = ClaudeHome::create(folder.path().join("home"), os).unwrap();
        BrokenSetup::default().write(&home).unwrap();
        home.file(
            ".bridgekeeper/policy.json",
            r#"{"AllowedServers": ["ftp://a.example", "npx *"], "UpdatesOff": "perhaps", "Organization": "Slip"}"#,
        )
        .unwrap();
        let live = Watching::start(Engine::new(Context::new(Home::stand_in(home.root(), os))));
        let english = said(&live, "en");
        let german = said(&live, "de");
        assert!(english.len() > 100, "only {} sentences were found", english.len());
        let left: Vec<_> = english
            .iter()
            .filter(|(place, text)| german.get(*place) == Some(text) && !ALIKE.contains(&text.as_str()))
            .collect();
        assert!(left.is_empty(), "{os:?}: {} sentences stay English: {left:#?}", left.len());
        drop(live);
        fs::remove_dir_all(home.root()).unwrap();
    }
}

/// Every sentence that is shown, by its place.
fn said(live: &Live, tag: &str) -> BTreeMap<String, String> {
    live.speak(tag);
    live.look();
    let snapshot = live.snapshot();
    let fixes = |server: Option<&str>, findings: &[FindingView]| -> Vec<Value> {
        let pairs =
            findings.iter().flat_map(|one| one.fixes.iter().map(|fix| (one.id.clone(), fix.id.clone())));
        pairs.filter_map(|(id, fix)| Some(json!(live.preview_fix(server, &id, &fix).ok()?))).collect()
    };
    let of_servers: Vec<_> =
        snapshot.servers.iter().map(|server| fixes(Some(server.name.as_str()), &server.findings)).collect();
    let report = live.prepare_report();
    let document = live.open_document().ok();
    let config = fs::read_to_string(live.config_file().unwrap()).unwrap();
    let views = json!({
        "snapshot": *snapshot,
        "fixes": [of_servers, fixes(None, &snapshot.setup_findings)],
        "history": live.history().ok(),
        "sign-ins": live.sign_ins(),
        "document": document,
        "problems": live.examine_document(&config),
        "reset": live.preview_reset(None).ok(),
        "leave": live.preview_leave().ok(),
        "report": [report.tracker.name, report.tracker.why],
        "policy": live.policy(),
        "offers": live.read_offer("npx -y mcp-remote https://a.example/mcp --header \"A: b\" --unheard-of").ok(),
    });
    let mut found = BTreeMap::new();
    sentences(&views, String::new(), &mut found);
    found
}

fn sentences(value: &Value, place: String, found: &mut BTreeMap<String, String>) {
    match value {
        Value::String(text) if is_sentence(text) => {
            found.insert(place, text.clone());
        }
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                sentences(value, format!("{place}.{at}"), found);
            }
        }
        Value::Object(members) => {
            for (key, value) in members.iter().filter(|(key, _)| !NOT_SAID.contains(&key.as_str())) {
                sentences(value, format!("{place}.{key}"), found);
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Two words that are nothing but letters.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(char::is_alphabetic);
    text.split(' ').map(|word| word.trim_end_matches(['.', ',', ':', ';'])).filter(is_word).count() > 1
}
