//! How the client becomes known to an issuer (MCP 2026-07-28, *Client Registration Approaches*): by an id that was
//! given out beforehand, by the address of a document that describes it, by registering itself, else not at all.

use bridgekeeper_model::Secret;
use bridgekeeper_net::Url;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::Error;
use crate::client::{ClientInformation, ClientOrigin};
use crate::discovery::{AuthorizationServer, IssuerMatch};
use crate::exchange::Exchange;
use crate::signing::SigningKey;

const WHAT: &str = "registration endpoint";

/// What is known beforehand about who we are.
#[derive(Debug, Clone, Default)]
pub struct ClientSettings {
    /// An id that the operator gave out.
    pub pre_registered: Option<ClientInformation>,
    /// The issuer that it was given out by; any where nobody said.
    pub issuer: Option<String>,
    /// Signs instead of a password (`private_key_jwt`).
    pub key: Option<SigningKey>,
    /// The address of a document that describes the client.
    pub metadata_url: Option<Url>,
    /// Members of a registration that are other than usual (RFC 7591 §2).
    pub metadata: Map<String, Value>,
}

impl ClientSettings {
    /// The client that needs no registration at this server, if there is one.
    pub(crate) fn known_to(&self, server: &AuthorizationServer) -> Result<Option<ClientInformation>, Error> {
        if let Some(client) = &self.pre_registered {
            return match &self.issuer {
                Some(bound) if server.matches(bound) == IssuerMatch::Different => {
                    Err(Error::ClientOfAnotherIssuer { bound: bound.clone(), named: server.issuer.clone() })
                }
                _ => Ok(Some(client.clone())),
            };
        }
        let document = self.metadata_url.as_ref().filter(|_| server.client_id_metadata_document_supported);
        Ok(document.map(|url| ClientInformation {
            origin: ClientOrigin::MetadataDocument,
            ..ClientInformation::pre_registered(url.as_str(), None)
        }))
    }

    /// Whether the redirect address is agreed with somebody who cannot be told of another one.
    pub(crate) const fn fixes_redirect(&self) -> bool {
        self.pre_registered.is_some() || self.metadata_url.is_some()
    }
}

/// The answer to a registration (RFC 7591 §3.2.1).
#[derive(Deserialize)]
struct Registered {
    client_id: String,
    client_secret: Option<String>,
    client_secret_expires_at: Option<i64>,
    token_endpoint_auth_method: Option<String>,
    redirect_uris: Option<Vec<String>>,
}

/// What a client wants to be registered for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    /// Where answers may be sent. Many servers want one even of who never opens a browser.
    pub(crate) redirect_uri: &'a str,
    /// The grant that it will use.
    pub(crate) grant: &'a str,
    /// The scopes that it will ask for.
    pub(crate) scope: Option<&'a str>,
}

/// Registers a client.
pub(crate) async fn register(
    exchange: Exchange<'_>,
    settings: &ClientSettings,
    server: &AuthorizationServer,
    wish: Wish<'_>,
) -> Result<ClientInformation, Error> {
    let Some(endpoint) = &server.registration_endpoint else {
        return Err(Error::RegistrationNeeded { issuer: server.issuer.clone() });
    };
    let endpoint = exchange.endpoint(WHAT, endpoint)?;
    let request = request(settings, server, wish);
    let answer = exchange.post_json(WHAT, &endpoint, Value::Object(request).to_string()).await?;
    let answer = answer.successful(WHAT)?;
    let mut client = ClientInformation::from_registration(&answer.body)?;
    if client.redirect_uris.is_empty() {
        client.redirect_uris.push(wish.redirect_uri.to_owned());
    }
    Ok(client)
}

impl ClientInformation {
    /// Reads the answer to a registration (RFC 7591 §3.2.1), as other programs keep it, too.
    pub fn from_registration(body: &[u8]) -> Result<Self, Error> {
        let registered: Registered = serde_json::from_slice(body)
            .map_err(|_| Error::Malformed { what: WHAT, why: "it is not a registration" })?;
        // Zero means never (RFC 7591 §3.2.1).
        let expiry = registered.client_secret_expires_at.filter(|&at| at != 0);
        Ok(Self {
            client_id: registered.client_id,
            client_secret: registered.client_secret.map(Secret::new),
            secret_expires_at: expiry.and_then(|at| Timestamp::from_second(at).ok()),
            token_endpoint_auth_method: registered.token_endpoint_auth_method,
            redirect_uris: registered.redirect_uris.unwrap_or_default(),
            origin: ClientOrigin::Registered,
        })
    }
}

fn request(settings: &ClientSettings, server: &AuthorizationServer, wish: Wish<'_>) -> Map<String, Value> {
    let mut request = Map::from_iter([
        ("client_name".to_owned(), json!("Bridgekeeper")),
        ("software_version".to_owned(), json!(env!("CARGO_PKG_VERSION"))),
        ("application_type".to_owned(), json!("native")),
        ("redirect_uris".to_owned(), json!([wish.redirect_uri])),
        ("grant_types".to_owned(), json!([wish.grant, "refresh_token"])),
        ("token_endpoint_auth_method".to_owned(), json!(wanted_method(server))),
    ]);
    if wish.grant == "authorization_code" {
        request.insert("response_types".into(), json!(["code"]));
    }
    if let Some(scope) = wish.scope {
        request.insert("scope".into(), json!(scope));
    }
    for (name, value) in &settings.metadata {
        // The address is ours to choose: the answer must reach this process.
        if name != "redirect_uris" {
            request.insert(name.clone(), value.clone());
        }
    }
    request
}

/// A program on a person's machine keeps no password, so that none is wanted where the server can do without.
fn wanted_method(server: &AuthorizationServer) -> &'static str {
    let Some(methods) = &server.token_endpoint_auth_methods_supported else { return "none" };
    ["none", "client_secret_basic", "client_secret_post"]
        .into_iter()
        .find(|wanted| methods.iter().any(|method| method == wanted))
        .unwrap_or("none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_was_given_out_comes_before_a_document() {
        let settings = ClientSettings {
            pre_registered: Some(ClientInformation::pre_registered("given", None)),
            issuer: Some("https://a.test".into()),
            metadata_url: Some(Url::parse("https://me.test/client.json").unwrap()),
            ..ClientSettings::default()
        };
        let mut server = AuthorizationServer::at_default_endpoints("https://a.test");
        server.client_id_metadata_document_supported = true;
        assert_eq!(settings.known_to(&server).unwrap().unwrap().client_id, "given");
        server.issuer = "https://a.test/".into();
        assert!(settings.known_to(&server).unwrap().is_some(), "people write the address as they like");
        server.issuer = "https://b.test".into();
        assert!(matches!(settings.known_to(&server), Err(Error::ClientOfAnotherIssuer { .. })));
        let document = ClientSettings { pre_registered: None, ..settings };
        assert_eq!(document.known_to(&server).unwrap().unwrap().client_id, "https://me.test/client.json");
        server.client_id_metadata_document_supported = false;
        assert_eq!(document.known_to(&server).unwrap(), None);
    }

    #[test]
    fn what_the_user_adds_wins_but_never_moves_the_redirect() {
        let settings = ClientSettings {
            metadata: json!({"client_name": "Mine", "redirect_uris": ["https://evil.test/"]})
                .as_object()
                .cloned()
                .unwrap(),
            ..ClientSettings::default()
        };
        let server = AuthorizationServer::at_default_endpoints("https://a.test");
        let wish =
            Wish { redirect_uri: "http://127.0.0.1:1/cb", grant: "authorization_code", scope: Some("read") };
        let request = request(&settings, &server, wish);
        assert_eq!(request["client_name"], "Mine");
        assert_eq!(request["redirect_uris"], json!(["http://127.0.0.1:1/cb"]));
        assert_eq!(request["grant_types"], json!(["authorization_code", "refresh_token"]));
        assert_eq!(request["application_type"], "native");
    }
}
