//! No secret of a sign-in leaves the process by any way but the request that needs it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bridgekeeper_bridge::InKeyring;
use bridgekeeper_model::Secret;
use bridgekeeper_oauth::{Account, Credentials as _, SignIn};
use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::oauth::jwt::SigningKey;
use bridgekeeper_testkit::oauth::{Consent, KnownClient, OAuthServer, Options, TokenEndpoint, browser};
use bridgekeeper_vault::Keyring;
use serde_json::json;

use crate::VERSION;
use crate::together::{NotedBrowser, session, until};

/// What must be found nowhere else: the fields of the requests to the issuer.
const FIELDS: [&str; 9] = [
    "code",
    "code_verifier",
    "device_code",
    "refresh_token",
    "client_secret",
    "client_assertion",
    "assertion",
    "subject_token",
    "token",
];
/// Opens the encrypted file that stands in for a keyring.
const PASSPHRASE: &str = "open sesame";

/// Secrets, with what they are.
#[derive(Debug, Default)]
struct Secrets(BTreeSet<(String, Vec<u8>)>);

impl Secrets {
    /// All that the server gave out or was shown.
    fn of(server: &OAuthServer) -> Self {
        let mut secrets = Self::default();
        for (what, secret) in server.given_out() {
            secrets.add(what, &secret);
        }
        for request in server.seen() {
            let authorization = request.header("authorization").and_then(|value| value.split_once(' '));
            if let Some((scheme, token)) = authorization {
                secrets.add(&format!("{scheme} token"), token);
            }
            if let Some(proof) = request.header("dpop") {
                secrets.add("proof", proof);
            }
            for (name, value) in url::form_urlencoded::parse(request.body()) {
                if FIELDS.contains(&&*name) {
                    secrets.add(&name, &value);
                }
            }
        }
        secrets
    }

    fn add(&mut self, what: &str, secret: &str) {
        self.0.insert((what.to_owned(), secret.as_bytes().to_vec()));
        // As it stands in a form or an address.
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        self.0.insert((what.to_owned(), encoded.into_bytes()));
    }

    /// A private key (PKCS #8), whole and the number alone, in every form that it could be written in.
    fn add_key(&mut self, what: &str, pkcs8: &[u8]) {
        // The number of a P-256 key is an octet string of 32 bytes (SEC 1 §C.4).
        let number = pkcs8.windows(2).position(|head| head == [4, 32]).expect("a private key") + 2;
        for bytes in [pkcs8, &pkcs8[number..number + 32]] {
            self.0.insert((what.to_owned(), bytes.to_vec()));
            for text in [STANDARD.encode(bytes), URL_SAFE_NO_PAD.encode(bytes)] {
                self.add(what, &text);
            }
        }
    }

    /// Fails where one of them stands in one of the places, or where one of these kinds is not among them.
    fn assert_nowhere(&self, found: &[(String, Vec<u8>)], kinds: &[&str]) {
        for kind in kinds {
            assert!(
                self.0.iter().any(|(what, secret)| what == kind && secret.len() > 9),
                "{kind} in {self:?}"
            );
        }
        for (place, bytes) in found {
            for (kind, secret) in self.0.iter().filter(|(_, secret)| !secret.is_empty()) {
                let stands_there = bytes.windows(secret.len()).any(|part| part == secret.as_slice());
                assert!(!stands_there, "{kind} in {place}");
            }
        }
    }
}

/// The command line and the environment of a process, as the system shows them.
fn in_process_list(host: &StdioHost) -> Vec<(String, Vec<u8>)> {
    let read = |name: &str| {
        let path = format!("/proc/{}/{name}", host.id());
        let bytes = fs::read(&path).expect("it is ours");
        (path, bytes)
    };
    vec![read("cmdline"), read("environ")]
}

fn files_below(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            files_below(&entry, found);
        } else if entry.is_file() {
            found.push((entry.display().to_string(), fs::read(&entry).expect("a file")));
        }
    }
}

/// What a bridge leaves when it ends.
fn ends(mut host: StdioHost, home: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    // Its status while it runs, then what it leaves.
    files_below(home, found);
    host.close_input();
    found.push(("standard output".into(), host.rest().join("\n").into_bytes()));
    host.ended();
    found.push(("standard error".into(), host.log().into_bytes()));
    files_below(home, found);
}

fn with_log(command: &mut Command, home: &Path) {
    command.arg("--debug").arg("--log-file").arg(home.join("bridge.log"));
}

#[test]
fn a_sign_in_a_renewal_and_a_failure_leave_no_secret_anywhere() {
    let Some(keyring) = session() else { return };
    let home = tempfile::tempdir().expect("a folder");
    // One that gives out a secret to every client that registers.
    let changes = json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] });
    let server = OAuthServer::start(Options { changes, ..Options::default() }).expect("a server");
    let noted = NotedBrowser::new();
    let mut command = noted.command(home.path(), &server);
    keyring.enter(&mut command);
    with_log(&mut command, home.path());
    command.args(["--scope", "openid profile tools.read offline_access"]);
    let mut host = StdioHost::start(command);
    host.initialize(VERSION);
    until("the browser opens", || !noted.opened().is_empty());
    let mut found = in_process_list(&host);
    assert!(browser::open(&noted.opened()[0]).expect("a page").text.contains("You are signed in"));
    host.message("notifications/tools/list_changed");
    let add = json!({ "name": "add", "arguments": { "a": 1, "b": 2 } });
    assert_eq!(host.call(1, "tools/call", &add)["result"]["content"][0]["text"], "3");
    server.forget_access_tokens();
    assert_eq!(host.call(2, "tools/call", &add)["result"]["content"][0]["text"], "3");
    server.change(|options| options.token_endpoint = TokenEndpoint::Unavailable);
    server.forget_access_tokens();
    let failed = host.call(3, "tools/call", &add);
    assert_eq!(failed["result"]["isError"], true, "{failed}");
    found.push(("the answer".into(), failed.to_string().into_bytes()));
    found.extend(in_process_list(&host));
    ends(host, home.path(), &mut found);
    files_below(noted.folder(), &mut found);

    for what in ["bridge.log", "/run/", "/servers/", "/sign-ins/", "opened.env"] {
        assert!(found.iter().any(|(path, bytes)| path.contains(what) && !bytes.is_empty()), "{what}");
    }
    let kinds = [
        "authorization code",
        "code",
        "code_verifier",
        "access token",
        "refresh token",
        "refresh_token",
        "ID token",
        "client secret",
        "client_secret",
        "Bearer token",
    ];
    Secrets::of(&server).assert_nowhere(&found, &kinds);
}

#[test]
fn a_device_code_and_the_key_of_its_tokens_are_left_nowhere() {
    let home = tempfile::tempdir().expect("a folder");
    let server =
        OAuthServer::start(Options { consent: Consent::Waits, ..Options::default() }).expect("a server");
    let mut command = crate::command(&server.url(), &["--device-code", "--dpop", "--auth-timeout", "1"]);
    command.arg("--home").arg(home.path());
    with_log(&mut command, home.path());
    let file = home.path().join("keyring");
    command.env("BRIDGEKEEPER_KEYRING", format!("file:{}", file.display()));
    command.env(Keyring::PASSPHRASE, PASSPHRASE);
    let mut host = StdioHost::start(command);
    host.initialize(VERSION);
    let add = json!({ "name": "add", "arguments": { "a": 1, "b": 2 } });
    let mut found = Vec::new();
    let link = (1..20).find_map(|id| {
        let answer = host.call(id, "tools/call", &add);
        found.push(("the invitation".to_owned(), answer.to_string().into_bytes()));
        let text = answer["result"]["content"][0]["text"].as_str()?;
        let link = text.split_whitespace().find(|word| word.contains("/activate"))?;
        Some(link.trim_end_matches('.').to_owned())
    });
    assert_eq!(browser::open(&link.expect("a link")).expect("a page").status, 200);
    host.message("notifications/tools/list_changed");
    assert_eq!(host.call(30, "tools/call", &add)["result"]["content"][0]["text"], "3");
    found.extend(in_process_list(&host));
    ends(host, home.path(), &mut found);

    let mut secrets = Secrets::of(&server);
    let passphrase = Arc::new(|_| Some(Secret::new(PASSPHRASE)));
    let keyring = Keyring::of_file(&file, home.path(), passphrase);
    let account = Account { server: server.url(), name: String::new() };
    let kept = InKeyring::of_keyring(keyring, home.path()).read(&account).expect("it opens");
    let kept = SignIn::from_kept(&kept.expect("a sign-in")).expect("whole");
    let key = kept.proof_key.expect("a key of the tokens");
    secrets.add_key("DPoP key", &URL_SAFE_NO_PAD.decode(key.expose()).expect("PKCS #8"));
    let kinds = ["device code", "device_code", "proof", "DPoP key", "access token", "refresh token"];
    secrets.assert_nowhere(&found, &kinds);
}

/// How a program proves itself, and what must be left of that nowhere.
struct Proof {
    client: KnownClient,
    flags: Vec<String>,
    secrets: Secrets,
    kinds: &'static [&'static str],
}

#[test]
fn what_proves_a_client_is_left_nowhere() {
    const GIVEN: &str = "k29f3aa81cZ-m4";
    let given = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| {
        let path = given.path().join(name);
        fs::File::create(&path).expect("a file").write_all(text.as_bytes()).expect("written");
        path.display().to_string()
    };
    let key = SigningKey::generate().expect("a key");
    let pem = key.pem();
    let pkcs8 = STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>());
    let (mut by_secret, mut by_key) = (Secrets::default(), Secrets::default());
    by_secret.add("secret", GIVEN);
    by_key.add_key("private key", &pkcs8.expect("Base64"));
    let me = || KnownClient { id: "me".into(), ..KnownClient::default() };
    let itself = |flag: &str, value: String| vec!["--client-credentials".into(), flag.into(), value];
    for Proof { client, flags, secrets, kinds } in [
        Proof {
            client: KnownClient { secret: Some(GIVEN.into()), ..me() },
            flags: itself("--client-secret", format!("@{}", put("secret", GIVEN))),
            secrets: by_secret,
            kinds: &["Basic token", "secret"],
        },
        Proof {
            client: KnownClient { key: Some(key.public()), ..me() },
            flags: itself("--private-key", put("key.pem", &pem)),
            secrets: by_key,
            kinds: &["client_assertion", "private key"],
        },
        Proof {
            client: me(),
            flags: vec!["--workload-jwt".into(), format!("@{}", put("statement", "e30.k29f3aa81c.Wk9"))],
            secrets: Secrets::default(),
            kinds: &["assertion"],
        },
    ] {
        let answers = kinds != ["assertion"];
        let server = OAuthServer::start(Options { clients: vec![client], ..Options::default() });
        let server = server.expect("a server");
        let home = tempfile::tempdir().expect("a folder");
        let mut command = crate::command(&server.url(), &["--client-id", "me"]);
        command.args(flags).arg("--home").arg(home.path());
        with_log(&mut command, home.path());
        let mut host = StdioHost::start(command);
        let mut found = Vec::new();
        if answers {
            host.initialize(VERSION);
            assert_eq!(host.call_tool(1, "add", &json!({ "a": 1, "b": 2 })), "3");
        } else {
            // The statement is nobody's whom this server knows: refused, and told.
            host.request(0, "initialize", &json!({ "protocolVersion": VERSION }));
            found.push(("the refusal".into(), host.answer(0).to_string().into_bytes()));
        }
        found.extend(in_process_list(&host));
        // Once more, and refused: an error tells nothing either.
        server.change(|options| options.clients.clear());
        server.forget_all_tokens();
        let refused = host.call(2, "tools/call", &json!({ "name": "add", "arguments": {} }));
        found.push(("the answer".into(), refused.to_string().into_bytes()));
        assert!(refused["result"]["isError"] == true || refused.get("error").is_some(), "{refused}");
        ends(host, home.path(), &mut found);

        let mut all = Secrets::of(&server);
        all.0.extend(secrets.0);
        all.assert_nowhere(&found, kinds);
    }
}
