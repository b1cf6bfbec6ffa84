//! Where one signs in to a server, with every name checked.

use bridgekeeper_net::{Client, Url, address, origin};
use jiff::Timestamp;

use super::{Resource, Settings};
use crate::Error;
use crate::client::ClientInformation;
use crate::credentials::SignIn;
use crate::discovery::{
    Attempt, AuthorizationServer, Challenge, DocumentError, IssuerMatch, NamedBy, ProtectedResource,
    ResourceMatch, find_authorization_server, find_protected_resource, issuers,
};
use crate::tokens::Tokens;

/// Who signs people in, and for what.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) server: AuthorizationServer,
    /// The `resource` parameter; `None` leaves it out.
    pub(crate) resource: Option<String>,
    /// The scopes that the MCP server lists.
    pub(crate) scopes: Option<Vec<String>>,
    /// How sure it is.
    pub(crate) known: Known,
}

/// How sure a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Somebody published it, or the user gave it.
    Published,
    /// Nobody did: where MCP 2025-03-26 lets one try. Many a server that wants a key of its own ends up here.
    Assumed,
}

impl Place {
    /// Looks it up.
    pub(crate) async fn find(
        client: &Client,
        settings: &Settings,
        challenge: Option<&Challenge>,
    ) -> Result<Self, Error> {
        let server = &settings.server;
        if let Some(endpoint) = &settings.token_endpoint {
            return Ok(Self {
                server: AuthorizationServer {
                    token_endpoint: Some(endpoint.to_string()),
                    ..AuthorizationServer::at_default_endpoints(&origin(endpoint))
                },
                resource: resource(settings, None),
                scopes: None,
                known: Known::Published,
            });
        }
        let lookup = find_protected_resource(client, server, challenge, settings.limits).await;
        if lookup.found.is_none() {
            unreachable_host(&lookup.attempts, server)?;
        }
        let published = lookup.document();
        if let (Some(published), Resource::Published) = (published, &settings.resource) {
            check_resource(published, server)?;
        }
        let (server, known) = authorization_server(client, settings, published).await?;
        Ok(Self {
            server,
            known,
            resource: resource(settings, published),
            scopes: published.and_then(|published| published.scopes_supported.clone()),
        })
    }

    /// What is kept of tokens that were given out here.
    pub(crate) fn sign_in(&self, client: ClientInformation, tokens: Tokens, now: Timestamp) -> SignIn {
        SignIn {
            issuer: self.server.issuer.clone(),
            resource: self.resource.clone(),
            client,
            tokens: Some(tokens),
            token_endpoint: self.server.token_endpoint.clone(),
            revocation_endpoint: self.server.revocation_endpoint.clone(),
            auth_methods: self.server.token_endpoint_auth_methods_supported.clone(),
            proof_key: None,
            refreshed_at: Some(now),
            person: None,
        }
    }
}

fn check_resource(published: &ProtectedResource, server: &Url) -> Result<(), Error> {
    match published.matches(server) {
        ResourceMatch::Same | ResourceMatch::Parent => Ok(()),
        ResourceMatch::OtherPath | ResourceMatch::Foreign => {
            Err(Error::ForeignResource { server: origin(server), published: published.resource.clone() })
        }
    }
}

/// The identifier exactly as it was published, else the server's own address (RFC 8707 §2).
fn resource(settings: &Settings, published: Option<&ProtectedResource>) -> Option<String> {
    match (&settings.resource, published) {
        (Resource::Omitted, _) => None,
        (Resource::Given(given), _) => Some(given.clone()),
        (Resource::Published, Some(published)) => Some(published.resource.clone()),
        (Resource::Published, None) => {
            let url = address(&settings.server);
            let is_origin = url.path() == "/";
            Some(if is_origin { origin(&url) } else { url.into() })
        }
    }
}

/// The first issuer whose document is its own.
async fn authorization_server(
    client: &Client,
    settings: &Settings,
    published: Option<&ProtectedResource>,
) -> Result<(AuthorizationServer, Known), Error> {
    let (issuers, named_by) = issuers(&settings.server, published);
    let mut failure = None;
    for issuer in issuers {
        let lookup = find_authorization_server(client, &settings.server, &issuer, settings.limits).await;
        let Some(found) = lookup.found else {
            if let Err(error) = unreachable_host(&lookup.attempts, &settings.server) {
                failure.get_or_insert(error);
            }
            continue;
        };
        match found.document.matches(&issuer) {
            // A slash at the end leads to no other place. The issuer's own spelling holds from here on.
            IssuerMatch::Same | IssuerMatch::TrailingSlash => return Ok((found.document, Known::Published)),
            IssuerMatch::Different => {
                failure.get_or_insert(Error::ForeignIssuer { asked: issuer, found: found.document.issuer });
            }
        }
    }
    match (failure, named_by) {
        (Some(failure), _) => Err(failure),
        (None, NamedBy::ServerOrigin) => Ok((at_default_endpoints(&settings.server), Known::Assumed)),
        (None, NamedBy::ResourceMetadata) => {
            Err(Error::NoAuthorizationServer { server: origin(&settings.server) })
        }
    }
}

/// What MCP 2025-03-26 lets a client assume where nothing is published. It demands PKCE of every server.
fn at_default_endpoints(server: &Url) -> AuthorizationServer {
    AuthorizationServer {
        code_challenge_methods_supported: Some(vec!["S256".into()]),
        ..AuthorizationServer::at_default_endpoints(&origin(server))
    }
}

/// A host that does not answer has not said that it has no document.
fn unreachable_host(attempts: &[Attempt], server: &Url) -> Result<(), Error> {
    let silent = attempts.iter().find_map(|attempt| {
        let error = attempt.error.as_ref()?;
        matches!(error, DocumentError::Net(_) | DocumentError::TimedOut(_)).then(|| error.to_string())
    });
    match silent {
        Some(why) => Err(Error::NoMetadata { server: origin(server), why }),
        None => Ok(()),
    }
}
