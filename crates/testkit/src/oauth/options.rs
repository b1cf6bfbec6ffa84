//! What the world is like, and how it misbehaves.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// At the well-known address with the path behind it.
    WithPath,
    /// At the well-known address of the origin.
    AtRoot,
    /// At the address of OpenID Connect Discovery: the issuer's path first.
    OpenId,
    /// At an address that only the challenge names.
    Elsewhere,
    /// Nowhere.
    Missing,
    /// Where it belongs, but the answer never comes.
    Hanging,
    /// Where it belongs, and 10 MB long.
    Huge,
}

/// Who answers at the authorization endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Somebody who says yes at once: the request is answered with the way back.
    Approves,
    /// Somebody who says no (`access_denied`).
    Denies,
    /// A page with two links; nothing happens until one is opened. See [`super::OAuthServer::pending`].
    Waits,
}

/// What becomes of a refresh token that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshTokens {
    /// A new one takes its place. Using the old one again ends the whole sign-in (RFC 9700 §4.14.2).
    Rotated,
    /// It stays.
    Kept,
    /// None is issued.
    Absent,
}

/// What the server thinks of the `resource` parameter (RFC 8707).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceParameter {
    /// As MCP demands: each request carries it.
    Required,
    /// It may be left out; then the token is for this server.
    Optional,
    /// A request that carries it is refused, as older Entra ID does.
    Refused,
}

/// Whether a registered loopback redirect counts with any port (RFC 8252 §7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoopbackPorts {
    /// As the RFC says.
    Any,
    /// Every character counts, as many servers do it.
    Exact,
}

/// A parameter on the way back to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// As it must be.
    Right,
    /// Left out.
    Missing,
    /// With another value.
    Wrong,
}

/// How the registration endpoint answers, where the metadata name one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// It registers whoever asks, as a public client or with a secret, as asked.
    Open,
    /// It registers and gives a secret that ends after an hour.
    SecretExpires,
    /// 403, without a word of OAuth.
    Forbidden,
    /// `invalid_redirect_uri`.
    RefusesRedirect,
    /// It never answers.
    Hanging,
}

/// How the token endpoint answers a request that is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenEndpoint {
    /// With tokens.
    Works,
    /// Never.
    Hanging,
    /// 503.
    Unavailable,
    /// A page.
    Page,
    /// It does what it was asked, and the answer is lost on the way.
    LosesAnswer,
    /// With tokens, but without `expires_in`.
    NoLife,
}

/// How the userinfo endpoint answers whoever may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Userinfo {
    /// With the person, as JSON.
    Works,
    /// With the person in a signed token (OpenID Connect Core §5.3.2).
    Signed,
    /// With another person than the one who signed in.
    AboutAnother,
    /// It sends whoever asks on to this address.
    SendsOn(String),
    /// Never.
    Hanging,
}

/// A client that the operator entered by hand.
#[derive(Debug, Clone, Default)]
pub struct KnownClient {
    /// `client_id`.
    pub id: String,
    /// `client_secret`; without it, and without a key, the client is public.
    pub secret: Option<String>,
    /// The public key (JWK, ES256) with which it signs its assertions (RFC 7523).
    pub key: Option<Value>,
    /// Where it may be sent back to.
    pub redirect_uris: Vec<String>,
}

/// What the world is like.
#[derive(Debug, Clone)]
pub struct Options {
    /// The origin by which clients know the server, where something stands before it; else its own.
    pub origin: Option<String>,
    /// `WWW-Authenticate` of the 401; `{origin}` stands for the server's origin. `None` sends none.
    pub challenge: Option<String>,
    /// Where the protected-resource metadata stand.
    pub resource_metadata: Placement,
    /// The `resource` in it; `{origin}` stands for the server's origin.
    pub resource: String,
    /// The issuer it names; `{origin}` stands for the server's origin.
    pub issuer: String,
    /// Where the authorization server's metadata stand.
    pub server_metadata: Placement,
    /// Members of that metadata that are changed or, with `null`, left out. In texts `{origin}` stands for the server's
    /// origin. What is left out is not served either.
    pub changes: Value,
    /// Who answers at the authorization endpoint.
    pub consent: Consent,
    /// Clients that are known without registering.
    pub clients: Vec<KnownClient>,
    /// Client metadata documents by their URL, which is the client's id.
    pub client_documents: BTreeMap<String, Value>,
    /// How registration answers.
    pub registration: Registration,
    /// How the token endpoint answers.
    pub token_endpoint: TokenEndpoint,
    /// How the userinfo endpoint answers.
    pub userinfo: Userinfo,
    /// How long an access token lives.
    pub access_token_life: Duration,
    /// What becomes of refresh tokens.
    pub refresh_tokens: RefreshTokens,
    /// Length of every token, in bytes; some servers' tokens are longer than a keyring's entry may be.
    pub token_length: usize,
    /// What is thought of `resource`.
    pub resource_parameter: ResourceParameter,
    /// Which ports of a loopback redirect count.
    pub loopback_ports: LoopbackPorts,
    /// `state` on the way back.
    pub state: Sent,
    /// `iss` on the way back (RFC 9207).
    pub iss: Sent,
    /// Scopes that tools ask for beyond the sign-in: a call without is answered with 403 `insufficient_scope`.
    pub tool_scopes: BTreeMap<String, String>,
    /// Shortest time between two questions of a device.
    pub device_interval: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            origin: None,
            challenge: Some(
                r#"Bearer error="invalid_token", error_description="sign in, please", resource_metadata="{origin}/.well-known/oauth-protected-resource/mcp""#
                    .into(),
            ),
            resource_metadata: Placement::WithPath,
            resource: "{origin}/mcp".into(),
            issuer: "{origin}/login".into(),
            server_metadata: Placement::WithPath,
            changes: json!({}),
            consent: Consent::Approves,
            clients: Vec::new(),
            client_documents: BTreeMap::new(),
            registration: Registration::Open,
            token_endpoint: TokenEndpoint::Works,
            userinfo: Userinfo::Works,
            access_token_life: Duration::from_hours(1),
            refresh_tokens: RefreshTokens::Rotated,
            token_length: 43,
            resource_parameter: ResourceParameter::Required,
            loopback_ports: LoopbackPorts::Any,
            state: Sent::Right,
            iss: Sent::Right,
            tool_scopes: BTreeMap::new(),
            device_interval: Duration::ZERO,
        }
    }
}
