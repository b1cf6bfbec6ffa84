//! Where people sign in, and what that place offers (RFC 8414, OpenID Connect Discovery 1.0).

use bridgekeeper_net::{Client, Url};
use serde::Deserialize;

use super::document::first;
use super::{Limits, Lookup};

/// Authorization server metadata (RFC 8414 §2), as far as MCP uses it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct AuthorizationServer {
    /// The issuer's name for itself.
    pub issuer: String,
    /// Where the browser goes.
    pub authorization_endpoint: Option<String>,
    /// Where a code becomes a token.
    pub token_endpoint: Option<String>,
    /// Where a client registers itself (RFC 7591).
    pub registration_endpoint: Option<String>,
    /// Where a token is taken back (RFC 7009).
    pub revocation_endpoint: Option<String>,
    /// Where a device without a browser begins (RFC 8628).
    pub device_authorization_endpoint: Option<String>,
    /// Where it says who signed in (OpenID Connect Core §5.3).
    pub userinfo_endpoint: Option<String>,
    /// PKCE methods (RFC 7636). Absent means that the server does not promise any.
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// A URL may stand as the client's id.
    #[serde(default)]
    pub client_id_metadata_document_supported: bool,
    /// Answers of the authorization endpoint name the issuer (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    /// Scopes a client may ask for.
    pub scopes_supported: Option<Vec<String>>,
    /// Grants a client may use.
    pub grant_types_supported: Option<Vec<String>>,
    /// Ways for a client to prove itself at the token endpoint.
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// How the issuer in the document fits the one it was asked for (RFC 8414 §3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerMatch {
    /// Character for character the same.
    Same,
    /// The same but for one slash at the end, which leads to the same documents: a strict client refuses it.
    TrailingSlash,
    /// Another issuer. A client must not use the document.
    Different,
}

impl AuthorizationServer {
    /// Compares the issuer in the document with the one that was asked for, as text. The `iss` of an answer in the browser
    /// is no business of this: RFC 9207 allows no slash more or less there.
    pub fn matches(&self, asked: &str) -> IssuerMatch {
        let without_slash = |issuer: &str| issuer.strip_suffix('/').unwrap_or(issuer).to_owned();
        if self.issuer == asked {
            IssuerMatch::Same
        } else if without_slash(&self.issuer) == without_slash(asked) {
            IssuerMatch::TrailingSlash
        } else {
            IssuerMatch::Different
        }
    }

    /// The server promises PKCE with SHA-256, without which MCP clients refuse to sign in.
    pub fn offers_s256(&self) -> bool {
        self.code_challenge_methods_supported
            .as_ref()
            .is_some_and(|methods| methods.iter().any(|method| method == "S256"))
    }

    /// What MCP 2025-03-26 lets a client assume of an `origin` that publishes nothing.
    pub fn at_default_endpoints(origin: &str) -> Self {
        Self {
            issuer: origin.to_owned(),
            authorization_endpoint: Some(format!("{origin}/authorize")),
            token_endpoint: Some(format!("{origin}/token")),
            registration_endpoint: Some(format!("{origin}/register")),
            ..Self::default()
        }
    }
}

/// Looks for the issuer's document: RFC 8414 with the path after the well-known part, then OpenID Connect in both
/// places. `server` is the MCP server that named the issuer. An issuer that is no URL has no addresses to ask.
pub async fn find_authorization_server(
    client: &Client,
    server: &Url,
    issuer: &str,
    limits: Limits,
) -> Lookup<AuthorizationServer> {
    let candidates = Url::parse(issuer).map(|issuer| candidates(&issuer)).unwrap_or_default();
    first(client, server, candidates, limits).await
}

fn candidates(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_end_matches('/');
    let mut paths = vec![
        format!("/.well-known/oauth-authorization-server{path}"),
        format!("/.well-known/openid-configuration{path}"),
    ];
    if !path.is_empty() {
        paths.push(format!("{path}/.well-known/openid-configuration"));
    }
    paths.iter().map(|path| super::with_path(issuer, path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_with_a_path_has_three_addresses_in_order() {
        let urls: Vec<String> =
            candidates(&Url::parse("https://a.test/t/").unwrap()).into_iter().map(String::from).collect();
        assert_eq!(
            urls,
            [
                "https://a.test/.well-known/oauth-authorization-server/t",
                "https://a.test/.well-known/openid-configuration/t",
                "https://a.test/t/.well-known/openid-configuration",
            ]
        );
        assert_eq!(candidates(&Url::parse("https://a.test").unwrap()).len(), 2);
    }

    #[test]
    fn issuers_are_compared_as_text() {
        let server = AuthorizationServer::at_default_endpoints("https://a.test");
        assert_eq!(server.matches("https://a.test"), IssuerMatch::Same);
        assert_eq!(server.matches("https://a.test/"), IssuerMatch::TrailingSlash);
        for other in [
            "https://A.test",
            "https://a.test//",
            "https://a.test:443",
            "http://a.test",
            "https://a.test/x",
            "",
        ] {
            assert_eq!(server.matches(other), IssuerMatch::Different, "{other}");
        }
    }

    #[test]
    fn pkce_that_is_not_promised_is_not_offered() {
        let methods = |methods: &[&str]| AuthorizationServer {
            code_challenge_methods_supported: Some(methods.iter().map(ToString::to_string).collect()),
            ..AuthorizationServer::default()
        };
        assert!(!AuthorizationServer::default().offers_s256());
        assert!(!methods(&["plain"]).offers_s256());
        assert!(methods(&["plain", "S256"]).offers_s256());
    }
}
