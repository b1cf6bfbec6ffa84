//! `secrets` as it is typed, as far as it needs no keyring. No value is ever repeated.

use bridgekeeper_model::Os;

use crate::console::Console;

const CONFIG: &str = r#"{"mcpServers": {
    "files": {"command": "mcp-bridge", "args": ["exec", "--env", "KEY=secret:files.key", "--", "uvx", "files"]},
    "notes": {"command": "mcp-bridge", "args": ["https://notes.example/mcp", "--header", "A:${AUTH}"], "env": {"AUTH": "${secret:notes}"}}
}}"#;

fn console() -> Console {
    Console::with_config(Os::Linux, CONFIG)
}

#[cfg(unix)] // insta finds no snapshot by a path with both slashes
#[test]
fn what_entries_refer_to_and_nobody_set_is_listed() {
    let console = console();
    insta::assert_snapshot!(console.shown(&["secrets", "list"]));
    let listed = console.json(&["secrets", "list"]);
    assert_eq!(listed["secrets"][0]["name"], "files.key");
    assert_eq!(listed["secrets"][0]["kept"], false);
    assert_eq!(listed["secrets"][1]["used_by"][0]["server"], "notes");
}

#[test]
fn what_cannot_be_done_is_told() {
    let console = console();
    assert_eq!(console.json(&["secrets", "set", "a b"])["error"]["code"], "not-a-name");
    assert_eq!(console.json(&["secrets", "remove", "nothing"])["error"]["code"], "no-such-secret");
    // A value on the command line is refused, and not repeated.
    let refused = console.shown(&["secrets", "set", "name", "k29f3aa81c"]);
    assert!(refused.contains("error") || refused.contains("unexpected"), "{refused}");
}
