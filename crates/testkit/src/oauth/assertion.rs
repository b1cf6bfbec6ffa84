//! Enterprise-managed authorization: an ID token becomes an assertion for another server (RFC 8693), and that assertion
//! becomes an access token (RFC 7523). This world plays both the company's identity provider and the server's.

use serde_json::{Value, json};

use super::authority::{Turn, random};
use super::authorize;
use super::client::Client;
use super::form::Form;
use super::jwt;
use super::token::Granted;
use super::tokens::{Grant, issue};

/// Identity assertion for an authorization server.
const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
/// How long an assertion can be used, in seconds.
const LIFE: u64 = 300;

/// An ID token for an assertion.
pub(super) fn exchange(turn: &mut Turn<'_>, client: &Client, form: &Form) -> Granted {
    if form.get("requested_token_type") != Some(ID_JAG) || form.get("subject_token_type") != Some(ID_TOKEN) {
        return Err(("invalid_request", "only an ID token is exchanged, and only for an ID-JAG"));
    }
    let claims = own_claims(turn, form.get("subject_token"), &client.id)?;
    let assertion = turn.key.sign(&json!({
        "iss": turn.issuer(),
        "sub": claims["sub"],
        "aud": form.get("audience").unwrap_or_default(),
        "resource": form.get("resource"),
        "client_id": client.id,
        "scope": form.get("scope").unwrap_or("tools.read"),
        "jti": random(16),
        "iat": turn.now,
        "exp": turn.now + LIFE,
    }));
    let assertion = assertion.map_err(|_| ("server_error", "could not sign"))?;
    turn.gives_out("assertion", &assertion);
    Ok(json!({
        "issued_token_type": ID_JAG,
        "access_token": assertion,
        "token_type": "N_A",
        "expires_in": LIFE,
    }))
}

/// An assertion for an access token.
pub(super) fn redeem(turn: &mut Turn<'_>, client: &Client, form: &Form) -> Granted {
    let claims = own_claims(turn, form.get("assertion"), &turn.issuer())?;
    let jti = claims["jti"].as_str().unwrap_or_default().to_owned();
    if claims["client_id"] != client.id.as_str() || !turn.state.assertions.insert(jti) {
        return Err(("invalid_grant", "the assertion is for another client, or was used before"));
    }
    let scopes = authorize::scopes(claims["scope"].as_str().unwrap_or_default())
        .map_err(|error| (error, "an unknown scope"))?;
    let resource = claims["resource"].as_str().unwrap_or_default().to_owned();
    let subject = claims["sub"].as_str().map(str::to_owned);
    let grant = Grant { client_id: client.id.clone(), subject, scopes, resource, nonce: None };
    let family = turn.state.tokens.new_family();
    Ok(issue(turn, grant, family))
}

/// The claims of a token of ours for this audience that has not ended.
fn own_claims(
    turn: &Turn<'_>,
    token: Option<&str>,
    audience: &str,
) -> Result<Value, (&'static str, &'static str)> {
    token
        .and_then(|token| jwt::verified(token, &turn.key.public()))
        .filter(|claims| {
            claims["aud"] == audience && claims["exp"].as_u64().is_some_and(|ends| turn.now < ends)
        })
        .ok_or(("invalid_grant", "the token is not ours, not for this audience, or has ended"))
}
