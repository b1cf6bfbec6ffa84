//! What each form of a policy comes to, and what it stops.

use std::fs;
use std::path::{Path, PathBuf};

use bridgekeeper_claude::Home;
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_model::{Os, ServerName, Severity};
use bridgekeeper_testkit::files::put;
use serde_json::{Map, Value, json};

use super::source::keys_of_plist;
use super::*;
use crate::add::{self, KeepSecrets};
use crate::bundle::Whose;
use crate::context::Context;
use crate::diff::Secrets;
use crate::edits::Switch;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::settings::{Setting, SettingsError};

fn keys(value: Value) -> Layer {
    let Value::Object(keys) = value else { panic!("{value} is no object") };
    Layer { place: "here".to_owned(), found: Found::Keys(keys) }
}

fn policy(value: Value) -> Policy {
    Policy::of(vec![keys(value)])
}

/// Whether a policy with that one pattern lets an entry in.
fn allows(pattern: &str, entry: &Value) -> bool {
    let file = ConfigFile::from(json!({"mcpServers": {"it": entry}}).to_string().as_str());
    policy(json!({"AllowedServers": [pattern]})).allows(file.server("it").unwrap())
}

fn remote(url: &str) -> Value {
    json!({"command": "/home/u/.bridgekeeper/bin/mcp-bridge", "args": [url, "--header", "a:b"]})
}

#[test]
fn nobody_has_set_anything() {
    let absent = || Layer { place: "there".to_owned(), found: Found::Absent };
    let policy = Policy::of(vec![absent(), absent()]);
    assert_eq!(policy, Policy::default());
    assert!(!policy.is_set());
}

#[test]
fn the_computers_place_stands_above_the_persons() {
    let computer = keys(json!({"UpdatesOff": 0, "Organisation": "Contoso"}));
    let person = keys(json!({"UpdatesOff": 1, "AllowedServers": "npx *", "organisation": "Somebody"}));
    let policy = Policy::of(vec![computer, person]);
    assert!(!policy.updates_off);
    assert_eq!(policy.organisation.as_deref(), Some("Contoso"));
    assert_eq!(policy.allowed_servers.unwrap()[0].to_string(), "npx *");
    assert_eq!(policy.problems, []);
}

#[test]
fn what_cannot_be_read_is_told_and_counts_as_forbidden() {
    let unreadable = Layer { place: "there".to_owned(), found: Found::Unreadable("denied".to_owned()) };
    let broken = Policy::of(vec![unreadable]);
    assert!(broken.is_set() && broken.updates_off);
    let file = ConfigFile::from(r#"{"mcpServers": {"it": {"command": "npx"}}}"#);
    assert!(!broken.allows(file.server("it").unwrap()));
    assert_eq!(broken.problems[0].effect, PolicyEffect::Forbids);

    let one = policy(json!({"UpdatesOff": "perhaps", "AllowedServers": ["npx"]}));
    assert!(one.updates_off, "only a clear no is a no");
    assert!(one.allows(file.server("it").unwrap()), "the other key says what it says");
    assert!(!policy(json!({"AllowedServers": 7})).allows(file.server("it").unwrap()));

    let told = |value: Value| policy(value).problems.iter().map(|one| one.effect).collect::<Vec<_>>();
    assert_eq!(told(json!({"AllowedServer": []})), [PolicyEffect::Ignored], "a slip of the pen is told");
    assert_eq!(told(json!({"AllowedServers": ["ftp://a.example", "npx"]})), [PolicyEffect::Ignored]);
    assert_eq!(told(json!({"ReportAddress": "the blue desk"})), [PolicyEffect::Ignored]);
    assert_eq!(told(json!({"Organisation": 7})), [PolicyEffect::Ignored]);
}

#[test]
fn an_address_is_allowed_by_its_parts_and_by_nothing_that_looks_alike() {
    let table = [
        ("https://mcp.a.example", "https://mcp.a.example/any/path?x=1", true),
        ("https://mcp.a.example", "https://MCP.A.example:443/", true),
        ("https://mcp.a.example", "http://mcp.a.example/", false),
        ("https://mcp.a.example", "https://mcp.a.example:8443/", false),
        ("https://mcp.a.example:*", "https://mcp.a.example:8443/", true),
        ("https://mcp.a.example", "https://mcp.a.example.evil.example/", false),
        ("https://mcp.a.example", "https://mcp.a.example@evil.example/", false),
        ("https://*.a.example", "https://one.two.a.example/mcp", true),
        ("https://*.a.example", "https://a.example/mcp", false),
        ("https://*.a.example", "https://evila.example/mcp", false),
        ("https://*.a.example", "https://evil.example/.a.example", false),
        ("https://a.example/mcp", "https://a.example/mcp", true),
        ("https://a.example/mcp", "https://a.example/mcp/x", false),
        ("https://a.example/mcp/*", "https://a.example/mcp/x", true),
        ("https://a.example/mcp/*", "https://a.example/mcp/../admin", false),
        ("https://a.example/mcp/*", "https://a.example/mcp/%2e%2e/admin", false),
        ("https://bücher.example", "https://xn--bcher-kva.example/", true),
        ("http://127.0.0.1:*", "http://127.0.0.1:8000/mcp", true),
        ("http://[::1]:8000", "http://[::1]:8000/mcp", true),
        ("https://*", "https://any.example/", true),
        ("npx *", "https://a.example/mcp", false),
    ];
    for (pattern, url, expected) in table {
        assert_eq!(allows(pattern, &remote(url)), expected, "{pattern} and {url}");
        assert_eq!(allows(pattern, &json!({"url": url})), expected, "{pattern} and {url}");
        let old = json!({"command": "npx", "args": ["-y", "mcp-remote", url]});
        assert_eq!(allows(pattern, &old), expected, "{pattern} and {url}");
    }
    assert!(!allows("https://*", &json!({"url": "no address"})));
}

#[test]
fn a_program_is_allowed_word_by_word() {
    let entry = |command: &str, args: &[&str]| json!({"command": command, "args": args});
    let table = [
        ("npx -y @a/*", entry("npx", &["-y", "@a/notes"]), true),
        ("npx -y @a/*", entry(r"C:\Program Files\nodejs\npx.cmd", &["-y", "@a/notes"]), true),
        ("npx -y @a/*", entry("cmd", &["/c", "npx", "-y", "@a/notes"]), true),
        ("npx -y @a/*", entry("cmd", &["/c", "npx", "-y", "@a/notes&evil"]), false),
        ("npx -y @a/*", entry("npx", &["-y", "@evil/notes"]), false),
        ("npx -y @a/*", entry("npx", &["-y", "@a/notes", "--more"]), false),
        ("npx -y @a/* *", entry("npx", &["-y", "@a/notes", "--more", "words"]), true),
        ("npx -y @a/* *", entry("npx", &["-y"]), false),
        ("npx *", entry("npx-evil", &[]), false),
        ("uvx", entry("uvx", &[]), true),
        ("/opt/a/notes", entry("/opt/a/notes", &[]), true),
        ("/opt/a/*", entry("/opt/a/notes", &[]), true),
        ("/opt/a/notes", entry("/opt/b/notes", &[]), false),
        (r#""C:\Program Files\A\notes.exe" *"#, entry(r"C:\Program Files\A\notes.exe", &["-v"]), true),
        ("uvx notes", entry("/b/mcp-bridge", &["exec", "--env", "K=secret:k", "--", "uvx", "notes"]), true),
        ("uvx notes", entry("/b/mcp-bridge", &["exec", "--", "uvx", "evil"]), false),
        ("https://*", entry("evil", &["https://a.example/mcp"]), false),
    ];
    for (pattern, entry, expected) in table {
        assert_eq!(allows(pattern, &entry), expected, "{pattern} and {entry}");
    }
}

#[test]
fn a_pattern_that_says_nothing_is_refused() {
    let refused = |text: &str| text.parse::<ServerPattern>().unwrap_err();
    assert_eq!(refused("  "), BadPattern::Empty);
    assert_eq!(refused("ftp://a.example"), BadPattern::Scheme);
    assert_eq!(refused("https://mcp.*.example"), BadPattern::Host);
    assert_eq!(refused("https:///mcp"), BadPattern::Host);
    assert_eq!(refused("https://a.example:port"), BadPattern::Port);
}

#[test]
fn the_examples_of_the_documents_say_the_same_in_every_form() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/managed.md");
    let page = fs::read_to_string(page).unwrap();
    let block = |language: &str| {
        let start = page.split_once(&format!("```{language}\n")).unwrap().1;
        start.split_once("```").unwrap().0.to_owned()
    };
    let expected: Map<String, Value> = serde_json::from_str(&block("json")).unwrap();
    assert_eq!(keys_of_plist(block("xml").as_bytes()).unwrap(), expected);
    let policy = policy(Value::Object(expected.clone()));
    assert_eq!(policy.problems, []);
    assert_eq!((policy.updates_off, policy.allowed_servers.as_ref().map(Vec::len)), (true, Some(3)));
    assert!(policy.organisation.is_some() && policy.report_address.is_some());
    assert_eq!(KEYS.iter().filter(|(key, _)| expected.contains_key(*key)).count(), KEYS.len());

    let mut registry = Map::new();
    let mut list = Vec::new();
    let mut in_list = false;
    for line in block("reg").lines().skip(1) {
        if line.starts_with('[') {
            in_list = line.ends_with(r"Policies\Bridgekeeper\AllowedServers]");
        } else if let Some((name, value)) = line.split_once('=') {
            let text = || Value::from(value.trim_matches('"').replace(r"\\", r"\"));
            match value.strip_prefix("dword:") {
                _ if in_list => list.push(text()),
                Some(number) => {
                    let number = u64::from_str_radix(number, 16).unwrap();
                    registry.insert(name.trim_matches('"').to_owned(), Value::from(number == 1));
                }
                None => {
                    registry.insert(name.trim_matches('"').to_owned(), text());
                }
            }
        }
    }
    registry.insert(ALLOWED_SERVERS.to_owned(), Value::Array(list));
    assert_eq!(registry, expected);
}

#[cfg(windows)]
#[test]
fn group_policy_is_read_from_the_registry() {
    use windows_registry::CURRENT_USER;

    let path = format!(r"Software\Bridgekeeper tests\{}", std::process::id());
    let read = || super::source::system::layer(CURRENT_USER, "HKCU", &path);
    assert!(matches!(read().found, Found::Absent));
    let key = CURRENT_USER.create(&path).unwrap();
    key.set_u32("UpdatesOff", 1).unwrap();
    key.set_string("Organisation", "Contoso").unwrap();
    key.set_multi_string("AllowedServers", &["npx *", "uvx *"]).unwrap();
    let with_lines = Policy::of(vec![read()]);
    key.remove_value("AllowedServers").unwrap();
    let list = key.create("AllowedServers").unwrap();
    for number in (1..=10).rev() {
        list.set_string(number.to_string(), format!("tool-{number}")).unwrap();
    }
    let with_key = Policy::of(vec![read()]);
    key.set_bytes("ReportAddress", windows_registry::Type::Bytes, &[1, 2]).unwrap();
    let with_bytes = Policy::of(vec![read()]);
    drop(list);
    CURRENT_USER.remove_tree(&path).unwrap();

    assert!(with_lines.updates_off && with_lines.places[0].starts_with("HKCU"));
    assert_eq!(with_lines.allowed_servers.unwrap().len(), 2);
    let listed = with_key.allowed_servers.unwrap();
    assert_eq!((listed[0].to_string().as_str(), listed[9].to_string().as_str()), ("tool-1", "tool-10"));
    assert_eq!(with_bytes.problems.len(), 1);
}

const CONFIG: &str = r#"{
  "mcpServers": {
    "ours": { "command": "npx", "args": ["-y", "@contoso/notes"] },
    "theirs": { "command": "npx", "args": ["-y", "theirs"] }
  }
}
"#;

struct World {
    folder: tempfile::TempDir,
    engine: Engine,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path().join(".config/Claude/claude_desktop_config.json"), CONFIG);
        let engine = Engine::new(Context::new(Home::stand_in(folder.path(), Os::Linux)));
        Self { folder, engine }
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join(".config/Claude/claude_desktop_config.json")
    }

    fn set(&self, policy: &str) {
        put(self.folder.path().join(".bridgekeeper/policy.json"), policy);
    }

    fn add(&self, line: &str) -> Result<(), EngineError> {
        let offered = add::read(line).unwrap().remove(0);
        let plan =
            self.engine.plan_add(&offered.name, &offered.server, KeepSecrets::File, Secrets::Masked)?;
        self.engine.make_edit(&plan).map(drop)
    }

    fn switch(&self, name: &str, switch: Switch) -> Result<(), EngineError> {
        let plan = self.engine.plan_switch(name, switch, Secrets::Masked)?;
        self.engine.make_edit(&plan).map(drop)
    }

    fn found(&self, id: &str) -> Vec<(Severity, Option<ServerName>)> {
        let findings = self.engine.doctor().findings;
        let told = findings.iter().filter(|finding| finding.id == id);
        told.map(|finding| (finding.severity, finding.server.clone())).collect()
    }
}

const OURS: &str = r#"{"Organisation": "Contoso IT", "AllowedServers": ["npx -y @contoso/*"]}"#;

#[test]
fn what_is_not_allowed_is_not_added_and_it_is_said_who_decided() {
    let world = World::new();
    world.set(OURS);
    let error = world.add("npx -y elsewhere").unwrap_err();
    assert!(matches!(&error, EngineError::NotAllowed { servers, .. } if servers.len() == 1), "{error}");
    assert!(error.to_string().contains("Contoso IT (set in "), "{error}");
    world.add("npx -y @contoso/maps").unwrap();
    world.set("{}");
    world.add("npx -y elsewhere").unwrap();
}

#[test]
fn a_policy_that_appears_after_the_change_was_shown_holds_too() {
    let world = World::new();
    let offered = add::read("npx -y elsewhere").unwrap().remove(0);
    let plan = world.engine.plan_add("x", &offered.server, KeepSecrets::File, Secrets::Masked).unwrap();
    world.set(OURS);
    assert!(matches!(world.engine.make_edit(&plan), Err(EngineError::NotAllowed { .. })));
    assert_eq!(fs::read_to_string(world.config()).unwrap(), CONFIG);
}

#[test]
fn a_server_that_is_not_allowed_goes_off_and_not_on_again() {
    let world = World::new();
    world.set(OURS);
    for name in ["theirs", "ours"] {
        world.switch(name, Switch::Off).unwrap();
    }
    world.switch("ours", Switch::On).unwrap();
    let error = world.switch("theirs", Switch::On).unwrap_err();
    assert_eq!(error.code(), "not-allowed");
    // What stood there may stand there again
    let (way, _) = world.engine.way_back(None, Secrets::Masked).unwrap();
    world.engine.take_back(&way).unwrap();
}

#[test]
fn an_entry_that_is_not_allowed_is_told_and_stays() {
    let world = World::new();
    world.set(OURS);
    assert_eq!(world.found("server-not-allowed"), [(Severity::Warning, Some(ServerName::from("theirs")))]);
    assert_eq!(fs::read_to_string(world.config()).unwrap(), CONFIG);
    world.set("{ broken");
    assert_eq!(world.found("server-not-allowed"), [], "nobody knows what is allowed");
    assert_eq!(world.found("policy-not-understood"), [(Severity::Error, None)]);
    assert!(matches!(world.add("npx -y @contoso/maps"), Err(EngineError::NotAllowed { .. })));
    for id in ["server-not-allowed", "policy-not-understood"] {
        assert!(world.engine.explain(id).unwrap().text.contains("## What to do"), "{id}");
    }
}

#[test]
fn updates_that_are_off_by_policy_cannot_be_switched_on() {
    let world = World::new();
    assert!(world.engine.settings().settings().updates);
    world.set(r#"{"UpdatesOff": true}"#);
    let settings = world.engine.settings();
    assert!(!settings.settings().updates);
    let set = |wanted| settings.change(|settings| Setting::Updates(wanted).set(settings));
    set(false).unwrap();
    let error = set(true).unwrap_err();
    assert!(matches!(&error, SettingsError::Decided { .. }), "{error}");
    let other = settings.change(|settings| Setting::CloseToTray(false).set(settings)).unwrap();
    assert!(!other.updates && !other.close_to_tray);
    world.set("{}");
    assert!(set(true).unwrap().updates, "the person chooses again");
}

#[test]
fn reports_go_where_the_organisation_says() {
    let world = World::new();
    let before = world.engine.bundle().tracker;
    world.set(r#"{"Organisation": "Contoso IT", "ReportAddress": "mcp-help@contoso.example"}"#);
    let tracker = world.engine.bundle().tracker;
    assert_ne!(before.whose, Whose::Organisation);
    assert_eq!((tracker.whose, tracker.name.as_str()), (Whose::Organisation, "Contoso IT"));
    assert_eq!(tracker.address.unwrap().as_str(), "mailto:mcp-help@contoso.example");
}
