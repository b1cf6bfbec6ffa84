//! No secret of a sign-in leaves the process by any way but the request that needs it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::oauth::jwt::SigningKey;
use bridgekeeper_testkit::oauth::{KnownClient, OAuthServer, Options, TokenEndpoint, browser};
use serde_json::json;

use crate::VERSION;
use crate::together::{NotedBrowser, session, until};

/// What must be found nowhere else: the fields of the requests to the token endpoint.
const FIELDS: [&str; 5] = ["code", "code_verifier", "refresh_token", "client_secret", "client_assertion"];

/// All secrets that the server was shown, with what they are.
fn shown(server: &OAuthServer) -> BTreeSet<(String, String)> {
    let mut shown = BTreeSet::new();
    for asked in server.asked() {
        if let Some((kind, token)) =
            asked.headers.get("authorization").and_then(|value| value.split_once(' '))
        {
            shown.insert((format!("{kind} token"), token.to_owned()));
        }
        let body = String::from_utf8_lossy(&asked.body).into_owned();
        let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
        for (name, value) in pairs.filter(|(name, _)| FIELDS.contains(name)) {
            shown.insert((name.to_owned(), value.to_owned()));
        }
    }
    shown
}

/// Fails where one of the secrets stands in one of the places, or where one of these kinds was never shown.
fn assert_nowhere(found: &[(String, Vec<u8>)], shown: &BTreeSet<(String, String)>, kinds: &[&str]) {
    for kind in kinds {
        assert!(shown.iter().any(|(shown, value)| shown == kind && value.len() > 9), "{kind} in {shown:?}");
    }
    for (place, bytes) in found {
        let text = String::from_utf8_lossy(bytes);
        for (kind, secret) in shown {
            assert!(!text.contains(secret.as_str()), "{kind} in {place}");
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
    command.arg("--debug").arg("--log-file").arg(home.path().join("bridge.log"));
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
    // Its status while it runs, then what it leaves.
    files_below(home.path(), &mut found);
    host.close_input();
    found.push(("standard output".into(), host.rest().join("\n").into_bytes()));
    host.ended();
    found.push(("standard error".into(), host.log().into_bytes()));
    files_below(home.path(), &mut found);
    files_below(noted.folder(), &mut found);

    for what in ["bridge.log", "/run/", "/servers/", "/sign-ins/", "opened.env"] {
        assert!(found.iter().any(|(path, bytes)| path.contains(what) && !bytes.is_empty()), "{what}");
    }
    let kinds = ["code", "code_verifier", "refresh_token", "client_secret", "Bearer token"];
    assert_nowhere(&found, &shown(&server), &kinds);
}

#[test]
fn what_proves_a_client_is_left_nowhere() {
    let key = SigningKey::generate().expect("a key");
    let given = tempfile::tempdir().expect("a folder");
    let (secret_file, key_file) = (given.path().join("secret"), given.path().join("key.pem"));
    for (file, text) in [(&secret_file, "k29f3aa81cZ-m4"), (&key_file, &*key.pem())] {
        fs::File::create(file).expect("a file").write_all(text.as_bytes()).expect("written");
    }
    let of_file = format!("@{}", secret_file.display());
    let (by_secret, by_key) =
        (["--client-secret", &of_file], ["--private-key", key_file.to_str().expect("a path")]);
    for (proof, kind) in [(by_secret, "Basic token"), (by_key, "client_assertion")] {
        let client = match kind {
            "client_assertion" => KnownClient { key: Some(key.public()), ..KnownClient::default() },
            _ => KnownClient { secret: Some("k29f3aa81cZ-m4".into()), ..KnownClient::default() },
        };
        let clients = vec![KnownClient { id: "me".into(), ..client }];
        let server = OAuthServer::start(Options { clients, ..Options::default() }).expect("a server");
        let home = tempfile::tempdir().expect("a folder");
        let mut command = crate::command(&server.url(), &["--client-credentials", "--client-id", "me"]);
        command.args(proof).arg("--home").arg(home.path());
        command.arg("--debug").arg("--log-file").arg(home.path().join("bridge.log"));
        let mut host = StdioHost::start(command);
        host.initialize(VERSION);
        assert_eq!(host.call_tool(1, "add", &json!({ "a": 1, "b": 2 })), "3");
        let mut found = in_process_list(&host);
        // Once more, and refused: an error tells nothing either.
        server.change(|options| options.clients.clear());
        server.forget_all_tokens();
        let refused = host.call(2, "tools/call", &json!({ "name": "add", "arguments": {} }));
        assert_eq!(refused["result"]["isError"], true, "{refused}");
        found.push(("the answer".into(), refused.to_string().into_bytes()));
        files_below(home.path(), &mut found);
        host.close_input();
        found.push(("standard output".into(), host.rest().join("\n").into_bytes()));
        host.ended();
        found.push(("standard error".into(), host.log().into_bytes()));
        files_below(home.path(), &mut found);

        let mut secrets = shown(&server);
        secrets.insert(("secret".into(), "k29f3aa81cZ-m4".into()));
        let pem = key.pem();
        let lines = pem.lines().filter(|line| !line.starts_with("-----"));
        secrets.extend(lines.map(|line| ("private key".to_owned(), line.to_owned())));
        assert_nowhere(&found, &secrets, &["Bearer token", kind, "secret", "private key"]);
    }
}
