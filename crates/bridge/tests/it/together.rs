//! Many bridges of one server, as Claude starts them, with a keyring that they share.

use std::path::Path;

use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::keyring::Session;
use bridgekeeper_testkit::oauth::{OAuthServer, Options, browser};
use serde_json::json;

use crate::sign_in::link_in;
use crate::{VERSION, command};

const BRIDGES: usize = 12;

/// A session with an open keyring; `None`, and a word, where this machine has none.
fn session() -> Option<Session> {
    let started = Session::start().and_then(|mut session| {
        session.start_keyring(Some("open sesame"))?;
        Ok(session)
    });
    started.map_err(|why| println!("{why}")).ok()
}

fn bridges(session: &Session, home: &Path, server: &OAuthServer) -> Vec<StdioHost> {
    let start = |_| {
        let mut command = command(&server.url(), &["--auth-timeout", "1"]);
        session.enter(&mut command);
        command.arg("--home").arg(home);
        StdioHost::start(command)
    };
    let mut hosts: Vec<_> = (0..BRIDGES).map(start).collect();
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
    let Some(session) = session() else { return };
    let home = tempfile::tempdir().expect("a folder");
    // Longer than an entry of Windows' keyring may be.
    let server = OAuthServer::start(Options { token_length: 3000, ..Options::default() }).expect("a server");
    let mut hosts = bridges(&session, home.path(), &server);
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
    let mut later = bridges(&session, home.path(), &server);
    all_work(&mut later, 1);
    assert_eq!(server.counts().authorizations, 1);
}
