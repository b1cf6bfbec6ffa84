//! Who a client is, and whether it proves it (RFC 6749 §2.3, RFC 7523 §2.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::authority::Turn;
use super::form::Form;
use super::jwt;
use super::options::LoopbackPorts;
use crate::scripted::{Reply, Request};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client as the server knows it.
#[derive(Debug, Clone, Default)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: Option<String>,
    /// Seconds since 1970.
    pub(super) secret_ends: Option<u64>,
    pub(super) key: Option<Value>,
    pub(super) redirect_uris: Vec<String>,
}

impl Client {
    /// Whether it may be sent back there.
    pub(super) fn may_return_to(&self, url: &str, ports: LoopbackPorts) -> bool {
        self.redirect_uris.iter().any(|registered| {
            registered == url
                || (ports == LoopbackPorts::Any
                    && without_port(registered).is_some_and(|known| Some(known) == without_port(url)))
        })
    }
}

/// A loopback URL without its port; `None` for every other URL.
fn without_port(url: &str) -> Option<String> {
    let mut url = url::Url::parse(url).ok()?;
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    (url.scheme() == "http" && loopback).then(|| {
        let _ = url.set_port(None);
        url.into()
    })
}

/// The client with this id: registered, entered by hand, or described by its document.
pub(super) fn known(turn: &Turn<'_>, id: &str) -> Option<Client> {
    if let Some(client) = turn.state.clients.get(id) {
        return Some(client.clone());
    }
    if let Some(known) = turn.options.clients.iter().find(|known| known.id == id) {
        return Some(Client {
            id: known.id.clone(),
            secret: known.secret.clone(),
            secret_ends: None,
            key: known.key.clone(),
            redirect_uris: known.redirect_uris.clone(),
        });
    }
    let document = turn.options.client_documents.get(id)?;
    let takes_documents = turn.metadata()["client_id_metadata_document_supported"] == true;
    let redirect_uris = texts(&document["redirect_uris"]);
    (takes_documents && document["client_id"] == id).then(|| Client {
        id: id.to_owned(),
        redirect_uris,
        ..Client::default()
    })
}

pub(super) fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// The client that sends this request, if it proves that it is.
pub(super) fn authenticated(turn: &mut Turn<'_>, asked: &Request, form: &Form) -> Result<Client, Reply> {
    let basic = asked.header("authorization").and_then(basic);
    let assertion = form.get("client_assertion");
    let id = match (&basic, assertion, form.get("client_id")) {
        (Some((id, _)), ..) => id.clone(),
        (None, _, Some(id)) => id.to_owned(),
        (None, Some(assertion), None) => subject_unread(assertion).unwrap_or_default(),
        (None, None, None) => return Err(turn.refuse("invalid_client", "no client is named")),
    };
    let Some(client) = known(turn, &id) else {
        return Err(turn.refuse("invalid_client", "no such client"));
    };
    if let Some(key) = &client.key {
        return if form.get("client_assertion_type") == Some(JWT_BEARER)
            && assertion.is_some_and(|assertion| is_proof(turn, assertion, key, &client.id))
        {
            Ok(client)
        } else {
            Err(turn.refuse("invalid_client", "the assertion proves nothing"))
        };
    }
    let sent = basic.map(|(_, secret)| secret).or_else(|| form.get("client_secret").map(str::to_owned));
    if client.secret_ends.is_some_and(|ends| turn.now >= ends) {
        return Err(turn.refuse("invalid_client", "the client's secret has ended"));
    }
    if client.secret.is_some() && client.secret != sent {
        return Err(turn.refuse("invalid_client", "wrong client secret"));
    }
    Ok(client)
}

/// Id and secret of `client_secret_basic`; both are form-encoded (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let decoded = String::from_utf8(STANDARD.decode(header.strip_prefix("Basic ")?).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |text: &str| {
        let form = Form::parse(format!("value={text}").as_bytes());
        form.get("value").unwrap_or_default().to_owned()
    };
    Some((plain(id), plain(secret)))
}

/// Whom an assertion speaks of, before anybody has checked it.
fn subject_unread(assertion: &str) -> Option<String> {
    let claims = assertion.split('.').nth(1)?;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims["sub"].as_str().map(str::to_owned)
}

/// RFC 7523 §3: signed by the client, about itself, for this server, still good, and not seen before.
fn is_proof(turn: &mut Turn<'_>, assertion: &str, key: &Value, id: &str) -> bool {
    let Some(claims) = jwt::verified(assertion, key) else { return false };
    let audience = |wanted: &str| {
        claims["aud"] == wanted
            || claims["aud"].as_array().is_some_and(|list| list.iter().any(|one| one == wanted))
    };
    let meant = audience(&turn.issuer()) || audience(&turn.at("/token"));
    let lives = claims["exp"].as_u64().is_some_and(|ends| turn.now < ends);
    let new = claims["jti"].as_str().is_some_and(|jti| turn.state.assertions.insert(jti.to_owned()));
    claims["iss"] == id && claims["sub"] == id && meant && lives && new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_redirect_counts_with_any_port_only_where_the_server_says_so() {
        let client = Client {
            redirect_uris: vec!["http://127.0.0.1:3334/oauth/callback".into()],
            ..Client::default()
        };
        let other = "http://127.0.0.1:4000/oauth/callback";
        assert!(client.may_return_to(other, LoopbackPorts::Any));
        assert!(!client.may_return_to(other, LoopbackPorts::Exact));
        assert!(!client.may_return_to("http://127.0.0.1:3334/elsewhere", LoopbackPorts::Any));
        assert!(!client.may_return_to("https://evil.example/oauth/callback", LoopbackPorts::Any));
    }
}
