//! `reset-auth` and the undo of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bridgekeeper_model::Os;
use serde_json::{Value, json};

use crate::console::Console;

/// `https://mcp.linear.app/mcp`
const LINEAR: &str = "fcc436b0d1e0a1ed9a2b15bbd638eb13";
const NOBODY: &str = "452282f47054a8a06a3561004028c616";

/// A home whose entry `linear` has signed in.
fn signed_in() -> Console {
    let console = Console::with_config(Os::Linux, &config("https://mcp.linear.app/mcp"));
    for (hash, name) in [(LINEAR, "tokens.json"), (LINEAR, "client_info.json"), (NOBODY, "tokens.json")] {
        let below = format!(".mcp-auth/mcp-remote-v1/{hash}_{name}");
        console.home.file(&below, "{\"secret\": 1}").unwrap();
    }
    console.home.file("notes.txt", "mine").unwrap();
    console
}

fn config(url: &str) -> String {
    format!(r#"{{"mcpServers": {{"linear": {{"command": "npx", "args": ["-y", "mcp-remote", "{url}"]}}}}}}"#)
}

/// Every file of the home but our own.
fn files(console: &Console) -> BTreeMap<PathBuf, Vec<u8>> {
    fn walk(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() && !path.ends_with(".bridgekeeper") {
                walk(&path, files);
            } else if path.is_file() {
                files.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(console.home.root(), &mut files);
    files
}

fn of_kind<'a>(answer: &'a Value, kind: &str) -> Vec<&'a Value> {
    answer["items"].as_array().unwrap().iter().filter(|item| item["kind"] == kind).collect()
}

#[test]
fn a_dry_run_has_the_shape_of_the_contract_and_changes_nothing() {
    let console = signed_in();
    let before = files(&console);
    let answer = console.json(&["reset-auth", "--dry-run"]);
    assert_eq!((&answer["schema"], &answer["undo"]), (&json!(1), &Value::Null));
    for item in answer["items"].as_array().unwrap() {
        for key in ["kind", "path", "bytes", "age_s", "action", "result"] {
            assert!(item.get(key).is_some(), "{key} in {item}");
        }
        assert_eq!(item["result"], "planned");
    }
    let tokens = of_kind(&answer, "tokens");
    assert_eq!(tokens.len(), 2);
    assert_eq!((&tokens[1]["bytes"], &tokens[1]["servers"]), (&json!(13), &json!(["linear"])));
    assert_eq!(files(&console), before);
    assert!(!console.home.path(".bridgekeeper").exists());
}

#[test]
fn what_was_reset_comes_back() {
    let console = signed_in();
    let before = files(&console);
    let answer = console.json(&["reset-auth", "--server", "linear", "--yes"]);
    let undo = answer["undo"].as_str().unwrap();
    let left = files(&console);
    assert_eq!(before.len() - left.len(), 2);
    assert!(left.keys().any(|path| path.ends_with(format!("{NOBODY}_tokens.json"))), "it is nobody's");
    assert!(answer["items"].as_array().unwrap().iter().all(|item| item["result"] == "done"), "{answer}");

    let listed = console.run(&["undo", "--list"]);
    assert!(listed.stdout.contains("linear: Reset the stored sign-ins"), "{}", listed.stdout);
    let undone = console.run(&["undo", undo, "--yes"]);
    assert_eq!((undone.status, undone.stderr.as_str()), (0, ""));
    assert_eq!(files(&console), before);
}

#[test]
fn a_person_reads_sizes_ages_and_the_way_back() {
    let console = signed_in();
    let shown = console.run(&["reset-auth", "--dry-run"]);
    assert_eq!(shown.status, 0, "{shown:?}");
    for word in ["tokens", "registration", "13 B", "now", "of linear", "mcp-remote-v1"] {
        assert!(shown.stdout.contains(word), "{word} in {}", shown.stdout);
    }
    let done = console.run(&["reset-auth", "--yes"]);
    assert!(done.stdout.contains("To take it back:\n  bridgekeeper undo "), "{}", done.stdout);
    assert!(!console.home.path(".mcp-auth").exists());
    let again = console.run(&["reset-auth", "--yes"]);
    assert!(again.status == 0 && again.stdout.contains("Nothing to reset"), "{again:?}");
}

#[test]
fn nobody_is_reset_by_accident() {
    let console = signed_in();
    let before = files(&console);
    let unasked = console.run_with(&["reset-auth"], "y\n");
    assert_eq!(unasked.status, 2, "{unasked:?}");
    assert!(unasked.stderr.contains("--dry-run"), "{}", unasked.stderr);
    let unknown = console.run(&["reset-auth", "--server", "nobody", "--yes"]);
    assert_eq!(unknown.status, 2, "{unknown:?}");
    let both = console.run(&["reset-auth", "--dry-run", "--yes"]);
    assert_eq!(both.status, 2, "{both:?}");
    assert_eq!(files(&console), before);
}

#[cfg(unix)]
#[test]
fn a_link_is_told_and_left() {
    let console = signed_in();
    let outside = tempfile::tempdir().unwrap();
    fs::File::create_new(outside.path().join(format!("{LINEAR}_tokens.json"))).unwrap();
    std::os::unix::fs::symlink(outside.path(), console.home.path(".mcp-auth/mcp-remote-0.1.29")).unwrap();
    let done = console.run(&["reset-auth", "--yes"]);
    assert_eq!(done.status, 1, "{done:?}");
    assert!(done.stdout.contains("a link; it is not followed"), "{}", done.stdout);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

/// A real bridge that outlived what started it holds its port until the reset.
#[cfg(target_os = "linux")]
#[test]
fn a_stray_bridge_is_ended_and_a_running_one_is_not() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};

    let console = signed_in();
    let bridge = console.home.path(".bridgekeeper/bin/mcp-bridge");
    fs::create_dir_all(bridge.parent().unwrap()).unwrap();
    fs::copy("/bin/sleep", &bridge).unwrap();
    // The shell ends at once and leaves the bridge behind.
    let mut shell = Command::new("sh")
        .args(["-c", "\"$0\" 300 >/dev/null 2>&1 & echo $!"])
        .arg(&bridge)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
    shell.wait().unwrap();
    let stray = PathBuf::from("/proc").join(line.trim());
    let mut held = Command::new(&bridge).arg("300").spawn().unwrap();

    let answer = console.json(&["reset-auth", "--yes"]);
    let running = held.try_wait().unwrap().is_none();
    held.kill().unwrap();
    held.wait().unwrap();
    let processes = of_kind(&answer, "process");
    assert_eq!(processes.len(), 1, "{answer}");
    assert_eq!((&processes[0]["action"], &processes[0]["result"]), (&json!("stop"), &json!("done")));
    assert!(processes[0]["note"].as_str().unwrap().contains(line.trim()), "{answer}");
    let state = fs::read_to_string(stray.join("stat")).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "{state}");
    assert!(running, "a bridge whose starter lives is not stray");
}
