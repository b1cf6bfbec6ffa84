//! Updates from a server on loopback that tells the truth, lies, or stops in the middle. Everything is as in the app but
//! the installing itself, which is handed in.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use bridgekeeper_engine::live::Work;
use bridgekeeper_engine::settings::Setting;
use bridgekeeper_engine::{Context, Engine, Home};
use bridgekeeper_model::Os;
use bridgekeeper_testkit::files::put;
use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer};
use bridgekeeper_testkit::tls::{Certificate, TlsServer};
use minisign::KeyPair;
use serde_json::json;
use tauri::test::{MockRuntime, mock_builder, mock_context, noop_assets};
use tempfile::TempDir;

use super::*;
use crate::login::Login;

const TARGET: &str = "linux-x86_64-deb";
const NEW: &str = "99.0.0";
const DESCRIPTION_PATH: &str = "/latest.json";

/// Whoever publishes releases.
struct Publisher(KeyPair);

impl Publisher {
    fn new() -> Self {
        Self(KeyPair::generate_unencrypted_keypair().unwrap())
    }

    fn key(&self) -> String {
        BASE64.encode(self.0.pk.to_box().unwrap().into_string().as_bytes())
    }

    /// What stands in the `.sig` file that the bundler writes, or once wrote.
    fn sign(&self, package: &[u8], trusted: &str) -> String {
        let signature = minisign::sign(Some(&self.0.pk), &self.0.sk, package, Some(trusted), None).unwrap();
        BASE64.encode(signature.into_string().as_bytes())
    }

    fn sign_version(&self, package: &[u8], version: &str) -> String {
        self.sign(package, &format!("timestamp:1700000000\tfile:a.deb\tversion:{version}"))
    }
}

fn package() -> Vec<u8> {
    b"!<arch>\ndebian-binary ".repeat(1000)
}

/// What a release says of itself.
struct Release {
    version: &'static str,
    signature: String,
    size: u64,
    target: &'static str,
    /// Where the package is, in the place of the server's own.
    url: Option<String>,
}

impl Release {
    fn good(publisher: &Publisher) -> Self {
        Self {
            version: NEW,
            signature: publisher.sign_version(&package(), NEW),
            size: package().len() as u64,
            target: TARGET,
            url: None,
        }
    }

    /// Serves the description, and `package` behind it.
    fn serve(self, package: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> TlsServer {
        let script = move |request: &Request| {
            if request.target() != DESCRIPTION_PATH {
                return package(request);
            }
            let url = self.url.clone().unwrap_or_else(|| request.address_of("/package"));
            let ours = json!({ "url": url, "signature": self.signature, "size": self.size });
            let notes = "- Everything is better.";
            let platforms = json!({ self.target: ours });
            let date = "2026-11-21T09:00:00Z";
            Reply::json(
                &json!({ "version": self.version, "notes": notes, "pub_date": date, "platforms": platforms }),
            )
        };
        TlsServer::start(Certificate::Good, script)
    }
}

fn whole(_: &Request) -> Reply {
    Reply::typed(200, "application/octet-stream", package())
}

/// The app beside such a server.
struct Fixture {
    _app: tauri::App<MockRuntime>,
    updates: Updates,
    live: Live,
    installed: Receiver<Vec<u8>>,
    folder: TempDir,
}

impl Fixture {
    fn new(server: &TlsServer, publisher: &Publisher) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), server, publisher, |_| ())
    }

    fn in_folder(
        folder: TempDir,
        server: &TlsServer,
        publisher: &Publisher,
        change: impl FnOnce(&mut World),
    ) -> Self {
        let source = Source {
            description: format!("{}{DESCRIPTION_PATH}", server.origin()).parse().unwrap(),
            key: publisher.key(),
        };
        let authority = server.authority().display().to_string();
        let (install, installed) = channel();
        let mut world = World {
            variable: Box::new(move |name| (name == "NODE_EXTRA_CA_CERTS").then(|| authority.clone())),
            others: Box::new(|| None),
            metered: || Some(false),
            install: Box::new(move |update, package| {
                update.verify(package)?;
                install.send(package.to_vec()).unwrap();
                Ok(Then::Nothing)
            }),
            silence: SILENCE,
        };
        change(&mut world);
        let mut context = mock_context(noop_assets());
        source.configure(&mut context.config_mut().plugins.0);
        let updates = Updates::of(Some(source), TARGET.to_owned(), world);
        let live = Live::start(Engine::new(Context::new(Home::stand_in(folder.path(), Os::current()))));
        let builder = mock_builder().plugin(tauri_plugin_updater::Builder::new().build());
        let options = crate::options::Options::default();
        let app = crate::app::hosting(builder, live.clone(), options, Login::nowhere(), updates.clone())
            .build(context)
            .unwrap();
        updates.begin(app.handle());
        Self { _app: app, updates, live, installed, folder }
    }

    fn looked(self) -> Self {
        self.updates.look(Asked::ByThePerson);
        self
    }

    fn state(&self) -> UpdateState {
        self.updates.view().state
    }

    fn failure(&self) -> FailureKind {
        let state = self.state();
        let UpdateState::Failed { why, detail } = &state else { panic!("{state:?}") };
        assert!(!detail.is_empty());
        *why
    }

    fn kept(&self) -> PathBuf {
        self.folder.path().join(".bridgekeeper/update/package")
    }
}

fn times(server: &TlsServer, path: &str) -> usize {
    server.seen().iter().filter(|request| request.target() == path).count()
}

#[test]
fn a_release_is_found_downloaded_checked_and_installed() {
    let publisher = Publisher::new();
    let server = Release::good(&publisher).serve(whole);
    let fixture = Fixture::new(&server, &publisher).looked();
    let view = fixture.updates.view();
    assert_eq!(view.state, UpdateState::Ready);
    assert!(view.looked_at.is_some());
    let release = view.release.unwrap();
    assert_eq!(
        (release.version.as_str(), release.size),
        (NEW, Some(u32::try_from(package().len()).unwrap()))
    );
    assert_eq!(release.notes.as_deref(), Some("- Everything is better."));
    assert_eq!(fixture.updates.ready().as_deref(), Some(NEW));
    fixture.updates.install();
    assert_eq!(fixture.installed.try_recv().unwrap(), package());
    let seen = server.seen();
    let who = seen[0].header("user-agent").unwrap();
    assert_eq!(who, format!("bridgekeeper/0.1.0 ({TARGET})"), "version and platform, nothing else");
}

#[test]
fn what_was_downloaded_once_is_there_after_a_restart_and_the_new_program_says_so() {
    let publisher = Publisher::new();
    let server = Release::good(&publisher).serve(whole);
    let first = Fixture::new(&server, &publisher).looked();
    assert_eq!(first.state(), UpdateState::Ready);
    let second = Fixture::in_folder(first.folder, &server, &publisher, |_| ()).looked();
    assert_eq!(second.state(), UpdateState::Ready);
    assert_eq!(times(&server, "/package"), 1);

    let kept = kept(&second.live);
    kept.note_replaced("0.0.9").unwrap();
    let third = Fixture::in_folder(second.folder, &server, &publisher, |_| ());
    assert_eq!(third.updates.view().replaced.as_deref(), Some("0.0.9"));
    assert!(!third.kept().exists(), "the package is no longer needed");

    kept.note_replaced("0.1.0").unwrap();
    let fourth = Fixture::in_folder(third.folder, &server, &publisher, |_| ());
    assert_eq!(fourth.updates.view().replaced, None, "the installer was broken off");
}

#[test]
fn a_package_without_the_right_signature_is_thrown_away() {
    let (publisher, stranger) = (Publisher::new(), Publisher::new());
    let old = publisher.sign_version(&package(), "0.0.1");
    let unnamed = publisher.sign(&package(), "timestamp:1700000000\tfile:a.deb");
    let other = publisher.sign_version(b"another package", NEW);
    for (signature, why) in [
        (stranger.sign_version(&package(), NEW), FailureKind::Signature),
        (other, FailureKind::Signature),
        (String::new(), FailureKind::Signature),
        ("bm90IGEgc2lnbmF0dXJl".to_owned(), FailureKind::Signature),
        (unnamed, FailureKind::Signature),
        (old, FailureKind::OtherVersion),
    ] {
        let server = Release { signature, ..Release::good(&publisher) }.serve(whole);
        let fixture = Fixture::new(&server, &publisher).looked();
        assert_eq!(fixture.failure(), why);
        assert_eq!(fixture.updates.ready(), None);
        assert!(!fixture.kept().exists());
        fixture.updates.install();
        assert!(fixture.installed.try_recv().is_err(), "nothing is installed");
    }
}

#[test]
fn a_package_that_was_changed_on_the_disk_is_not_installed() {
    let publisher = Publisher::new();
    let server = Release::good(&publisher).serve(whole);
    let fixture = Fixture::new(&server, &publisher).looked();
    let mut bytes = std::fs::read(fixture.kept()).unwrap();
    bytes[0] ^= 1;
    put(fixture.kept(), &bytes);
    fixture.updates.install();
    assert_eq!(fixture.failure(), FailureKind::Signature);
    assert!(fixture.installed.try_recv().is_err());
    fixture.updates.look(Asked::ByThePerson);
    assert_eq!(fixture.state(), UpdateState::Ready, "it is downloaded anew");
}

#[test]
fn an_older_release_is_none() {
    let publisher = Publisher::new();
    for version in ["0.0.9", "0.1.0"] {
        let server = Release { version, ..Release::good(&publisher) }.serve(whole);
        let fixture = Fixture::new(&server, &publisher).looked();
        assert_eq!(fixture.state(), UpdateState::UpToDate);
        assert_eq!(times(&server, "/package"), 0);
    }
}

#[test]
fn a_server_that_lies_hangs_or_leads_elsewhere_is_told_by_what_it_does() {
    let publisher = Publisher::new();
    let good = || Release::good(&publisher);
    let plain = ScriptedServer::start(|_| Reply::status(200));
    let elsewhere = format!("{}/package", plain.origin());
    let redirect = elsewhere.clone();
    let cases: [(TlsServer, FailureKind); 7] = [
        (Release { size: 5, ..good() }.serve(whole), FailureKind::Size),
        (
            good().serve(|_| Reply::stream("application/octet-stream").and(package().repeat(2)).stall()),
            FailureKind::Size,
        ),
        (
            good().serve(|_| Reply::stream("application/octet-stream").and(vec![1]).stall()),
            FailureKind::Silent,
        ),
        (Release { url: Some(elsewhere), ..good() }.serve(whole), FailureKind::Insecure),
        (good().serve(move |_| Reply::status(302).with("Location", redirect.clone())), FailureKind::Insecure),
        (good().serve(|_| Reply::status(404)), FailureKind::Network),
        (Release { target: "linux-x86_64-rpm", ..good() }.serve(whole), FailureKind::NoPackage),
    ];
    for (server, why) in cases {
        let short = |world: &mut World| {
            if why == FailureKind::Silent {
                world.silence = Duration::from_millis(500);
            }
        };
        let folder = tempfile::tempdir().unwrap();
        let fixture = Fixture::in_folder(folder, &server, &publisher, short).looked();
        assert_eq!(fixture.failure(), why);
        assert!(!fixture.kept().exists());
    }
    assert!(plain.seen().is_empty(), "nothing went over plain http");
    let nonsense = TlsServer::start(Certificate::Good, |_| Reply::typed(200, "text/html", "<html>"));
    assert_eq!(Fixture::new(&nonsense, &publisher).looked().failure(), FailureKind::Unreadable);
}

#[test]
fn without_consent_nobody_looks_and_whoever_asks_downloads_by_hand() {
    let publisher = Publisher::new();
    let server = Release::good(&publisher).serve(whole);
    let fixture = Fixture::new(&server, &publisher);
    fixture.live.settings().change(|settings| Setting::Updates(false).set(settings)).unwrap();
    fixture.updates.look(Asked::ByTheClock);
    assert_eq!(fixture.state(), UpdateState::NotLooked);
    assert!(server.seen().is_empty());
    fixture.updates.look(Asked::ByThePerson);
    assert_eq!(fixture.state(), UpdateState::Found);
    assert_eq!(times(&server, "/package"), 0);
    fixture.updates.download();
    assert_eq!(fixture.state(), UpdateState::Ready);
}

#[test]
fn under_a_policy_nobody_looks_whoever_asks() {
    let publisher = Publisher::new();
    let server = Release::good(&publisher).serve(whole);
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join(".bridgekeeper/policy.json");
    std::fs::create_dir_all(policy.parent().unwrap()).unwrap();
    put(&policy, br#"{ "Organisation": "Example Ltd", "UpdatesOff": true }"#);
    let fixture = Fixture::in_folder(folder, &server, &publisher, |_| ()).looked();
    let UpdateState::Off { by: OffBy::Policy { decided } } = fixture.state() else {
        panic!("{:?}", fixture.state())
    };
    assert!(decided.starts_with("Example Ltd (set in "), "{decided}");
    assert!(server.seen().is_empty());
    std::fs::remove_file(policy).unwrap();
    assert_eq!(fixture.looked().state(), UpdateState::Ready, "it holds for as long as it stands there");
}

#[test]
fn where_the_network_costs_money_a_package_is_asked_for_by_hand() {
    let publisher = Publisher::new();
    let server = Release::good(&publisher).serve(whole);
    let folder = tempfile::tempdir().unwrap();
    let metered = |world: &mut World| world.metered = || Some(true);
    let fixture = Fixture::in_folder(folder, &server, &publisher, metered).looked();
    assert_eq!(fixture.state(), UpdateState::Found);
}

#[test]
fn whom_somebody_else_updates_asks_nobody() {
    let publisher = Publisher::new();
    let server = Release::good(&publisher).serve(whole);
    let by = OffBy::Packages { command: "apt".to_owned() };
    let others = by.clone();
    let change = move |world: &mut World| world.others = Box::new(move || Some(others.clone()));
    let fixture = Fixture::in_folder(tempfile::tempdir().unwrap(), &server, &publisher, change).looked();
    assert_eq!(fixture.state(), UpdateState::Off { by });
    fixture.updates.download();
    fixture.updates.install();
    assert!(server.seen().is_empty());
    assert_eq!(Updates::none().view().state, UpdateState::Off { by: OffBy::Build });
}

#[test]
fn it_waits_for_a_sign_in_and_can_be_left_for_later() {
    let publisher = Publisher::new();
    let server = Release::good(&publisher).serve(whole);
    let fixture = Fixture::new(&server, &publisher).looked();
    let waits = || {
        let updates = fixture.updates.clone();
        let thread = std::thread::spawn(move || updates.install());
        while fixture.state() != (UpdateState::Waiting { work: Work::SignIn }) {
            assert!(!thread.is_finished(), "it did not wait: {:?}", fixture.state());
            std::thread::yield_now();
        }
        thread
    };
    let sign_in = fixture.live.begin(Work::SignIn).unwrap();
    let thread = waits();
    while !thread.is_finished() {
        fixture.updates.postpone();
        std::thread::yield_now();
    }
    thread.join().unwrap();
    assert_eq!(fixture.state(), UpdateState::Ready);
    assert!(fixture.installed.try_recv().is_err());

    let thread = waits();
    assert!(fixture.installed.try_recv().is_err(), "a sign-in is under way");
    drop(sign_in);
    thread.join().unwrap();
    assert_eq!(fixture.installed.try_recv().unwrap(), package());
}

#[test]
fn what_the_system_does_not_install_can_be_tried_again() {
    let publisher = Publisher::new();
    let server = Release::good(&publisher).serve(whole);
    let refuse = |world: &mut World| world.install = Box::new(|_, _| Err(Error::AuthenticationFailed));
    let fixture = Fixture::in_folder(tempfile::tempdir().unwrap(), &server, &publisher, refuse).looked();
    fixture.updates.install();
    assert_eq!(fixture.failure(), FailureKind::NotInstalled);
    assert!(fixture.live.begin(Work::Write).is_ok(), "work goes on");
    let again = Fixture::in_folder(fixture.folder, &server, &publisher, |_| ()).looked();
    assert_eq!(again.updates.view().replaced, None, "nothing was replaced");
    again.updates.install();
    assert_eq!(again.installed.try_recv().unwrap(), package());
}
