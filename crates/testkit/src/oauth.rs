//! An OAuth world on loopback: an MCP server that wants a token, and the authorization server that it names.
//!
//! Both stand on one origin, under `/mcp` and (by default) `/login`, because a test reads one list of requests. Each
//! part can be left out, moved, or made to lie or hang.
//!
//! Deliberately absent: the endpoints that sign somebody in. A request to one of them is recorded and refused, so
//! that a test can show that nobody registered.

use std::io;

use serde_json::{Value, json};

use crate::stages::{Answer, Asked, Scripted};

/// The path of the MCP server.
pub const MCP_PATH: &str = "/mcp";

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
}

/// What the world is like.
#[derive(Debug, Clone)]
pub struct Options {
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
    /// origin.
    pub changes: Value,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            challenge: Some(
                r#"Bearer error="invalid_token", error_description="sign in, please", resource_metadata="{origin}/.well-known/oauth-protected-resource/mcp""#
                    .into(),
            ),
            resource_metadata: Placement::WithPath,
            resource: "{origin}/mcp".into(),
            issuer: "{origin}/login".into(),
            server_metadata: Placement::WithPath,
            changes: json!({}),
        }
    }
}

/// A running world. Dropping it ends it.
#[derive(Debug)]
pub struct OAuthServer {
    server: Scripted,
}

impl OAuthServer {
    /// Starts it on a free port of 127.0.0.1.
    pub fn start(options: Options) -> io::Result<Self> {
        let server = Scripted::start(move |asked, origin| answer(&options, asked, origin))?;
        Ok(Self { server })
    }

    /// The MCP endpoint.
    pub fn url(&self) -> String {
        format!("{}{MCP_PATH}", self.server.origin())
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        self.server.origin()
    }

    /// Every request so far, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.server.asked()
    }
}

fn answer(options: &Options, asked: &Asked, origin: &str) -> Answer {
    let here = |text: &str| text.replace("{origin}", origin);
    let path = asked.path.split('?').next().unwrap_or_default();
    if path == MCP_PATH {
        let refused = Answer::status(401);
        return match &options.challenge {
            Some(challenge) => refused.with("WWW-Authenticate", here(challenge)),
            None => refused,
        };
    }
    let issuer = here(&options.issuer);
    let issuer_path = issuer.strip_prefix(origin).unwrap_or_default().trim_end_matches('/');
    if serves(path, options.resource_metadata, "oauth-protected-resource", MCP_PATH) {
        return document(options.resource_metadata, &resource(&here(&options.resource), &issuer));
    }
    if serves(path, options.server_metadata, "oauth-authorization-server", issuer_path) {
        return document(options.server_metadata, &metadata(&issuer, &options.changes, here));
    }
    Answer::status(404)
}

fn serves(path: &str, placement: Placement, name: &str, suffix: &str) -> bool {
    let expected = match placement {
        Placement::WithPath | Placement::Hanging => format!("/.well-known/{name}{suffix}"),
        Placement::AtRoot => format!("/.well-known/{name}"),
        Placement::OpenId => format!("{suffix}/.well-known/openid-configuration"),
        Placement::Elsewhere => format!("/elsewhere/{name}"),
        Placement::Missing => return false,
    };
    path == expected
}

fn document(placement: Placement, document: &Value) -> Answer {
    if placement == Placement::Hanging { Answer::Silence } else { Answer::json(document) }
}

fn resource(resource: &str, issuer: &str) -> Value {
    json!({
        "resource": resource,
        "authorization_servers": [issuer],
        "scopes_supported": ["tools.read"],
        "bearer_methods_supported": ["header"],
    })
}

fn metadata(issuer: &str, changes: &Value, here: impl Fn(&str) -> String) -> Value {
    let at = |path: &str| format!("{}{path}", issuer.trim_end_matches('/'));
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "registration_endpoint": at("/register"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
    });
    if let (Some(document), Some(changes)) = (document.as_object_mut(), changes.as_object()) {
        for (name, value) in changes {
            if value.is_null() {
                document.remove(name);
            } else {
                let value = value.as_str().map_or_else(|| value.clone(), |text| here(text).into());
                document.insert(name.clone(), value);
            }
        }
    }
    document
}
