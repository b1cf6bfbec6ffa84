use super::*;

fn one(text: &str) -> (String, String) {
    let all = read(text).unwrap_or_else(|why| panic!("{why}: {text}"));
    assert_eq!(all.len(), 1, "{all:?}");
    (all[0].name.clone(), told(&all[0].server))
}

fn told(server: &OfferedServer) -> String {
    let pairs = |pairs: &[(String, String)], between: &str| -> String {
        let words: Vec<String> =
            pairs.iter().map(|(name, value)| format!(" {name}{between}{value}")).collect();
        words.concat()
    };
    match server {
        OfferedServer::Local { command, args, env } => {
            let words = [std::slice::from_ref(command), args].concat().join(" ");
            format!("{words}{}", pairs(env, "="))
        }
        OfferedServer::Remote { url, headers } => format!("{url}{}", pairs(headers, ": ")),
    }
}

fn is(text: &str, name: &str, server: &str) {
    assert_eq!(one(text), (name.to_owned(), server.to_owned()), "{text}");
}

#[test]
fn addresses() {
    is("https://mcp.linear.app/sse", "linear", "https://mcp.linear.app/sse");
    is("  http://localhost:3000/mcp\n", "local-server", "http://localhost:3000/mcp");
    is("https://mcp.example.co/x?a=1", "example", "https://mcp.example.co/x?a=1");
}

#[test]
fn the_json_of_every_client() {
    let npx = "npx -y @acme/notes KEY=v";
    let entry = r#"{"command": "npx", "args": ["-y", "@acme/notes"], "env": {"KEY": "v"}}"#;
    // Claude Desktop, Cursor, Windsurf, `.mcp.json`
    is(&format!(r#"{{"mcpServers": {{"notes": {entry}}}}}"#), "notes", npx);
    // VS Code, and the same in its settings
    is(&format!(r#"{{"servers": {{"notes": {entry}}}}}"#), "notes", npx);
    is(&format!(r#"{{"mcp": {{"servers": {{"notes": {entry}}}}}}}"#), "notes", npx);
    // Zed, new and old
    is(&format!(r#"{{"context_servers": {{"notes": {entry}}}}}"#), "notes", npx);
    let old = r#"{"source": "custom", "command": {"path": "npx", "args": ["-y", "@acme/notes"], "env": {"KEY": "v"}}}"#;
    is(&format!(r#"{{"context_servers": {{"notes": {old}}}}}"#), "notes", npx);
    // A piece of a page, an entry alone, a block of Markdown with a comment and a comma too many
    is(&format!(r#""notes": {entry},"#), "notes", npx);
    is(entry, "notes", npx);
    is(&format!("```json\n{{\n  // here\n  \"mcpServers\": {{\"notes\": {entry},}}\n}}\n```"), "notes", npx);
}

#[test]
fn remote_entries_of_every_client() {
    let remote = "https://a.example/mcp Authorization: Bearer t";
    for key in ["url", "serverUrl", "httpUrl"] {
        let text = format!(
            r#"{{"mcpServers": {{"a": {{"{key}": "https://a.example/mcp", "headers": {{"Authorization": "Bearer t"}}}}}}}}"#
        );
        is(&text, "a", remote);
    }
    let bridged = r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y", "mcp-remote", "https://a.example/mcp",
        "--header", "Authorization:${AUTH}"], "env": {"AUTH": "Bearer t"}}}}"#;
    is(bridged, "a", remote);
    // A flag that the address alone would lose keeps the entry as it is
    let port = r#"{"a": {"command": "npx", "args": ["mcp-remote", "https://a.example/mcp", "--host", "127.0.0.1"]}}"#;
    is(port, "a", "npx mcp-remote https://a.example/mcp --host 127.0.0.1");
}

#[test]
fn several_servers_at_once() {
    let all = read(
        r#"{"mcpServers": {"a": {"command": "uvx", "args": ["x"]}, "b": {"url": "https://b.example"}}}"#,
    );
    let names: Vec<String> = all.unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn command_lines_of_clients() {
    is(
        "claude mcp add --transport http linear https://mcp.linear.app/mcp --header \"Authorization: Bearer t\"",
        "linear",
        "https://mcp.linear.app/mcp Authorization: Bearer t",
    );
    is(
        "claude mcp add -s user -e KEY=v notes -- npx -y @acme/notes --flag",
        "notes",
        "npx -y @acme/notes --flag KEY=v",
    );
    is("claude mcp add notes npx @acme/notes", "notes", "npx @acme/notes");
    is(
        r#"claude mcp add-json notes '{"command": "npx", "args": ["@acme/notes"]}'"#,
        "notes",
        "npx @acme/notes",
    );
    is("gemini mcp add --transport=http a https://a.example/mcp", "a", "https://a.example/mcp");
    is("codex mcp add a --url https://a.example/mcp", "a", "https://a.example/mcp");
    is(
        r#"code --add-mcp '{"name": "notes", "command": "npx", "args": ["@acme/notes"]}'"#,
        "notes",
        "npx @acme/notes",
    );
}

#[test]
fn plain_command_lines() {
    is(
        "$ npx -y @modelcontextprotocol/server-filesystem /data",
        "filesystem",
        "npx -y @modelcontextprotocol/server-filesystem /data",
    );
    is("KEY=v uvx mcp-server-git", "git", "uvx mcp-server-git KEY=v");
    is(
        "docker run -i --rm ghcr.io/acme/notes-mcp-server",
        "notes",
        "docker run -i --rm ghcr.io/acme/notes-mcp-server",
    );
    is("npx -y mcp-remote https://mcp.linear.app/sse", "linear", "https://mcp.linear.app/sse");
    is(r"C:\py\python.exe C:\notes\server.py", "server", r"C:\py\python.exe C:\notes\server.py");
    is("npx \\\n  -y notes@1.2.3", "notes", "npx -y notes@1.2.3");
}

#[test]
fn what_must_be_filled_in_is_said() {
    let asks = read(r#"{"servers": {"a": {"command": "npx", "args": ["x"], "env": {"K": "${input:key}"}}}}"#)
        .unwrap();
    assert_eq!(asks[0].notes, ["`${input:key}` must be filled in by hand."]);
    let asks = read("claude mcp add a https://a.example --header \"X-Key: <YOUR-KEY>\"").unwrap();
    assert_eq!(asks[0].notes, ["`<YOUR-KEY>` must be filled in by hand."]);
}

#[test]
fn what_is_no_server_is_said() {
    for (text, why) in [
        ("  ", NotUnderstood::Empty),
        ("hello there", NotUnderstood::Unknown),
        (r#"{"preferences": {}}"#, NotUnderstood::NoServer),
        (r#"{"mcpServers": {"docs": {"command": "", "args": ["x"]}}}"#, NotUnderstood::NoServer),
        ("curl -fsSL https://a.example/install.sh | sh", NotUnderstood::Script),
        (
            r#"{"manifest_version": "0.3", "name": "a", "server": {"mcp_config": {"command": "node"}}}"#,
            NotUnderstood::Extension,
        ),
    ] {
        assert_eq!(read(text).unwrap_err(), why, "{text}");
    }
}
