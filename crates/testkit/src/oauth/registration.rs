//! Dynamic client registration (RFC 7591).

use serde_json::{Value, json};

use super::authority::{Turn, random};
use super::client::{Client, texts};
use super::options::Registration;
use crate::scripted::{Reply, Request};

/// Lifetime of a secret that ends, in seconds.
const SECRET_LIFE: u64 = 3600;

pub(super) fn endpoint(turn: &mut Turn<'_>, asked: &Request) -> Reply {
    match turn.options.registration {
        Registration::Hanging => return Reply::nothing().stall(),
        Registration::Forbidden => {
            turn.state.counts.refusals.push("403".into());
            return Reply::status(403);
        }
        Registration::RefusesRedirect => {
            return turn.refuse("invalid_redirect_uri", "this redirect URI is not allowed");
        }
        Registration::Open | Registration::SecretExpires => {}
    }
    let Ok(wanted) = serde_json::from_slice::<Value>(asked.body()) else {
        return turn.refuse("invalid_client_metadata", "the body is no JSON");
    };
    let redirect_uris = texts(&wanted["redirect_uris"]);
    if redirect_uris.is_empty() {
        return turn.refuse("invalid_redirect_uri", "redirect_uris is missing");
    }
    let method = wanted["token_endpoint_auth_method"].as_str().unwrap_or("client_secret_basic").to_owned();
    let supported = texts(&turn.metadata()["token_endpoint_auth_methods_supported"]);
    if !supported.contains(&method) {
        return turn.refuse("invalid_client_metadata", "this token_endpoint_auth_method is not supported");
    }
    let key = wanted["jwks"]["keys"][0].clone();
    if method == "private_key_jwt" && key.is_null() {
        return turn.refuse("invalid_client_metadata", "jwks is missing");
    }
    let ends = (turn.options.registration == Registration::SecretExpires).then(|| turn.now + SECRET_LIFE);
    let client = Client {
        id: format!("client-{}", random(16)),
        secret: method.starts_with("client_secret").then(|| random(43)),
        secret_ends: ends,
        key: (method == "private_key_jwt").then_some(key),
        redirect_uris,
    };
    let mut answer = wanted;
    answer["client_id"] = json!(client.id);
    answer["client_id_issued_at"] = json!(turn.now);
    answer["token_endpoint_auth_method"] = json!(method);
    if let Some(secret) = &client.secret {
        turn.gives_out("client secret", secret);
        answer["client_secret"] = json!(secret);
        answer["client_secret_expires_at"] = json!(ends.unwrap_or(0));
    }
    turn.state.counts.registrations += 1;
    turn.state.clients.insert(client.id.clone(), client);
    Reply::json(&answer).with_status(201).with("Cache-Control", "no-store")
}
