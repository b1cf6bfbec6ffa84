//! Tokens that are bound to a key (RFC 9449), at servers that want nonces in every proof.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bridgekeeper_model::Secret;
use bridgekeeper_net::StatusCode;
use bridgekeeper_oauth::{ClientInformation, Grant, TokenBinding};
use bridgekeeper_testkit::oauth::jwt;
use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer};
use serde_json::{Value, json};

use crate::world::{Goes, World, call};

/// The header and the claims of a proof whose signature fits its own key.
fn proof(request: &Request) -> Option<(Value, Value)> {
    let proof = request.header("dpop")?;
    let header = proof.split('.').next()?;
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    let claims = jwt::verified(proof, &header["jwk"])?;
    Some((header, claims))
}

fn answer(request: &Request) -> Reply {
    let nonce_of = |wanted: &str| {
        proof(request).is_some_and(|(header, claims)| {
            header["typ"] == "dpop+jwt" && header["jwk"].get("d").is_none() && claims["nonce"] == wanted
        })
    };
    match request.path() {
        "/.well-known/oauth-protected-resource/mcp" => Reply::json(
            &json!({"resource": request.address_of("/mcp"), "authorization_servers": [request.origin()]}),
        ),
        "/.well-known/oauth-authorization-server" => {
            Reply::json(&json!({"issuer": request.origin(), "token_endpoint": request.address_of("/token")}))
        }
        "/token" if nonce_of("as-1") => Reply::json(&json!({"access_token": "bound", "token_type": "DPoP"})),
        "/token" => Reply::status(400).with("DPoP-Nonce", "as-1").with_body(r#"{"error":"use_dpop_nonce"}"#),
        _ if nonce_of("rs-1") => Reply::accepted(),
        _ if proof(request).is_some() => Reply::status(401)
            .with("WWW-Authenticate", r#"DPoP error="use_dpop_nonce""#)
            .with("DPoP-Nonce", "rs-1"),
        _ => Reply::status(401).with("WWW-Authenticate", "DPoP"),
    }
}

#[tokio::test]
async fn each_request_has_a_proof_of_its_own_with_the_nonce_of_its_server() {
    let server = ScriptedServer::start(answer);
    let world = World::new(Goes::Nowhere);
    let url = server.url();
    let session = world.session(&url, |settings| {
        settings.grant = Grant::ClientCredentials;
        settings.client.pre_registered =
            Some(ClientInformation::pre_registered("me", Some(Secret::new("s"))));
        settings.binding = TokenBinding::DPoP;
    });
    for _ in 0..3 {
        assert_eq!(call(&session, &url, "x").await.unwrap(), StatusCode::ACCEPTED);
    }
    let asked: Vec<_> = server.seen().into_iter().filter(|request| request.path() == "/mcp").collect();
    // One without a token, one without the nonce, then three that were taken.
    assert_eq!(asked.len(), 5);
    let mut ids = std::collections::HashSet::new();
    for request in asked.iter().skip(1) {
        assert_eq!(request.headers()["authorization"], "DPoP bound");
        let (_, claims) = proof(request).unwrap();
        assert_eq!((&claims["htm"], &claims["htu"]), (&json!("POST"), &json!(url)));
        let hash = ring::digest::digest(&ring::digest::SHA256, b"bound");
        assert_eq!(claims["ath"], json!(URL_SAFE_NO_PAD.encode(hash)));
        assert!(ids.insert(claims["jti"].to_string()));
    }
    // Another process uses the same key: the token is bound to it.
    let other = world.session(&url, |settings| settings.binding = TokenBinding::DPoP);
    assert_eq!(call(&other, &url, "x").await.unwrap(), StatusCode::ACCEPTED);
}
