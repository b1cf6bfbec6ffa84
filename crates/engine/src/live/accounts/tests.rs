use std::io;
use std::sync::mpsc;

use bridgekeeper_claude::Home;
use bridgekeeper_model::Os;
use bridgekeeper_net::Url;
use bridgekeeper_testkit::oauth::{Consent, OAuthServer, Options, browser};
use bridgekeeper_vault::Keyring;
use keyring_core::{CredentialStore, mock};

use super::*;
use crate::context::Context;
use crate::engine::Engine;
use crate::live::tests::Watching;

const PATIENCE: Duration = Duration::from_secs(30);

/// Tells where it was sent, and goes there where it is somebody who agrees.
struct Person {
    sent: Mutex<mpsc::Sender<String>>,
    agrees: bool,
}

impl Browser for Person {
    fn open(&self, url: &Url) -> io::Result<()> {
        let url = url.to_string();
        let _ = self.sent.lock().unwrap().send(url.clone());
        if self.agrees {
            std::thread::spawn(move || browser::open(&url));
        }
        Ok(())
    }
}

fn live(folder: &tempfile::TempDir) -> Watching {
    let store: Arc<CredentialStore> = mock::Store::new().unwrap();
    let keyring = Keyring::opened_by(move || Ok(Arc::clone(&store)), folder.path());
    let home = Home::stand_in(folder.path(), Os::Linux);
    Watching::start(Engine::new(Context::new(home).with_keyring(keyring)))
}

#[test]
fn a_page_is_shown_while_it_is_open_and_closed_by_whoever_opened_it() {
    let server = OAuthServer::start(Options { consent: Consent::Waits, ..Options::default() }).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (live, url) = (live(&folder), server.url());
    std::thread::scope(|scope| {
        let (sent, pages) = mpsc::channel();
        let (live, at): (&Live, _) = (&live, url.as_str());
        let (told, steps) = mpsc::channel();
        let signing_in = scope.spawn(move || {
            let person = Arc::new(Person { sent: Mutex::new(sent), agrees: false });
            live.sign_in(at, "work", person, |progress| drop(told.send(progress)))
        });
        pages.recv_timeout(PATIENCE).unwrap();
        let invited = steps.iter().find(|step| step.phase == SignInPhase::Invited).unwrap();
        assert!(invited.in_browser && invited.link.is_some());
        let again = Arc::new(Person { sent: Mutex::new(mpsc::channel().0), agrees: false });
        assert!(live.sign_in(at, "work", again, |_| {}).is_err(), "one page at a time");
        live.cancel_sign_in(at, "work");
        let error = signing_in.join().unwrap().unwrap_err();
        assert!(error.to_string().contains("broken off"), "{error}");
    });
    assert_eq!(live.sign_ins().sign_ins, []);
}

#[test]
fn a_sign_in_comes_and_goes() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let live = live(&folder);
    let person = Arc::new(Person { sent: Mutex::new(mpsc::channel().0), agrees: true });
    let kept = live.sign_in(&server.url(), "", person, |_| {}).unwrap().unwrap();
    assert_eq!((kept.state, kept.server.as_str()), (SignInState::SignedIn, server.url().as_str()));
    let preview = live.preview_sign_out(&server.url(), "").unwrap();
    assert!(preview.revoked_at.is_some());
    assert_eq!(server.counts().revocations, 0, "looking ends nothing");
    assert_eq!(live.sign_out(&server.url(), "").unwrap().revocation, Revocation::Done);
    assert_eq!(live.sign_ins().sign_ins, []);
    assert!(live.preview_sign_out(&server.url(), "").is_err());
}

#[test]
fn a_secret_comes_out_only_where_somebody_asks_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let live = live(&folder);
    live.set_secret("notes.key", &Secret::new("k29f3aa81c")).unwrap();
    assert!(live.secrets()[0].kept);
    assert!(!format!("{:?}", live.secrets()).contains("k29f3aa81c"));
    assert_eq!(live.reveal_secret("notes.key").unwrap().expose(), "k29f3aa81c");
    assert!(live.set_secret("notes.key", &Secret::new("")).is_err());
    assert!(live.set_secret("no name", &Secret::new("x")).is_err());
    live.remove_secret("notes.key").unwrap();
    assert!(live.reveal_secret("notes.key").is_err());
    assert_eq!(live.secrets(), []);
}
