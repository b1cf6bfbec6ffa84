//! Who signed in: the ID token (OpenID Connect Core §2) and the userinfo endpoint (§5.3).

use serde_json::json;

use super::authority::Turn;
use super::options::Userinfo;
use super::resource::bearer;
use super::tokens::Grant;
use crate::scripted::{Reply, Request};

/// How long an ID token is good, in seconds.
const LIFE: u64 = 3600;

/// The ID token of a sign-in; empty where the key fails.
pub(super) fn id_token(turn: &Turn<'_>, grant: &Grant) -> String {
    let mut claims = json!({
        "iss": turn.issuer(),
        "sub": grant.subject,
        "aud": grant.client_id,
        "iat": turn.now,
        "exp": turn.now + LIFE,
    });
    if let Some(nonce) = &grant.nonce {
        claims["nonce"] = json!(nonce);
    }
    if grant.scopes.contains("email") {
        claims["email"] = json!("ada@example.com");
    }
    turn.key.sign(&claims).unwrap_or_default()
}

pub(super) fn endpoint(turn: &Turn<'_>, asked: &Request) -> Reply {
    let grant = bearer(asked).and_then(|token| turn.state.tokens.allowed(token, turn.now));
    match grant {
        Some(Grant { subject: Some(subject), scopes, .. }) if scopes.contains("openid") => {
            let person = json!({"sub": subject, "name": "Ada Example", "email": "ada@example.com"});
            match &turn.options.userinfo {
                Userinfo::Works => Reply::json(&person),
                Userinfo::Signed => {
                    Reply::typed(200, "application/jwt", turn.key.sign(&person).unwrap_or_default())
                }
                Userinfo::AboutAnother => Reply::json(&json!({"sub": "grace", "email": "grace@example.com"})),
                Userinfo::SendsOn(address) => Reply::status(302).with("Location", address.as_str()),
                Userinfo::Hanging => Reply::nothing().stall(),
            }
        }
        _ => Reply::status(401).with("WWW-Authenticate", r#"Bearer error="invalid_token""#),
    }
}
