//! Configs that people posted, repaired on a disk, checked again and taken back.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use bridgekeeper_claude::Home;
use bridgekeeper_model::{Applicability, Os};
use serde_json::Value;

use crate::context::Context;
use crate::diff::Secrets;
use crate::engine::Engine;
use crate::report::ConfigCheck;

/// The items whose problems the text itself shows; why not, where the corpus is not there.
fn corpus() -> Result<Vec<Value>, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/configs.jsonl");
    let lines = fs::read_to_string(&path)
        .map_err(|error| format!("skipped: there is no corpus at {}: {error}", path.display()))?;
    let items = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    Ok(items.filter(|item| item["needs_context"] != true).collect())
}

fn put(path: &Path, bytes: &[u8]) {
    fs::File::create(path).unwrap().write_all(bytes).unwrap();
}

/// What can still be repaired without asking.
fn repairable(check: &ConfigCheck) -> Vec<String> {
    let is_automatic = |fixes: &[bridgekeeper_model::Fix]| {
        fixes.iter().any(|fix| fix.applicability == Applicability::Automatic)
    };
    let left = check.findings.iter().filter(|finding| is_automatic(&finding.fixes));
    left.map(|finding| format!("{}: {}", finding.id, finding.message)).collect()
}

#[test]
fn after_a_repair_nothing_repairable_is_left_and_undo_gives_the_first_bytes() {
    let items = match corpus() {
        Ok(items) => items,
        Err(skipped) => return println!("{skipped}"),
    };
    let folder = tempfile::tempdir().unwrap();
    let bridge = folder.path().join("mcp-bridge");
    put(&bridge, b"the bridge");
    let (mut whole, mut clean, mut written, mut left) = (0, 0, 0, Vec::new());
    for (number, item) in items.iter().enumerate() {
        let home = folder.path().join(format!("home-{number}"));
        fs::create_dir(&home).unwrap();
        let path = home.join("posted.json");
        let text = item["text"].as_str().unwrap();
        put(&path, text.as_bytes());
        let os: Option<Os> = item["os"].as_str().and_then(|os| os.parse().ok());
        let context = Context::new(Home::stand_in(&home, os.unwrap_or(Os::Windows)));
        let engine = Engine::new(context.with_bridge(Some(bridge.clone())));
        let fix = engine.plan_fixes(&path, &[], os, Secrets::Masked).unwrap();
        let entry = engine.write_fixes(&fix).unwrap();
        let check = engine.check_config(&path, os).unwrap();
        let is_fragment = item["problems"].as_array().unwrap().iter().any(|problem| problem == "fragment");
        if !is_fragment {
            whole += 1;
            let repairable = repairable(&check);
            clean += usize::from(check.parses && repairable.is_empty());
            left.extend(repairable.iter().map(|one| format!("{}: {one}", item["id"])));
        }
        if let Some(entry) = entry {
            written += 1;
            let (way, _) = engine.way_back(Some(entry.id.as_str()), Secrets::Masked).unwrap();
            engine.take_back(&way).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "{}", item["id"]);
    }
    println!(
        "whole files: {whole}; strict and nothing repairable left: {clean}; repaired and taken back: {written}; left: {left:?}"
    );
    assert!(left.is_empty(), "{left:#?}");
    assert!(clean * 100 >= whole * 95);
}
