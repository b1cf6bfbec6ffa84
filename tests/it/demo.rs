//! The demo as a person starts it, on a machine without a display.

#[cfg(unix)]
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// `cargo xtask demo`, with a folder of its own for whatever it leaves behind.
fn demo(temporary: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["xtask", "demo"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .env("TMPDIR", temporary)
        .env("NO_COLOR", "1")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null());
    command
}

fn entries(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().display().to_string()).collect()
}

#[test]
fn the_demo_tells_the_main_job_and_ends_by_itself() {
    let temporary = tempfile::tempdir().unwrap();
    let output = demo(temporary.path()).output().unwrap();
    let story = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{story}\n{}", String::from_utf8_lossy(&output.stderr));
    for part in [
        "windows-path-space",
        "oauth-coordination-null-port",
        "port-in-use",
        "config-schema-invalid",
        "-      \"url\": \"http://127.0.0.1:",
        "← bridgekeeper-testkit",
        "← add, echo",
        "← 42",
        "byte for byte",
    ] {
        assert!(story.contains(part), "the story lacks {part:?}:\n{story}");
    }
    assert!(!story.contains("demo-token-4fb1c2"), "the story shows the token:\n{story}");
    assert_eq!(entries(temporary.path()), [""; 0], "the demo left something behind");
}

#[cfg(unix)]
#[test]
fn an_interrupted_demo_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let mut child = demo(temporary.path())
        .arg("--step-by-step")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // `wait` would close it, and the demo would go on
    let enter_is_never_pressed = child.stdin.take();
    // While its standard input is open it waits for Enter after the first scene
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let waits = lines.map_while(Result::ok).any(|line| line.starts_with("(Enter"));
    assert!(waits, "the demo never waited for Enter");
    assert_eq!(entries(temporary.path()).len(), 1, "the demo's home is there while it runs");
    // `cargo` and `xtask` have become the demo, so the process is the demo
    // The shell has `kill` built in; a small system has no program of that name
    let killed = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(enter_is_never_pressed);
    assert_eq!(entries(temporary.path()), [""; 0], "the demo left something behind");
}
