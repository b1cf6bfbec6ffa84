//! Who signs people in, and on what terms.

use bridgekeeper_net::{Client, Url, origin};
use bridgekeeper_oauth::discovery::{
    Attempt, AuthorizationServer, Challenge, DocumentError, IssuerMatch, Limits, NamedBy, ProtectedResource,
    ResourceMatch, find_authorization_server, find_protected_resource, issuers,
};

use crate::cause::{
    HTTP_401, OAUTH_DCR_UNSUPPORTED, OAUTH_ISSUER_MISMATCH, OAUTH_ISSUER_SLASH, OAUTH_METADATA_MISSING,
    OAUTH_PKCE_UNSUPPORTED, OAUTH_RESOURCE_MISMATCH, OAUTH_SERVER_MISSING,
};
use crate::outcome::Outcome;
use crate::text::{quoted, shown};

/// Whether the server wants a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// It said so, with status 401.
    Yes,
    /// It answered without one, or with the header that was given.
    No,
}

/// Looks for the server's own document. Its facts are `None` inside where there is none but the stages after it can
/// fall back on the rule of 2025-03-26.
pub(crate) async fn resource(
    client: &Client,
    server: &Url,
    challenge: Option<&Challenge>,
    wanted: Wanted,
    limits: Limits,
) -> Outcome<Option<ProtectedResource>> {
    let lookup = find_protected_resource(client, server, challenge, limits).await;
    let lines = describe(&lookup.attempts);
    let outcome = match (lookup.found, wanted) {
        (Some(found), _) => match found.document.authorization_servers.first() {
            Some(issuer) => {
                let message = format!("The server names {} for sign-in.", quoted(issuer));
                Outcome::passed(message, Some(found.document))
            }
            None => Outcome::failed(
                &OAUTH_METADATA_MISSING,
                format!("{} names no authorization server.", shown(&found.url)),
            )
            .but_with(Some(found.document)),
        },
        (None, Wanted::No) => {
            Outcome::not_needed("The server answers without sign-in, and names nobody for it.")
        }
        (None, Wanted::Yes) => {
            let outcome = Outcome::failed(
                &OAUTH_METADATA_MISSING,
                "The server asks for sign-in, but publishes no protected-resource metadata.",
            );
            if silent(&lookup.attempts) { outcome } else { outcome.but_with(None) }
        }
    };
    outcome.details(lines)
}

/// Looks for the authorization server's document at each issuer that was named.
pub(crate) async fn authorization_server(
    client: &Client,
    server: &Url,
    resource: Option<&ProtectedResource>,
    limits: Limits,
) -> Outcome<AuthorizationServer> {
    let (named, named_by) = issuers(server, resource);
    let mut lines = Vec::new();
    for issuer in &named {
        let lookup = find_authorization_server(client, server, issuer, limits).await;
        lines.extend(describe(&lookup.attempts));
        if let Some(found) = lookup.found {
            return compare(issuer, found.document).details(lines);
        }
    }
    let outcome = match named_by {
        NamedBy::ResourceMetadata => {
            let all: Vec<_> = named.iter().map(|issuer| quoted(issuer)).collect();
            Outcome::failed(&OAUTH_SERVER_MISSING, format!("{} publishes no metadata.", all.join(", ")))
        }
        NamedBy::ServerOrigin => Outcome::failed(
            &HTTP_401,
            format!(
                "Nobody says where to sign in; {} takes only a token that one already has.",
                origin(server)
            ),
        ),
    };
    outcome.details(lines)
}

fn compare(asked: &str, server: AuthorizationServer) -> Outcome<AuthorizationServer> {
    let matched = server.matches(asked);
    let (asked, says) = (quoted(asked), quoted(&server.issuer));
    match matched {
        IssuerMatch::Same => Outcome::passed(format!("{asked} describes itself."), server),
        IssuerMatch::TrailingSlash => {
            let message = format!("The server names {asked}, its document says {says}: a slash differs.");
            Outcome::passed(message.clone(), server).finding(&OAUTH_ISSUER_SLASH, &message)
        }
        IssuerMatch::Different => Outcome::failed(
            &OAUTH_ISSUER_MISMATCH,
            format!("The server names {asked}, but the document there is of {says}."),
        ),
    }
}

/// How a client becomes known to the authorization server.
pub(crate) fn registration(server: &AuthorizationServer) -> Outcome<()> {
    let by_itself = server.registration_endpoint.is_some();
    let by_document = server.client_id_metadata_document_supported;
    match (by_itself, by_document) {
        (true, true) => {
            Outcome::passed("Clients can register by themselves, or show a metadata document.", ())
        }
        (true, false) => Outcome::passed("Clients can register by themselves (RFC 7591).", ()),
        (false, true) => {
            Outcome::passed("Clients show a metadata document; they cannot register otherwise.", ())
        }
        (false, false) => Outcome::failed(
            &OAUTH_DCR_UNSUPPORTED,
            "Clients cannot register by themselves, and metadata documents are not accepted.",
        ),
    }
}

/// Whether PKCE with S256 is promised.
pub(crate) fn pkce(server: &AuthorizationServer) -> Outcome<()> {
    match &server.code_challenge_methods_supported {
        Some(_) if server.offers_s256() => Outcome::passed("PKCE with S256 is promised.", ()),
        Some(methods) => Outcome::failed(
            &OAUTH_PKCE_UNSUPPORTED,
            format!("PKCE is promised with {} only.", quoted(&methods.join(", "))),
        ),
        None => Outcome::failed(&OAUTH_PKCE_UNSUPPORTED, "The metadata do not mention PKCE."),
    }
}

/// Whether the published resource is the server that was asked.
pub(crate) fn resource_indicator(server: &Url, resource: &ProtectedResource) -> Outcome<()> {
    let (asked, says) = (shown(server), quoted(&resource.resource));
    match resource.matches(server) {
        ResourceMatch::Same => Outcome::passed(format!("The resource is {says}."), ()),
        ResourceMatch::Parent => Outcome::passed(format!("The resource is {says}, a parent of {asked}."), ()),
        ResourceMatch::OtherPath => Outcome::failed(
            &OAUTH_RESOURCE_MISMATCH,
            format!("The server publishes {says} as its resource, another path than {asked}."),
        ),
        ResourceMatch::Foreign => Outcome::failed(
            &OAUTH_RESOURCE_MISMATCH,
            format!("The server publishes {says} as its resource, but was reached at {asked}."),
        ),
    }
}

fn describe(attempts: &[Attempt]) -> Vec<String> {
    let line = |attempt: &Attempt| {
        let what = match &attempt.error {
            None => "found".to_owned(),
            Some(DocumentError::Redirected(to)) => format!("redirected to {}", shown(to)),
            Some(error) => quoted(&error.to_string()),
        };
        format!("{}: {what}", shown(&attempt.url))
    };
    attempts.iter().map(line).collect()
}

/// Nobody answered, which is something else than having no document.
fn silent(attempts: &[Attempt]) -> bool {
    attempts
        .iter()
        .any(|attempt| matches!(attempt.error, Some(DocumentError::TimedOut(_) | DocumentError::Net(_))))
}
