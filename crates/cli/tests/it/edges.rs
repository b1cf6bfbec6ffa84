//! What is missing, broken or refused.

use bridgekeeper_model::Os;
use serde_json::Value;

use crate::console::Console;

#[cfg(unix)] // a snapshot with paths
#[test]
fn a_home_without_claude_says_where_it_looked() {
    insta::assert_snapshot!(Console::empty(Os::Linux).shown(&["doctor"]));
}

#[cfg(unix)] // a snapshot with paths
#[test]
fn nothing_typed_teaches() {
    let console = Console::empty(Os::Linux);
    insta::assert_snapshot!(console.shown(&["--help"]));
    insta::assert_snapshot!(console.shown(&["fix-config", "--help"]));
}

#[cfg(unix)] // a snapshot with paths
#[test]
fn a_file_that_is_not_there() {
    let console = Console::empty(Os::Linux);
    insta::assert_snapshot!(console.shown(&["check-config", "no-such-file.json"]));
}

#[test]
fn with_json_an_error_is_an_object_on_standard_output() {
    let console = Console::empty(Os::Linux);
    for words in [
        &["check-config", "no-such-file.json", "--json"][..],
        &["undo", "no-such-change", "--json"],
        &["explain", "no-such-rule", "--json"],
        &["fix-config", "--json"],
        &["no-such-call", "--json"],
    ] {
        let outcome = console.run(words);
        assert_eq!(outcome.status, 2, "{words:?}");
        let error: Value = serde_json::from_str(&outcome.stdout).unwrap();
        assert_eq!(error["schema"], 1);
        assert!(error["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{error}");
    }
}

#[test]
fn a_home_that_is_no_folder_is_refused() {
    let console = Console::empty(Os::Linux);
    std::fs::remove_dir(console.home.root()).unwrap();
    let outcome = console.run(&["doctor"]);
    assert_eq!(outcome.status, 2);
    assert!(outcome.stderr.contains("is no folder"), "{}", outcome.stderr);
}

#[cfg(unix)] // a snapshot with paths
#[test]
fn a_broken_config_shows_the_place() {
    let console = Console::new(Os::Linux);
    console.home.write_config("{\n  \"mcpServers\": {\n    \"notes\": {\n      \"command\": \"npx\",\n      // mine\n      \"args\": [\"a\" \"b\",]\n    }\n  }\n}\n").unwrap();
    insta::assert_snapshot!(console.shown(&["check-config", &console.config()]));
}

#[test]
fn a_log_that_is_a_folder_is_reported_and_nothing_else_fails() {
    let console = Console::broken(Os::Linux);
    let log = console.home.log_folder().join("mcp-server-files.log");
    std::fs::remove_file(&log).unwrap();
    std::fs::create_dir(&log).unwrap();
    let report = console.json(&["doctor"]);
    let not_checked = report["not_checked"].as_array().unwrap();
    let told =
        not_checked.iter().any(|item| item["check"].as_str().unwrap().ends_with("mcp-server-files.log"));
    assert!(told, "{not_checked:?}");
    assert_eq!(report["servers"].as_array().unwrap().len(), 6);
}

#[test]
fn a_file_is_checked_under_the_rules_of_another_system() {
    let console = Console::new(Os::current());
    let header = r#"{"mcpServers": {"notes": {"command": "npx", "args":
        ["mcp-remote", "https://notes.example/mcp", "--header", "Authorization: Bearer x"]}}}"#;
    let file = console.file("pasted.json", header);
    let asked = [("windows", true), ("linux", false), ("macos", false)];
    let asked = asked.map(|(os, found)| (vec!["--os", os], found));
    // Nothing tells whose a pasted file is, so what fails anywhere is told
    for (os, found) in asked.into_iter().chain([(Vec::new(), true)]) {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_bridgekeeper"));
        let output = command.args(["check-config", &file, "--json"]).args(&os).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let ids = report["findings"].as_array().unwrap_or_else(|| panic!("{os:?}: {report}")).iter();
        assert_eq!(ids.filter(|finding| finding["id"] == "args-with-space").count() == 1, found, "{os:?}");
    }
}

#[test]
fn what_keeps_every_server_from_starting_stands_first_and_with_each_of_them() {
    let console = Console::new(Os::Windows);
    let config = r#"{"mcpServers": {
        "notes": {"command": "npx", "args": ["-y", "mcp-remote", "https://notes.example/mcp", "--header", "Authorization: Bearer abc"]},
        "files": {"command": "node", "args": ["C:\\files.js"],}
    }}"#;
    console.home.write_config(config).unwrap();
    let report: Value = serde_json::from_str(&console.run(&["doctor", "--json"]).stdout).unwrap();
    let first = &report["findings"][0];
    assert_eq!((&first["id"], &first["server"]), (&"config-json-invalid".into(), &Value::Null), "{report:#}");
    for server in report["servers"].as_array().unwrap() {
        assert_eq!(
            (&server["state"], &server["findings"][0]),
            (&"failing".into(), &"config-json-invalid".into())
        );
    }
}

#[test]
fn what_a_terminal_would_obey_is_shown_instead() {
    let console = Console::new(Os::Linux);
    console.home.write_config(r#"{"mcpServers": {"\u001b]0;x\u0007": {"command": "/opt/x"}}}"#).unwrap();
    let shown = console.run(&["servers"]).stdout;
    assert!(shown.contains("␛]0;x␇") && !shown.contains('\u{1b}'), "{shown:?}");
}

#[test]
fn a_file_that_cannot_be_repaired_is_not_said_to_need_no_repair() {
    let console = Console::new(Os::Linux);
    console.home.write_config(r#"{"mcpServers": null}"#).unwrap();
    let outcome = console.run(&["fix-config", &console.config(), "--diff"]);
    assert_eq!(outcome.status, 1);
    assert!(
        !outcome.stdout.contains('✓') && outcome.stdout.contains("1 problem is left"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn what_is_done_already_is_no_failure() {
    let console = Console::new(Os::Linux);
    console.home.write_config(r#"{"mcpServers": {}}"#).unwrap();
    for words in [&["undo"][..], &["undo", "--yes"], &["restore"], &["restore", "--yes"], &["merge", "--yes"]]
    {
        let told = console.run(words);
        assert_eq!((told.status, told.stderr.as_str()), (0, ""), "{words:?}: {told:?}");
        assert_eq!(console.json(words)["written"], false, "{words:?}");
    }
}

#[test]
fn a_misspelt_id_is_answered_with_the_one_that_is_like_it() {
    let console = Console::empty(Os::Linux);
    for (misspelt, meant) in [
        ("windows-path-spaces", "windows-path-space"),
        ("[secret-in-args]", "secret-in-args"),
        ("Use-Bridge", "use-bridge"),
        ("config-entry-lost", "config-entries-lost"),
    ] {
        let told = console.run(&["explain", misspelt]);
        let asks = format!("did you mean `{meant}`?");
        assert!(told.status == 2 && told.stderr.contains(&asks), "{told:?}");
    }
    let told = console.run(&["explain", "weather"]);
    assert!(told.stderr.contains("prints the ids in brackets"), "{told:?}");
}

#[test]
fn a_server_whose_name_is_blank_has_a_name_to_see() {
    let console = Console::new(Os::Linux);
    console.home.write_config(r#"{"mcpServers": {"": {"command": "a"}, "  ": {"command": "b"}}}"#).unwrap();
    let told = console.run(&["servers"]).stdout;
    assert!(told.contains("  \"\"") && told.contains("  \"  \""), "{told}");
}
