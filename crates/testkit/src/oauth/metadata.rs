//! The documents that say who signs people in: RFC 9728, RFC 8414, OpenID Connect Discovery.

use serde_json::{Value, json};

use super::MCP_PATH;
use super::authority::Turn;
use super::options::Placement;
use crate::scripted::Reply;

/// Length of a document that nobody should read to its end, in bytes.
const HUGE: usize = 10_000_000;

/// Every scope that the world knows.
pub(super) const SCOPES: [&str; 6] =
    ["openid", "profile", "email", "offline_access", "tools.read", "tools.write"];

/// The document that stands at this path.
pub(super) fn document_at(turn: &Turn<'_>, path: &str) -> Option<Reply> {
    let issuer = turn.issuer();
    let issuer_path = issuer.strip_prefix(turn.origin).unwrap_or_default().trim_end_matches('/');
    let options = &turn.options;
    if serves(path, options.resource_metadata, "oauth-protected-resource", MCP_PATH) {
        return Some(document(options.resource_metadata, resource(turn)));
    }
    if serves(path, options.server_metadata, "oauth-authorization-server", issuer_path) {
        return Some(document(options.server_metadata, server(turn)));
    }
    None
}

fn serves(path: &str, placement: Placement, name: &str, suffix: &str) -> bool {
    let expected = match placement {
        Placement::WithPath | Placement::Hanging | Placement::Huge => format!("/.well-known/{name}{suffix}"),
        Placement::AtRoot => format!("/.well-known/{name}"),
        Placement::OpenId => format!("{suffix}/.well-known/openid-configuration"),
        Placement::Elsewhere => format!("/elsewhere/{name}"),
        Placement::Missing => return false,
    };
    path == expected
}

fn document(placement: Placement, mut document: Value) -> Reply {
    match placement {
        Placement::Hanging => Reply::nothing().stall(),
        Placement::Huge => {
            document["padding"] = " ".repeat(HUGE).into();
            Reply::json(&document)
        }
        Placement::WithPath
        | Placement::AtRoot
        | Placement::OpenId
        | Placement::Elsewhere
        | Placement::Missing => Reply::json(&document),
    }
}

fn resource(turn: &Turn<'_>) -> Value {
    json!({
        "resource": turn.resource(),
        "authorization_servers": [turn.issuer()],
        "scopes_supported": ["tools.read"],
        "bearer_methods_supported": ["header"],
    })
}

/// The authorization server's metadata as they are published.
pub(super) fn server(turn: &Turn<'_>) -> Value {
    let mut document = json!({
        "issuer": turn.issuer(),
        "authorization_endpoint": turn.at("/authorize"),
        "token_endpoint": turn.at("/token"),
        "registration_endpoint": turn.at("/register"),
        "revocation_endpoint": turn.at("/revoke"),
        "device_authorization_endpoint": turn.at("/device"),
        "userinfo_endpoint": turn.at("/userinfo"),
        "jwks_uri": turn.at("/jwks"),
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported":
            ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": true,
    });
    if let (Some(document), Some(changes)) = (document.as_object_mut(), turn.options.changes.as_object()) {
        for (name, value) in changes {
            if value.is_null() {
                document.remove(name);
            } else {
                let value = value.as_str().map_or_else(|| value.clone(), |text| turn.here(text).into());
                document.insert(name.clone(), value);
            }
        }
    }
    document
}
