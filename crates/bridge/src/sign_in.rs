//! The sign-in beside the messages: requests go on as soon as there is a token, and are answered with the link when
//! the person takes longer than a host waits.
//!
//! The server decides whether there is anything to do: until it refuses a request, nothing is read, asked or opened.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_net::header::HeaderMap;
use bridgekeeper_net::{Client, Response, StatusCode, Url, origin};
use bridgekeeper_oauth::discovery::Challenge;
use bridgekeeper_oauth::{
    Access, Browser, Credentials, Error, Grant, Invitation, Locks, Progress, Refused, Session, Settings,
    Surroundings, SystemBrowser,
};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::failure::Failure;
use crate::options::Options;

/// How long the bridge has to live before it sends anybody to a browser. Hosts start it for a moment to look at it,
/// and several times at once.
const GRACE: Duration = Duration::from_secs(3);

/// How long what needs no person may take: looking up, registering, renewing, waiting for those who do.
const WITHOUT_A_PERSON: Duration = Duration::from_secs(30);

/// How often one request may be refused.
const REFUSALS: u32 = 4;

/// How to sign in.
#[derive(Debug, Clone)]
pub struct SignInOptions {
    /// What the library needs to know.
    pub settings: Settings,
    /// How long a request waits for the person before it is answered with the link.
    pub patience: Duration,
    /// Whether a browser is opened.
    pub browser: OpensBrowser,
    /// The lease that mcp-remote takes while it renews the same server's tokens.
    pub lease: Option<std::path::PathBuf>,
}

/// Whether a browser is opened for a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpensBrowser {
    /// When it begins.
    Once,
    /// The link stands in the log and in what tools answer.
    Never,
}

impl Options {
    /// The account that these options sign in to, with the locks that every bridge of the home shares. `None` where
    /// the options say that nobody is to be asked, or give a token themselves.
    pub fn session(
        &self,
        client: Client,
        surroundings: Surroundings,
        store: Arc<dyn Credentials>,
    ) -> Option<Session> {
        let SignInOptions { settings, lease, .. } = self.sign_in.clone()?;
        let locks = self.folder().map(|folder| {
            let locks = Locks::in_folder(folder.join("locks"));
            lease.into_iter().fold(locks, Locks::with_lease)
        });
        Some(Session::new(settings, Arc::new(client), surroundings, store, locks))
    }
}

/// Opens nothing.
struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _: &Url) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// The sign-in at one server.
pub(crate) struct SignIn {
    session: Arc<Session>,
    origin: String,
    patience: Duration,
    /// Somebody has to act, so that it must not happen for a probe.
    begins_at: Option<Instant>,
    /// The server has refused a request.
    is_wanted: Cell<bool>,
    /// The one that is under way, or the last one.
    running: RefCell<Option<watch::Receiver<Option<Outcome>>>>,
    task: RefCell<Option<AbortHandle>>,
    /// The host has gone: nothing new begins.
    is_closed: Cell<bool>,
    /// The host was told to sign in.
    told: Cell<bool>,
    /// The server has turned out to offer no sign-in: it wants a key of its own.
    is_impossible: Cell<bool>,
}

type Outcome = Result<(), Arc<Error>>;

/// What a person who has to sign in is told.
#[derive(Debug, Clone)]
pub(crate) struct Needed {
    pub(crate) origin: String,
    pub(crate) invitation: Option<Arc<Invitation>>,
}

/// A request that the server refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    access: Option<Access>,
    status: StatusCode,
    headers: HeaderMap,
    before: u32,
}

impl SignIn {
    /// `None` where the command line says so, or gives a token itself.
    pub(crate) fn new(options: &Options, client: Client, store: Arc<dyn Credentials>) -> Option<Self> {
        let SignInOptions { settings, patience, browser, .. } = options.sign_in.as_ref()?;
        let needs_a_person = matches!(settings.grant, Grant::Browser | Grant::DeviceCode);
        let browser: Arc<dyn Browser> = match browser {
            OpensBrowser::Once => Arc::new(SystemBrowser),
            OpensBrowser::Never => Arc::new(NoBrowser),
        };
        let patience = *patience;
        let session = options.session(client, Surroundings::of_this_machine(browser), store)?;
        Some(Self {
            session: Arc::new(session),
            origin: origin(&options.server_url),
            patience,
            begins_at: needs_a_person.then(|| Instant::now() + GRACE),
            is_wanted: Cell::new(false),
            running: RefCell::default(),
            task: RefCell::default(),
            is_closed: Cell::new(false),
            told: Cell::new(false),
            is_impossible: Cell::new(false),
        })
    }

    /// The sign-in itself, for whoever watches it.
    pub(crate) const fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// What the next request carries.
    pub(crate) async fn access(&self) -> Result<Option<Access>, Failure> {
        if !self.is_wanted.get() {
            return Ok(None);
        }
        Box::pin(self.session.access()).await.map_err(|error| self.failed(Arc::new(error)))
    }

    /// Gets what a refused request needs, for as long as a request may wait. `false` where the server offers no sign-in,
    /// so that its own answer stands.
    pub(crate) async fn recover(&self, refusal: Refusal, url: &Url) -> Result<bool, Failure> {
        if self.is_impossible.get() {
            return Ok(false);
        }
        self.is_wanted.set(true);
        if let Some(access) = &refusal.access
            && self.session.learn(access, url, refusal.status, &refusal.headers)
        {
            return Ok(true);
        }
        if self.is_closed.get() {
            return Err(Failure::SignIn(Box::new(self.needed())));
        }
        let running = self.join(refusal);
        let outcome = tokio::select! {
            outcome = outcome_of(running) => outcome,
            () = self.person_takes_long() => None,
        };
        match outcome {
            Some(Ok(())) => Ok(true),
            Some(Err(error)) if matches!(*error, Error::NoAuthorizationServer { .. }) => {
                self.is_impossible.set(true);
                Ok(false)
            }
            Some(Err(error)) => Err(self.failed(error)),
            None => Err(Failure::SignIn(Box::new(self.needed()))),
        }
    }

    /// Waits for as long as a request waits for a person. What is done without one takes its time, within bounds.
    async fn person_takes_long(&self) {
        sleep(self.patience).await;
        let mut progress = self.session.progress();
        let waits = |progress: &Progress| matches!(progress, Progress::Invited(_) | Progress::Elsewhere);
        let _ = timeout(WITHOUT_A_PERSON, progress.wait_for(waits)).await;
    }

    /// Whoever is refused while a sign-in is under way waits for that one.
    fn join(&self, refusal: Refusal) -> watch::Receiver<Option<Outcome>> {
        let mut running = self.running.borrow_mut();
        if let Some(running) = &*running
            && running.borrow().is_none()
            && running.has_changed().is_ok()
        {
            return running.clone();
        }
        let (sender, receiver) = watch::channel(None);
        *running = Some(receiver.clone());
        let (session, begins_at) = (Arc::clone(&self.session), self.begins_at);
        // It goes on when the request that needed it has been answered with the link.
        let task = tokio::spawn(async move {
            if let Some(begins_at) = begins_at
                && matches!(session.access().await, Ok(None))
            {
                sleep_until(begins_at).await;
            }
            let Refusal { access, status, headers, before } = &refusal;
            let refused = Refused { access: access.as_ref(), status: *status, headers, before: *before };
            let outcome = session.recover(&refused).await.map(drop).map_err(told);
            sender.send_replace(Some(outcome));
        });
        *self.task.borrow_mut() = Some(task.abort_handle());
        receiver
    }

    /// Ends what is under way: nobody is there who could use it.
    pub(crate) fn close(&self) {
        self.is_closed.set(true);
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }

    /// The host was told to sign in since this was last asked.
    pub(crate) fn was_told(&self) -> bool {
        self.told.take()
    }

    /// Waits until a sign-in that is under way has come to its end.
    pub(crate) async fn ended(&self) {
        let running = self.running.borrow().clone();
        if let Some(mut running) = running {
            // A sender that is gone has ended, too.
            let _ = running.wait_for(Option::is_some).await;
        }
    }

    /// What a person is told while a sign-in is under way.
    pub(crate) fn needed(&self) -> Needed {
        self.told.set(true);
        let invitation = match &*self.session.progress().borrow() {
            Progress::Invited(invitation) => Some(Arc::clone(invitation)),
            Progress::Idle
            | Progress::Beginning
            | Progress::Elsewhere
            | Progress::SignedIn
            | Progress::Failed(_) => None,
        };
        Needed { origin: self.origin.clone(), invitation }
    }

    fn failed(&self, error: Arc<Error>) -> Failure {
        self.told.set(true);
        Failure::NotSignedIn { origin: self.origin.clone(), error }
    }
}

impl Refusal {
    /// Reads an answer: `None`, where it is no refusal that a sign-in could mend.
    pub(crate) fn of(access: Option<Access>, response: &Response, before: u32) -> Option<Self> {
        let (status, headers) = (response.status(), response.headers());
        let lacks_scope = || {
            let challenges = Challenge::all(headers);
            challenges.iter().any(|challenge| challenge.parameter("error") == Some("insufficient_scope"))
        };
        let mendable =
            status == StatusCode::UNAUTHORIZED || (status == StatusCode::FORBIDDEN && lacks_scope());
        (mendable && before < REFUSALS).then(|| Self { access, status, headers: headers.clone(), before })
    }
}

/// The outcome, once there is one; `None` where it was broken off.
async fn outcome_of(mut running: watch::Receiver<Option<Outcome>>) -> Option<Outcome> {
    running.wait_for(Option::is_some).await.ok()?.clone()
}

/// What the session has told already is not wrapped once more.
fn told(error: Error) -> Arc<Error> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other error is itself")]
    match error {
        Error::Told(error) => error,
        error => Arc::new(error),
    }
}

impl fmt::Display for Needed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = &self.origin;
        match self.invitation.as_deref() {
            None => write!(f, "{origin} wants a sign-in, which is under way"),
            Some(Invitation { url, code: None, .. }) => write!(f, "{origin} wants you to sign in: {url}"),
            Some(Invitation { url, code: Some(code), .. }) => {
                write!(f, "{origin} wants you to sign in with the code {code}: {url}")
            }
        }
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("origin", &self.origin).finish_non_exhaustive()
    }
}
