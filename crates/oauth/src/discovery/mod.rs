//! From the URL of an MCP server to the authorization server that signs people in: RFC 9728, RFC 8414, OpenID Connect
//! Discovery, and the older rule of MCP 2025-03-26, in the order that the MCP specification of 2026-07-28 demands.
//!
//! Each look-up reports every address it asked and what came of it, because "there is none" is only an answer
//! together with where one looked. Nothing found here is believed more than it deserves: whether the names match
//! is part of the result, and the caller decides.

mod authorization_server;
mod challenge;
mod document;
mod protected_resource;

pub use authorization_server::{AuthorizationServer, IssuerMatch, find_authorization_server};
pub use challenge::{Challenge, bearer};
pub use document::{Attempt, DocumentError, Found, Limits, Lookup};
pub(crate) use document::{allow, is_loopback};
pub use protected_resource::{ProtectedResource, ResourceMatch, find_protected_resource};

use bridgekeeper_net::{Client, Url, address, origin};

/// All that is known of how a server wants people to sign in.
#[derive(Debug)]
pub struct Discovery {
    /// The server's own document.
    pub resource: Lookup<ProtectedResource>,
    /// Who named the issuer.
    pub named_by: NamedBy,
    /// The authorization server's document, from the first issuer that has one.
    pub authorization_server: Lookup<AuthorizationServer>,
}

/// Who named the issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    /// The server, in its protected-resource metadata (RFC 9728).
    ResourceMetadata,
    /// Nobody: by the rule of MCP 2025-03-26 the server's own origin is the issuer.
    ServerOrigin,
}

/// Looks everything up that a sign-in at `server` needs. `challenge` is the `Bearer` challenge of the answer with
/// status 401, if there was one.
pub async fn discover(
    client: &Client,
    server: &Url,
    challenge: Option<&Challenge>,
    limits: Limits,
) -> Discovery {
    let resource = find_protected_resource(client, server, challenge, limits).await;
    let (issuers, named_by) = issuers(server, resource.document());
    let mut authorization_server = Lookup::default();
    for issuer in issuers {
        let lookup = find_authorization_server(client, server, &issuer, limits).await;
        authorization_server.attempts.extend(lookup.attempts);
        authorization_server.found = lookup.found;
        if authorization_server.found.is_some() {
            break;
        }
    }
    Discovery { resource, named_by, authorization_server }
}

/// The issuers to ask, best first, and who named them.
pub fn issuers(server: &Url, resource: Option<&ProtectedResource>) -> (Vec<String>, NamedBy) {
    match resource {
        Some(resource) if !resource.authorization_servers.is_empty() => {
            (resource.authorization_servers.clone(), NamedBy::ResourceMetadata)
        }
        _ => (vec![origin(server)], NamedBy::ServerOrigin),
    }
}

/// The same origin with another path, and without user, query and fragment.
fn with_path(base: &Url, path: &str) -> Url {
    let mut url = address(base);
    url.set_path(path);
    url
}
