//! The JSON that programs read.

use bridgekeeper_model::Os;
use serde_json::{Value, json};

use crate::console::Console;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn ids(findings: &Value) -> Vec<(&str, &str)> {
    let findings = findings.as_array().unwrap().iter().filter(|finding| finding["severity"] != "info");
    findings.map(|f| (f["server"].as_str().unwrap_or("-"), f["id"].as_str().unwrap())).collect()
}

#[test]
fn doctor_has_the_shape_of_the_contract() {
    let report = Console::broken(Os::Windows).json(&["doctor"]);
    assert_eq!(report["schema"], 1);
    assert_eq!(report["installs"][0]["kind"], "classic");
    assert_eq!(report["installs"][0]["version"], "1.1.2998");
    let config = &report["configs"][0];
    assert_eq!((&config["live"], &config["parses"]), (&json!(true), &json!(true)));
    assert_eq!(config["servers"].as_array().unwrap().len(), 6);
    for server in report["servers"].as_array().unwrap() {
        for key in ["name", "source", "state", "since", "evidence", "findings"] {
            assert!(keys(server).contains(&key), "{server}");
        }
    }
    for finding in report["findings"].as_array().unwrap() {
        for key in ["id", "severity", "server", "message", "evidence", "fixes"] {
            assert!(keys(finding).contains(&key), "{finding}");
        }
    }
    assert!(report["not_checked"].as_array().unwrap().iter().all(|item| keys(item) == ["check", "why"]));
}

#[test]
fn doctor_names_the_causes_of_the_broken_home() {
    let report = Console::broken(Os::Windows).json(&["doctor"]);
    let found = ids(&report["findings"]);
    for expected in [
        ("team-notes", "windows-path-space"),
        ("tickets", "port-in-use"),
        ("search", "config-schema-invalid"),
        ("crm", "oauth-coordination-null-port"),
    ] {
        assert_eq!(found.iter().filter(|one| **one == expected).count(), 1, "{expected:?} in {found:?}");
    }
    assert!(!found.iter().any(|(server, _)| *server == "files"), "{found:?}");
    let state = |name: &str| {
        let servers = report["servers"].as_array().unwrap();
        servers.iter().find(|server| server["name"] == name).map(|server| server["state"].clone()).unwrap()
    };
    assert_eq!(state("files"), "connected");
    assert_eq!(state("team-notes"), "failing");
    assert_eq!(state("calendar"), "needs-sign-in");
    assert_eq!(state("crm"), "failing");
    assert_eq!(state("search"), "failing");
}

#[test]
fn no_answer_holds_the_token() {
    let console = Console::broken(Os::Windows);
    let token = "demo-token-4fb1c2";
    let config = console.config();
    for words in [
        vec!["doctor"],
        vec!["servers"],
        vec!["check-config", &config],
        vec!["fix-config", &config, "--diff"],
        vec!["fix-config", &config, "--write"],
        vec!["undo", "--list"],
        vec!["undo"],
        vec!["undo", "--yes"],
    ] {
        for json in [&[][..], &["--json"]] {
            let outcome = console.run(&[&words, json].concat());
            assert!(!outcome.stdout.contains(token), "{words:?}: {}", outcome.stdout);
            assert!(!outcome.stderr.contains(token), "{words:?}: {}", outcome.stderr);
        }
    }
    let revealed = console.run(&["fix-config", &config, "--diff", "--reveal"]);
    assert!(revealed.stdout.contains(token));
}

#[test]
fn fix_config_writes_what_the_diff_showed_and_names_the_undo() {
    let console = Console::broken(Os::Windows);
    let shown = console.json(&["fix-config", &console.config(), "--diff"]);
    assert_eq!((&shown["written"], &shown["undo"]), (&json!(false), &Value::Null));
    let written = console.json(&["fix-config", &console.config(), "--write"]);
    assert_eq!(written["diff"], shown["diff"]);
    assert_eq!(written["written"], true);
    let id = written["undo"].as_str().unwrap();
    let list = console.json(&["undo", "--list"]);
    assert_eq!(list["changes"][0]["id"], id);
    let undone = console.json(&["undo", id, "--yes"]);
    assert_eq!((&undone["exact"], &undone["written"]), (&json!(true), &json!(true)));
}

#[test]
fn diagnose_reads_standard_input_and_tells_the_verdict() {
    let console = Console::new(Os::Windows);
    let log = "Fatal error: TypeError: Cannot read properties of null (reading 'port')\n    at coordinateAuth (x.js:1:2)\n";
    let outcome = console.run_with(&["diagnose", "--log", "-", "--json"], log);
    let said: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(said["verdict"], "problem");
    assert_eq!(ids(&said["findings"])[0].1, "oauth-coordination-null-port");
    assert_eq!(said["findings"][0]["evidence"][0]["file"], "-");
    assert_eq!(outcome.status, 1);
    let outcome = console.run_with(&["diagnose", "--log", "-", "--json"], "");
    assert_eq!((outcome.status, outcome.stdout.contains("inconclusive")), (1, true));
}

#[test]
fn diagnose_reads_a_folder_of_logs() {
    let console = Console::broken(Os::Windows);
    let folder = console.home.log_folder().display().to_string();
    let said = console.json(&["diagnose", "--log", &folder]);
    let servers: Vec<_> = ids(&said["findings"]).into_iter().map(|(server, _)| server.to_owned()).collect();
    for server in ["team-notes", "tickets", "crm"] {
        assert!(servers.iter().any(|found| found == server), "{server} in {servers:?}");
    }
    let empty = console.home.path("Empty");
    std::fs::create_dir(&empty).unwrap();
    let outcome = console.run(&["diagnose", "--log", &empty.display().to_string()]);
    assert_eq!((outcome.status, outcome.stderr.contains("no log stands in this folder")), (2, true));
}

#[test]
fn check_config_counts_as_editors_do() {
    let console = Console::new(Os::Linux);
    let file =
        console.file("pasted.json", "{\n  \"mcpServers\": {\n    \"😀\": {\"command\": \"a\",}\n  }\n}\n");
    let check = console.json(&["check-config", &file]);
    assert_eq!(check["parses"], false);
    let findings = check["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["id"] == "trailing-comma").unwrap();
    assert_eq!((&finding["line"], &finding["column"]), (&json!(3), &json!(26)));
}

#[test]
fn a_firewall_rule_is_needed_nowhere() {
    for os in [Os::Windows, Os::Macos, Os::Linux] {
        let told = Console::new(os).json(&["firewall"]);
        assert_eq!(told["needed"], false);
        assert!(told["why"].as_str().unwrap().contains("127.0.0.1"));
        assert_eq!(told["rules"].is_null(), os == Os::Windows, "of a stand-in's computer nothing is known");
    }
}

#[test]
fn a_restart_begins_only_where_something_can_be_started() {
    let told = Console::empty(Os::current()).json(&["restart-claude"]);
    assert_eq!(told["error"]["code"], "no-claude", "{told}");
    let told = Console::empty(Os::current()).json(&["restart-claude", "--no-start"]);
    assert_eq!((told["ended"].as_array().map(Vec::len), &told["started"]), (Some(0), &Value::Null));
}
