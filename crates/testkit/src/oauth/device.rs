//! A device without a browser (RFC 8628): it shows a code, and a person enters it elsewhere.

use serde_json::json;

use super::authority::{Turn, random};
use super::authorize;
use super::client::{self, Client};
use super::form::{Form, with_query};
use super::options::Consent;
use super::token::Granted;
use super::tokens::{Grant, issue};
use crate::scripted::{Reply, Request};

/// How long a device code can be used, in seconds.
const LIFE: u64 = 600;

/// A device that waits.
#[derive(Debug, Clone)]
pub(super) struct Device {
    grant: Grant,
    user_code: String,
    allowed: Option<bool>,
    polled: Option<u64>,
    ends: u64,
}

pub(super) fn endpoint(turn: &mut Turn<'_>, asked: &Request) -> Reply {
    let form = Form::body(asked);
    let client = match client::authenticated(turn, asked, &form) {
        Ok(client) => client,
        Err(refusal) => return refusal,
    };
    let scopes = match authorize::scopes(form.get("scope").unwrap_or("tools.read")) {
        Ok(scopes) => scopes,
        Err(error) => return turn.refuse(error, "an unknown scope"),
    };
    let resource = match authorize::resource(turn, &form) {
        Ok(resource) => resource,
        Err(error) => return turn.refuse(error, "resource is missing or wrong"),
    };
    let (device_code, user_code) = (random(43), random(8).to_ascii_uppercase());
    let grant = Grant { client_id: client.id, subject: Some("ada".into()), scopes, resource, nonce: None };
    let device =
        Device { grant, user_code: user_code.clone(), allowed: None, polled: None, ends: turn.now + LIFE };
    turn.gives_out("device code", &device_code);
    turn.state.devices.insert(device_code.clone(), device);
    let page = turn.at("/activate");
    Reply::json(&json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": with_query(&page, [("user_code", user_code.as_str())]),
        "expires_in": LIFE,
        "interval": turn.options.device_interval.as_secs(),
    }))
    .with("Cache-Control", "no-store")
}

/// The page on which a person enters the code. With `answer=deny` it says no.
pub(super) fn activate(turn: &mut Turn<'_>, asked: &Request) -> Reply {
    let form = Form::query(asked);
    let code = form.get("user_code");
    let Some(device) = turn.state.devices.values_mut().find(|device| Some(device.user_code.as_str()) == code)
    else {
        return Reply::status(404);
    };
    device.allowed = Some(form.get("answer") != Some("deny"));
    Reply::typed(
        200,
        "text/html; charset=utf-8",
        "<!doctype html><title>Done</title><p>Go back to your device.",
    )
}

/// The device asks whether it has been allowed (RFC 8628 §3.5).
pub(super) fn poll(turn: &mut Turn<'_>, client: &Client, form: &Form) -> Granted {
    turn.state.counts.device_polls += 1;
    let name = form.get("device_code").ok_or(("invalid_request", "device_code is missing"))?;
    let (now, consent) = (turn.now, turn.options.consent);
    let interval = turn.options.device_interval.as_secs();
    let unknown = ("invalid_grant", "no such device code");
    let device = turn.state.devices.get_mut(name).ok_or(unknown)?;
    if device.grant.client_id != client.id {
        return Err(unknown);
    }
    if now >= device.ends {
        return Err(("expired_token", "the device code has ended"));
    }
    let before = device.polled.replace(now);
    if before.is_some_and(|before| now < before + interval) {
        return Err(("slow_down", "asked too often"));
    }
    // Somebody who decides at once still takes longer than the first question.
    let decided = match consent {
        Consent::Waits => device.allowed,
        Consent::Approves => before.map(|_| true),
        Consent::Denies => before.map(|_| false),
    };
    match decided {
        None => Err(("authorization_pending", "nobody has decided yet")),
        Some(false) => Err(("access_denied", "somebody said no")),
        Some(true) => {
            let grant = device.grant.clone();
            turn.state.devices.remove(name);
            let family = turn.state.tokens.new_family();
            Ok(issue(turn, grant, family))
        }
    }
}
