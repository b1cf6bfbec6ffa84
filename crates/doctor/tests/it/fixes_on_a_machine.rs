//! Fixes that only facts about the computer make possible.

use bridgekeeper_doctor::fixes::{FixFacts, NodeForNpx, Selection};
use bridgekeeper_model::Os;

use crate::fixes::text_after;

#[test]
fn npx_is_started_by_a_node_that_is_named() {
    let node =
        NodeForNpx { program: "/n/v22/bin/node".to_owned(), npx_script: "/n/v22/lib/npx-cli.js".to_owned() };
    let facts = FixFacts { os: Some(Os::Macos), node: Some(node), ..FixFacts::default() };
    let before = r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y", "x"]}}}"#;
    let (after, _) = text_after(before, &facts, &Selection::only(["node-script"]));
    let after: serde_json::Value = serde_json::from_str(&after).unwrap();
    let entry = &after["mcpServers"]["a"];
    assert_eq!(entry["command"], "/n/v22/bin/node");
    assert_eq!(entry["args"], serde_json::json!(["/n/v22/lib/npx-cli.js", "-y", "x"]));
    assert!(entry["env"]["PATH"].as_str().unwrap().starts_with("/n/v22/bin:"));
}

#[test]
fn a_command_is_written_in_its_short_form() {
    let long = r"C:\Program Files\nodejs\npx.cmd";
    let short = r"C:\PROGRA~1\nodejs\npx.cmd";
    let short_paths = [(long.to_owned(), short.to_owned())].into();
    let facts = FixFacts { os: Some(Os::Windows), short_paths, ..FixFacts::default() };
    let before = serde_json::json!({"mcpServers": {"a": {"command": long}}}).to_string();
    let (after, _) = text_after(&before, &facts, &Selection::only(["short-path"]));
    let after: serde_json::Value = serde_json::from_str(&after).unwrap();
    assert_eq!(after["mcpServers"]["a"]["command"], short);
}

#[test]
fn a_port_that_cannot_be_had_is_changed_for_a_free_one() {
    let facts =
        FixFacts { lost_ports: [3334].into(), taken_ports: [3334, 3335].into(), ..FixFacts::default() };
    let before =
        r#"{"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote", "https://a.example", "3334"]}}}"#;
    let (after, plan) = text_after(before, &facts, &Selection::only(["callback-ports"]));
    assert!(after.contains("\"3336\""), "{after}");
    assert!(plan.applied[0].note.as_ref().unwrap().contains("signing in again"));
    let (kept, _) = text_after(before, &facts, &Selection::automatic());
    assert_eq!(kept, before, "a new sign-in has a price, so nobody pays it unasked");
}
