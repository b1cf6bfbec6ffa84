//! A person, a browser, a clock and a store around sessions with one server.

use std::io;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bridgekeeper_model::Secret;
use bridgekeeper_net::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use bridgekeeper_net::{Client, Method, NetOptions, Request, StatusCode, Url};
use bridgekeeper_oauth::discovery::Limits;
use bridgekeeper_oauth::{
    Access, Account, Browser, CallbackSettings, ClientSettings, Credentials, Error, FailedRenewal, Grant,
    InMemory, Invitation, Locks, PortChoice, Ports, Progress, Refused, Resource, Sends, Session, Settings,
    StoreError, Surroundings, TokenBinding,
};
use bridgekeeper_testkit::oauth::browser;
use jiff::{SignedDuration, Timestamp};

/// A person's browser: remembers every address, and goes there where it should.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) opened: Mutex<Vec<Url>>,
    goes: Goes,
}

/// What the person does with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goes {
    /// Follows it to its end.
    ToTheEnd,
    /// Looks at it.
    Nowhere,
}

impl Browser for Person {
    fn open(&self, url: &Url) -> io::Result<()> {
        self.opened.lock().unwrap().push(url.clone());
        if self.goes == Goes::ToTheEnd {
            let url = url.to_string();
            std::thread::spawn(move || browser::open(&url));
        }
        Ok(())
    }
}

/// All that surrounds a session.
pub(crate) struct World {
    pub(crate) person: Arc<Person>,
    pub(crate) store: Arc<InMemory>,
    pub(crate) locks: Option<Locks>,
    passed: Arc<AtomicI64>,
}

impl World {
    pub(crate) fn new(goes: Goes) -> Self {
        Self {
            person: Arc::new(Person { opened: Mutex::default(), goes }),
            store: Arc::default(),
            locks: None,
            passed: Arc::default(),
        }
    }

    /// Moves the clock of every session ahead.
    pub(crate) fn pass_time(&self, passed: Duration) {
        self.passed.fetch_add(i64::try_from(passed.as_secs()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn session(&self, url: &str, change: impl FnOnce(&mut Settings)) -> Arc<Session> {
        self.session_with(Arc::clone(&self.store) as _, url, change)
    }

    /// A session of a process that has no keyring.
    pub(crate) fn session_without_keyring(&self, url: &str) -> Arc<Session> {
        self.session_with(Arc::new(NoKeyring), url, |_| {})
    }

    pub(crate) fn session_with(
        &self,
        store: Arc<dyn Credentials>,
        url: &str,
        change: impl FnOnce(&mut Settings),
    ) -> Arc<Session> {
        let mut settings = settings(url);
        change(&mut settings);
        let passed = Arc::clone(&self.passed);
        let browser: Arc<dyn Browser> = Arc::clone(&self.person) as _;
        let mut surroundings = Surroundings::of_this_machine(browser);
        surroundings.now =
            Arc::new(move || Timestamp::now() + SignedDuration::from_secs(passed.load(Ordering::SeqCst)));
        let client = Arc::new(Client::new(NetOptions::default()));
        Arc::new(Session::new(settings, client, surroundings, store, self.locks.clone()))
    }

    pub(crate) fn times_opened(&self) -> usize {
        self.person.opened.lock().unwrap().len()
    }
}

/// Keeps nothing.
#[derive(Debug)]
struct NoKeyring;

impl NoKeyring {
    fn missing<T>() -> Result<T, StoreError> {
        Err(StoreError::Missing("nobody started one".into()))
    }
}

impl Credentials for NoKeyring {
    fn note_failure(&self, _: &Account, _: &FailedRenewal) -> Result<(), StoreError> {
        Self::missing()
    }

    fn read(&self, _: &Account) -> Result<Option<Secret>, StoreError> {
        Self::missing()
    }

    fn write(&self, _: &Account, _: &Secret) -> Result<(), StoreError> {
        Self::missing()
    }

    fn remove(&self, _: &Account) -> Result<(), StoreError> {
        Self::missing()
    }

    fn list(&self) -> Result<Vec<Account>, StoreError> {
        Self::missing()
    }
}

pub(crate) fn settings(url: &str) -> Settings {
    Settings {
        server: Url::parse(url).unwrap(),
        account: String::new(),
        grant: Grant::Browser,
        client: ClientSettings::default(),
        scope: None,
        resource: Resource::Published,
        token_endpoint: None,
        authorize_params: Vec::new(),
        callback: CallbackSettings {
            host: "127.0.0.1".into(),
            path: "/oauth/callback".into(),
            ports: Ports { first: 0, choice: PortChoice::Near },
            open_for: Duration::from_mins(5),
            success_url: None,
        },
        binding: TokenBinding::None,
        sends: Sends::AccessToken,
        limits: Limits { time: Duration::from_secs(3), bytes: 64 << 10 },
    }
}

/// One MCP request with what the session gives it, again after every refusal that the session can do something about.
/// The status of the last answer.
pub(crate) async fn call(session: &Session, url: &str, tool: &str) -> Result<StatusCode, Error> {
    let client = Client::new(NetOptions::default());
    let url = Url::parse(url).unwrap();
    let mut access = session.access().await?;
    for before in 0..4 {
        let (status, headers) = send(&client, &url, access.as_ref(), tool).await;
        if let Some(access) = &access
            && session.learn(access, &url, status, &headers)
        {
            continue;
        }
        let insufficient = status == StatusCode::FORBIDDEN && headers.contains_key("www-authenticate");
        if status != StatusCode::UNAUTHORIZED && !insufficient {
            return Ok(status);
        }
        let refused = Refused { access: access.as_ref(), status, headers: &headers, before };
        access = Some(session.recover(&refused).await?);
    }
    panic!("refused for ever")
}

async fn send(client: &Client, url: &Url, access: Option<&Access>, tool: &str) -> (StatusCode, HeaderMap) {
    let mut headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (ACCEPT, HeaderValue::from_static("application/json, text/event-stream")),
    ]);
    if let Some(access) = access {
        headers.extend(access.headers(&Method::POST, url).unwrap());
    }
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{{}}}}}}"#
    );
    let request = Request { method: Method::POST, url: url.clone(), headers, body: body.into() };
    let response = client.send(request).await.unwrap();
    (response.status(), response.headers().clone())
}

/// The invitation, as soon as there is one.
pub(crate) async fn invitation(session: &Session) -> Arc<Invitation> {
    let mut progress = session.progress();
    let waited = progress.wait_for(|progress| matches!(progress, Progress::Invited(_)));
    let invited = tokio::time::timeout(Duration::from_secs(10), waited).await.expect("an invitation in time");
    let Progress::Invited(invitation) = invited.unwrap().clone() else { unreachable!() };
    invitation
}

/// A query parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
