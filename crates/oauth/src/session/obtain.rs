//! A new token, by the grant that was chosen.

use std::sync::Arc;

use bridgekeeper_net::origin;
use jiff::{SignedDuration, Timestamp};

use super::place::{Known, Place};
use super::{Access, Grant, Invitation, Opened, Progress, Session, State, TokenBinding};
use crate::authorization::Question;
use crate::callback::{Callback, CallbackSettings, PortChoice};
use crate::client::{ClientInformation, ClientOrigin};
use crate::credentials::SignIn;
use crate::discovery::Challenge;
use crate::dpop::ProofKey;
use crate::locks::{Held, Locks, Task};
use crate::registration::{Wish, register};
use crate::scope::{Offline, Said, wanted};
use crate::token_endpoint::{DeviceCode, TokenEndpoint, client_credentials, identity_assertion, jwt_bearer};
use crate::tokens::Tokens;
use crate::{Error, Surroundings};

/// For how long no browser is opened by itself after a sign-in that came to nothing.
const NO_BROWSER: SignedDuration = SignedDuration::from_mins(5);

impl Session {
    /// Gets a token, or waits for the process that is getting one.
    pub(super) async fn obtain_alone(
        &self,
        challenge: Option<&Challenge>,
        scope: Option<&str>,
    ) -> Result<Access, Error> {
        let _held = match &self.locks {
            None => Held::alone(),
            Some(locks) => match self.until_our_turn(locks).await? {
                Turn::Ours(held) => held,
                Turn::Done(access) => return Ok(access),
            },
        };
        self.progress.send_replace(Progress::Beginning);
        let mut before = self.state.lock().await.before();
        let sign_in = self.obtain(&mut before, challenge, scope).await?;
        self.write(&sign_in).await;
        let mut state = self.state.lock().await;
        state.proof_key = before.proof_key;
        state.sign_in = Some(sign_in);
        state.client_is_gone = false;
        self.required(&state)
    }

    async fn until_our_turn(&self, locks: &Locks) -> Result<Turn, Error> {
        let account = self.account();
        loop {
            let held = locks.take_if_free(Task::SignIn, &account)?;
            // Somebody may have come and gone between our refusal and our turn.
            {
                let mut state = self.state.lock().await;
                if self.adopt_newer(&mut state).await {
                    return self.required(&state).map(Turn::Done);
                }
            }
            if let Some(held) = held {
                return Ok(Turn::Ours(held));
            }
            self.progress.send_replace(Progress::Elsewhere);
            locks.until_free(Task::SignIn, &account).await?;
        }
    }

    async fn obtain(
        &self,
        before: &mut Before,
        challenge: Option<&Challenge>,
        scope: Option<&str>,
    ) -> Result<SignIn, Error> {
        let place = Place::find(&self.client, &self.settings, challenge).await?;
        // Nothing that one issuer gave out is shown to another.
        if before.issuer.as_ref().is_some_and(|issuer| *issuer != place.server.issuer) {
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
            opens_browser: before
                .failed_at
                .is_none_or(|at| self.surroundings.now().duration_since(at) >= NO_BROWSER),
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
        Ok(SignIn {
            issuer: place.server.issuer.clone(),
            resource: place.resource.clone(),
            client,
            tokens: Some(tokens),
            token_endpoint: place.server.token_endpoint.clone(),
            revocation_endpoint: place.server.revocation_endpoint.clone(),
            auth_methods: place.server.token_endpoint_auth_methods_supported.clone(),
            proof_key: before.proof_key.as_ref().map(|key| key.kept().clone()),
            refreshed_at: Some(self.surroundings.now()),
        })
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
    /// Another process has brought a token.
    Done(Access),
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
    opens_browser: bool,
}

impl Attempt<'_> {
    fn resource(&self) -> Option<&str> {
        self.place.resource.as_deref()
    }

    fn surroundings(&self) -> &Surroundings {
        &self.session.surroundings
    }

    fn endpoint<'b>(&'b self, client: &'b ClientInformation) -> TokenEndpoint<'b> {
        TokenEndpoint {
            exchange: self.session.exchange(),
            surroundings: self.surroundings(),
            server: &self.place.server,
            client,
            key: self.session.settings.client.key.as_ref(),
            proof_key: self.proof_key,
        }
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
        self.invite(Invitation { url: asked.url.clone(), code: None, browser: Opened::No }).await;
        let (parameters, waiting) = callback.answer(&asked.expected).await?;
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

    /// Shows the person where to sign in, once.
    async fn invite(&self, mut invitation: Invitation) {
        if self.opens_browser {
            let (browser, url) = (Arc::clone(&self.surroundings().browser), invitation.url.clone());
            let opened = tokio::task::spawn_blocking(move || browser.open(&url)).await;
            if matches!(opened, Ok(Ok(()))) {
                invitation.browser = Opened::Yes;
            }
        }
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
    let url = bridgekeeper_net::Url::parse(uri).ok()?;
    let is_ours = url.scheme() == "http" && crate::discovery::is_loopback(&url);
    is_ours
        .then(|| Some((url.host_str()?.to_owned(), url.port_or_known_default()?, url.path().to_owned())))?
}
