//! Thousands of edits and undos in a row, with other programs writing the file anew in between, end at the start.
//!
//! `BRIDGEKEEPER_LONG_TESTS` makes ten thousand of each, in forty runs; `BRIDGEKEEPER_TEST_SEED` repeats a run.

use std::fs;
use std::path::PathBuf;

use bridgekeeper_formats::edit::members::Document;
use bridgekeeper_formats::edit::style::{New, Style};
use bridgekeeper_formats::{edit, json};
use bridgekeeper_testkit::files::put;
use serde_json::Value;

use super::*;

const FIRST: &str = "{\r\n\t\"mcpServers\": {\r\n\t\t\"a\": { \"command\": \"npx\", \"args\": [\"-y\", \"x y\"] },\r\n\t\t\"b\": {\"command\":\"uvx\"}\r\n\t},\r\n\t\"own\" : [1,2 , 3]\r\n}\r\n";
/// Edits of one run, each of which is taken back.
const EDITS: usize = 250;
/// How many changes stand at once at most.
const DEPTH: usize = 12;

/// xorshift64: the same numbers for the same seed, everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

struct World {
    _folder: tempfile::TempDir,
    config: PathBuf,
    ledger: Ledger,
    random: Random,
    /// The servers as they were before each change that stands.
    before: Vec<Value>,
}

impl World {
    fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.json");
        put(&config, FIRST);
        let ledger = Ledger::in_folder(folder.path().join("data"));
        Self { _folder: folder, config, ledger, random: Random(seed), before: vec![] }
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.config).unwrap()
    }

    fn servers(&self) -> Value {
        serde_json::from_str::<Value>(&self.text()).unwrap()["mcpServers"].clone()
    }

    /// We change one member or two somewhere among the servers.
    fn edit(&mut self) {
        let text = self.text();
        let parsed = json::parse(&text);
        let style = Style::of(&text, &parsed);
        let document = Document { text: &text, style: &style };
        let root = parsed.root.as_ref().unwrap();
        let servers = &root.as_object().unwrap().get("mcpServers").unwrap().value;
        let members = &servers.as_object().unwrap().members;
        let name = format!("s{}", self.random.below(1_000_000));
        let new = New::Object(vec![
            ("command".to_owned(), New::text("npx")),
            ("env".to_owned(), New::Object(vec![("K".to_owned(), New::text(name.clone()))])),
        ]);
        let at = self.random.below(members.len().max(1));
        let edits = match self.random.below(4) {
            0 if members.len() > 1 => document.remove_members(servers, &[at]),
            1 if !members.is_empty() => vec![document.replace(&members[at].value, &new)],
            2 if !members.is_empty() => match members[at].value.as_object() {
                Some(_) => document.insert_members(&members[at].value, None, &[(&name, New::texts(["v w"]))]),
                None => document.insert_members(servers, None, &[(&name, new)]),
            },
            _ => document.insert_members(servers, None, &[(&name, new)]),
        };
        let after = edit::apply(&text, &edits);
        assert!(serde_json::from_str::<Value>(&after).is_ok(), "{after}");
        self.before.push(self.servers());
        let proposed = Proposed {
            path: &self.config,
            read: Some(text.as_bytes()),
            after: Some(after.as_bytes()),
            edits: &edits,
            note: Note::new(Kind::Fix, "Change"),
            off: None,
        };
        self.ledger.make(&proposed, now()).unwrap();
    }

    fn undo(&mut self) {
        let Some(expected) = self.before.pop() else { return };
        let way = self.ledger.way_back(None).unwrap_or_else(|error| panic!("{error}\n{}", self.text()));
        self.ledger.take_back(&way, now()).unwrap();
        assert_eq!(self.servers(), expected);
    }

    /// Somebody else writes the whole file anew, as Claude does, with a preference of its own.
    fn rewrite(&mut self) {
        let mut value: Value = serde_json::from_str(&self.text()).unwrap();
        value["preferences"]["n"] = self.random.below(1000).into();
        let mut text = serde_json::to_string_pretty(&value).unwrap();
        match self.random.below(3) {
            0 => {}
            1 => text = text.replace("  ", "\t"),
            _ => text = value.to_string(),
        }
        put(&self.config, &text);
    }
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn run(seed: u64, rewrites: bool) -> World {
    println!("seed {seed}");
    let mut world = World::new(seed);
    for _ in 0..EDITS {
        while world.before.len() >= DEPTH || (!world.before.is_empty() && world.random.below(3) == 0) {
            world.undo();
        }
        world.edit();
        if rewrites && world.random.below(4) == 0 {
            world.rewrite();
        }
    }
    while !world.before.is_empty() {
        world.undo();
    }
    world
}

/// The seeds of this run: one that was asked for, else the same ones every time.
fn seeds() -> Vec<u64> {
    let asked = std::env::var("BRIDGEKEEPER_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    if let Some(seed) = asked {
        return vec![seed];
    }
    let runs = if std::env::var_os("BRIDGEKEEPER_LONG_TESTS").is_some() { 40 } else { 1 };
    (20_261_121..20_261_121 + runs).collect()
}

#[test]
fn edits_and_undos_end_at_the_very_bytes_of_the_start() {
    for seed in seeds() {
        assert_eq!(run(seed, false).text(), FIRST, "seed {seed}");
    }
}

#[test]
fn with_others_rewriting_the_file_they_end_at_the_servers_of_the_start() {
    for seed in seeds() {
        let mut end: Value = serde_json::from_str(&run(seed, true).text()).unwrap();
        end.as_object_mut().unwrap().remove("preferences");
        assert_eq!(end, serde_json::from_str::<Value>(FIRST).unwrap(), "seed {seed}");
    }
}
