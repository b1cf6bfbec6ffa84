//! Secrets that leave the file: what stands in their place, and what goes into the keyring.

use bridgekeeper_doctor::fixes::{FixFacts, Selection};

use crate::fixes::{servers, text_after, why_not, windows};

/// The text afterwards, and each secret by its name.
fn moved(entry: &str, facts: &FixFacts) -> (String, Vec<(String, String)>) {
    let (after, plan) = text_after(&servers(entry), facts, &Selection::only(["move-secret"]));
    let secrets = plan.secrets.iter();
    (after, secrets.map(|moved| (moved.name.to_string(), moved.value.expose().to_owned())).collect())
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn headers_variables_and_client_info_of_the_bridge_become_references() {
    let (after, secrets) = moved(
        r#"    "my notes": {
      "command": "mcp-bridge",
      "args": ["https://notes.example/mcp", "--header", "X-Api-Key:k29f3aa81c", "--header", "Authorization:${AUTH}",
        "--client-secret", "s3cr3t-client", "--static-oauth-client-info", "{\"client_id\":\"me\",\"client_secret\":\"s3cr3t-info\"}"],
      "env": { "AUTH": "Bearer k29f3aa81d", "AUTH_TOKEN_UNUSED": "k29f3aa81e", "REGION": "eu" }
    }"#,
        &windows(),
    );
    let expected = servers(
        r#"    "my notes": {
      "command": "mcp-bridge",
      "args": ["https://notes.example/mcp", "--header", "X-Api-Key:${secret:my-notes.x-api-key}", "--header", "Authorization:${AUTH}",
        "--client-secret", "${secret:my-notes.client-secret}", "--static-oauth-client-info", "{\"client_id\":\"me\",\"client_secret\":\"${secret:my-notes.client_secret}\"}"],
      "env": { "AUTH": "${secret:my-notes.auth}", "AUTH_TOKEN_UNUSED": "k29f3aa81e", "REGION": "eu" }
    }"#,
    );
    assert_eq!(after, expected);
    let expected = [
        pair("my-notes.x-api-key", "k29f3aa81c"),
        pair("my-notes.client-secret", "s3cr3t-client"),
        pair("my-notes.client_secret", "s3cr3t-info"),
        pair("my-notes.auth", "Bearer k29f3aa81d"),
    ];
    assert_eq!(secrets, expected);
}

#[test]
fn a_local_server_is_started_by_exec() {
    let (after, secrets) = moved(
        r#"    "notes": {
      "command": "uvx",
      "args": ["notes-mcp"],
      "env": { "NOTES_API_KEY": "k29f3aa81c", "REGION": "eu" }
    },
    "bare": {
      "command": "bare-mcp",
      "env": { "BARE_TOKEN": "k29f3aa81d" }
    },
    "plain": { "command": "plain-mcp", "env": { "BARE_TOKEN": "${secret:x}" } }"#,
        &windows(),
    );
    let expected = servers(
        r#"    "notes": {
      "command": "/home/ada/.bridgekeeper/bin/mcp-bridge",
      "args": ["exec", "--env", "NOTES_API_KEY=secret:notes.notes_api_key", "--", "uvx", "notes-mcp"],
      "env": { "REGION": "eu" }
    },
    "bare": {
      "command": "/home/ada/.bridgekeeper/bin/mcp-bridge",
      "args": ["exec", "--env", "BARE_TOKEN=secret:bare.bare_token", "--", "bare-mcp"]
    },
    "plain": { "command": "plain-mcp", "env": { "BARE_TOKEN": "${secret:x}" } }"#,
    );
    assert_eq!(after, expected);
    assert_eq!(secrets, [pair("notes.notes_api_key", "k29f3aa81c"), pair("bare.bare_token", "k29f3aa81d")]);
}

#[test]
fn what_exec_starts_already_gets_another_flag() {
    let (after, _) = moved(
        r#"    "notes": {
      "command": "mcp-bridge",
      "args": ["exec", "--env", "A=secret:notes.b_token", "--", "uvx", "notes-mcp"],
      "env": { "B_TOKEN": "k29f3aa81c" }
    }"#,
        &windows(),
    );
    // The name is taken by what the entry itself refers to.
    let expected = r#"["exec", "--env", "B_TOKEN=secret:notes.b_token-2", "--env", "A=secret:notes.b_token", "--", "uvx", "notes-mcp"]"#;
    assert!(after.contains(expected) && !after.contains("k29f"), "{after}");
}

#[test]
fn an_entry_of_mcp_remote_moves_to_the_bridge_with_its_secret() {
    let (after, secrets) = moved(
        r#"    "notes": {
      "command": "npx",
      "args": ["-y", "mcp-remote", "https://notes.example/mcp", "--header", "Authorization:${AUTH}"],
      "env": { "AUTH": "Bearer k29f3aa81c" }
    }"#,
        &windows(),
    );
    let expected = servers(
        r#"    "notes": {
      "command": "/home/ada/.bridgekeeper/bin/mcp-bridge",
      "args": ["https://notes.example/mcp", "--header", "Authorization:${AUTH}"],
      "env": { "AUTH": "${secret:notes.auth}" }
    }"#,
    );
    assert_eq!(after, expected);
    assert_eq!(secrets, [pair("notes.auth", "Bearer k29f3aa81c")]);
}

#[test]
fn a_name_that_the_keyring_has_is_left_alone() {
    let entry = r#"    "notes": { "command": "uvx", "env": { "KEY_TOKEN": "k29f3aa81c" } }"#;
    let facts = FixFacts { secrets: ["Notes.Key_Token".parse().unwrap()].into(), ..windows() };
    assert_eq!(moved(entry, &facts).1, [pair("notes.key_token-2", "k29f3aa81c")]);
}

#[test]
fn it_is_never_made_unasked_and_says_when_it_cannot_be_made() {
    let entry = servers(r#"    "notes": { "command": "uvx", "env": { "KEY_TOKEN": "k29f3aa81c" } }"#);
    let (after, plan) = text_after(&entry, &windows(), &Selection::automatic());
    assert_eq!(after, entry);
    assert!(plan.secrets.is_empty());
    assert!(why_not(&entry, &FixFacts::default(), "move-secret").contains("bridge is not known"));
    // Nothing to move: a placeholder, a reference, and a secret on the command line of another program.
    for entry in [
        r#"    "notes": { "command": "uvx", "args": ["--api-key", "k29f3aa81c"] }"#,
        r#"    "notes": { "command": "uvx", "env": { "API_KEY": "YOUR_API_KEY" } }"#,
        r#"    "notes": { "command": "npx", "args": ["mcp-remote", "https://notes.example/mcp"] }"#,
    ] {
        let (text, secrets) = moved(entry, &windows());
        assert_eq!((text, secrets), (servers(entry), vec![]));
    }
}
