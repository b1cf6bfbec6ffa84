//! `sign-in`, `sign-out`, `sign-ins` and `import` as they are typed, as far as they need no keyring.

use bridgekeeper_model::Os;

use crate::console::Console;

const CONFIG: &str = r#"{"mcpServers": {
    "files": {"command": "uvx", "args": ["files"]},
    "linear": {"command": "npx", "args": ["-y", "mcp-remote", "https://mcp.linear.app/mcp"]}
}}"#;

fn console() -> Console {
    Console::with_config(Os::Linux, CONFIG)
}

#[cfg(unix)] // insta finds no snapshot by a path with both slashes
#[test]
fn where_nobody_is_signed_in_it_says_how() {
    let story = [console().shown(&["sign-ins"]), console().shown(&["import", "--dry-run"])];
    insta::assert_snapshot!(story.join("\n"));
}

#[cfg(unix)] // insta finds no snapshot by a path with both slashes
#[test]
fn what_cannot_be_signed_in_to_is_told() {
    let console = console();
    let story = [
        console.shown(&["sign-in", "nothing"]),
        console.shown(&["sign-in", "files"]),
        console.shown(&["sign-in", "http://mcp.example.com/mcp"]),
        console.shown(&["import"]),
        console.shown(&["import", "--server", "files", "--dry-run"]),
    ];
    insta::assert_snapshot!(story.join("\n"));
}

#[test]
fn the_answers_have_the_shape_of_the_contract() {
    let console = console();
    let listed = console.json(&["sign-ins"]);
    assert_eq!(listed["sign_ins"].as_array().unwrap().len(), 1);
    assert_eq!(listed["sign_ins"][0]["state"], "never");
    assert_eq!(listed["sign_ins"][0]["names"], serde_json::json!(["linear"]));
    assert_eq!(listed["keyring"]["problem"], "keyring-missing");
    assert_eq!(console.json(&["import", "--dry-run"])["items"], serde_json::json!([]));
    assert_eq!(console.json(&["import"])["error"]["code"], "usage");
    assert_eq!(console.json(&["sign-out", "nothing"])["error"]["code"], "no-such-server");
}
