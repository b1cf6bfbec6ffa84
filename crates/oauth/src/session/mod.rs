//! One account at one server: what its requests carry, and what to do when the server refuses them.
//!
//! Whatever happens, happens once: requests that are refused together wait for one renewal or one sign-in, and so do the
//! other processes that share the store and the locks.

mod adopt;
mod keep;
mod obtain;
mod place;
mod sign_out;
mod userinfo;

use std::fmt;
use std::sync::Arc;

use bridgekeeper_model::Secret;
use bridgekeeper_net::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use bridgekeeper_net::{Client, Method, StatusCode, Url, address};
use jiff::Timestamp;
use tokio::sync::{Mutex, watch};

use self::place::Place;
use crate::callback::CallbackSettings;
use crate::credentials::{Account, Credentials, SignIn, StoreError};
use crate::discovery::{Challenge, Limits};
use crate::dpop::{DPOP, ProofKey};
use crate::locks::Locks;
use crate::registration::ClientSettings;
use crate::token_endpoint::IdentityProvider;
use crate::tokens::TokenKind;
use crate::{Error, Surroundings, scope};

/// How often more rights are asked for in one session: a server that is never content must not open one page after the
/// other.
const STEP_UPS: usize = 5;

/// How to sign in to one server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The MCP endpoint.
    pub server: Url,
    /// Which of the person's accounts; empty for the only one.
    pub account: String,
    /// What is done to get a token.
    pub grant: Grant,
    /// Who we are.
    pub client: ClientSettings,
    /// The scopes to ask for, whatever the server says.
    pub scope: Option<String>,
    /// The `resource` parameter.
    pub resource: Resource,
    /// Asked instead of what the server names; no look-up is made.
    pub token_endpoint: Option<Url>,
    /// Parameters of the sign-in page that this server wants besides.
    pub authorize_params: Vec<(String, String)>,
    /// How the answer of the browser reaches us.
    pub callback: CallbackSettings,
    /// Whether tokens are bound to a key.
    pub binding: TokenBinding,
    /// Which token opens the server.
    pub sends: Sends,
    /// What one answer may cost.
    pub limits: Limits,
}

/// What is done to get a token.
#[derive(Debug, Clone)]
pub enum Grant {
    /// A person signs in, in a browser on this machine (RFC 6749 §4.1).
    Browser,
    /// A person signs in anywhere, with a code that is shown here (RFC 8628).
    DeviceCode,
    /// The program acts for itself (RFC 6749 §4.4).
    ClientCredentials,
    /// A company's identity provider vouches for the person.
    EnterpriseManaged(Box<IdentityProvider>),
    /// A statement about this workload, signed by who runs it (RFC 7523 §2.1).
    WorkloadIdentity(Secret),
}

/// The `resource` parameter (RFC 8707).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// What the server publishes, else its address.
    Published,
    /// This.
    Given(String),
    /// Left out: some issuers refuse it.
    Omitted,
}

/// Whether tokens are bound to a key (RFC 9449).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenBinding {
    /// Whoever has a token may use it.
    None,
    /// Only with a proof of the key.
    DPoP,
}

/// Which token opens the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sends {
    /// The access token.
    AccessToken,
    /// The ID token: some servers behind a proxy want that one.
    IdToken,
}

/// How far a sign-in is.
#[derive(Debug, Clone)]
pub enum Progress {
    /// Nobody has asked for one.
    Idle,
    /// It is being prepared.
    Beginning,
    /// Another process of this server does it.
    Elsewhere,
    /// A person has to act.
    Invited(Arc<Invitation>),
    /// There is a token.
    SignedIn,
    /// It came to nothing.
    Failed(Arc<Error>),
}

/// What a person needs to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Where to sign in: https, or http to this machine.
    pub url: Url,
    /// The code to enter there, where it is not part of the address.
    pub code: Option<String>,
    /// Whether a browser was opened with it.
    pub browser: Opened,
}

/// Whether a browser was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// Yes.
    Yes,
    /// No: none could be, or none should be.
    No,
}

/// What a request carries.
#[derive(Clone)]
pub struct Access {
    token: Secret,
    kind: TokenKind,
    proof_key: Option<Arc<ProofKey>>,
    surroundings: Surroundings,
}

/// An answer with which the server refused a request.
#[derive(Debug)]
pub struct Refused<'a> {
    /// What the request carried.
    pub access: Option<&'a Access>,
    /// 401 or 403.
    pub status: StatusCode,
    /// The head of the answer.
    pub headers: &'a HeaderMap,
    /// How often this very request was refused before.
    pub before: u32,
}

/// One account at one server.
pub struct Session {
    settings: Settings,
    client: Arc<Client>,
    surroundings: Surroundings,
    store: Arc<dyn Credentials>,
    locks: Option<Locks>,
    /// Held while a token is got, which may take a person's time. Requests that have one go on meanwhile.
    turn: Mutex<()>,
    /// Held for moments and for renewals.
    state: Mutex<State>,
    progress: watch::Sender<Progress>,
    store_problem: watch::Sender<Option<StoreError>>,
    /// When a person last did something that needs the sign-in.
    acted: watch::Sender<Option<Timestamp>>,
}

#[derive(Debug, Default)]
struct State {
    sign_in: Option<SignIn>,
    proof_key: Option<Arc<ProofKey>>,
    /// What the store held when it was last read or written.
    in_store: Option<Secret>,
    /// The store has been asked.
    is_read: bool,
    /// What more was asked for, so that it is asked for once.
    stepped_up_to: Vec<String>,
    /// The last sign-in came to nothing at that time; no browser is opened for a while.
    failed_at: Option<Timestamp>,
    /// The issuer no longer knows the client that registered there.
    client_is_gone: bool,
}

impl Session {
    /// Keeps what it is given; asks nobody.
    pub fn new(
        settings: Settings,
        client: Arc<Client>,
        surroundings: Surroundings,
        store: Arc<dyn Credentials>,
        locks: Option<Locks>,
    ) -> Self {
        Self {
            settings,
            client,
            surroundings,
            store,
            locks,
            turn: Mutex::default(),
            state: Mutex::default(),
            progress: watch::Sender::new(Progress::Idle),
            store_problem: watch::Sender::new(None),
            acted: watch::Sender::new(None),
        }
    }

    /// Whose sign-in it is.
    pub fn account(&self) -> Account {
        Account { server: address(&self.settings.server).into(), name: self.settings.account.clone() }
    }

    /// How far a sign-in is, and every change of it.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Why tokens are kept in this process's memory only, if they are.
    pub fn store_problem(&self) -> watch::Receiver<Option<StoreError>> {
        self.store_problem.subscribe()
    }

    /// A person has just done something that needs the sign-in. Where a browser is not opened by itself, because the
    /// processes cannot share what it brings, it is opened now, one at a time.
    pub fn person_acts(&self) {
        self.acted.send_replace(Some(self.surroundings.now()));
    }

    /// What the next request carries: nothing where nobody has signed in. A token near its end is renewed first; it asks
    /// nobody to sign in.
    pub async fn access(&self) -> Result<Option<Access>, Error> {
        let mut state = self.state.lock().await;
        self.read_once(&mut state).await;
        let now = self.surroundings.now();
        let Some(tokens) = state.tokens() else { return Ok(None) };
        if tokens.is_due(now) && tokens.refresh_token.is_some() {
            let expired = tokens.has_expired(now);
            match self.renew(&mut state).await {
                Ok(()) => {}
                // It may still open the server; if not, the server says so.
                Err(_) if !expired => {}
                Err(error) if is_final(&error) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(self.current(&state))
    }

    /// Takes down what a server hands out with an answer (RFC 9449 §8.2). `true` if the request may be sent again
    /// because of that alone.
    pub fn learn(&self, access: &Access, url: &Url, status: StatusCode, headers: &HeaderMap) -> bool {
        let Some(key) = &access.proof_key else { return false };
        let is_new = key.learn(url, headers);
        is_new
            && status == StatusCode::UNAUTHORIZED
            && Challenge::all(headers)
                .iter()
                .any(|challenge| challenge.parameter("error") == Some("use_dpop_nonce"))
    }

    /// Gets what a refused request needs: another process's token, a renewed one, or one with more rights; else has
    /// somebody sign in, which takes as long as it takes. [`Session::progress`] tells how far it is.
    ///
    /// Requests that are refused together wait for one and the same token. A caller that goes away in the middle ends
    /// the sign-in.
    pub async fn recover(&self, refused: &Refused<'_>) -> Result<Access, Error> {
        let _turn = self.turn.lock().await;
        let challenges = Challenge::all(refused.headers);
        let challenge = authorization_challenge(&challenges);
        let recovered = match missing_scope(refused.status, challenge) {
            Some(scope) => self.step_up(refused, &scope, challenge).await,
            None => self.replace(refused, challenge).await,
        };
        match recovered {
            Ok(access) => {
                self.state.lock().await.failed_at = None;
                self.progress.send_replace(Progress::SignedIn);
                Ok(access)
            }
            Err(error) => {
                let mut state = self.state.lock().await;
                state.failed_at = Some(self.surroundings.now());
                state.forget_client(&error);
                let error = Arc::new(error);
                self.progress.send_replace(Progress::Failed(Arc::clone(&error)));
                Err(Error::Told(error))
            }
        }
    }

    /// Signs in anew, whatever there is.
    pub async fn sign_in(&self) -> Result<Access, Error> {
        let headers = &HeaderMap::new();
        self.recover(&Refused { access: None, status: StatusCode::UNAUTHORIZED, headers, before: 1 }).await
    }

    async fn step_up(
        &self,
        refused: &Refused<'_>,
        missing: &str,
        challenge: Option<&Challenge>,
    ) -> Result<Access, Error> {
        let wanted = {
            let mut state = self.state.lock().await;
            self.read_once(&mut state).await;
            if let Some(current) = self.newer(&state, refused) {
                return Ok(current);
            }
            let had = state.tokens().and_then(|tokens| tokens.scope.clone()).unwrap_or_default();
            let wanted = scope::union(&had, missing);
            if state.stepped_up_to.len() >= STEP_UPS || state.stepped_up_to.contains(&wanted) {
                return Err(Error::StillInsufficient { scope: missing.to_owned() });
            }
            state.stepped_up_to.push(wanted.clone());
            wanted
        };
        self.obtain_alone(challenge, Some(&wanted)).await
    }

    async fn replace(&self, refused: &Refused<'_>, challenge: Option<&Challenge>) -> Result<Access, Error> {
        {
            let mut state = self.state.lock().await;
            self.read_once(&mut state).await;
            if let Some(current) = self.newer(&state, refused) {
                return Ok(current);
            }
            if refused.before == 0 && state.tokens().is_some_and(|tokens| tokens.refresh_token.is_some()) {
                match self.renew(&mut state).await {
                    Ok(()) => {
                        if let Some(renewed) = self.current(&state) {
                            return Ok(renewed);
                        }
                        // The person has signed out elsewhere.
                    }
                    Err(error) if is_final(&error) => {}
                    Err(error) if self.has_moved(&state, challenge).await => drop(error),
                    Err(error) => return Err(error),
                }
            }
        }
        self.obtain_alone(challenge, None).await
    }

    /// The server names another issuer now than the one who gave the tokens out and no longer renews them.
    async fn has_moved(&self, state: &State, challenge: Option<&Challenge>) -> bool {
        let place = Place::find(&self.client, &self.settings, challenge).await;
        let issuer = state.sign_in.as_ref().map(|sign_in| &sign_in.issuer);
        place.is_ok_and(|place| Some(&place.server.issuer) != issuer)
    }

    /// What somebody else has got since the request was sent.
    fn newer(&self, state: &State, refused: &Refused<'_>) -> Option<Access> {
        self.current(state).filter(|current| match refused.access {
            Some(access) => access.token != current.token,
            None => refused.before == 0,
        })
    }

    fn required(&self, state: &State) -> Result<Access, Error> {
        self.current(state)
            .ok_or(Error::Malformed { what: "token endpoint", why: "there is no token to send" })
    }

    fn current(&self, state: &State) -> Option<Access> {
        let tokens = state.tokens()?;
        let token = match self.settings.sends {
            Sends::AccessToken => tokens.access_token.clone(),
            Sends::IdToken => tokens.id_token.clone()?,
        };
        Some(Access {
            token,
            kind: tokens.kind,
            proof_key: state.proof_key.clone(),
            surroundings: self.surroundings.clone(),
        })
    }
}

impl State {
    fn tokens(&self) -> Option<&crate::Tokens> {
        self.sign_in.as_ref()?.tokens.as_ref()
    }

    /// A client that the issuer no longer knows registers anew.
    fn forget_client(&mut self, error: &Error) {
        // An issuer that does not know the client says so on its own page, from where nobody comes back (RFC 6749 §4.1.2.1).
        let never_came_back = matches!(error, Error::NobodyCame { .. });
        if never_came_back || matches!(error.code(), Some("invalid_client" | "unauthorized_client")) {
            self.client_is_gone = true;
        }
    }
}

impl Access {
    /// The headers of one request. Each request needs its own: a proof is good for one.
    pub fn headers(&self, method: &Method, url: &Url) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        let scheme = match self.kind {
            TokenKind::Bearer => "Bearer",
            TokenKind::DPoP => "DPoP",
        };
        let text = zeroize::Zeroizing::new(format!("{scheme} {}", self.token.expose()));
        let mut value = HeaderValue::from_str(&text)
            .map_err(|_| Error::Malformed { what: "token endpoint", why: "the token is no header" })?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
        if let (TokenKind::DPoP, Some(key)) = (self.kind, &self.proof_key) {
            headers.insert(DPOP, key.proof(method, url, Some(&self.token), &self.surroundings)?);
        }
        Ok(headers)
    }
}

/// The challenge that names where to sign in. A server that wants bound tokens challenges with `DPoP`
/// (RFC 9449 §7.1).
fn authorization_challenge(challenges: &[Challenge]) -> Option<&Challenge> {
    let is_dpop = |challenge: &&Challenge| challenge.scheme.eq_ignore_ascii_case("dpop");
    crate::discovery::bearer(challenges).or_else(|| challenges.iter().find(is_dpop))
}

/// What more the server wants, where that is why it refuses (RFC 6750 §3.1).
fn missing_scope(status: StatusCode, challenge: Option<&Challenge>) -> Option<String> {
    let challenge = challenge?;
    let insufficient = challenge.parameter("error") == Some("insufficient_scope");
    let named = challenge.parameter("scope").unwrap_or_default();
    (insufficient && status == StatusCode::FORBIDDEN).then(|| named.to_owned())
}

/// Asking again would bring the same answer: somebody has to sign in.
fn is_final(error: &Error) -> bool {
    matches!(error.code(), Some("invalid_grant" | "invalid_client" | "unauthorized_client" | "invalid_scope"))
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("server", &self.settings.server.as_str()).finish_non_exhaustive()
    }
}
