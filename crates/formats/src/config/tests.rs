use super::*;

fn names(file: &ConfigFile) -> Vec<&str> {
    file.servers().iter().map(|entry| entry.name.as_str()).collect()
}

#[test]
fn an_entry_with_everything() {
    let text = r#"{"mcpServers": {"a b": {"type": "stdio", "command": "npx", "args": ["-y", 3, "x"], "env": {"K": "v", "N": 1}, "cwd": "/"}}}"#;
    let file = ConfigFile::from(text);
    assert_eq!(file.shape(), Shape::Servers);
    let entry = file.server("a b").unwrap();
    assert_eq!(entry.command.as_ref().map(|command| &text[command.span.clone()]), Some("\"npx\""));
    assert_eq!(entry.arguments(), ["-y", "x"]);
    assert_eq!(entry.variable("K").map(|value| value.value.as_str()), Some("v"));
    assert_eq!(entry.kind.as_ref().map(|kind| kind.value.as_str()), Some("stdio"));
    let other: Vec<&str> = entry.other.iter().map(|key| key.name.value.as_str()).collect();
    assert_eq!(other, ["type", "cwd"]);
    let misfits: Vec<(&str, &str)> =
        entry.misfits.iter().map(|misfit| (misfit.place.as_str(), misfit.found)).collect();
    assert_eq!(misfits, [("args[1]", "a number"), ("env.N", "a number")]);
    assert_eq!(&text[entry.name_span.clone()], "\"a b\"");
}

#[test]
fn remote_entries_of_every_host() {
    let file = ConfigFile::from(
        r#"{"mcpServers": {
            "a": {"url": "https://a.example", "headers": {"X": "y"}},
            "b": {"type": "http", "serverUrl": "https://b.example"},
            "c": {"transport": {"type": "sse", "url": "https://c.example"}}
        }}"#,
    );
    let urls: Vec<&str> =
        file.servers().iter().filter_map(|entry| Some(entry.url.as_ref()?.value.as_str())).collect();
    assert_eq!(urls, ["https://a.example", "https://b.example", "https://c.example"]);
    assert_eq!(file.server("a").unwrap().headers.len(), 1);
    assert_eq!(file.server("c").unwrap().kind.as_ref().map(|kind| kind.value.as_str()), Some("sse"));
}

#[test]
fn entries_are_read_behind_every_mistake() {
    let text = "\u{feff}// mine\n{\n \"mcpServers\": {\n  \"a\": {'command': \"C:\\Users\\x.exe\",},\n  \"b\": {\"command\": \"y\"\n  \"args\": [\"z\"}\n}";
    let file = ConfigFile::read(text.as_bytes());
    assert!(!file.parses() && file.has_byte_order_mark());
    assert_eq!(names(&file), ["a", "b"]);
    assert_eq!(file.server("a").unwrap().command.as_ref().unwrap().value, r"C:\Users\x.exe");
    assert_eq!(file.server("b").unwrap().arguments(), ["z"]);
}

#[test]
fn wrong_places_are_told_apart() {
    for (text, shape, found) in [
        (r#"{"a": {"command": "x"}}"#, Shape::ServersAtTop, vec!["a"]),
        (r#"{"command": "x", "args": []}"#, Shape::EntryAlone, vec!["server"]),
        (r#"{"url": "https://a.example"}"#, Shape::EntryAlone, vec!["server"]),
        (r#"{"servers": {"a": {"command": "x"}}}"#, Shape::OtherHost, vec!["a"]),
        (r#"{"mcp": {"servers": {"a": {"url": "x"}}}}"#, Shape::OtherHost, vec!["a"]),
        (r#"{"mcpServers": {"a": {}}, "b": {"command": "x"}}"#, Shape::ServersAndStrays, vec!["a", "b"]),
        (r#"{"theme": "dark", "preferences": {"a": {}}}"#, Shape::NoServers, vec![]),
        ("[]", Shape::NotAnObject, vec![]),
        ("", Shape::NotAnObject, vec![]),
    ] {
        let file = ConfigFile::from(text);
        assert_eq!((file.shape(), names(&file)), (shape, found), "{text}");
    }
}

#[test]
fn positions_count_as_editors_do() {
    let file = ConfigFile::from("{\r\n  \"😀\": 1,\r\n}");
    let error = &file.syntax_errors()[0];
    let position = file.position(error.span.start);
    assert_eq!((position.line, position.column, file.length(&error.span)), (2, 10, 1));
    assert_eq!(file.line(2), Some("  \"😀\": 1,"));
}

#[test]
fn the_bytes_come_back_in_the_files_own_encoding() {
    let bytes = [0xFF, 0xFE, b'{', 0, b'}', 0];
    let file = ConfigFile::read(&bytes);
    assert!(!file.parses());
    assert_eq!(file.encode(file.text()).as_deref(), Some(&bytes[..]));
}
