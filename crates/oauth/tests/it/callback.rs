use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_net::Url;
use bridgekeeper_oauth::{ClientInformation, Error, PortChoice, Ports, Session};
use bridgekeeper_testkit::oauth::{KnownClient, LoopbackPorts, OAuthServer, Options, Sent, browser};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::world::{Goes, World, call, invitation, parameter};

/// A sign-in that waits for its answer.
struct Open {
    server: OAuthServer,
    session: Arc<Session>,
    signing_in: JoinHandle<Result<bridgekeeper_net::StatusCode, Error>>,
    redirect: Url,
    authorize: Url,
}

impl Open {
    async fn new(options: Options) -> Self {
        let (server, world) = (OAuthServer::start(options).unwrap(), World::new(Goes::Nowhere));
        let session = world.session(&server.url(), |_| {});
        let signing_in = tokio::spawn({
            let (session, url) = (Arc::clone(&session), server.url());
            async move { call(&session, &url, "x").await }
        });
        let authorize = invitation(&session).await.url.clone();
        let redirect = Url::parse(&parameter(&authorize, "redirect_uri").unwrap()).unwrap();
        Self { server, session, signing_in, redirect, authorize }
    }

    /// The answer that the authorization server gives, without its being delivered.
    async fn answer(&self) -> Url {
        let url = self.authorize.to_string();
        let answer = tokio::task::spawn_blocking(move || browser::redirect_of(&url)).await.unwrap();
        Url::parse(&answer.unwrap().unwrap()).unwrap()
    }

    async fn end(self) -> Result<bridgekeeper_net::StatusCode, Error> {
        tokio::time::timeout(Duration::from_secs(10), self.signing_in).await.unwrap().unwrap()
    }

    /// Sends this to the listener; what comes back.
    async fn knock(&self, request: String) -> String {
        let port = self.redirect.port().unwrap();
        tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            // A listener that has heard enough may close before all is said.
            let _ = stream.write_all(request.as_bytes());
            let mut answer = String::new();
            let _ = stream.read_to_string(&mut answer);
            answer
        })
        .await
        .unwrap()
    }
}

fn get(target: &str, host: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

#[tokio::test]
async fn strangers_are_harmless_and_see_nothing_of_what_they_said() {
    let open = Open::new(Options::default()).await;
    let host = format!("127.0.0.1:{}", open.redirect.port().unwrap());
    let answer = open.answer().await;
    let ours = format!("{}?{}", answer.path(), answer.query().unwrap());
    let long = "x".repeat(64 << 10);
    let strangers = [
        (get("/oauth/callback?code=forged", &host), "400"),
        (get("/oauth/callback?code=forged&state=<script>evil</script>", &host), "400"),
        (get("/oauth/callback?error=evil&error_description=evil", &host), "400"),
        (get(&format!("{ours}&state=evil"), &host), "400"),
        (get(&ours, &format!("evil.example:{}", open.redirect.port().unwrap())), "421"),
        (get(&ours, "127.0.0.1"), "421"),
        (format!("GET {ours} HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n"), "421"),
        (format!("POST {ours} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"), "405"),
        (get("/", &host), "404"),
        (get("/.mcp-remote/id", &host), "404"),
        (get("/wait-for-auth?poll=false", &host), "404"),
        ("evil\r\n\r\n".to_owned(), "400"),
        (get(&format!("/oauth/callback?{long}"), &host), ""),
    ];
    for (request, status) in strangers {
        let answer = open.knock(request.clone()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")) || status.is_empty(),
            "{request}: {answer}"
        );
        assert!(!answer.contains("evil"), "{answer}");
    }
    assert!(!open.signing_in.is_finished());
    assert_eq!(open.server.counts().exchanges, 0);
    let page = open.knock(get(&ours, &host)).await;
    assert!(page.contains("You are signed in"), "{page}");
    let server = open.server.url();
    let session = Arc::clone(&open.session);
    open.end().await.unwrap();
    assert!(session.access().await.unwrap().is_some(), "{server}");
}

#[tokio::test]
async fn the_page_speaks_the_language_of_the_browser() {
    for (accepted, language, words) in
        [("de-DE,de;q=0.9,en;q=0.8", "de", "Sie sind angemeldet"), ("fr,en;q=0.5", "en", "You are signed in")]
    {
        let open = Open::new(Options::default()).await;
        let host = format!("127.0.0.1:{}", open.redirect.port().unwrap());
        let answer = open.answer().await;
        let ours = format!("{}?{}", answer.path(), answer.query().unwrap());
        let said = format!("Host: {host}\r\nAccept-Language: {accepted}\r\n\r\n");
        let stranger = open.knock(format!("GET /elsewhere HTTP/1.1\r\n{said}")).await;
        let page = open.knock(format!("GET {ours} HTTP/1.1\r\n{said}")).await;
        for page in [&stranger, &page] {
            assert!(page.contains(&format!("<html lang=\"{language}\">")), "{page}");
        }
        assert!(page.contains(words) && page.contains("color-scheme: light dark"), "{page}");
        open.end().await.unwrap();
    }
}

#[tokio::test]
async fn who_says_nothing_does_not_keep_others_waiting() {
    let open = Open::new(Options::default()).await;
    let port = open.redirect.port().unwrap();
    let silent: Vec<_> = (0..8).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    let answer = open.answer().await.to_string();
    let page = tokio::task::spawn_blocking(move || browser::open(&answer)).await.unwrap().unwrap();
    assert!(page.text.contains("You are signed in"));
    open.end().await.unwrap();
    drop(silent);
}

#[tokio::test]
async fn an_answer_from_another_issuer_is_told_and_its_code_goes_nowhere() {
    for iss in [Sent::Wrong, Sent::Missing] {
        let open = Open::new(Options { iss, ..Options::default() }).await;
        let answer = open.answer().await.to_string();
        let page = tokio::task::spawn_blocking(move || browser::open(&answer)).await.unwrap().unwrap();
        assert!(page.text.contains("You are not signed in"));
        assert_eq!(open.server.counts().exchanges, 0);
        let asked = open.server.seen();
        assert!(!asked.iter().any(|request| request.path().ends_with("/token")));
        let Err(Error::Told(error)) = open.end().await else { panic!("signed in") };
        assert!(matches!(&*error, Error::WrongIssuer { .. }), "{error}");
    }
}

#[tokio::test]
async fn an_answer_without_our_state_is_nobodys() {
    let open = Open::new(Options { state: Sent::Wrong, ..Options::default() }).await;
    let answer = open.answer().await.to_string();
    let page = tokio::task::spawn_blocking(move || browser::open(&answer)).await.unwrap().unwrap();
    assert_eq!(page.status, 400);
    assert!(!open.signing_in.is_finished());
    assert_eq!(open.server.counts().exchanges, 0);
    open.signing_in.abort();
}

#[tokio::test]
async fn a_token_in_the_address_is_not_taken() {
    let open = Open::new(Options::default()).await;
    let answer = open.answer().await;
    let state = parameter(&answer, "state").unwrap();
    let iss = parameter(&answer, "iss").unwrap();
    let host = format!("127.0.0.1:{}", open.redirect.port().unwrap());
    let target = format!("/oauth/callback?access_token=evil&token_type=bearer&state={state}&iss={iss}");
    let page = open.knock(get(&target, &host)).await;
    assert!(page.contains("You are not signed in"), "{page}");
    let session = Arc::clone(&open.session);
    assert!(open.end().await.is_err());
    assert!(session.access().await.unwrap().is_none());
}

#[tokio::test]
async fn a_range_that_cannot_be_had_makes_way_for_a_port_that_is_always_the_same() {
    // As many side by side as are tried, taken here as Windows keeps its ranges to itself.
    // Below the ports that the system hands out, so that no other test is in between.
    let mut next = 10_000 + u16::try_from(std::process::id() % 9_000).unwrap();
    let mut taken: Vec<TcpListener> = Vec::new();
    while taken.len() < 8 {
        match TcpListener::bind(("127.0.0.1", next)).await {
            Ok(listener) => taken.push(listener),
            Err(_) => taken.clear(),
        }
        next += 1;
    }
    let first = taken[0].local_addr().unwrap().port();
    let range = first..=first + 7;
    let mut ports = Vec::new();
    for _ in 0..2 {
        let server = OAuthServer::start(Options::default()).unwrap();
        let world = World::new(Goes::ToTheEnd);
        let session = world.session(&server.url(), |settings| {
            settings.callback.ports = Ports { first, choice: PortChoice::Near };
        });
        call(&session, &server.url(), "x").await.unwrap();
        let opened = world.person.opened.lock().unwrap()[0].clone();
        let redirect = Url::parse(&parameter(&opened, "redirect_uri").unwrap()).unwrap();
        ports.push(redirect.port().unwrap());
    }
    assert!(!range.contains(&ports[0]), "{ports:?}");
    assert_eq!(ports[0], ports[1]);
}

#[tokio::test]
async fn a_redirect_that_was_agreed_on_is_used_to_the_letter_or_not_at_all() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let agreed = format!("http://localhost:{}/agreed", free.local_addr().unwrap().port());
    let server = OAuthServer::start(Options {
        clients: vec![KnownClient {
            id: "given".into(),
            redirect_uris: vec![agreed.clone()],
            ..KnownClient::default()
        }],
        loopback_ports: LoopbackPorts::Exact,
        ..Options::default()
    })
    .unwrap();
    let world = World::new(Goes::ToTheEnd);
    let session = world.session(&server.url(), |settings| {
        let client = ClientInformation::pre_registered("given", None);
        settings.client.pre_registered =
            Some(ClientInformation { redirect_uris: vec![agreed.clone()], ..client });
    });
    let Err(Error::Told(error)) = call(&session, &server.url(), "x").await else { panic!("signed in") };
    assert!(matches!(&*error, Error::NoPort(_)), "{error}");
    drop(free);
    world.pass_time(Duration::from_mins(10));
    call(&session, &server.url(), "x").await.unwrap();
    let opened = world.person.opened.lock().unwrap()[0].clone();
    assert_eq!(parameter(&opened, "redirect_uri"), Some(agreed));
}

#[tokio::test]
async fn the_person_may_be_sent_to_a_page_of_the_users_choice() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = World::new(Goes::Nowhere);
    let session = world.session(&server.url(), |settings| {
        settings.callback.success_url = Some(Url::parse("https://done.example/").unwrap());
    });
    let signing_in = tokio::spawn({
        let (session, url) = (Arc::clone(&session), server.url());
        async move { call(&session, &url, "x").await }
    });
    let url = invitation(&session).await.url.to_string();
    let answer = tokio::task::spawn_blocking(move || {
        let answer = browser::redirect_of(&url).unwrap().unwrap();
        browser::redirect_of(&answer).unwrap()
    });
    assert_eq!(answer.await.unwrap().as_deref(), Some("https://done.example/"));
    signing_in.await.unwrap().unwrap();
}
