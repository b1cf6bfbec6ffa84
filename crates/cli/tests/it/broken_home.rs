//! The demo's set-up, from the first look to the undo.

use bridgekeeper_model::Os;

use crate::console::Console;

#[test]
fn doctor_names_each_cause_once() {
    let console = Console::broken(Os::Windows);
    insta::assert_snapshot!(console.shown(&["doctor"]));
    assert!(!console.home.path(".bridgekeeper").exists(), "looking writes nothing");
}

#[test]
fn the_same_home_on_linux() {
    insta::assert_snapshot!(Console::broken(Os::Linux).shown(&["doctor"]));
}

#[test]
fn servers_with_their_states() {
    insta::assert_snapshot!(Console::broken(Os::Windows).shown(&["servers"]));
}

#[test]
fn a_log_by_itself() {
    let console = Console::broken(Os::Windows);
    let log = console.home.log_folder().join("mcp-server-crm.log").display().to_string();
    insta::assert_snapshot!(console.shown(&["diagnose", "--log", &log]));
}

#[test]
fn the_ends_of_the_logs() {
    let console = Console::broken(Os::Windows);
    insta::assert_snapshot!(console.shown(&["logs", "--server", "crm", "--lines", "3"]));
    insta::assert_snapshot!(console.shown(&["logs", "--search", "no such text"]));
}

#[test]
fn the_config_by_itself() {
    let console = Console::broken(Os::Windows);
    insta::assert_snapshot!(console.shown(&["check-config", &console.config()]));
}

#[test]
fn the_repair_shown_made_and_taken_back() {
    let console = Console::broken(Os::Windows);
    let before = std::fs::read(console.home.config()).unwrap();
    let story = [
        console.shown(&["fix-config", &console.config(), "--diff"]),
        console.shown(&["fix-config", &console.config(), "--write"]),
        console.shown(&["fix-config", &console.config(), "--diff"]),
        console.shown(&["doctor"]),
        console.shown(&["undo", "--list"]),
        console.shown(&["undo"]),
        console.shown(&["undo", "--yes"]),
        console.shown(&["undo", "--yes"]),
    ];
    insta::assert_snapshot!(story.join("\n"));
    assert_eq!(std::fs::read(console.home.config()).unwrap(), before);
}
