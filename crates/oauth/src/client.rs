//! Who we are to an authorization server, and how we prove it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bridgekeeper_model::Secret;
use bridgekeeper_net::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::discovery::AuthorizationServer;
use crate::signing::SigningKey;
use crate::{Error, Surroundings};

/// How long a signed assertion is good for, in seconds.
const ASSERTION_LIFE: i64 = 300;

/// A client as one issuer knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientInformation {
    /// Its name there.
    pub client_id: String,
    /// Its password there.
    pub client_secret: Option<Secret>,
    /// When the password ends.
    pub secret_expires_at: Option<Timestamp>,
    /// How it proves itself at the token endpoint, where that was agreed.
    pub token_endpoint_auth_method: Option<String>,
    /// Where answers may be sent, where that was agreed. Empty where nobody said.
    pub redirect_uris: Vec<String>,
    /// How it became known.
    pub origin: ClientOrigin,
}

/// How a client became known to an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientOrigin {
    /// Its operator gave the id out beforehand.
    PreRegistered,
    /// The id is the address of a document that describes the client.
    MetadataDocument,
    /// It registered itself (RFC 7591).
    Registered,
}

/// A way to prove oneself at the token endpoint (RFC 6749 §2.3, OpenID Connect Core §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    None,
    Basic,
    Post,
    PrivateKeyJwt,
}

impl ClientInformation {
    /// A client that its operator knows by this id.
    pub fn pre_registered(client_id: impl Into<String>, client_secret: Option<Secret>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret,
            secret_expires_at: None,
            token_endpoint_auth_method: None,
            redirect_uris: Vec::new(),
            origin: ClientOrigin::PreRegistered,
        }
    }

    /// The secret has ended by now (RFC 7591 §3.2.1).
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.client_secret.is_some() && self.secret_expires_at.is_some_and(|end| end <= now)
    }

    /// What is agreed, else what the client has and the server takes.
    fn method(&self, server: &AuthorizationServer, key: Option<&SigningKey>) -> Method {
        let takes = |name: &str| {
            let listed = server.token_endpoint_auth_methods_supported.as_ref();
            listed.map(|methods| methods.iter().any(|method| method == name))
        };
        match (self.token_endpoint_auth_method.as_deref(), &self.client_secret, key) {
            (Some("none"), _, None) | (_, None, None) => Method::None,
            (Some("client_secret_basic"), Some(_), _) => Method::Basic,
            (Some("client_secret_post"), Some(_), _) => Method::Post,
            (_, _, Some(_)) => Method::PrivateKeyJwt,
            // Basic is the default where nothing is listed (RFC 8414 §2).
            (_, Some(_), None) if takes("client_secret_basic").unwrap_or(true) => Method::Basic,
            (_, Some(_), None) if takes("client_secret_post") == Some(true) => Method::Post,
            (_, Some(_), None) if takes("none") == Some(true) => Method::None,
            (_, Some(_), None) => Method::Basic,
        }
    }
}

/// What a token request carries to prove the client.
#[derive(Debug, Default)]
pub(crate) struct Proof {
    pub(crate) form: Vec<(&'static str, Secret)>,
    pub(crate) headers: HeaderMap,
}

/// Proves the client to the server.
pub(crate) fn prove(
    client: &ClientInformation,
    key: Option<&SigningKey>,
    server: &AuthorizationServer,
    surroundings: &Surroundings,
) -> Result<Proof, Error> {
    let id = || ("client_id", Secret::new(client.client_id.as_str()));
    let mut proof = Proof::default();
    match (client.method(server, key), &client.client_secret, key) {
        (Method::Basic, Some(secret), _) => {
            proof.headers.insert(AUTHORIZATION, basic(&client.client_id, secret)?);
            // Allowed beside it (RFC 6749 §3.2.1), and servers made with MCP's Python SDK ask for it.
            proof.form.push(id());
        }
        (Method::Post, Some(secret), _) => proof.form.extend([id(), ("client_secret", secret.clone())]),
        (Method::PrivateKeyJwt, _, Some(key)) => {
            const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            let assertion = assertion(&client.client_id, key, &server.issuer, surroundings)?;
            let kind = ("client_assertion_type", Secret::new(TYPE));
            proof.form.extend([id(), kind, ("client_assertion", assertion)]);
        }
        _ => proof.form.push(id()),
    }
    Ok(proof)
}

/// `Authorization: Basic`, both halves form-encoded first (RFC 6749 §2.3.1).
fn basic(id: &str, secret: &Secret) -> Result<HeaderValue, Error> {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = zeroize::Zeroizing::new(format!("{}:{}", encoded(id), encoded(secret.expose())));
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair.as_bytes())))
        .map_err(|_| Error::Malformed { what: "client secret", why: "it is no header" })?;
    value.set_sensitive(true);
    Ok(value)
}

/// A signed statement of who we are (RFC 7523 §2.2). It is for the issuer alone.
fn assertion(
    client_id: &str,
    key: &SigningKey,
    issuer: &str,
    surroundings: &Surroundings,
) -> Result<Secret, Error> {
    let now = surroundings.now().as_second();
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "iat": now,
        "exp": now + ASSERTION_LIFE,
        "jti": surroundings.unguessable()?,
    });
    key.sign(Map::from_iter([("typ".to_owned(), Value::from("JWT"))]), &claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(methods: Option<&[&str]>) -> AuthorizationServer {
        AuthorizationServer {
            token_endpoint_auth_methods_supported: methods
                .map(|methods| methods.iter().map(ToString::to_string).collect()),
            ..AuthorizationServer::default()
        }
    }

    #[test]
    fn the_method_is_what_was_agreed_or_what_both_can() {
        let mut client = ClientInformation::pre_registered("me", Some(Secret::new("s")));
        assert_eq!(client.method(&server(None), None), Method::Basic);
        assert_eq!(client.method(&server(Some(&["client_secret_post"])), None), Method::Post);
        assert_eq!(client.method(&server(Some(&["none"])), None), Method::None);
        client.token_endpoint_auth_method = Some("client_secret_post".into());
        assert_eq!(client.method(&server(Some(&["client_secret_basic"])), None), Method::Post);
        client.client_secret = None;
        assert_eq!(client.method(&server(None), None), Method::None);
    }

    #[test]
    fn both_halves_of_a_basic_proof_are_encoded_first() {
        let value = basic("a:b", &Secret::new("p w%")).unwrap();
        assert!(value.is_sensitive());
        assert_eq!(value.to_str().unwrap(), format!("Basic {}", STANDARD.encode("a%3Ab:p+w%25")));
    }
}
