//! What each fix makes of a config, and what holds for all of them.

use bridgekeeper_doctor::fixes::merge::merge;
use bridgekeeper_doctor::fixes::{self, FixFacts, Offers, Plan, Selection, plan, switch_off, switch_on};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit;
use bridgekeeper_model::{Applicability, Os, ServerName};

const BRIDGE: &str = "/home/ada/.bridgekeeper/bin/mcp-bridge";

pub(crate) fn windows() -> FixFacts {
    FixFacts { os: Some(Os::Windows), bridge: Some(BRIDGE.to_owned()), ..FixFacts::default() }
}

/// The text that a plan makes, with everything checked that holds for every plan.
pub(crate) fn text_after(text: &str, facts: &FixFacts, selection: &Selection) -> (String, Plan) {
    let file = ConfigFile::from(text);
    let made = plan(&file, facts, selection);
    assert_eq!(edit::apply(text, &made.edits), made.text);
    assert_eq!(edit::apply(&made.text, &edit::invert(text, &made.edits)), text);
    if made.changes() {
        assert!(serde_json::from_str::<serde_json::Value>(&made.text).is_ok(), "{}", made.text);
    }
    let again = plan(&ConfigFile::from(made.text.as_str()), facts, selection);
    assert_eq!(again.edits, [], "a second run must change nothing: {:#?}", again.applied);
    (made.text.clone(), made)
}

fn fixed(text: &str, facts: &FixFacts, id: &str) -> String {
    text_after(text, facts, &Selection::only([id])).0
}

pub(crate) fn why_not(text: &str, facts: &FixFacts, id: &str) -> String {
    let (after, made) = text_after(text, facts, &Selection::only([id]));
    assert_eq!(after, text);
    made.skipped.first().expect("a reason").why.clone()
}

pub(crate) fn servers(entries: &str) -> String {
    format!("{{\n  \"mcpServers\": {{\n{entries}\n  }}\n}}\n")
}

#[test]
fn a_header_with_a_space_moves_into_env() {
    let before = servers(
        r#"    "notes": {
      "command": "npx",
      "args": [
        "-y",
        "mcp-remote@latest",
        "https://notes.example/mcp",
        "--header",
        "Authorization: Bearer k29f"
      ]
    }"#,
    );
    let after = servers(
        r#"    "notes": {
      "command": "npx",
      "args": [
        "-y",
        "mcp-remote@latest",
        "https://notes.example/mcp",
        "--header",
        "Authorization:${AUTH_HEADER}"
      ],
      "env": {
        "AUTH_HEADER": "Bearer k29f"
      }
    }"#,
    );
    assert_eq!(text_after(&before, &windows(), &Selection::automatic()).0, after);
    let linux = FixFacts { os: Some(Os::Linux), ..windows() };
    assert_eq!(text_after(&before, &linux, &Selection::automatic()).0, before);
    assert_eq!(fixed(&before, &linux, "spaces-to-env"), after);
}

#[test]
fn headers_keep_what_they_refer_to() {
    let facts = windows();
    let before = r#"{"mcpServers":{"a":{"command":"npx","args":["mcp-remote","https://a.example/mcp","--header","X-Team: red","--header","X-Api-Key: ${KEY}","--header","Authorization: Bearer ${TOKEN}"],"env":{"TOKEN":"k1","AUTH_HEADER":"taken"}}}}"#;
    let after = r#"{"mcpServers":{"a":{"command":"npx","args":["mcp-remote","https://a.example/mcp","--header","X-Team:red","--header","X-Api-Key:${KEY}","--header","Authorization:${AUTH_HEADER_2}"],"env":{"TOKEN":"k1","AUTH_HEADER":"taken","AUTH_HEADER_2":"Bearer k1"}}}}"#;
    assert_eq!(fixed(before, &facts, "spaces-to-env"), after);
    let unknown = r#"{"mcpServers":{"a":{"command":"npx","args":["mcp-remote","https://a.example/mcp","--header","Authorization: Bearer ${TOKEN}"]}}}"#;
    assert!(why_not(unknown, &facts, "spaces-to-env").contains("`TOKEN`"));
}

#[test]
fn spaces_that_cannot_move_are_explained() {
    let folder = r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y", "files-mcp", "D:\\My Notes"]}}}"#;
    assert!(why_not(folder, &windows(), "spaces-to-env").contains("a path with a space"));
    let client = r#"{"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote", "https://a.example/mcp", "--static-oauth-client-info", "{ \"client_id\": \"abc\", \"client_name\": \"My App\" }"]}}}"#;
    let after = fixed(client, &windows(), "spaces-to-env");
    assert!(after.contains(r#""{\"client_id\":\"abc\",\"client_name\":\"${CLIENT_NAME}\"}""#), "{after}");
    assert!(after.contains(r#""env": {"CLIENT_NAME": "My App"}"#), "{after}");
}

#[test]
fn clashing_callback_ports_part() {
    let entry = |name: &str, rest: &str| {
        format!(
            r#"    "{name}": {{"command": "npx", "args": ["-y", "mcp-remote", "https://{name}.example/mcp"{rest}]}}"#
        )
    };
    let before = servers(
        &[entry("a", ", \"3334\""), entry("b", ", \"3334\", \"--debug\""), entry("c", ", \"3335\"")]
            .join(",\n"),
    );
    let after = servers(
        &[entry("a", ", \"3334\""), entry("b", ", \"3337\", \"--debug\""), entry("c", ", \"3335\"")]
            .join(",\n"),
    );
    let facts = FixFacts { taken_ports: [3336].into(), ..windows() };
    assert_eq!(text_after(&before, &facts, &Selection::automatic()).0, after);

    let without = servers(&entry("a", ""));
    assert_eq!(text_after(&without, &facts, &Selection::automatic()).0, without);
    assert_eq!(fixed(&without, &facts, "callback-ports"), servers(&entry("a", ", \"3334\"")));
}

#[test]
fn a_registered_client_keeps_its_port() {
    let entry = |name: &str, port: &str, rest: &str| {
        format!(
            r#"    "{name}": {{"command": "npx", "args": ["mcp-remote", "https://{name}.example/mcp", "{port}"{rest}]}}"#
        )
    };
    let info = r#", "--static-oauth-client-info", "{\"client_id\":\"x\"}""#;
    let before = servers(&[entry("a", "4000", ""), entry("b", "4000", info)].join(",\n"));
    let after = servers(&[entry("a", "3334", ""), entry("b", "4000", info)].join(",\n"));
    assert_eq!(fixed(&before, &windows(), "callback-ports"), after);
}

#[test]
fn entries_move_to_the_bridge_and_back() {
    let npx = r#"{"mcpServers": {"a": {"command": "cmd", "args": ["/c", "npx", "-y", "mcp-remote@0.1.29", "https://a.example/mcp", "4000", "--header", "X-Key:y"], "env": {"A": "1"}}}}"#;
    let ours = format!(
        r#"{{"mcpServers": {{"a": {{"command": "{BRIDGE}", "args": ["https://a.example/mcp", "4000", "--header", "X-Key:y"], "env": {{"A": "1"}}}}}}}}"#
    );
    assert_eq!(fixed(npx, &windows(), "use-bridge"), ours);
    assert_eq!(text_after(npx, &windows(), &Selection::automatic()).0, npx, "what may work asks first");
    let back = fixed(&ours, &windows(), "use-mcp-remote");
    assert!(
        back.contains(r#""command": "npx", "args": ["-y", "mcp-remote@latest", "https://a.example/mcp""#),
        "{back}"
    );
}

#[test]
fn entries_that_sign_in_move_with_their_flags_and_say_what_becomes_of_the_sign_in() {
    let note = |args: &str, facts: &FixFacts| {
        let text = format!(
            r#"{{"mcpServers": {{"a": {{"command": "npx", "args": ["mcp-remote", "https://a.example/mcp"{args}]}}}}}}"#
        );
        let plan = plan(&ConfigFile::from(text.as_str()), facts, &Selection::only(["use-bridge"]));
        assert!(plan.text.contains(&format!(r#""args": ["https://a.example/mcp"{args}]"#)), "{}", plan.text);
        plan.applied[0].note.clone().unwrap()
    };
    let stays_behind = |note: String| note.starts_with("The sign-in of mcp-remote stays behind");
    let told = FixFacts { signs_in: [ServerName::new("a")].into(), ..windows() };
    assert!(stays_behind(note("", &told)), "its log told of it");
    assert!(stays_behind(note(r#", "3334""#, &windows())), "a callback port is for a sign-in");
    assert!(stays_behind(note(r#", "--static-oauth-client-info", "@client.json""#, &windows())));
    assert!(!stays_behind(note("", &windows())), "nothing tells of a sign-in");
    assert!(
        !stays_behind(note(r#", "--header", "Authorization:${AUTH}""#, &told)),
        "a credential takes its place"
    );
}

#[test]
fn entries_that_claude_skips_move_to_the_bridge_by_themselves() {
    let before = servers(
        r#"    "a": {
      "type": "http",
      "url": "https://a.example/mcp",
      "headers": {
        "Authorization": "Bearer k29f",
        "X-Team": "red"
      }
    },
    "b": {"serverUrl": "http://192.168.1.4/mcp", "note": 1}"#,
    );
    let after = servers(&format!(
        r#"    "a": {{
      "command": "{BRIDGE}",
      "args": ["https://a.example/mcp", "--header", "Authorization:${{AUTH_HEADER}}", "--header", "X-Team:red"],
      "env": {{
        "AUTH_HEADER": "Bearer k29f"
      }}
    }},
    "b": {{"command": "{BRIDGE}", "args": ["http://192.168.1.4/mcp", "--allow-http"], "note": 1}}"#
    ));
    assert_eq!(text_after(&before, &windows(), &Selection::automatic()).0, after);
    let transport = r#"{"mcpServers": {"a": {"transport": {"type": "sse", "url": "http://localhost:3000/sse"}, "env": {"A": "1"}}}}"#;
    let after = format!(
        r#"{{"mcpServers": {{"a": {{"command": "{BRIDGE}", "args": ["http://localhost:3000/sse"], "env": {{"A": "1"}}}}}}}}"#
    );
    assert_eq!(fixed(transport, &windows(), "use-bridge"), after);
    let unknown = FixFacts { bridge: None, ..windows() };
    assert!(why_not(transport, &unknown, "use-bridge").contains("bridge"));
}

#[test]
fn a_command_line_is_taken_apart() {
    let before = r#"{"mcpServers": {"a": {"command": "npx -y notes-mcp", "args": ["--depth", "2"]}}}"#;
    let after = r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y", "notes-mcp", "--depth", "2"]}}}"#;
    assert_eq!(fixed(before, &windows(), "split-command"), after);
    let before = "{\"mcpServers\": {\"a\": {\n  \"command\": \"echo 'Hello World'\"\n}}}";
    let after = "{\"mcpServers\": {\"a\": {\n  \"command\": \"echo\",\n  \"args\": [\"Hello World\"]\n}}}";
    assert_eq!(fixed(before, &windows(), "split-command"), after);
    let shell = r#"{"mcpServers": {"a": {"command": "cd /srv && node index.js"}}}"#;
    assert!(why_not(shell, &windows(), "split-command").contains("shell"));
}

#[test]
fn docker_gets_its_input() {
    let before = r#"{"mcpServers": {"a": {"command": "docker", "args": ["run", "--rm", "notes"]}}}"#;
    let after = r#"{"mcpServers": {"a": {"command": "docker", "args": ["run", "-i", "--rm", "notes"]}}}"#;
    assert_eq!(fixed(before, &windows(), "docker-interactive"), after);
}

#[test]
fn entries_outside_their_key_are_moved() {
    let at_top = "{\n  \"a\": {\"command\": \"uvx\", \"args\": [\"x\"]}\n}\n";
    let value: serde_json::Value =
        serde_json::from_str(&fixed(at_top, &windows(), "wrap-servers")).expect("JSON");
    assert_eq!(value, serde_json::json!({"mcpServers": {"a": {"command": "uvx", "args": ["x"]}}}));
    let stray = r#"{"mcpServers": {"a": {"command": "uvx"}}, "b": {"command": "node"}, "theme": "dark"}"#;
    let after = r#"{"mcpServers": {"a": {"command": "uvx"}, "b": {"command": "node"}}, "theme": "dark"}"#;
    assert_eq!(fixed(stray, &windows(), "wrap-servers"), after);
    let other = r#"{"servers": {"a": {"command": "uvx"}}}"#;
    assert_eq!(fixed(other, &windows(), "wrap-servers"), r#"{"mcpServers": {"a": {"command": "uvx"}}}"#);
    let nested = r#"{"mcp": {"servers": {"a": {"command": "uvx"}}}}"#;
    assert_eq!(fixed(nested, &windows(), "wrap-servers"), r#"{"mcpServers": {"a": {"command": "uvx"}}}"#);
    let alone = r#"{"command": "npx", "args": ["-y", "@scope/notes-mcp@1.0"]}"#;
    let after =
        r#"{"mcpServers": {"notes-mcp": {"command": "npx", "args": ["-y", "@scope/notes-mcp@1.0"]}}}"#;
    assert_eq!(fixed(alone, &windows(), "wrap-servers"), after);
}

#[test]
fn a_flag_that_misses_its_value_swallows_no_other() {
    let before = r#"{"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote", "https://a.example/mcp", "--header"]}}}"#;
    let after = r#"{"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote", "https://a.example/mcp", "--debug", "--header"]}}}"#;
    assert_eq!(fixed(before, &windows(), "debug-on"), after);
    let without_url = r#"{"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote", "--header"]}}}"#;
    assert_eq!(fixed(without_url, &windows(), "debug-on"), without_url);
}

#[test]
fn a_list_of_servers_becomes_an_object() {
    let before = r#"{"mcpServers": [{"name": "a", "command": "uvx"}, {"command": "node", "name": "b"}]}"#;
    let after = r#"{"mcpServers": {"a": {"command": "uvx"}, "b": {"command": "node"}}}"#;
    assert_eq!(fixed(before, &windows(), "list-to-object"), after);
    assert!(
        why_not(r#"{"mcpServers": [{"command": "uvx"}]}"#, &windows(), "list-to-object").contains("name")
    );
}

#[test]
fn entries_of_two_lists_are_put_into_one() {
    let before = r#"{"mcpServers": {"a": {"command": "x"}, "b": {"command": "old"}}, "mcpServers": {"b": {"command": "y"}}}"#;
    let after = r#"{"mcpServers": {"b": {"command": "y"}, "a": {"command": "x"}}}"#;
    assert_eq!(fixed(before, &windows(), "merge-duplicates"), after);
}

#[test]
fn a_finding_offers_what_can_be_done_here() {
    let text = r#"{"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote", "https://a.example/mcp", "--header", "X: y z"]}, "b": {"url": "https://b.example/mcp"}}}"#;
    let file = ConfigFile::from(text);
    let facts = windows();
    let offer = |server: &str, id: &str| {
        Offers::of(&file, &facts)
            .among(Some(&ServerName::new(server)), &[id])
            .first()
            .map(|fix| fix.applicability)
    };
    assert_eq!(offer("a", "use-bridge"), Some(Applicability::Ask));
    assert_eq!(offer("b", "use-bridge"), Some(Applicability::Automatic));
    assert_eq!(offer("b", "spaces-to-env"), None);
}

/// Everything that a fix may need to know.
fn knowing_all() -> FixFacts {
    FixFacts {
        home: Some("/Users/ada".to_owned()),
        ca_file: Some("/etc/company.pem".to_owned()),
        proxy: Some("http://proxy.example:8080".to_owned()),
        client_info: Some(r#"{"client_id": "abc"}"#.to_owned()),
        programs: [("uvx".to_owned(), "/Users/ada/.local/bin/uvx".to_owned())].into(),
        ..windows()
    }
}

#[test]
fn small_repairs_of_one_entry() {
    let facts = knowing_all();
    for (id, before, after) in [
        (
            "trim-paths",
            r#"{"mcpServers": {"a": {"command": "uvx ", "args": ["/srv/notes "]}}}"#,
            r#"{"mcpServers": {"a": {"command": "uvx", "args": ["/srv/notes"]}}}"#,
        ),
        (
            "trim-url",
            r#"{"mcpServers": {"a": {"command": "uvx", "args": ["https://a.example/mcp "]}}}"#,
            r#"{"mcpServers": {"a": {"command": "uvx", "args": ["https://a.example/mcp"]}}}"#,
        ),
        (
            "quote-values",
            r#"{"mcpServers": {"a": {"command": "uvx", "args": ["x", 1], "env": {"P": 80, "D": true}}}}"#,
            r#"{"mcpServers": {"a": {"command": "uvx", "args": ["x", "1"], "env": {"P": "80", "D": "true"}}}}"#,
        ),
        (
            "remove-inner-quotes",
            r#"{"mcpServers": {"a": {"command": "uvx", "args": ["\"C:\\notes\""]}}}"#,
            r#"{"mcpServers": {"a": {"command": "uvx", "args": ["C:\\notes"]}}}"#,
        ),
        (
            "keep-stderr-apart",
            r#"{"mcpServers": {"a": {"command": "node", "args": ["/x.js", "2>&1"]}}}"#,
            r#"{"mcpServers": {"a": {"command": "node", "args": ["/x.js"]}}}"#,
        ),
        (
            "expand-home",
            r#"{"mcpServers": {"a": {"command": "~/bin/x", "args": ["--dir=~/notes", "a~b"]}}}"#,
            r#"{"mcpServers": {"a": {"command": "/Users/ada/bin/x", "args": ["--dir=/Users/ada/notes", "a~b"]}}}"#,
        ),
        (
            "absolute-command",
            r#"{"mcpServers": {"a": {"command": "uvx", "args": ["x"]}}}"#,
            r#"{"mcpServers": {"a": {"command": "/Users/ada/.local/bin/uvx", "args": ["x"]}}}"#,
        ),
        (
            "remove-unknown-keys",
            r#"{"mcpServers": {"a": {"type": "stdio", "command": "uvx", "args": [], "disabled": false}}}"#,
            r#"{"mcpServers": {"a": {"command": "uvx", "args": []}}}"#,
        ),
        (
            "cmd-wrapper",
            r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y", "x"]}}}"#,
            r#"{"mcpServers": {"a": {"command": "cmd", "args": ["/c", "npx", "-y", "x"]}}}"#,
        ),
        (
            "npx-yes",
            r#"{"mcpServers": {"a": {"command": "npx", "args": ["x"]}}}"#,
            r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y", "x"]}}}"#,
        ),
        (
            "https-url",
            r#"{"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote", "http://a.example/mcp"]}}}"#,
            r#"{"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote", "https://a.example/mcp"]}}}"#,
        ),
        (
            "verify-certificates",
            r#"{"mcpServers": {"a": {"command": "uvx", "env": {"NODE_TLS_REJECT_UNAUTHORIZED": "0", "A": "1"}}}}"#,
            r#"{"mcpServers": {"a": {"command": "uvx", "env": {"A": "1"}}}}"#,
        ),
    ] {
        assert_eq!(fixed(before, &facts, id), after, "{id}");
    }
    let mac = FixFacts { os: Some(Os::Macos), ..facts };
    let before = r#"{"mcpServers": {"a": {"command": "/Users/ada/.nvm/v22/bin/npx", "args": ["-y", "x"]}}}"#;
    assert!(
        fixed(before, &mac, "path-for-npx")
            .contains(r#""env": {"PATH": "/Users/ada/.nvm/v22/bin:/usr/local/bin:"#)
    );
}

#[test]
fn small_changes_of_an_entry_for_mcp_remote() {
    let facts = knowing_all();
    let remote = |args: &str, rest: &str| {
        format!(r#"{{"mcpServers": {{"a": {{"command": "npx", "args": ["-y", "mcp-remote{args}]{rest}}}}}}}"#)
    };
    let bare = remote(r#"", "https://a.example/mcp""#, "");
    for (id, before, after) in [
        (
            "unpin-mcp-remote",
            &remote(r#"@0.1.29", "https://a.example/mcp""#, ""),
            &remote(r#"@latest", "https://a.example/mcp""#, ""),
        ),
        ("debug-on", &bare, &remote(r#"", "https://a.example/mcp", "--debug""#, "")),
        ("debug-off", &remote(r#"", "https://a.example/mcp", "--debug""#, ""), &bare),
        (
            "ca-file",
            &bare,
            &remote(
                r#"", "https://a.example/mcp""#,
                r#", "env": {"NODE_EXTRA_CA_CERTS": "/etc/company.pem"}"#,
            ),
        ),
        (
            "proxy",
            &bare,
            &remote(
                r#"", "https://a.example/mcp", "--enable-proxy""#,
                r#", "env": {"HTTP_PROXY": "http://proxy.example:8080", "HTTPS_PROXY": "http://proxy.example:8080"}"#,
            ),
        ),
        (
            "static-client-info",
            &bare,
            &remote(
                r#"", "https://a.example/mcp", "--static-oauth-client-info", "{\"client_id\":\"${OAUTH_CLIENT_ID}\"}""#,
                r#", "env": {"OAUTH_CLIENT_ID": "abc"}"#,
            ),
        ),
    ] {
        assert_eq!(fixed(before, &facts, id), *after, "{id}");
    }
}

#[test]
fn a_broken_file_is_repaired_before_anything_else() {
    let before = "{\n  // mine\n  \"mcpServers\": {\n    \"a\": {\"command\": \"docker\", \"args\": [\"run\", \"x\",]},\n  }\n}\n";
    let after = "{\n  \"mcpServers\": {\n    \"a\": {\"command\": \"docker\", \"args\": [\"run\", \"-i\", \"x\"]}\n  }\n}\n";
    let (text, made) = text_after(before, &windows(), &Selection::only(["docker-interactive"]));
    assert_eq!(text, after);
    let ids: Vec<&str> = made.applied.iter().map(|fix| fix.id).collect();
    assert_eq!(ids, ["repair-json", "docker-interactive"]);
    assert_eq!(made.edits.len(), 4, "{:?}", made.edits);
}

#[test]
fn a_file_that_cannot_be_repaired_is_left_alone() {
    let text = "{\"mcpServers\": {\"a\": {\"command\": , \"args\": [1,]}}}";
    let (after, made) = text_after(text, &windows(), &Selection::automatic());
    assert_eq!(after, text);
    assert!(made.skipped[0].why.contains("Line 1"), "{:?}", made.skipped);
}

#[test]
fn the_encoding_is_kept_unless_claude_cannot_read_it() {
    let bytes = b"\xEF\xBB\xBF{\"mcpServers\": {},}";
    let file = ConfigFile::read(bytes);
    let made = plan(&file, &windows(), &Selection::automatic());
    assert!(made.to_utf8);
    assert_eq!(made.bytes(&file), b"{\"mcpServers\": {}}");
    let healthy = ConfigFile::from("{\"mcpServers\": {}}");
    assert!(!plan(&healthy, &windows(), &Selection::automatic()).changes());
    let utf16: Vec<u8> = "\u{feff}{\"ü\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = ConfigFile::read(&utf16);
    assert_eq!(plan(&file, &windows(), &Selection::automatic()).bytes(&file), "{\"ü\": 1}".as_bytes());
}

#[test]
fn an_unknown_fix_is_named() {
    let made = plan(&ConfigFile::from("{}"), &windows(), &Selection::only(["no-such-fix"]));
    assert_eq!((made.skipped.len(), made.changes()), (1, false));
}

#[test]
fn one_server_can_be_chosen() {
    let text = r#"{"mcpServers": {"a": {"command": "docker", "args": ["run", "x"]}, "b": {"command": "docker", "args": ["run", "y"]}}}"#;
    let selection = Selection::automatic().for_server(ServerName::new("b"));
    let after = text_after(text, &windows(), &selection).0;
    assert!(after.contains(r#"["run", "x"]"#) && after.contains(r#"["run", "-i", "y"]"#), "{after}");
}

#[test]
fn switching_off_and_on_loses_no_byte() {
    let text = servers(
        "    \"a\": {\"command\":  \"x\"},\n    \"b\": { \"command\": \"y\" , \"own\": [1] },\n    \"c\": {\"command\": \"z\"}",
    );
    for name in ["a", "b", "c"] {
        let file = ConfigFile::from(text.as_str());
        let (edits, kept) = switch_off(&file, &ServerName::new(name)).expect("an entry");
        let off = ConfigFile::from(edit::apply(&text, &edits).as_str());
        assert!(off.parses() && off.server(name).is_none());
        let on = edit::apply(off.text(), &switch_on(&off, &kept).expect("room for it"));
        assert_eq!(on, text, "{name}");
    }
}

#[test]
fn entries_of_a_file_that_claude_does_not_read_join_the_live_ones() {
    let live = ConfigFile::from(
        "{\n  \"mcpServers\": {\n    \"a\": {\"command\": \"x\"},\n    \"b\": {\"command\": \"y\"}\n  }\n}\n",
    );
    let unread = ConfigFile::from(
        r#"{"mcpServers": {"a": {"command":"x"}, "b": {"command": "other"}, "c": {"command": "z"}}}"#,
    );
    let merged = merge(&live, &unread);
    assert_eq!(merged.added, [ServerName::new("c")]);
    assert_eq!(merged.conflicting, [ServerName::new("b")]);
    let after = edit::apply(live.text(), &merged.edits);
    assert_eq!(
        after,
        servers(
            "    \"a\": {\"command\": \"x\"},\n    \"b\": {\"command\": \"y\"},\n    \"c\": {\"command\": \"z\"}"
        )
    );
}

#[test]
fn every_fix_is_named_once_and_says_what_it_does() {
    let mut ids: Vec<&str> = fixes::ALL.iter().map(|fix| fix.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), fixes::ALL.len());
    for fix in fixes::ALL {
        assert!(fix.title.starts_with(char::is_uppercase) && !fix.title.ends_with('.'), "{}", fix.id);
        assert_ne!(fix.applicability, Applicability::Manual, "{}", fix.id);
        assert!(fixes::describe(fix.id).is_some());
    }
}
