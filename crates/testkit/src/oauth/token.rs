//! The token endpoint (RFC 6749 §3.2) and the revocation endpoint (RFC 7009).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::authority::Turn;
use super::client::{self, Client};
use super::form::Form;
use super::options::{RefreshTokens, TokenEndpoint};
use super::tokens::{Grant, issue};
use super::{assertion, authorize, device};
use crate::scripted::{Reply, Request};

pub(super) fn endpoint(turn: &mut Turn<'_>, asked: &Request) -> Reply {
    match turn.options.token_endpoint {
        TokenEndpoint::Hanging => return Reply::nothing().stall(),
        TokenEndpoint::Unavailable => return Reply::status(503),
        TokenEndpoint::Page => {
            return Reply::typed(200, "text/html", "<!doctype html><title>Sign in</title>");
        }
        TokenEndpoint::Works | TokenEndpoint::LosesAnswer | TokenEndpoint::NoLife => {}
    }
    let form = Form::body(asked);
    if form.repeated {
        return turn.refuse("invalid_request", "a parameter comes twice");
    }
    let client = match client::authenticated(turn, asked, &form) {
        Ok(client) => client,
        Err(refusal) => return refusal,
    };
    let granted = match form.get("grant_type").unwrap_or_default() {
        "authorization_code" => exchange(turn, &client, &form),
        "refresh_token" => refresh(turn, &client, &form),
        "client_credentials" => for_itself(turn, &client, &form),
        "urn:ietf:params:oauth:grant-type:device_code" => device::poll(turn, &client, &form),
        "urn:ietf:params:oauth:grant-type:token-exchange" => assertion::exchange(turn, &client, &form),
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => assertion::redeem(turn, &client, &form),
        _ => Err(("unsupported_grant_type", "this grant is not known")),
    };
    match granted {
        Ok(_) if turn.options.token_endpoint == TokenEndpoint::LosesAnswer => Reply::nothing().close(),
        Ok(answer) => Reply::json(&answer).with("Cache-Control", "no-store"),
        Err((error, why)) => turn.refuse(error, why),
    }
}

/// Tokens, or an OAuth error with its reason.
pub(super) type Granted = Result<Value, (&'static str, &'static str)>;

fn exchange(turn: &mut Turn<'_>, client: &Client, form: &Form) -> Granted {
    let name = form.get("code").ok_or(("invalid_request", "code is missing"))?;
    let code = turn.state.codes.get(name).cloned().ok_or(("invalid_grant", "no such code"))?;
    if let Some(family) = code.family {
        turn.state.tokens.end_family(family);
        return Err(("invalid_grant", "the code was used before"));
    }
    let request = code.request;
    if turn.now >= code.ends {
        return Err(("invalid_grant", "the code has ended"));
    }
    if request.grant.client_id != client.id || form.get("redirect_uri") != Some(&request.redirect_uri) {
        return Err(("invalid_grant", "the code was given to another client or redirect URI"));
    }
    let verifier = form.get("code_verifier").ok_or(("invalid_grant", "code_verifier is missing"))?;
    if URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())) != request.challenge {
        return Err(("invalid_grant", "code_verifier does not fit code_challenge"));
    }
    same_resource(turn, form, &request.grant)?;
    let family = turn.state.tokens.new_family();
    if let Some(code) = turn.state.codes.get_mut(name) {
        code.family = Some(family);
    }
    turn.state.counts.exchanges += 1;
    Ok(issue(turn, request.grant, family))
}

fn refresh(turn: &mut Turn<'_>, client: &Client, form: &Form) -> Granted {
    let token = form.get("refresh_token").ok_or(("invalid_request", "refresh_token is missing"))?;
    let known =
        turn.state.tokens.refresh(token).cloned().ok_or(("invalid_grant", "no such refresh token"))?;
    if known.grant.client_id != client.id {
        return Err(("invalid_grant", "the refresh token belongs to another client"));
    }
    if known.replaced {
        turn.state.counts.reuses += 1;
        turn.state.tokens.end_family(known.family);
        return Err(("invalid_grant", "the refresh token was used before"));
    }
    same_resource(turn, form, &known.grant)?;
    let mut grant = known.grant;
    if let Some(scope) = form.get("scope") {
        let scopes = authorize::scopes(scope).map_err(|error| (error, "an unknown scope"))?;
        if !scopes.is_subset(&grant.scopes) {
            return Err(("invalid_scope", "a refresh cannot widen the scope"));
        }
        grant.scopes = scopes;
    }
    turn.state.counts.refreshes += 1;
    let kept = turn.options.refresh_tokens == RefreshTokens::Kept;
    let mut answer = issue(turn, grant, known.family);
    if kept {
        answer["refresh_token"] = token.into();
    } else {
        turn.state.tokens.replace(token);
    }
    Ok(answer)
}

/// Tokens for the client itself (RFC 6749 §4.4).
fn for_itself(turn: &mut Turn<'_>, client: &Client, form: &Form) -> Granted {
    if client.secret.is_none() && client.key.is_none() {
        return Err(("unauthorized_client", "a public client cannot act for itself"));
    }
    let scopes = authorize::scopes(form.get("scope").unwrap_or("tools.read"))
        .map_err(|error| (error, "an unknown scope"))?;
    let resource =
        authorize::resource(turn, form).map_err(|error| (error, "resource is missing or wrong"))?;
    let grant = Grant { client_id: client.id.clone(), subject: None, scopes, resource, nonce: None };
    turn.state.counts.client_credentials += 1;
    let family = turn.state.tokens.new_family();
    Ok(issue(turn, grant, family))
}

/// The resource of a code or refresh token cannot be exchanged for another one.
fn same_resource(turn: &Turn<'_>, form: &Form, grant: &Grant) -> Result<(), (&'static str, &'static str)> {
    match authorize::resource(turn, form) {
        Ok(resource) if resource == grant.resource => Ok(()),
        Ok(_) => Err(("invalid_target", "another resource than at the authorization")),
        Err(error) => Err((error, "resource is missing or wrong")),
    }
}

pub(super) fn revoke(turn: &mut Turn<'_>, asked: &Request) -> Reply {
    let form = Form::body(asked);
    let client = match client::authenticated(turn, asked, &form) {
        Ok(client) => client,
        Err(refusal) => return refusal,
    };
    let Some(token) = form.get("token") else { return turn.refuse("invalid_request", "token is missing") };
    if turn.state.tokens.revoke(token, &client.id) {
        turn.state.counts.revocations += 1;
    }
    // RFC 7009 §2.2: a token that is not known is as good as revoked.
    Reply::status(200)
}
