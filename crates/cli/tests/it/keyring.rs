//! Secrets and sign-ins with keyrings that keep something: GNOME Keyring in a D-Bus session of its own, and an
//! encrypted file.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Command;

use bridgekeeper_model::Os;
use bridgekeeper_testkit::keyring::Session;
use bridgekeeper_testkit::oauth::{OAuthServer, Options, browser};
use serde_json::{Value, json};

use crate::console::Console;

/// Lets a program that is about to start use a keyring.
type Enter<'a> = &'a dyn Fn(&mut Command);

struct World<'a> {
    console: Console,
    server: OAuthServer,
    enter: Enter<'a>,
}

impl<'a> World<'a> {
    fn new(enter: Enter<'a>) -> Self {
        let server = OAuthServer::start(Options::default()).unwrap();
        let config = json!({"mcpServers": {"notes": {"command": "mcp-bridge", "args": [server.url()],
            "env": {"KEY": "${secret:notes.key}"}}}});
        Self { console: Console::with_config(Os::Linux, &config.to_string()), server, enter }
    }

    /// Runs a call to its end; whoever it sends to a page goes there and agrees.
    fn call(&self, words: &[&str], stdin: &str) -> (Value, i32) {
        let mut command = self.console.command(&[words, &["--json"]].concat());
        (self.enter)(&mut command);
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            let told: Value = serde_json::from_str(&line.unwrap()).unwrap();
            browser::open(told["sign_in_at"].as_str().unwrap()).unwrap();
        }
        let mut text = String::new();
        child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        let status = child.wait().unwrap().code().unwrap();
        (serde_json::from_str(&text).unwrap(), status)
    }

    fn state(&self) -> String {
        let (listed, _) = self.call(&["sign-ins"], "");
        assert_eq!(listed["keyring"]["problem"], Value::Null, "{listed}");
        listed["sign_ins"][0]["state"].as_str().unwrap().to_owned()
    }

    /// Everything that a person does with a keyring, one after the other.
    fn everything_works(&self) {
        let (set, status) = self.call(&["secrets", "set", "notes.key"], "k29f3aa81c\n");
        assert_eq!((status, &set["reference"]), (0, &json!("${secret:notes.key}")), "{set}");
        let (listed, status) = self.call(&["secrets", "list"], "");
        assert_eq!((status, &listed["secrets"][0]["kept"]), (0, &json!(true)), "{listed}");

        assert_eq!(self.state(), "never");
        let (signed_in, status) = self.call(&["sign-in", "notes", "--no-browser"], "");
        assert_eq!((status, &signed_in["sign_in"]["state"]), (0, &json!("signed-in")), "{signed_in}");
        assert_eq!(self.state(), "signed-in");

        // What is no longer listed is not used; the tokens wait in the keyring for undo.
        let (reset, _) = self.call(&["reset-auth", "--server", "notes", "--yes"], "");
        assert_eq!(self.state(), "never", "{reset}");
        let (_, status) = self.call(&["undo", reset["undo"].as_str().unwrap(), "--yes"], "");
        assert_eq!((status, self.state().as_str()), (0, "signed-in"));

        let (out, status) = self.call(&["sign-out", "notes", "--yes"], "");
        assert_eq!((status, &out["done"]["revocation"]), (0, &json!("done")), "{out}");
        assert_eq!(self.state(), "never");
        assert!(self.server.counts().revocations > 0);

        let (removed, status) = self.call(&["secrets", "remove", "notes.key"], "");
        assert_eq!((status, &removed["error"]["code"]), (2, &json!("secret-in-use")));
        let (_, status) = self.call(&["secrets", "remove", "notes.key", "--yes"], "");
        assert_eq!(status, 0);
        assert_eq!(self.call(&["secrets", "list"], "").0["secrets"][0]["kept"], false);
    }

    /// What a new release of mcp-remote keeps is taken over and set aside.
    fn an_import_works(&self) {
        let line = bridgekeeper_mcp_remote::CommandLine::parse(&[self.server.url().as_str()]);
        let hash = line.server_hash(bridgekeeper_mcp_remote::HashScheme::Current).unwrap();
        let folder = self.console.home.root().join(".mcp-auth/mcp-remote-v1");
        std::fs::create_dir_all(&folder).unwrap();
        let put = |what: &str, value: &Value| {
            let mut file = std::fs::File::create(folder.join(format!("{hash}_{what}.json"))).unwrap();
            file.write_all(value.to_string().as_bytes()).unwrap();
        };
        put("tokens", &json!({"access_token": "opaque", "token_type": "Bearer", "refresh_token": "renews"}));
        put("client_info", &json!({"client_id": "theirs", "redirect_uris": []}));
        assert_eq!(self.state(), "importable");
        let (done, _) = self.call(&["import", "--yes"], "");
        assert_eq!(done["done"][0]["failed"], Value::Null, "{done}");
        assert!(
            std::fs::read_dir(&folder).map_or(0, Iterator::count) == 0,
            "mcp-remote's files are set aside"
        );
        let (listed, _) = self.call(&["sign-ins"], "");
        assert!(listed["sign_ins"][0]["issuer"].is_string(), "{listed}");
    }
}

#[test]
fn gnomes_keyring_keeps_secrets_and_sign_ins() {
    let mut session = match Session::start() {
        Ok(session) => session,
        Err(why) => return println!("{why}"),
    };
    if let Err(why) = session.start_keyring(Some("open sesame")) {
        return println!("{why}");
    }
    let enter = |command: &mut Command| {
        session.enter(command);
        command.env_remove("BRIDGEKEEPER_KEYRING");
    };
    let world = World::new(&enter);
    world.everything_works();
    world.an_import_works();
}

#[test]
fn an_encrypted_file_keeps_secrets_and_sign_ins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring");
    let named = format!("file:{}", path.display());
    let enter = |command: &mut Command| {
        command.env("BRIDGEKEEPER_KEYRING", &named).env("BRIDGEKEEPER_KEYRING_PASSPHRASE", "open sesame");
    };
    let world = World::new(&enter);
    world.everything_works();

    let nobody_asked = |command: &mut Command| {
        command.env("BRIDGEKEEPER_KEYRING", &named);
    };
    let (told, status) = World { enter: &nobody_asked, ..world }.call(&["sign-ins"], "");
    assert_eq!((status, &told["keyring"]["problem"]), (0, &json!("keyring-locked")), "{told}");
    assert!(told["keyring"]["message"].as_str().unwrap().contains("locked"), "{told}");
    assert!(path.exists());
}
