//! A new token, by the grant that was chosen.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_net::{Url, origin};
use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use super::keep::Kept;
use super::place::{Known, Place};
use super::{Access, Grant, Invitation, Opened, Progress, Session, State, TokenBinding};
use crate::authorization::Question;
use crate::callback::{Callback, CallbackSettings, PortChoice};
use crate::client::{ClientInformation, ClientOrigin};
use crate::credentials::SignIn;
use crate::discovery::Challenge;
use crate::dpop::ProofKey;
use crate::locks::{Held, Task};
use crate::registration::{Wish, register};
use crate::scope::{Offline, Said, wanted};
use crate::token_endpoint::{DeviceCode, TokenEndpoint, client_credentials, identity_assertion, jwt_bearer};
use crate::tokens::Tokens;
use crate::{Error, Surroundings};

/// For how long no browser is opened by itself after a sign-in that came to nothing.
const NO_BROWSER: SignedDuration = SignedDuration::from_mins(5);
/// How often a process with a link of its own looks whether another one has brought a token.
const LOOK: Duration = Duration::from_secs(1);
/// For how long what a person did calls for a browser: as long as a host waits for an answer.
const ACT: SignedDuration = SignedDuration::from_mins(1);

impl Session {
    /// Gets a token, or waits for the process that is getting one.
    pub(super) async fn obtain_alone(
        &self,
        challenge: Option<&Challenge>,
        scope: Option<&str>,
    ) -> Result<Access, Error> {
        let (_held, shows) = match self.until_our_turn().await? {
            Turn::Ours(held) => (held, Shows::AtOnce),
            Turn::Apart => (Held::alone(), Shows::WhenAsked),
            Turn::Done(access) => return Ok(access),
        };
        self.progress.send_replace(Progress::Beginning);
        let mut before = self.state.lock().await.before();
        let obtained = tokio::select! {
            obtained = self.obtain(&mut before, shows, challenge, scope) => obtained,
            access = self.brought_by_another(shows) => return access,
        };
        let sign_in = match obtained {
            Ok(sign_in) => sign_in,
            Err(error) => {
                self.tell_the_others(Kept::Here);
                return Err(error);
            }
        };
        let mut state = self.state.lock().await;
        let kept = self.write(&mut state, sign_in).await;
        state.proof_key = before.proof_key;
        state.client_is_gone = false;
        self.tell_the_others(kept);
        self.required(&state)
    }

    async fn until_our_turn(&self) -> Result<Turn, Error> {
        let account = self.account();
        let Some(locks) = &self.locks else {
            return Ok(if self.shares() { Turn::Ours(Held::alone()) } else { Turn::Apart });
        };
        loop {
            let held = locks.take_if_free(Task::SignIn, &account)?;
            // Somebody may have come and gone between our refusal and our turn.
            {
                let mut state = self.state.lock().await;
                if self.adopt_newer(&mut state).await {
                    return self.required(&state).map(Turn::Done);
                }
            }
            if locks.was_opened_in_vain(&account, self.surroundings.now()) {
                return Ok(Turn::Apart);
            }
            if let Some(held) = held {
                return Ok(Turn::Ours(held));
            }
            if !self.shares() {
                return Ok(Turn::Apart);
            }
            self.progress.send_replace(Progress::Elsewhere);
            locks.until_free(Task::SignIn, &account).await?;
        }
    }

    /// What another process has brought while each had its own link.
    async fn brought_by_another(&self, shows: Shows) -> Result<Access, Error> {
        if let (Shows::WhenAsked, true, Some(locks)) = (shows, self.shares(), &self.locks) {
            let account = self.account();
            while locks.was_opened_in_vain(&account, self.surroundings.now()) {
                sleep(LOOK).await;
            }
            let mut state = self.state.lock().await;
            if self.adopt_newer(&mut state).await {
                return self.required(&state);
            }
        }
        pending().await
    }

    /// Keeps the others from opening one browser after the other where this one was of no use to them.
    fn tell_the_others(&self, kept: Kept) {
        let Some(locks) = &self.locks else { return };
        let was_opened = matches!(
            &*self.progress.borrow(),
            Progress::Invited(invitation) if invitation.browser == Opened::Yes
        );
        match kept {
            Kept::ForAll => locks.opened_for_all(&self.account()),
            Kept::Here if was_opened => locks.opened_in_vain(&self.account(), self.surroundings.now()),
            Kept::Here => {}
        }
    }

    /// What this process gets, the others can use.
    fn shares(&self) -> bool {
        self.store_problem.borrow().is_none()
    }

    async fn obtain(
        &self,
        before: &mut Before,
        shows: Shows,
        challenge: Option<&Challenge>,
        scope: Option<&str>,
    ) -> Result<SignIn, Error> {
        let place = Place::find(&self.client, &self.settings, challenge).await?;
        let has_moved = before.issuer.as_ref().is_some_and(|issuer| *issuer != place.server.issuer);
        // Nothing that one issuer gave out is shown to another.
        if has_moved {
            before.client = None;
            before.proof_key = None;
        }
        if self.settings.binding == TokenBinding::DPoP && before.proof_key.is_none() {
            before.proof_key = Some(Arc::new(ProofKey::generate()?));
        }
        let scope = self.scope(&place, challenge, scope);
        let attempt = Attempt {
            session: self,
            place: &place,
            scope: scope.as_deref(),
            known: before.client.as_ref(),
            proof_key: before.proof_key.as_deref(),
            shows: match before.failed_at {
                Some(at) if self.surroundings.now().duration_since(at) < NO_BROWSER => Shows::Never,
                // What led to the other issuer says nothing about this one.
                _ if has_moved && shows == Shows::WhenAsked => Shows::InTurn,
                _ => shows,
            },
        };
        let (client, tokens) = match &self.settings.grant {
            Grant::Browser => attempt.in_browser().await?,
            Grant::DeviceCode => attempt.with_device_code().await?,
            Grant::ClientCredentials => {
                let client = attempt.own_client().await?;
                let endpoint = attempt.endpoint(&client);
                let tokens = client_credentials(endpoint, attempt.resource(), attempt.scope).await?;
                (client, tokens)
            }
            Grant::WorkloadIdentity(assertion) => {
                let client = attempt.own_client().await?;
                let endpoint = attempt.endpoint(&client);
                let tokens = jwt_bearer(endpoint, assertion, attempt.resource(), attempt.scope).await?;
                (client, tokens)
            }
            Grant::EnterpriseManaged(provider) => {
                let client = attempt.own_client().await?;
                let endpoint = attempt.endpoint(&client);
                let resource = attempt.resource().unwrap_or_else(|| self.settings.server.as_str());
                let statement = identity_assertion(endpoint, provider, resource, attempt.scope).await?;
                let tokens = jwt_bearer(endpoint, &statement, attempt.resource(), attempt.scope).await?;
                (client, tokens)
            }
        };
        let now = self.surroundings.now();
        let person = self.person(&place, &tokens, before.proof_key.as_ref()).await;
        let proof_key = before.proof_key.as_ref().map(|key| key.kept().clone());
        Ok(SignIn { proof_key, person, ..place.sign_in(client, tokens, now) })
    }

    fn scope(&self, place: &Place, challenge: Option<&Challenge>, more: Option<&str>) -> Option<String> {
        let said = Said {
            pinned: self.settings.scope.as_deref(),
            challenge: more.or_else(|| challenge.and_then(|challenge| challenge.parameter("scope"))),
            resource: place.scopes.as_deref(),
            issuer: place.server.scopes_supported.as_deref(),
        };
        let offline = match self.settings.grant {
            Grant::Browser | Grant::DeviceCode => Offline::Wanted,
            Grant::ClientCredentials | Grant::EnterpriseManaged(_) | Grant::WorkloadIdentity(_) => {
                Offline::Pointless
            }
        };
        wanted(said, offline)
    }
}

/// Whose turn it is.
enum Turn {
    Ours(Held),
    /// Nobody's: what one process gets, the others cannot use. Each has its own link, and no browser opens by itself.
    Apart,
    /// Another process has brought a token.
    Done(Access),
}

/// When a browser is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    AtOnce,
    /// At once if no other process has one open, else when asked.
    InTurn,
    /// When a person does something that needs the sign-in, and no other process has one open.
    WhenAsked,
    Never,
}

/// What there was before.
struct Before {
    issuer: Option<String>,
    client: Option<ClientInformation>,
    proof_key: Option<Arc<ProofKey>>,
    failed_at: Option<Timestamp>,
}

impl State {
    fn before(&self) -> Before {
        let client = self.sign_in.as_ref().map(|had| had.client.clone());
        Before {
            issuer: self.sign_in.as_ref().map(|had| had.issuer.clone()),
            client: client.filter(|_| !self.client_is_gone),
            proof_key: self.proof_key.clone(),
            failed_at: self.failed_at,
        }
    }
}

/// One try to get a token.
struct Attempt<'a> {
    session: &'a Session,
    place: &'a Place,
    scope: Option<&'a str>,
    /// The client as this issuer knows it from before.
    known: Option<&'a ClientInformation>,
    proof_key: Option<&'a ProofKey>,
    shows: Shows,
}

impl Attempt<'_> {
    fn resource(&self) -> Option<&str> {
        self.place.resource.as_deref()
    }

    fn surroundings(&self) -> &Surroundings {
        &self.session.surroundings
    }

    fn endpoint<'b>(&'b self, client: &'b ClientInformation) -> TokenEndpoint<'b> {
        self.session.token_endpoint(&self.place.server, client, self.proof_key)
    }

    /// The client for a grant that needs no redirect.
    async fn own_client(&self) -> Result<ClientInformation, Error> {
        let callback = &self.session.settings.callback;
        self.client(&callback.redirect_uri(callback.ports.first), Redirect::OfNoUse).await
    }

    /// The client, known beforehand or registered for this redirect address.
    async fn client(&self, redirect_uri: &str, redirect: Redirect) -> Result<ClientInformation, Error> {
        let settings = &self.session.settings.client;
        if let Some(client) = settings.known_to(&self.place.server)? {
            return Ok(client);
        }
        let fits = |client: &&ClientInformation| {
            client.origin == ClientOrigin::Registered
                && !client.has_expired(self.surroundings().now())
                && (redirect == Redirect::OfNoUse
                    || client.redirect_uris.iter().any(|uri| uri == redirect_uri))
        };
        if let Some(client) = self.known.filter(fits) {
            return Ok(client.clone());
        }
        let grant = self.session.settings.grant.name();
        let wish = Wish { redirect_uri, grant, scope: self.scope };
        let registered = register(self.session.exchange(), settings, &self.place.server, wish).await;
        if self.place.known == Known::Published || matches!(registered, Err(Error::Net { .. })) {
            return registered;
        }
        let server = origin(&self.session.settings.server);
        registered.map_err(|_| Error::NoAuthorizationServer { server })
    }

    async fn in_browser(&self) -> Result<(ClientInformation, Tokens), Error> {
        let callback = Callback::bind(&self.callback_settings()).await?;
        let redirect_uri = callback.redirect_uri();
        let client = self.client(&redirect_uri, Redirect::Needed).await?;
        let question = Question {
            server: &self.place.server,
            client_id: &client.client_id,
            redirect_uri: &redirect_uri,
            resource: self.resource(),
            scope: self.scope,
            extra: &self.session.settings.authorize_params,
        };
        let asked = question.put(self.surroundings())?;
        let after = self.session.settings.callback.open_for;
        let answered = async {
            tokio::select! {
                answer = callback.answer(&asked.expected) => answer,
                never = self.invite(&asked.url) => match never {},
                () = sleep(after) => Err(Error::NobodyCame { after }),
            }
        };
        let (parameters, waiting) = answered.await?;
        let redeemed = async {
            let code = asked.expected.code(parameters)?;
            let endpoint = self.endpoint(&client);
            endpoint.redeem(&code, &asked.verifier, &redirect_uri, self.resource(), self.scope).await
        };
        match redeemed.await {
            Ok(tokens) => {
                waiting.succeeded().await;
                Ok((client, tokens))
            }
            Err(error) => {
                waiting.failed().await;
                Err(error)
            }
        }
    }

    /// A redirect address that somebody agreed on is used as it is; one that we registered before is tried first.
    fn callback_settings(&self) -> CallbackSettings {
        let settings = &self.session.settings;
        let mut callback = settings.callback.clone();
        if settings.client.fixes_redirect() {
            callback.ports.choice = PortChoice::Exactly;
        }
        let agreed = settings.client.pre_registered.as_ref().or(self.known);
        let loopback = agreed.and_then(|client| client.redirect_uris.iter().find_map(|uri| loopback(uri)));
        if let Some((host, port, path)) = loopback {
            callback.host = host;
            callback.ports.first = port;
            callback.path = path;
        }
        callback
    }

    async fn with_device_code(&self) -> Result<(ClientInformation, Tokens), Error> {
        let client = self.own_client().await?;
        let endpoint = self.endpoint(&client);
        let code = DeviceCode::read(&endpoint.begin_device(self.resource(), self.scope).await?)?;
        let invitation =
            Invitation { url: code.address.clone(), code: Some(code.user_code.clone()), browser: Opened::No };
        self.session.progress.send_replace(Progress::Invited(Arc::new(invitation)));
        let tokens = code.redeem(endpoint, self.resource(), self.scope).await?;
        Ok((client, tokens))
    }

    /// Shows the person where to sign in, once, and stays for as long as the sign-in is open.
    async fn invite(&self, url: &Url) -> Infallible {
        if self.shows == Shows::AtOnce {
            self.open(url).await;
            return pending().await;
        }
        let mut is_our_turn = self.shows == Shows::InTurn;
        if !is_our_turn {
            self.tell(url, Opened::No);
        }
        if self.shows == Shows::Never {
            return pending().await;
        }
        let mut acted = self.session.acted.subscribe();
        loop {
            if is_our_turn || acted.borrow_and_update().is_some_and(|at| self.is_recent(at)) {
                // Held for as long as the page is open: one at a time.
                if let Ok(Some(_held)) = self.turn_to_open() {
                    self.open(url).await;
                    return pending().await;
                }
                // Another process shows its page. The link has to do.
                if is_our_turn {
                    self.tell(url, Opened::No);
                }
            }
            is_our_turn = false;
            if acted.changed().await.is_err() {
                return pending().await;
            }
        }
    }

    fn is_recent(&self, at: Timestamp) -> bool {
        self.surroundings().now().duration_since(at) < ACT
    }

    fn turn_to_open(&self) -> Result<Option<Held>, Error> {
        match &self.session.locks {
            Some(locks) => locks.take_if_free(Task::SignIn, &self.session.account()),
            None => Ok(Some(Held::alone())),
        }
    }

    async fn open(&self, url: &Url) {
        let (browser, shown) = (Arc::clone(&self.surroundings().browser), url.clone());
        if !self.session.shares()
            && let Some(locks) = &self.session.locks
        {
            locks.opened_in_vain(&self.session.account(), self.surroundings().now());
        }
        let opened = tokio::task::spawn_blocking(move || browser.open(&shown)).await;
        self.tell(url, if matches!(opened, Ok(Ok(()))) { Opened::Yes } else { Opened::No });
    }

    fn tell(&self, url: &Url, browser: Opened) {
        let invitation = Invitation { url: url.clone(), code: None, browser };
        self.session.progress.send_replace(Progress::Invited(Arc::new(invitation)));
    }
}

/// Whether an answer will come to the redirect address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Redirect {
    Needed,
    OfNoUse,
}

impl Grant {
    /// Its name in requests (RFC 7591 §2).
    const fn name(&self) -> &'static str {
        match self {
            Self::Browser => "authorization_code",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::ClientCredentials => "client_credentials",
            Self::EnterpriseManaged(_) | Self::WorkloadIdentity(_) => {
                "urn:ietf:params:oauth:grant-type:jwt-bearer"
            }
        }
    }
}

/// Host, port and path of a redirect address that leads to this machine.
fn loopback(uri: &str) -> Option<(String, u16, String)> {
    let url = Url::parse(uri).ok()?;
    let is_ours = url.scheme() == "http" && crate::discovery::is_loopback(&url);
    is_ours
        .then(|| Some((url.host_str()?.to_owned(), url.port_or_known_default()?, url.path().to_owned())))?
}
