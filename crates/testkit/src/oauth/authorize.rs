//! The authorization endpoint (RFC 6749 §4.1, RFC 7636, RFC 8707, RFC 9207).

use std::collections::BTreeSet;

use super::authority::{Turn, random};
use super::form::{Form, with_query};
use super::metadata::SCOPES;
use super::options::{Consent, ResourceParameter, Sent};
use super::tokens::Grant;
use super::{client, consent};
use crate::scripted::{Reply, Request};

/// How long a code can be used, in seconds.
const CODE_LIFE: u64 = 60;

/// A request that was found right and can be decided on.
#[derive(Debug, Clone)]
pub(super) struct AuthorizationRequest {
    pub(super) grant: Grant,
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    pub(super) challenge: String,
}

/// A code that was sent back.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) request: AuthorizationRequest,
    pub(super) ends: u64,
    /// The sign-in that it was used for; a second use ends it (RFC 6749 §4.1.2).
    pub(super) family: Option<usize>,
}

pub(super) fn endpoint(turn: &mut Turn<'_>, asked: &Request) -> Reply {
    let form = Form::query(asked);
    let client = form.get("client_id").and_then(|id| client::known(turn, id));
    // Whoever cannot be sent back is told on a page: anything else makes the server an open redirector.
    let Some(client) = client else { return page(turn, "invalid_client", "This client is not known here.") };
    let back = form.get("redirect_uri").filter(|url| client.may_return_to(url, turn.options.loopback_ports));
    let Some(redirect_uri) = back.map(str::to_owned) else {
        return page(turn, "invalid_redirect_uri", "The redirect URI is not registered for this client.");
    };
    let state = form.get("state").map(str::to_owned);
    let request = match wanted(turn, &form) {
        Ok((scopes, resource, challenge)) => AuthorizationRequest {
            grant: Grant {
                client_id: client.id,
                subject: Some("ada".into()),
                scopes,
                resource,
                nonce: form.get("nonce").map(str::to_owned),
            },
            redirect_uri,
            state,
            challenge,
        },
        Err(error) => {
            turn.state.counts.refusals.push(error.to_owned());
            return back_with(turn, &redirect_uri, state.as_deref(), ("error", error));
        }
    };
    turn.state.counts.authorizations += 1;
    match turn.options.consent {
        Consent::Approves => approve(turn, request),
        Consent::Denies => deny(turn, &request),
        Consent::Waits => consent::page(turn, request),
    }
}

/// Scopes, resource and PKCE challenge of a request, or its error.
fn wanted(turn: &Turn<'_>, form: &Form) -> Result<(BTreeSet<String>, String, String), &'static str> {
    if form.repeated {
        return Err("invalid_request");
    }
    if form.get("response_type") != Some("code") {
        return Err("unsupported_response_type");
    }
    let challenge = form.get("code_challenge").ok_or("invalid_request")?;
    if form.get("code_challenge_method") != Some("S256") {
        return Err("invalid_request");
    }
    let scopes = scopes(form.get("scope").unwrap_or("tools.read"))?;
    Ok((scopes, resource(turn, form)?, challenge.to_owned()))
}

/// Scopes as a set; each must be known.
pub(super) fn scopes(text: &str) -> Result<BTreeSet<String>, &'static str> {
    let scopes: BTreeSet<String> = text.split_ascii_whitespace().map(str::to_owned).collect();
    scopes.iter().all(|scope| SCOPES.contains(&scope.as_str())).then_some(scopes).ok_or("invalid_scope")
}

/// The resource that a token is wanted for (RFC 8707 §2).
pub(super) fn resource(turn: &Turn<'_>, form: &Form) -> Result<String, &'static str> {
    match (form.get("resource"), turn.options.resource_parameter) {
        (Some(_), ResourceParameter::Refused) | (None, ResourceParameter::Required) => Err("invalid_target"),
        (Some(resource), _) if resource == turn.resource() => Ok(resource.to_owned()),
        (Some(_), _) => Err("invalid_target"),
        (None, _) => Ok(turn.resource()),
    }
}

/// Sends the person back with a code.
pub(super) fn approve(turn: &mut Turn<'_>, request: AuthorizationRequest) -> Reply {
    let code = random(43);
    turn.gives_out("authorization code", &code);
    let answer = back_with(turn, &request.redirect_uri, request.state.as_deref(), ("code", &code));
    turn.state.codes.insert(code, Code { request, ends: turn.now + CODE_LIFE, family: None });
    answer
}

/// Sends the person back without one.
pub(super) fn deny(turn: &mut Turn<'_>, request: &AuthorizationRequest) -> Reply {
    turn.state.counts.refusals.push("access_denied".into());
    back_with(turn, &request.redirect_uri, request.state.as_deref(), ("error", "access_denied"))
}

fn back_with(turn: &Turn<'_>, url: &str, state: Option<&str>, outcome: (&str, &str)) -> Reply {
    let issuer = turn.issuer();
    let state = match turn.options.state {
        Sent::Right => state,
        Sent::Missing => None,
        Sent::Wrong => Some("another-state"),
    };
    let iss = match turn.options.iss {
        Sent::Right => Some(issuer.as_str()),
        Sent::Missing => None,
        Sent::Wrong => Some("https://another-issuer.example"),
    };
    let pairs = [Some(outcome), state.map(|state| ("state", state)), iss.map(|iss| ("iss", iss))];
    redirect(&with_query(url, pairs.into_iter().flatten()))
}

pub(super) fn redirect(url: &str) -> Reply {
    Reply::status(302).with("Location", url).with("Cache-Control", "no-store")
}

fn page(turn: &mut Turn<'_>, error: &str, words: &str) -> Reply {
    turn.state.counts.refusals.push(error.to_owned());
    Reply::typed(400, "text/html; charset=utf-8", format!("<!doctype html><title>{error}</title><p>{words}"))
}
