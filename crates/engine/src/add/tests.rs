use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bridgekeeper_claude::Home;
use bridgekeeper_model::Os;

use super::*;
use crate::context::Context;

fn config(home: &Path) -> PathBuf {
    home.join(".config/Claude/claude_desktop_config.json")
}

fn engine(home: &Path, text: &str) -> Engine {
    let path = config(home);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
    let bridge = home.join("bundled-bridge");
    File::create(&bridge).unwrap().write_all(b"bridge").unwrap();
    Engine::new(Context::new(Home::stand_in(home, Os::Linux)).with_bridge(Some(bridge)))
}

fn planned(engine: &Engine, text: &str) -> PlannedEdit {
    let offered = read(text).unwrap().remove(0);
    engine.plan_add(&offered.name, &offered.server, KeepSecrets::File, Secrets::Shown).unwrap()
}

const BEFORE: &str =
    "{\n\t\"mcpServers\": {\n\t\t\"old\": {\"command\": \"node\"}\n\t},\n\t\"theme\": 1\n}\n";

#[test]
fn a_local_server_is_added_in_the_files_own_style_and_taken_back_to_the_byte() {
    let home = tempfile::tempdir().unwrap();
    let engine = engine(home.path(), BEFORE);
    let plan = planned(&engine, "KEY=v npx -y notes@1.2.3");
    let entry = engine.make_edit(&plan).unwrap();
    let written = fs::read_to_string(config(home.path())).unwrap();
    assert!(written.starts_with(BEFORE.split("\"node\"}").next().unwrap()), "{written}");
    assert!(written.ends_with("\"theme\": 1\n}\n"), "{written}");
    let value: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(
        value["mcpServers"]["notes"],
        json!({"command": "npx", "args": ["-y", "notes@1.2.3"], "env": {"KEY": "v"}})
    );
    assert_eq!(engine.names_taken().len(), 2);
    let (way, _) = engine.way_back(Some(entry.id.as_str()), Secrets::Shown).unwrap();
    engine.take_back(&way).unwrap();
    assert_eq!(fs::read_to_string(config(home.path())).unwrap(), BEFORE);
}

#[test]
fn a_remote_server_is_added_with_the_bridge() {
    let home = tempfile::tempdir().unwrap();
    let engine = engine(home.path(), BEFORE);
    let plan =
        planned(&engine, "claude mcp add -t http linear https://mcp.linear.app/mcp -H \"X-Team: a b\"");
    engine.make_edit(&plan).unwrap();
    let value: Value = serde_json::from_slice(&fs::read(config(home.path())).unwrap()).unwrap();
    let entry = &value["mcpServers"]["linear"];
    let command = entry["command"].as_str().unwrap();
    assert!(command.ends_with("mcp-bridge") && Path::new(command).is_file(), "{command}");
    assert_eq!(entry["args"][0], "https://mcp.linear.app/mcp");
    assert_eq!(entry["args"][1], "--header");
    assert!(entry.get("url").is_none() && entry.get("headers").is_none(), "{entry}");
}

#[test]
fn a_name_that_is_taken_and_a_broken_file_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let taken = engine(home.path(), BEFORE);
    let server = OfferedServer::Local { command: "node".into(), args: vec![], env: vec![] };
    let refused = |engine: &Engine, name: &str| {
        let error = engine.plan_add(name, &server, KeepSecrets::File, Secrets::Masked).unwrap_err();
        error.to_string()
    };
    assert!(refused(&taken, "old").contains("already"));
    assert!(refused(&taken, "  ").contains("name"));
    let broken = engine(home.path(), "{\"mcpServers\": {");
    assert!(refused(&broken, "new").contains("not valid JSON"));
}
