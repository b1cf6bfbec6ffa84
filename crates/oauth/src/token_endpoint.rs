//! The token endpoint: what is brought differs from grant to grant, how it is asked does not.

use std::time::Duration;

use bridgekeeper_model::Secret;
use bridgekeeper_net::{Method, Url};

use crate::client::{ClientInformation, Proof, prove};
use crate::discovery::AuthorizationServer;
use crate::dpop::{DPOP, ProofKey};
use crate::exchange::{Answer, Exchange};
use crate::signing::SigningKey;
use crate::tokens::Tokens;
use crate::{Error, Surroundings};

pub(crate) const WHAT: &str = "token endpoint";

/// Who asks whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenEndpoint<'a> {
    pub(crate) exchange: Exchange<'a>,
    pub(crate) surroundings: &'a Surroundings,
    pub(crate) server: &'a AuthorizationServer,
    pub(crate) client: &'a ClientInformation,
    pub(crate) key: Option<&'a SigningKey>,
    /// Tokens are bound to this key.
    pub(crate) proof_key: Option<&'a ProofKey>,
}

/// What a grant brings, in pairs of a form.
pub(crate) type Form<'a> = Vec<(&'a str, &'a str)>;

impl TokenEndpoint<'_> {
    /// Asks for tokens that are good for `resource`.
    pub(crate) async fn ask(
        &self,
        mut form: Form<'_>,
        resource: Option<&str>,
        scope: Option<&str>,
    ) -> Result<Tokens, Error> {
        form.extend(resource.map(|resource| ("resource", resource)));
        form.extend(scope.map(|scope| ("scope", scope)));
        let now = self.surroundings.now();
        let answer = self.answer(&form).await?.successful(WHAT)?;
        Tokens::read(&answer.body, now, scope)
    }

    /// Exchanges a code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).
    pub(crate) async fn redeem(
        &self,
        code: &Secret,
        verifier: &Secret,
        redirect_uri: &str,
        resource: Option<&str>,
        scope: Option<&str>,
    ) -> Result<Tokens, Error> {
        let form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("code_verifier", verifier.expose()),
            ("redirect_uri", redirect_uri),
        ];
        let mut tokens = self.ask(form, resource, None).await?;
        tokens.scope = tokens.scope.or_else(|| scope.map(str::to_owned));
        Ok(tokens)
    }

    /// Renews tokens (RFC 6749 §6) with the scopes they have: some servers refuse a renewal that does not repeat them.
    pub(crate) async fn refresh(&self, tokens: &Tokens, resource: Option<&str>) -> Result<Tokens, Error> {
        let Some(refresh_token) = &tokens.refresh_token else {
            return Err(Error::Malformed { what: WHAT, why: "there is nothing to renew the token with" });
        };
        let form = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
        Ok(self.ask(form, resource, tokens.scope.as_deref()).await?.after(tokens))
    }

    /// Asks once; once more with the nonce where the server wants one in the proof (RFC 9449 §8).
    async fn answer(&self, form: &Form<'_>) -> Result<Answer, Error> {
        let endpoint = self.server.token_endpoint.as_deref();
        let endpoint =
            endpoint.ok_or_else(|| Error::NotOffered { issuer: self.server.issuer.clone(), what: WHAT })?;
        let url = self.exchange.endpoint(WHAT, endpoint)?;
        let answer = self.post(&url, form).await?;
        let Some(key) = self.proof_key else { return Ok(answer) };
        let new_nonce = key.learn(&url, &answer.headers);
        if new_nonce && answer.refusal().is_some_and(|refusal| refusal.code == "use_dpop_nonce") {
            let answer = self.post(&url, form).await?;
            key.learn(&url, &answer.headers);
            return Ok(answer);
        }
        Ok(answer)
    }

    async fn post(&self, url: &Url, form: &Form<'_>) -> Result<Answer, Error> {
        // Anew each time: a signed assertion may be used once.
        let Proof { form: proof, mut headers } =
            prove(self.client, self.key, self.server, self.surroundings)?;
        let mut form = form.clone();
        form.extend(proof.iter().map(|(name, value)| (*name, value.expose())));
        if let Some(key) = self.proof_key {
            headers.insert(DPOP, key.proof(&Method::POST, url, None, self.surroundings)?);
        }
        self.exchange.post_form(WHAT, url, &form, headers).await
    }

    /// Takes a token back (RFC 7009). Where the server offers no such place, nothing happens and `false` comes back.
    pub(crate) async fn revoke(&self, token: &Secret, hint: &str) -> Result<bool, Error> {
        const WHAT: &str = "revocation endpoint";
        let Some(endpoint) = &self.server.revocation_endpoint else { return Ok(false) };
        let url = self.exchange.endpoint(WHAT, endpoint)?;
        let Proof { form: proof, headers } = prove(self.client, self.key, self.server, self.surroundings)?;
        let mut form: Form<'_> = vec![("token", token.expose()), ("token_type_hint", hint)];
        form.extend(proof.iter().map(|(name, value)| (*name, value.expose())));
        self.exchange.post_form(WHAT, &url, &form, headers).await?.successful(WHAT)?;
        Ok(true)
    }

    /// Begins a sign-in on another device (RFC 8628 §3.1).
    pub(crate) async fn begin_device(
        &self,
        resource: Option<&str>,
        scope: Option<&str>,
    ) -> Result<Answer, Error> {
        const WHAT: &str = "device authorization endpoint";
        let endpoint = self.server.device_authorization_endpoint.as_deref();
        let endpoint =
            endpoint.ok_or_else(|| Error::NotOffered { issuer: self.server.issuer.clone(), what: WHAT })?;
        let url = self.exchange.endpoint(WHAT, endpoint)?;
        let Proof { form: proof, headers } = prove(self.client, self.key, self.server, self.surroundings)?;
        let mut form: Form<'_> = Vec::new();
        form.extend(proof.iter().map(|(name, value)| (*name, value.expose())));
        if !form.iter().any(|(name, _)| *name == "client_id") {
            form.push(("client_id", &self.client.client_id));
        }
        form.extend(resource.map(|resource| ("resource", resource)));
        form.extend(scope.map(|scope| ("scope", scope)));
        self.exchange.post_form(WHAT, &url, &form, headers).await?.successful(WHAT)
    }
}

/// Tokens for a program that acts for itself (RFC 6749 §4.4).
pub(crate) async fn client_credentials(
    endpoint: TokenEndpoint<'_>,
    resource: Option<&str>,
    scope: Option<&str>,
) -> Result<Tokens, Error> {
    endpoint.ask(vec![("grant_type", "client_credentials")], resource, scope).await
}

/// Tokens for a signed statement that somebody else made about us (RFC 7523 §2.1).
pub(crate) async fn jwt_bearer(
    endpoint: TokenEndpoint<'_>,
    assertion: &Secret,
    resource: Option<&str>,
    scope: Option<&str>,
) -> Result<Tokens, Error> {
    let form = vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", assertion.expose()),
    ];
    endpoint.ask(form, resource, scope).await
}

/// How a company's identity provider is asked for a statement (MCP extension *Enterprise-Managed Authorization*).
#[derive(Debug, Clone)]
pub struct IdentityProvider {
    /// Where it is asked.
    pub token_endpoint: Url,
    /// Who we are there.
    pub client: ClientInformation,
    /// Who the person is, as the provider itself said it.
    pub id_token: Secret,
}

/// What a token exchange gives (RFC 8693 §2.2.1).
#[derive(serde::Deserialize)]
struct Exchanged {
    access_token: String,
    issued_token_type: String,
}

/// Asks the identity provider for a statement to the authorization server that this person may use the resource
/// (ID-JAG, RFC 8693).
pub(crate) async fn identity_assertion(
    endpoint: TokenEndpoint<'_>,
    provider: &IdentityProvider,
    resource: &str,
    scope: Option<&str>,
) -> Result<Secret, Error> {
    const WHAT: &str = "identity provider";
    const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";
    let mut form: Form<'_> = vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("requested_token_type", ID_JAG),
        ("audience", &endpoint.server.issuer),
        ("resource", resource),
        ("subject_token", provider.id_token.expose()),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
    ];
    form.extend(scope.map(|scope| ("scope", scope)));
    let at_provider = AuthorizationServer {
        token_endpoint: Some(provider.token_endpoint.to_string()),
        ..AuthorizationServer::default()
    };
    // The address was given by the user, not by the MCP server, so that it alone decides what may be asked.
    let exchange = Exchange { server: &provider.token_endpoint, ..endpoint.exchange };
    let provider = TokenEndpoint {
        exchange,
        server: &at_provider,
        client: &provider.client,
        key: None,
        proof_key: None,
        ..endpoint
    };
    let answer = provider.answer(&form).await?.successful(WHAT)?;
    let exchanged: Exchanged = serde_json::from_slice(&answer.body)
        .map_err(|_| Error::Malformed { what: WHAT, why: "there is no token" })?;
    if exchanged.issued_token_type != ID_JAG {
        return Err(Error::Malformed { what: WHAT, why: "the token is of another kind than was asked for" });
    }
    Ok(Secret::new(exchanged.access_token))
}

/// What a device is told to show (RFC 8628 §3.2).
#[derive(Debug)]
pub(crate) struct DeviceCode {
    secret: Secret,
    pub(crate) user_code: String,
    /// Where the person goes: with the code in it, where the server gives that.
    pub(crate) address: Url,
    pub(crate) life: Duration,
    pub(crate) interval: Duration,
}

#[derive(serde::Deserialize)]
struct DeviceBody {
    device_code: String,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    verification_uri_complete: Option<String>,
    expires_in: u64,
    interval: Option<u64>,
}

/// Shortest pause between two questions, whatever the server allows.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
/// Longest pause between two questions.
const LONGEST_INTERVAL: Duration = Duration::from_mins(1);

impl DeviceCode {
    pub(crate) fn read(answer: &Answer) -> Result<Self, Error> {
        const WHAT: &str = "device authorization endpoint";
        let body: DeviceBody = serde_json::from_slice(&answer.body)
            .map_err(|_| Error::Malformed { what: WHAT, why: "there is no device code" })?;
        let address = body.verification_uri_complete.as_deref().unwrap_or(&body.verification_uri);
        let shown = body.user_code.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        if !shown || body.user_code.len() > 64 {
            return Err(Error::Malformed { what: WHAT, why: "the code cannot be shown" });
        }
        Ok(Self {
            secret: Secret::new(body.device_code),
            address: crate::authorization::for_browser("page for the device code", address)?,
            user_code: body.user_code,
            life: Duration::from_secs(body.expires_in),
            // Five seconds where nothing is said (RFC 8628 §3.5).
            interval: Duration::from_secs(body.interval.unwrap_or(5))
                .clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL),
        })
    }

    /// Asks until the person has decided, or the code has ended.
    pub(crate) async fn redeem(
        &self,
        endpoint: TokenEndpoint<'_>,
        resource: Option<&str>,
        scope: Option<&str>,
    ) -> Result<Tokens, Error> {
        let mut interval = self.interval;
        let asked = async {
            loop {
                tokio::time::sleep(interval).await;
                let form = vec![
                    ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                    ("device_code", self.secret.expose()),
                ];
                match endpoint.ask(form, resource, None).await {
                    Err(error) if error.code() == Some("authorization_pending") => {}
                    // A server that cannot be reached is asked less often (RFC 8628 §3.5).
                    Err(error)
                        if error.code() == Some("slow_down")
                            || matches!(error, Error::TimedOut { .. } | Error::Net { .. }) =>
                    {
                        interval = (interval + Duration::from_secs(5)).min(LONGEST_INTERVAL);
                    }
                    Err(error) => return Err(error),
                    Ok(mut tokens) => {
                        tokens.scope = tokens.scope.or_else(|| scope.map(str::to_owned));
                        return Ok(tokens);
                    }
                }
            }
        };
        match tokio::time::timeout(self.life, asked).await {
            Ok(tokens) => tokens,
            Err(_) => Err(Error::NobodyCame { after: self.life }),
        }
    }
}
