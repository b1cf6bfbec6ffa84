//! A person who has not decided yet: a page with two links.

use super::authority::{Turn, random};
use super::authorize::{self, AuthorizationRequest};
use super::form::{Form, with_query};
use crate::scripted::{Reply, Request};

/// An authorization that waits for a person.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Who asks.
    pub client_id: String,
    /// What it asks for, separated by spaces.
    pub scope: String,
    /// Where the person is sent back to.
    pub redirect_uri: String,
    /// Opened in a browser, it says yes and leads back to the client.
    pub allow: String,
    /// Opened in a browser, it says no and leads back to the client.
    pub deny: String,
    id: String,
    request: AuthorizationRequest,
}

/// Keeps the request and shows the page.
pub(super) fn page(turn: &mut Turn<'_>, request: AuthorizationRequest) -> Reply {
    let id = random(16);
    let link = |answer| with_query(&turn.at("/consent"), [("request", id.as_str()), ("answer", answer)]);
    let pending = Pending {
        client_id: request.grant.client_id.clone(),
        scope: request.grant.scope(),
        redirect_uri: request.redirect_uri.clone(),
        allow: link("allow"),
        deny: link("deny"),
        id: id.clone(),
        request,
    };
    let (allow, deny) = (pending.allow.replace('&', "&amp;"), pending.deny.replace('&', "&amp;"));
    let page = format!(
        "<!doctype html><title>Sign in</title><h1>Allow access?</h1><p><a href=\"{allow}\">Allow</a> <a href=\"{deny}\">Deny</a>"
    );
    turn.state.pending.push(pending);
    Reply::typed(200, "text/html; charset=utf-8", page)
}

/// What the links lead to. Each request is decided once.
pub(super) fn endpoint(turn: &mut Turn<'_>, asked: &Request) -> Reply {
    let form = Form::query(asked);
    let id = form.get("request");
    let Some(at) = turn.state.pending.iter().position(|pending| Some(pending.id.as_str()) == id) else {
        return Reply::status(404);
    };
    let pending = turn.state.pending.remove(at);
    match form.get("answer") {
        Some("allow") => authorize::approve(turn, pending.request),
        _ => authorize::deny(turn, &pending.request),
    }
}
