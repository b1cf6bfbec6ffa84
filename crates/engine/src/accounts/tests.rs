use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bridgekeeper_claude::Home;
use bridgekeeper_model::Os;
use bridgekeeper_net::Url;
use bridgekeeper_oauth::{Account, SignIn};
use bridgekeeper_testkit::files::put;
use bridgekeeper_testkit::mcp::{self, McpServer};
use bridgekeeper_testkit::oauth::{Consent, OAuthServer, Options, browser};
use bridgekeeper_vault::{Keyring, KeyringError};
use keyring_core::{CredentialStore, mock};
use serde_json::json;

use super::*;

/// Goes to the end of every address, as somebody does who agrees.
#[derive(Default)]
struct Person(Mutex<Vec<String>>);

impl Browser for Person {
    fn open(&self, url: &Url) -> io::Result<()> {
        let url = url.to_string();
        self.0.lock().unwrap().push(url.clone());
        std::thread::spawn(move || browser::open(&url));
        Ok(())
    }
}

struct World {
    folder: tempfile::TempDir,
    engine: Engine,
    person: Arc<Person>,
}

impl World {
    fn new() -> Self {
        let store: Arc<CredentialStore> = mock::Store::new().unwrap();
        Self::with_keyring(move || Ok(Arc::clone(&store)))
    }

    fn with_keyring(
        open: impl Fn() -> Result<Arc<CredentialStore>, KeyringError> + Send + Sync + 'static,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::stand_in(folder.path(), Os::Linux);
        let keyring = Keyring::opened_by(open, folder.path());
        let engine = Engine::new(Context::new(home).with_keyring(keyring));
        Self { folder, engine, person: Arc::default() }
    }

    fn put(&self, below: &str, text: &str) {
        put(self.folder.path().join(below), text);
    }

    fn entry(&self, name: &str, args: &[&str]) {
        let config = json!({"mcpServers": {name: {"command": "/opt/mcp-bridge", "args": args}}});
        self.put(".config/Claude/claude_desktop_config.json", &config.to_string());
    }

    fn call(&self, server: &str) -> SignInCall {
        let browser: Arc<dyn Browser> = Arc::clone(&self.person) as _;
        SignInCall {
            server: server.to_owned(),
            account: None,
            way: Way::Browser(browser),
            limit: Duration::from_secs(30),
            stop: Stop::default(),
        }
    }

    fn sign_in(&self, server: &str) -> Result<SignedIn, AccountError> {
        self.engine.sign_in(&self.call(server), &mut |_| {})
    }

    /// What is kept. Servers of which nothing is kept are left out.
    fn listed(&self) -> Vec<SignInView> {
        let listed = self.engine.sign_ins().sign_ins;
        listed
            .into_iter()
            .filter(|view| view.issuer.is_some() || view.state == SignInState::Unreadable)
            .collect()
    }

    /// What a bridge of this home would find.
    fn kept(&self, url: &str, name: &str) -> Option<SignIn> {
        let account = Account { server: url.to_owned(), name: name.to_owned() };
        let kept = store(&self.engine.context).read(&account).unwrap()?;
        Some(SignIn::from_kept(&kept).unwrap())
    }
}

fn missing() -> Result<Arc<CredentialStore>, KeyringError> {
    Err(KeyringError::Missing { why: "in this test".to_owned() })
}

#[test]
fn who_signs_in_is_kept_where_the_bridge_looks() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = World::new();
    // With these the ID token has a number for the person and no name.
    world.entry("notes", &[&server.url(), "--scope", "openid profile tools.read offline_access"]);
    let mut steps = Vec::new();
    let done =
        world.engine.sign_in(&world.call("notes"), &mut |step| steps.push(format!("{step:?}"))).unwrap();
    let SignedIn::Kept(kept) = done else { panic!("{done:?}") };
    assert_eq!(kept.state, SignInState::SignedIn);
    assert_eq!(kept.names, ["notes".into()]);
    assert!(kept.expires_at.is_some() && kept.refreshed_at.is_some());
    assert_eq!(kept.who.as_deref(), Some("ada@example.com"));
    assert!(world.kept(&server.url(), "").unwrap().tokens.is_some());
    assert_eq!(world.person.0.lock().unwrap().len(), 1);
    assert!(
        steps[0].starts_with("Asking") && steps.iter().any(|step| step.starts_with("Invited")),
        "{steps:?}"
    );
    assert_eq!(world.engine.sign_ins().sign_ins, [*kept]);
    assert!(
        !format!("{:?}", world.engine.sign_ins())
            .contains(world.kept(&server.url(), "").unwrap().tokens.unwrap().access_token.expose())
    );
}

#[test]
fn each_account_stands_for_itself() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = World::new();
    world.entry("notes", &[&server.url(), "--account", "work"]);
    world.sign_in("notes").unwrap();
    let private = SignInCall { account: Some("private".into()), ..world.call(&server.url()) };
    world.engine.sign_in(&private, &mut |_| {}).unwrap();
    let listed = world.engine.sign_ins().sign_ins;
    let told: Vec<_> = listed.iter().map(|kept| (kept.account.as_str(), kept.names.len())).collect();
    assert_eq!(told, [("private", 0), ("work", 1)]);
    assert!(world.kept(&server.url(), "").is_none());
}

#[test]
fn without_a_keyring_nobody_is_sent_to_a_page() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = World::with_keyring(missing);
    let error = world.sign_in(&server.url()).unwrap_err();
    assert_eq!(error.code(), "keyring-missing");
    assert_eq!(world.person.0.lock().unwrap().len(), 0);
    assert_eq!(server.counts().registrations, 0);
}

#[test]
fn a_server_that_refuses_nobody_needs_no_sign_in() {
    let server = McpServer::start(mcp::Options::default()).unwrap();
    let world = World::new();
    assert!(matches!(world.sign_in(&server.url()).unwrap(), SignedIn::NotNeeded { .. }));
    assert_eq!(world.listed(), []);
}

#[test]
fn who_does_not_come_in_time_is_told() {
    let server = OAuthServer::start(Options { consent: Consent::Waits, ..Options::default() }).unwrap();
    let world = World::new();
    let call = SignInCall { way: Way::Link, limit: Duration::from_millis(500), ..world.call(&server.url()) };
    let error = world.engine.sign_in(&call, &mut |_| {}).unwrap_err();
    assert_eq!(error.code(), "nobody-signed-in");
    assert_eq!(world.person.0.lock().unwrap().len(), 0, "a link opens nothing");
    assert_eq!(world.listed(), []);
}

#[test]
fn a_refusal_says_why() {
    let server = OAuthServer::start(Options { consent: Consent::Denies, ..Options::default() }).unwrap();
    let error = World::new().sign_in(&server.url()).unwrap_err();
    assert_eq!(error.code(), "sign-in-failed");
    assert!(error.to_string().contains("access_denied"), "{error}");
    assert!(error.next_step().unwrap().contains("allow the access"), "{error}");
    let no_device = json!({"device_authorization_endpoint": null});
    let server = OAuthServer::start(Options { changes: no_device, ..Options::default() }).unwrap();
    let world = World::new();
    let call = SignInCall { way: Way::DeviceCode, ..world.call(&server.url()) };
    let error = world.engine.sign_in(&call, &mut |_| {}).unwrap_err();
    assert!(error.next_step().unwrap().contains("--device-code"), "{error}");
}

#[test]
fn what_is_no_remote_server_is_told_apart() {
    let world = World::new();
    let config = json!({"mcpServers": {
        "files": {"command": "uvx", "args": ["files"]},
        "keyed": {"command": "mcp-bridge", "args": ["https://a.example/mcp", "--header", "Authorization: Bearer x"]},
    }});
    world.put(".config/Claude/claude_desktop_config.json", &config.to_string());
    let code = |server| world.sign_in(server).unwrap_err().code();
    assert_eq!(code("files"), "not-remote");
    assert_eq!(code("keyed"), "nobody-signs-in");
    assert_eq!(code("nothing"), "no-such-server");
    assert_eq!(code("http://a.example/mcp"), "entry-not-usable");
}

#[test]
fn signing_out_takes_the_tokens_back() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = World::new();
    world.entry("notes", &[&server.url()]);
    assert_eq!(world.engine.find_sign_out("notes", None).unwrap_err().code(), "not-signed-in");
    world.sign_in("notes").unwrap();
    let plan = world.engine.find_sign_out("notes", None).unwrap();
    assert!(plan.revoked_at.is_some());
    assert_eq!(server.counts().revocations, 0, "looking ends nothing");
    let out = world.engine.sign_out(&plan).unwrap();
    assert_eq!(out.revocation, Revocation::Done);
    assert!(server.counts().revocations > 0);
    assert!(world.kept(&server.url(), "").is_none());
    assert_eq!(world.listed(), []);
}

#[test]
fn a_server_that_takes_nothing_back_is_told_and_the_keyring_forgets() {
    let silent = json!({"revocation_endpoint": null});
    let server = OAuthServer::start(Options { changes: silent, ..Options::default() }).unwrap();
    let world = World::new();
    world.sign_in(&server.url()).unwrap();
    let plan = world.engine.find_sign_out(&server.url(), None).unwrap();
    assert_eq!(plan.revoked_at, None);
    assert_eq!(world.engine.sign_out(&plan).unwrap().revocation, Revocation::NotOffered);
    assert!(world.kept(&server.url(), "").is_none());

    let gone = OAuthServer::start(Options::default()).unwrap();
    let url = gone.url();
    world.sign_in(&url).unwrap();
    drop(gone);
    let plan = world.engine.find_sign_out(&url, None).unwrap();
    let out = world.engine.sign_out(&plan).unwrap();
    assert_eq!(out.revocation, Revocation::Failed);
    assert!(out.why.is_some());
    assert!(world.kept(&url, "").is_none());
}

#[test]
fn a_sign_in_that_nothing_renews_ends() {
    let options =
        Options { refresh_tokens: bridgekeeper_testkit::oauth::RefreshTokens::Absent, ..Options::default() };
    let server = OAuthServer::start(options).unwrap();
    let mut world = World::new();
    world.sign_in(&server.url()).unwrap();
    assert_eq!(world.engine.sign_ins().sign_ins[0].state, SignInState::Ends);
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(2);
    world.engine.context.now = Arc::new(move || later);
    let ended = &world.engine.sign_ins().sign_ins[0];
    assert_eq!(ended.state, SignInState::Ended);
    assert!(ended.state.needs_sign_in());
}

#[test]
fn servers_without_a_sign_in_say_why() {
    let world = World::new();
    let config = json!({"mcpServers": {
        "keyed": {"command": "mcp-bridge", "args": ["https://a.example/mcp", "--header", "Authorization: Bearer x"]},
        "open": {"command": "mcp-bridge", "args": ["https://b.example/mcp", "--no-auth"]},
        "plain": {"command": "mcp-bridge", "args": ["http://c.example/mcp"]},
        "asks": {"command": "mcp-bridge", "args": ["https://d.example/mcp"]},
        "quiet": {"command": "npx", "args": ["mcp-remote", "https://e.example/mcp"]},
        "files": {"command": "uvx", "args": ["files"]},
    }});
    world.put(".config/Claude/claude_desktop_config.json", &config.to_string());
    let listed = world.engine.sign_ins_where(|| BTreeSet::from(["asks".into(), "files".into()])).sign_ins;
    let state = |name: &str| listed.iter().find(|view| view.names == [name.into()]).map(|view| view.state);
    assert_eq!(state("keyed"), Some(SignInState::OwnToken));
    assert_eq!(state("open"), Some(SignInState::Off));
    assert_eq!(state("plain"), Some(SignInState::NotUsable));
    assert_eq!(state("asks"), Some(SignInState::Wanted));
    assert_eq!(state("quiet"), Some(SignInState::Never));
    assert_eq!(state("files"), None);
    let moved = listed.iter().find(|view| view.names == ["quiet".into()]).unwrap();
    assert_eq!(moved.not_moved, ["quiet".into()]);
    assert!(listed.iter().any(|view| view.state == SignInState::NotUsable && view.problem.is_some()));
}

#[test]
fn a_page_that_waits_is_shown() {
    let world = World::new();
    world.entry("notes", &["https://notes.example/mcp"]);
    let status = json!({"schema": 1, "pid": 7, "started": "2026-01-01T08:00:00Z", "version": "1",
        "server": "https://notes.example/mcp", "state": "needs-sign-in", "since": "2026-01-01T08:00:00Z",
        "in_flight": 0, "sign_in_at": "https://issuer.example/authorize?state=x"});
    world.put(".bridgekeeper/run/7.json", &status.to_string());
    world.put(".bridgekeeper/run/7.lock", "");
    let state = || {
        let listed = world.engine.sign_ins().sign_ins;
        (listed[0].state, listed[0].link.clone().map(|link| link.url))
    };
    assert_eq!(state(), (SignInState::Never, None), "nobody holds the lock");
    let lock = std::fs::File::open(world.folder.path().join(".bridgekeeper/run/7.lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(state(), (SignInState::Pending, Some("https://issuer.example/authorize?state=x".into())));
}

#[test]
fn a_keyring_that_is_shut_is_asked_once_and_told() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let shut = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let store: Arc<CredentialStore> = mock::Store::new().unwrap();
    let is_shut = Arc::clone(&shut);
    let world = World::with_keyring(move || {
        if is_shut.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(KeyringError::Locked { why: "in this test".to_owned() });
        }
        Ok(Arc::clone(&store))
    });
    world.entry("notes", &[&server.url()]);
    world.sign_in("notes").unwrap();
    assert_eq!(world.engine.sign_ins().keyring.problem, None);
    shut.store(true, std::sync::atomic::Ordering::SeqCst);
    let shown = world.engine.sign_ins();
    assert_eq!(shown.keyring.problem.as_deref(), Some("keyring-locked"));
    assert!(shown.keyring.next.is_some());
    assert_eq!(shown.sign_ins[0].state, SignInState::Unreadable);
    assert_eq!(shown.sign_ins[0].names, ["notes".into()]);
}

#[test]
fn what_mcp_remote_keeps_is_shown_beside() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = with_mcp_remote(&server);
    let listed = world.engine.sign_ins().sign_ins;
    let notes = listed.iter().find(|view| view.names == ["notes".into()]).unwrap();
    assert_eq!(notes.state, SignInState::Importable);
    let import = notes.import.as_ref().unwrap();
    assert!(import.renewable && import.why_not.is_none() && import.written_at.is_some(), "{import:?}");
}

/// A home in which mcp-remote, of an old and of a new release, has signed in to the server.
fn with_mcp_remote(server: &OAuthServer) -> World {
    let world = World::new();
    let config = json!({"mcpServers": {
        "notes": {"command": "npx", "args": ["-y", "mcp-remote", server.url()]},
        "other": {"command": "npx", "args": ["-y", "mcp-remote", "https://other.example/mcp"]},
    }});
    world.put(".config/Claude/claude_desktop_config.json", &config.to_string());
    // What mcp-remote would have: a sign-in of another home, taken apart.
    let before = World::new();
    before.sign_in(&server.url()).unwrap();
    let kept = before.kept(&server.url(), "").unwrap();
    let tokens = kept.tokens.unwrap();
    let hash = hash_of(&server.url());
    let put = |generation: &str, refresh_token: &str| {
        let issuer = &kept.issuer;
        let tokens = json!({"access_token": "stale", "token_type": "Bearer", "refresh_token": refresh_token,
            "expires_at": 1_000_000.0, "issuer": issuer});
        world.put(&format!(".mcp-auth/{generation}/{hash}_tokens.json"), &tokens.to_string());
        let client = json!({"client_id": kept.client.client_id, "redirect_uris": kept.client.redirect_uris,
            "token_endpoint_auth_method": "none"});
        world.put(&format!(".mcp-auth/{generation}/{hash}_client_info.json"), &client.to_string());
    };
    put("mcp-remote-0.1.29", "of the old release");
    put("mcp-remote-v1", tokens.refresh_token.unwrap().expose());
    let old = world.folder.path().join(format!(".mcp-auth/mcp-remote-0.1.29/{hash}_tokens.json"));
    let long_ago = std::time::SystemTime::now() - Duration::from_hours(24);
    std::fs::File::options().write(true).open(old).unwrap().set_modified(long_ago).unwrap();
    world
}

fn hash_of(url: &str) -> String {
    let line = bridgekeeper_mcp_remote::CommandLine::parse(&[url]);
    line.server_hash(bridgekeeper_mcp_remote::HashScheme::Current).unwrap().to_string()
}

/// What the store's own session would send after a renewal.
fn renews(world: &World, url: &str) -> bool {
    let remote = Remote::find(&world.engine.context.home, url, &[]).unwrap();
    let store = store(&world.engine.context);
    let session = session(&world.engine.context, &remote, Arc::new(NoBrowser), store).unwrap();
    wait_for(async { Ok(session.access().await?.is_some()) }).unwrap()
}

#[test]
fn the_newest_sign_in_of_mcp_remote_is_taken_over_whole() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = with_mcp_remote(&server);
    let import = world.engine.find_import(None).unwrap();
    let [item] = &import.items[..] else { panic!("{import:?}") };
    assert!(item.path.to_string_lossy().contains("mcp-remote-v1"), "{item:?}");
    assert_eq!((item.files.len(), item.renewable, &item.why_not), (4, true, &None));
    assert_eq!(item.not_moved, ["notes".into()]);
    assert!(item.path.exists(), "looking changes nothing");

    let done = world.engine.import(&import, OldFiles::Retire).unwrap();
    assert_eq!(done.items[0].failed, None);
    assert!(item.files.iter().all(|file| !file.exists()), "mcp-remote has nothing left to use");
    assert_eq!(done.kept_plain, None);
    assert!(renews(&world, &server.url()), "the tokens work");
    assert_eq!((server.counts().refreshes, server.counts().reuses), (1, 0));
    assert_eq!(world.engine.find_import(None).unwrap().items.len(), 0);

    let way =
        world.engine.way_back(done.entry.as_ref().map(|entry| entry.id.as_str()), crate::Secrets::Masked);
    world.engine.take_back(&way.unwrap().0).unwrap();
    assert!(item.files.iter().all(|file| file.exists()), "undo puts the files back");
    let again = world.engine.find_import(None).unwrap();
    assert_eq!(again.items[0].why_not.as_deref(), Some("the keyring has a newer sign-in"));
}

#[test]
fn a_shared_sign_in_is_kept_in_step_both_ways() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = with_mcp_remote(&server);
    let import = world.engine.find_import(None).unwrap();
    let file = import.items[0].path.clone();
    let refresh_token = || {
        let stored: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        stored["refresh_token"].as_str().unwrap().to_owned()
    };
    let before = refresh_token();
    let account = Account { server: server.url(), name: String::new() };
    let lease = || store(&world.engine.context).lease(&account);
    assert_eq!(lease(), None, "what is not shared has no lease");
    let done = world.engine.import(&import, OldFiles::Share).unwrap();
    let hash = hash_of(&server.url());
    assert_eq!(lease(), Some(file.with_file_name(format!("{hash}_refresh_in_progress.json"))));
    assert_eq!((done.items[0].failed.as_ref(), done.entry.is_none()), (None, true), "nothing is set aside");
    assert_eq!(refresh_token(), before, "an import alone renews nothing");

    assert!(renews(&world, &server.url()));
    assert!(!lease().unwrap().exists(), "the lease is given back");
    let rotated = refresh_token();
    assert_ne!(rotated, before, "mcp-remote has what replaced its token");
    let stored: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert!(stored["issuer"].is_string(), "what else stood there stays: {stored}");
    assert!(stored["expires_at"].as_i64().unwrap() > 1_000_000);

    // mcp-remote renews in its turn.
    let kept = world.kept(&server.url(), "").unwrap();
    let its = json!({"access_token": "of mcp-remote".replace(' ', "-"), "token_type": "Bearer",
        "refresh_token": "its-next-one", "issuer": kept.issuer});
    world.put(file.strip_prefix(world.folder.path()).unwrap().to_str().unwrap(), &its.to_string());
    let later = std::time::SystemTime::now() + Duration::from_mins(1);
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(later).unwrap();
    let tokens = world.kept(&server.url(), "").unwrap().tokens.unwrap();
    assert_eq!(tokens.refresh_token.unwrap().expose(), "its-next-one");
    assert_eq!((server.counts().refreshes, server.counts().reuses), (1, 0));
}

#[test]
fn a_foreign_file_is_not_taken_for_the_shared_one() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = with_mcp_remote(&server);
    let import = world.engine.find_import(None).unwrap();
    world.engine.import(&import, OldFiles::Share).unwrap();
    let had = world.kept(&server.url(), "").unwrap().to_kept();
    let file = import.items[0].path.strip_prefix(world.folder.path()).unwrap().to_str().unwrap();
    for text in [
        "{",
        "",
        r#"{"access_token":"planted","refresh_token":"planted","issuer":"https://elsewhere.example"}"#,
    ] {
        world.put(file, text);
        let later = std::time::SystemTime::now() + Duration::from_mins(1);
        let path = &import.items[0].path;
        std::fs::File::options().write(true).open(path).unwrap().set_modified(later).unwrap();
        assert_eq!(world.kept(&server.url(), "").unwrap().to_kept(), had, "{text}");
    }
    std::fs::remove_file(&import.items[0].path).unwrap();
    assert!(renews(&world, &server.url()), "without the file the keyring's own go on");
    assert!(!import.items[0].path.exists(), "no file comes back that somebody removed");
}

#[test]
fn why_a_renewal_came_to_nothing_is_kept_beside_the_list() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = with_mcp_remote(&server);
    let import = world.engine.find_import(None).unwrap();
    world.engine.import(&import, OldFiles::Retire).unwrap();
    let url = server.url();
    drop(server);
    let remote = Remote::find(&world.engine.context.home, &url, &[]).unwrap();
    let session =
        session(&world.engine.context, &remote, Arc::new(NoBrowser), store(&world.engine.context)).unwrap();
    assert!(wait_for(async { Ok(session.access().await.is_err()) }).unwrap());
    let failure = world.engine.sign_ins().sign_ins[0].failure.clone().unwrap();
    assert!(failure.at <= jiff::Timestamp::now() && !failure.why.is_empty(), "{failure:?}");
    let list = world.folder.path().join(".bridgekeeper/sign-ins");
    let listed: Vec<_> = std::fs::read_dir(list).unwrap().flatten().collect();
    let text = std::fs::read_to_string(listed[0].path()).unwrap();
    assert!(text.contains(&failure.at.to_string()) && !text.contains("stale"), "{text}");
}

#[test]
fn tokens_without_their_registration_are_left() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = with_mcp_remote(&server);
    let hash = hash_of(&server.url());
    let beside = world.folder.path().join(format!(".mcp-auth/mcp-remote-v1/{hash}_client_info.json"));
    std::fs::remove_file(beside).unwrap();
    let import = world.engine.find_import(Some("notes")).unwrap();
    assert!(import.items[0].why_not.as_deref().unwrap().contains("registration"), "{import:?}");
    let done = world.engine.import(&import, OldFiles::Retire).unwrap();
    assert!(done.items.is_empty() && done.entry.is_none());
    assert!(import.items[0].path.exists());
    assert_eq!(world.engine.find_import(Some("other")).unwrap().items.len(), 0);
    assert_eq!(world.engine.find_import(Some("nobody")).unwrap_err().code(), "no-such-server");
}

#[test]
fn tokens_of_another_issuer_go_nowhere() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = with_mcp_remote(&server);
    let import = world.engine.find_import(None).unwrap();
    server.change(|options| options.issuer = "{origin}/elsewhere".into());
    let done = world.engine.import(&import, OldFiles::Retire).unwrap();
    assert!(done.items[0].failed.is_some(), "{done:?}");
    assert!(done.entry.is_none() && import.items[0].path.exists(), "what was not taken over stays");
    assert!(world.kept(&server.url(), "").is_none());
    assert_eq!(server.counts().refreshes, 0);
}

#[test]
fn a_damaged_file_is_told_and_left() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = with_mcp_remote(&server);
    let hash = hash_of(&server.url());
    world.put(&format!(".mcp-auth/mcp-remote-v1/{hash}_tokens.json"), "{\"access_tok");
    let import = world.engine.find_import(None).unwrap();
    assert_eq!(import.items[0].why_not.as_deref(), Some("its file is damaged"));
}

#[test]
fn a_probes_sign_in_is_kept_nowhere() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = World::with_keyring(missing);
    let header = world.engine.sign_in_for_now(&world.call(&server.url()), &mut |_| {}).unwrap().unwrap();
    let said: Vec<(String, String)> = vec![header];
    let report =
        crate::probe::probe(&server.url(), &said, |_| None, std::time::SystemTime::now(), &mut |_| {})
            .unwrap();
    let tools = report.stages.iter().find(|stage| stage.stage == crate::probe::Stage::Tools);
    assert_eq!(tools.unwrap().status, crate::probe::Status::Passed, "{report:?}");
    assert_eq!(world.listed(), []);
    assert!(!world.folder.path().join(".bridgekeeper").join("sign-ins").exists());
}

#[test]
fn a_reset_takes_our_own_sign_in_and_undo_brings_it_back() {
    use crate::reset::{Extent, ItemKind, Scope};

    let server = OAuthServer::start(Options::default()).unwrap();
    let world = World::new();
    world.entry("notes", &[&server.url()]);
    world.sign_in("notes").unwrap();
    let elsewhere = SignInCall { account: Some("other".into()), ..world.call(&server.url()) };
    world.engine.sign_in(&elsewhere, &mut |_| {}).unwrap();
    let had = world.kept(&server.url(), "").unwrap().to_kept();

    let scope = Scope { server: Some("notes".into()), extent: Extent::SignIns };
    let reset = world.engine.find_reset(scope).unwrap();
    let found: Vec<_> = reset.items.iter().filter(|item| item.kind == ItemKind::SignIn).collect();
    assert_eq!(found.len(), 1, "the other account is nobody's: {reset:?}");
    let done = world.engine.reset(&reset).unwrap();
    assert!(!done.leaves_something(), "{done:?}");
    assert!(world.kept(&server.url(), "").is_none(), "no bridge finds it");
    assert!(world.kept(&server.url(), "other").is_some());

    let way = world.engine.way_back(Some(done.entry.unwrap().id.as_str()), crate::Secrets::Masked).unwrap().0;
    world.engine.take_back(&way).unwrap();
    assert_eq!(world.kept(&server.url(), "").unwrap().to_kept(), had);
}

#[test]
fn a_password_in_an_address_is_no_part_of_the_account() {
    let world = World::new();
    world.entry("notes", &["https://ada:pw-1234@mcp.example.com/mcp?key=k"]);
    let servers: Vec<String> = world.engine.sign_ins().sign_ins.into_iter().map(|one| one.server).collect();
    assert_eq!(servers, ["https://mcp.example.com/mcp"]);
}
