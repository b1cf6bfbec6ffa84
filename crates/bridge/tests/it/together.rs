//! Many bridges of one server, as Claude starts them, with a keyring that they share.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bridgekeeper_testkit::files::put;
use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::keyring::Session;
use bridgekeeper_testkit::oauth::{OAuthServer, Options, browser};
use serde_json::json;

use crate::sign_in::link_in;
use crate::{VERSION, command, command_with_browser};

/// As many as a person with a long config and several windows may have.
const BRIDGES: usize = 50;

/// A session with an open keyring; `None`, and a word, where this machine has none.
pub(crate) fn session() -> Option<Session> {
    let started = Session::start().and_then(|mut session| {
        session.start_keyring(Some("open sesame"))?;
        Ok(session)
    });
    started.map_err(|why| println!("{why}")).ok()
}

fn bridges(session: &Session, home: &Path, server: &OAuthServer) -> Vec<StdioHost> {
    started(BRIDGES, || {
        let mut command = command(&server.url(), &["--auth-timeout", "1"]);
        session.enter(&mut command);
        command.arg("--home").arg(home);
        command
    })
}

/// Starts so many at once and shakes hands with each.
fn started(count: usize, command: impl Fn() -> Command) -> Vec<StdioHost> {
    let mut hosts: Vec<_> = (0..count).map(|_| StdioHost::start(command())).collect();
    let hello = json!({
        "protocolVersion": VERSION,
        "capabilities": {},
        "clientInfo": { "name": "testkit", "version": "1" },
    });
    for host in &mut hosts {
        host.request(0, "initialize", &hello);
    }
    for host in &mut hosts {
        host.answer(0);
        host.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    }
    hosts
}

/// Asks all of them until one knows the link; which one, and the link.
fn inviting(hosts: &mut [StdioHost], first_id: u64) -> (usize, String) {
    for id in first_id..first_id + 20 {
        for host in &mut *hosts {
            host.request(id, "tools/call", &json!({ "name": "add", "arguments": { "a": 1, "b": 2 } }));
        }
        let links: Vec<_> = hosts
            .iter_mut()
            .enumerate()
            .filter_map(|(at, host)| Some((at, link_in(&host.answer(id))?)))
            .collect();
        assert!(links.len() <= 1, "{} bridges invite at once", links.len());
        if let Some(found) = links.into_iter().next() {
            return found;
        }
    }
    panic!("nobody invites: {}", hosts[0].log())
}

fn all_work(hosts: &mut [StdioHost], id: u64) {
    for host in &mut *hosts {
        host.request(id, "tools/call", &json!({ "name": "add", "arguments": { "a": 1, "b": 2 } }));
    }
    for host in &mut *hosts {
        let answer = host.answer(id);
        assert_eq!(answer["result"]["content"][0]["text"], "3", "{answer}\n{}", host.log());
    }
}

#[test]
fn one_signs_in_and_one_renews_for_all_and_another_takes_over_from_the_killed() {
    for _ in 0..3 {
        let Some(mut session) = session() else { return };
        let Err(failure) = catch_unwind(AssertUnwindSafe(|| all_use_one_sign_in(&session))) else { return };
        // GNOME Keyring 42.1 can be brought to abort by so many at once (`GLib-ERROR` in `g_variant_new`).
        if !session.keyring_has_crashed() {
            resume_unwind(failure);
        }
    }
    panic!("the keyring crashes each time");
}

fn all_use_one_sign_in(session: &Session) {
    let home = tempfile::tempdir().expect("a folder");
    // Longer than an entry of Windows' keyring may be.
    let server = OAuthServer::start(Options { token_length: 3000, ..Options::default() }).expect("a server");
    let mut hosts = bridges(session, home.path(), &server);
    let (first, _) = inviting(&mut hosts, 100);
    // Dropping a host kills its bridge.
    drop(hosts.remove(first));
    let (_, link) = inviting(&mut hosts, 200);
    assert!(browser::open(&link).expect("a page").text.contains("You are signed in"));
    for host in &mut hosts {
        host.message("notifications/tools/list_changed");
    }
    all_work(&mut hosts, 300);
    let counts = server.counts();
    assert_eq!((counts.authorizations, counts.exchanges), (1, 1));

    server.forget_access_tokens();
    all_work(&mut hosts, 301);
    let counts = server.counts();
    assert_eq!((counts.refreshes, counts.reuses, counts.authorizations), (1, 0, 1));

    // Those who come later find it in the keyring.
    let mut later = bridges(session, home.path(), &server);
    all_work(&mut later, 1);
    assert_eq!(server.counts().authorizations, 1);
}

/// A browser that only notes where it was sent, as the system would start it.
pub(crate) struct NotedBrowser {
    folder: tempfile::TempDir,
}

impl NotedBrowser {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let browser = Self { folder };
        let program = browser.folder.path().join("xdg-open");
        let text = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{0}'\nenv >> '{0}.env'\n",
            browser.notes().display()
        );
        put(&program, text);
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&program, executable).expect("it may run");
        browser
    }

    fn notes(&self) -> PathBuf {
        self.folder.path().join("opened")
    }

    /// Where it notes them, and its environment.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The addresses, in the order in which they came.
    pub(crate) fn opened(&self) -> Vec<String> {
        let notes = std::fs::read_to_string(self.notes()).unwrap_or_default();
        notes.lines().map(str::to_owned).collect()
    }

    /// A bridge that finds this browser.
    pub(crate) fn command(&self, home: &Path, server: &OAuthServer) -> Command {
        let mut command = command_with_browser(&server.url(), &["--auth-timeout", "1"]);
        command.arg("--home").arg(home);
        let path = format!("{}:/usr/bin:/bin", self.folder.path().display());
        command.env("PATH", path).env_remove("DISPLAY");
        command
    }
}

/// Waits until it holds, which it does within seconds.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

fn invites(host: &mut StdioHost) -> bool {
    host.log().contains("sign in")
}

/// Calls a tool; the link that it is answered with.
fn link_for(host: &mut StdioHost, id: u64) -> String {
    let answer = host.call(id, "tools/call", &json!({ "name": "add", "arguments": { "a": 1, "b": 2 } }));
    link_in(&answer).unwrap_or_else(|| panic!("{answer}\n{}", host.log()))
}

#[test]
fn without_a_keyring_one_browser_opens_and_each_further_one_when_somebody_asks() {
    let home = tempfile::tempdir().expect("a folder");
    let server = OAuthServer::start(Options::default()).expect("a server");
    let noted = NotedBrowser::new();
    let mut hosts = started(5, || noted.command(home.path(), &server));
    until("each has a link", || hosts.iter_mut().all(invites));
    until("one opens a browser", || !noted.opened().is_empty());
    assert_eq!(noted.opened().len(), 1);

    // While that page is open nobody opens another one.
    let first = noted.opened()[0].clone();
    let links: Vec<_> = hosts.iter_mut().map(|host| link_for(host, 100)).collect();
    let at = links.iter().position(|link| *link == first).expect("one of them opened it");
    assert_eq!(noted.opened().len(), 1);
    assert!(browser::open(&first).expect("a page").text.contains("You are signed in"));
    let mut signed_in = hosts.remove(at);
    signed_in.message("notifications/tools/list_changed");
    assert_eq!(signed_in.call_tool(101, "add", &json!({ "a": 1, "b": 2 })), "3");

    // That it will end with the process is said once.
    let told = signed_in.log().matches("kept in this process only").count();
    assert_eq!(told, 1, "{}", signed_in.log());

    // The next one opens for whoever asks, and for nobody else.
    let link = link_for(&mut hosts[0], 102);
    until("the second browser opens", || noted.opened().len() == 2);
    assert_eq!(noted.opened()[1], link);
    assert_ne!(link_for(&mut hosts[1], 103), link);
    // Those who come later do not begin anew.
    let mut later = started(2, || noted.command(home.path(), &server));
    until("each has a link", || later.iter_mut().all(invites));
    assert_eq!(noted.opened().len(), 2);
    assert!(browser::open(&link).expect("a page").text.contains("You are signed in"));
    hosts[0].message("notifications/tools/list_changed");
    assert_eq!(hosts[0].call_tool(104, "add", &json!({ "a": 1, "b": 2 })), "3");
    assert_eq!(noted.opened().len(), 2);
}
