//! What a person has of the two programs together, from the broken config to the way back: the doctor, the repair, calls
//! through the repaired entries over HTTPS and with a sign-in, and the undo. It runs everywhere; under Wine it is the proof
//! that the Windows programs do it with Windows' own files, locks and Credential Manager.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bridgekeeper_model::Os;
use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::oauth::{OAuthServer, Options, browser};
use bridgekeeper_testkit::scripted::Reply;
use bridgekeeper_testkit::tls::{Certificate, TlsServer};
use serde_json::{Value, json};

use crate::console::Console;

/// The version that today's hosts ask for.
const VERSION: &str = "2025-11-25";
/// Longer than two entries of Windows' Credential Manager.
const TOKEN: usize = 6000;

#[test]
fn the_doctor_the_repair_two_servers_a_sign_in_and_the_way_back() {
    let bridge = beside_the_console();
    if !bridge.is_file() {
        return println!("skipped: {} is not built", bridge.display());
    }
    if cfg!(windows) && std::env::var_os("WINEPREFIX").is_none() && std::env::var_os("CI").is_none() {
        return println!("skipped: this is somebody's own Credential Manager");
    }
    let far = TlsServer::start(Certificate::Good, Reply::proper);
    let notes = OAuthServer::start(Options { token_length: TOKEN, ..Options::default() }).unwrap();
    let config = format!(
        "{{\r\n  \"mcpServers\": {{\r\n    \"far\": {{\"command\": \"npx\", \"args\": [\"-y\", \"mcp-remote@0.1.29\", \"{}/mcp\"]}},\r\n    \"notes\": {{\"url\": \"{}\"}}\r\n  }}\r\n}}\r\n",
        far.origin(),
        notes.url()
    );
    let world = World { console: Console::new(Os::current()), bridge };
    world.console.home.write_config(&config).unwrap();

    let (report, status) = world.call(&["doctor"]);
    assert_eq!((status, &report["configs"][0]["live"]), (1, &json!(true)), "{report}");
    for id in ["config-schema-invalid", "outdated-mcp-remote"] {
        assert!(ids(&report).contains(&id.to_owned()), "{report}");
    }

    let path = world.console.config();
    let (fixed, _) = world.call(&["fix-config", &path, "--only", "use-bridge", "--write"]);
    assert_eq!(fixed["written"], true, "{fixed}");

    let authority = far.authority().display().to_string();
    let mut host = world.start("far", &["--ca-only", "--ca-file", &authority]);
    host.initialize(VERSION);
    assert_eq!(host.call(1, "tools/call", &json!({ "name": "any" }))["result"]["ok"], true);
    assert!(host.finish().success());

    // Whichever of the two has the lock asks, and the other one waits for it
    let mut hosts = [(); 2].map(|()| world.start("notes", &["--auth-timeout", "1"]));
    for host in &mut hosts {
        host.initialize(VERSION);
    }
    let link = (1..20).find_map(|id| {
        for host in &mut hosts {
            ask_to_add(host, id);
        }
        let links: Vec<String> = hosts.iter_mut().filter_map(|host| link_in(&host.answer(id))).collect();
        assert!(links.len() <= 1, "two bridges ask at once");
        links.into_iter().next()
    });
    let page = browser::open(&link.expect("one of them asks")).unwrap();
    assert!(page.text.contains("You are signed in"), "{}", page.text);
    for host in &mut hosts {
        host.message("notifications/tools/list_changed");
        assert_eq!(add(host, 100)["result"]["content"][0]["text"], "3", "{}", host.log());
    }
    drop(hosts);

    // Who comes later finds the long token in the keyring
    let mut later = world.start("notes", &[]);
    later.initialize(VERSION);
    assert_eq!(add(&mut later, 1)["result"]["content"][0]["text"], "3", "{}", later.log());
    drop(later);
    assert_eq!((notes.counts().authorizations, notes.counts().exchanges), (1, 1));

    let (signed_out, status) = world.call(&["sign-out", "notes", "--yes"]);
    assert_eq!(status, 0, "{signed_out}");
    let (undone, status) = world.call(&["undo", "--all", "--yes"]);
    assert_eq!(status, 0, "{undone}");
    assert_eq!(fs::read_to_string(&path).unwrap(), config, "the config came back byte for byte");
}

struct World {
    console: Console,
    bridge: PathBuf,
}

impl World {
    fn call(&self, words: &[&str]) -> (Value, i32) {
        let mut command = self.console.command(&[words, &["--json"]].concat());
        command.env("BRIDGEKEEPER_BRIDGE", &self.bridge);
        self.keyring(&mut command);
        let output = command.output().unwrap();
        let said =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        (said, output.status.code().unwrap())
    }

    /// Starts what an entry of the config names, as Claude would.
    fn start(&self, server: &str, more: &[&str]) -> StdioHost {
        let config: Value = serde_json::from_slice(&fs::read(self.console.config()).unwrap()).unwrap();
        let entry = &config["mcpServers"][server];
        let program = Path::new(entry["command"].as_str().unwrap());
        assert!(program.ends_with(format!(".bridgekeeper/bin/mcp-bridge{}", std::env::consts::EXE_SUFFIX)));
        let mut command = Command::new(program);
        command.args(entry["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()));
        command.args(more).arg("--no-browser").arg("--home").arg(self.console.home.root());
        for variable in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
            command.env_remove(variable).env_remove(variable.to_uppercase());
        }
        self.keyring(&mut command);
        StdioHost::start(command)
    }

    /// Windows' own, whose entries of this home have its name; elsewhere an encrypted file of the home's.
    fn keyring(&self, command: &mut Command) {
        if cfg!(windows) {
            command.env_remove("BRIDGEKEEPER_KEYRING");
        } else {
            let file = self.console.home.root().join("keyring");
            command.env("BRIDGEKEEPER_KEYRING", format!("file:{}", file.display()));
            command.env("BRIDGEKEEPER_KEYRING_PASSPHRASE", "open sesame");
        }
    }
}

fn beside_the_console() -> PathBuf {
    let name = format!("mcp-bridge{}", std::env::consts::EXE_SUFFIX);
    Path::new(env!("CARGO_BIN_EXE_bridgekeeper")).with_file_name(name)
}

fn ids(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

fn add(host: &mut StdioHost, id: u64) -> Value {
    ask_to_add(host, id);
    host.answer(id)
}

fn ask_to_add(host: &mut StdioHost, id: u64) {
    host.request(id, "tools/call", &json!({ "name": "add", "arguments": { "a": 1, "b": 2 } }));
}

/// The page that a tool's answer asks a person to open.
fn link_in(answer: &Value) -> Option<String> {
    let text = answer["result"]["content"][0]["text"].as_str()?;
    let (_, link) = text.split_once("sign in: ")?;
    Some(link.split(' ').next()?.trim_end_matches('.').to_owned())
}
