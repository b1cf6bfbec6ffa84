//! What the documents say of the workspace, compared with the workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Lines that a source file may have without its unit tests.
const CEILING: usize = 600;

#[test]
fn crates_import_only_what_architecture_md_allows() {
    let allowed = edges_in_the_document();
    let real = edges_in_the_workspace();
    assert_eq!(
        allowed.keys().collect::<Vec<_>>(),
        real.keys().collect::<Vec<_>>(),
        "the table in ARCHITECTURE.md has one row for each member of the workspace"
    );
    for (member, imports) in &real {
        let extra: Vec<_> = imports.difference(&allowed[member]).collect();
        assert!(
            extra.is_empty(),
            "`{member}` imports {extra:?}, which its row in ARCHITECTURE.md does not list"
        );
        let stale: Vec<_> = allowed[member].difference(imports).collect();
        assert!(stale.is_empty(), "ARCHITECTURE.md lets `{member}` import {stale:?}, which it does not");
    }
}

#[test]
fn only_test_programs_use_the_testkit() {
    // Libraries for tests alone, so that their own programs can share them
    let is_for_tests = |member: &str| ["tests", "desktop-tests"].contains(&member);
    for (member, imports) in edges_in_the_workspace() {
        let uses = imports.contains("testkit") && !is_for_tests(&member);
        assert!(!uses, "`{member}` has the testkit as a normal dependency");
    }
}

#[test]
fn source_files_stay_under_the_ceiling() {
    let too_long: Vec<String> = source_files()
        .into_iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
            (lines > CEILING).then(|| format!("{} has {lines} lines", path.display()))
        })
        .collect();
    assert!(too_long.is_empty(), "over {CEILING} lines without tests: {too_long:#?}");
}

#[test]
fn every_module_file_says_why_it_is_there() {
    let silent: Vec<PathBuf> = source_files()
        .into_iter()
        .filter(|path| {
            let is_root = ["lib.rs", "main.rs", "mod.rs"].iter().any(|name| path.ends_with(name));
            is_root && !std::fs::read_to_string(path).unwrap().starts_with("//!")
        })
        .collect();
    assert!(silent.is_empty(), "these begin without a `//!` comment: {silent:#?}");
}

#[test]
fn the_top_of_the_workspace_holds_only_what_belongs_there() {
    let known = [
        ".cargo",
        ".ci",
        ".git",
        ".gitattributes",
        ".github",
        ".gitignore",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "clippy.toml",
        "crates",
        "deny.toml",
        "docs",
        "fuzz",
        "icons",
        "packaging",
        "rust-toolchain.toml",
        "rustfmt.toml",
        "src-tauri",
        "target",
        "tests",
        "ui",
        "xtask",
    ];
    let stray: Vec<String> = std::fs::read_dir(top())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    assert!(stray.is_empty(), "not known at the top: {stray:?}");
}

/// The rows of the table under "Who may import whom": `| member | imports |`.
fn edges_in_the_document() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(top().join("ARCHITECTURE.md")).unwrap();
    let table = text.split("## Who may import whom").nth(1).expect("the heading is there");
    table
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let words = |cell: &str| -> BTreeSet<String> {
                cell.split(',')
                    .map(|w| w.trim().trim_matches('`').to_owned())
                    .filter(|w| !w.is_empty() && w != "–")
                    .collect()
            };
            (cells[1].trim_matches('`').to_owned(), words(cells[2]))
        })
        .collect()
}

/// Normal dependencies between members, by the names without the `bridgekeeper-` prefix.
fn edges_in_the_workspace() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(top())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let short = |name: &str| name.trim_start_matches("bridgekeeper-").to_owned();
    let packages = metadata["packages"].as_array().unwrap();
    let members: BTreeSet<&str> = packages.iter().map(|p| p["name"].as_str().unwrap()).collect();
    packages
        .iter()
        .map(|package| {
            let imports = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|d| d["kind"].is_null())
                .map(|d| d["name"].as_str().unwrap())
                .filter(|name| members.contains(name))
                .map(short)
                .collect();
            (short(package["name"].as_str().unwrap()), imports)
        })
        .collect()
}

fn source_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["crates", "fuzz", "src-tauri", "tests", "xtask"] {
        collect(&top().join(folder), &mut files);
    }
    assert!(files.len() > 10, "the walk found the sources");
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() && !["target", "node_modules", "gen"].iter().any(|name| path.ends_with(name)) {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
