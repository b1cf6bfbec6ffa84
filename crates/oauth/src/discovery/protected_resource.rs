//! The server's own word on who signs people in (RFC 9728).

use bridgekeeper_net::{Client, Url};
use serde::Deserialize;

use super::document::first;
use super::{Challenge, Limits, Lookup};

/// Protected resource metadata (RFC 9728 §2), as far as MCP uses it.
#[derive(Debug, Clone, Deserialize)]
pub struct ProtectedResource {
    /// The resource identifier, exactly as published: it is sent back unchanged as the `resource` parameter.
    pub resource: String,
    /// Issuers that may sign people in, best first.
    #[serde(default)]
    pub authorization_servers: Vec<String>,
    /// The scopes a client may ask for.
    pub scopes_supported: Option<Vec<String>>,
    /// How a token may be sent: `header`, `body`, `query`.
    pub bearer_methods_supported: Option<Vec<String>>,
    /// The server's name for people.
    pub resource_name: Option<String>,
}

/// How a published resource identifier fits the server that was asked (RFC 9728 §3.3, RFC 8707).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceMatch {
    /// It is the server's URL, but for a slash at its end.
    Same,
    /// It is a parent of the server's URL on the same origin; most clients accept that.
    Parent,
    /// It is another path of the same origin.
    OtherPath,
    /// It is another origin, or no URL. A client must not sign in.
    Foreign,
}

impl ProtectedResource {
    /// Compares the published identifier with the server's URL.
    pub fn matches(&self, server: &Url) -> ResourceMatch {
        let Ok(resource) = Url::parse(&self.resource) else { return ResourceMatch::Foreign };
        if resource.origin() != server.origin() {
            return ResourceMatch::Foreign;
        }
        let published = resource.path().trim_end_matches('/');
        let asked = server.path().trim_end_matches('/');
        match asked.strip_prefix(published) {
            Some("") => ResourceMatch::Same,
            Some(rest) if rest.starts_with('/') => ResourceMatch::Parent,
            _ => ResourceMatch::OtherPath,
        }
    }
}

/// Looks for the document where the challenge says, else at the well-known address of the server's path, else at
/// that of its origin.
pub async fn find_protected_resource(
    client: &Client,
    server: &Url,
    challenge: Option<&Challenge>,
    limits: Limits,
) -> Lookup<ProtectedResource> {
    first(client, server, candidates(server, challenge), limits).await
}

fn candidates(server: &Url, challenge: Option<&Challenge>) -> Vec<Url> {
    let named = challenge
        .and_then(|challenge| challenge.parameter("resource_metadata"))
        .and_then(|url| Url::parse(url).ok());
    let mut urls: Vec<Url> = Vec::new();
    let path = server.path().trim_end_matches('/');
    let well_known = [
        format!("/.well-known/oauth-protected-resource{path}"),
        "/.well-known/oauth-protected-resource".into(),
    ]
    .map(|path| super::with_path(server, &path));
    for url in named.into_iter().chain(well_known) {
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(server: &str, challenge: &str) -> Vec<String> {
        let challenges = Challenge::parse(challenge);
        candidates(&Url::parse(server).unwrap(), super::super::bearer(&challenges))
            .into_iter()
            .map(String::from)
            .collect()
    }

    #[test]
    fn the_challenge_comes_first_then_the_path_then_the_root() {
        assert_eq!(
            listed("https://a.test/x/mcp?tenant=1#f", r#"Bearer resource_metadata="https://a.test/meta""#),
            [
                "https://a.test/meta",
                "https://a.test/.well-known/oauth-protected-resource/x/mcp",
                "https://a.test/.well-known/oauth-protected-resource",
            ]
        );
    }

    #[test]
    fn a_server_at_the_root_has_one_address() {
        assert_eq!(
            listed("https://user:pass@a.test/", "Bearer resource_metadata=nonsense"),
            ["https://a.test/.well-known/oauth-protected-resource"]
        );
    }

    #[test]
    fn a_resource_matches_by_origin_and_whole_path_segments() {
        let matched = |resource: &str| {
            ProtectedResource {
                resource: resource.into(),
                authorization_servers: vec![],
                scopes_supported: None,
                bearer_methods_supported: None,
                resource_name: None,
            }
            .matches(&Url::parse("https://a.test/x/mcp").unwrap())
        };
        assert_eq!(matched("https://a.test/x/mcp"), ResourceMatch::Same);
        assert_eq!(matched("https://A.test:443/x/mcp/"), ResourceMatch::Same);
        assert_eq!(matched("https://a.test"), ResourceMatch::Parent);
        assert_eq!(matched("https://a.test/x"), ResourceMatch::Parent);
        assert_eq!(matched("https://a.test/x/mc"), ResourceMatch::OtherPath);
        assert_eq!(matched("https://b.test/x/mcp"), ResourceMatch::Foreign);
        assert_eq!(matched("http://a.test/x/mcp"), ResourceMatch::Foreign);
        assert_eq!(matched("api://my-server"), ResourceMatch::Foreign);
    }
}
