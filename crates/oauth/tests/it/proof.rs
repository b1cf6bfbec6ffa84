//! Tokens that are bound to a key (RFC 9449), at servers that want nonces in every proof.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bridgekeeper_model::Secret;
use bridgekeeper_net::StatusCode;
use bridgekeeper_oauth::{ClientInformation, Grant, TokenBinding};
use bridgekeeper_testkit::oauth::jwt;
use bridgekeeper_testkit::stages::{Answer, Asked, Scripted};
use serde_json::{Value, json};

use crate::world::{Goes, World, call};

/// The header and the claims of a proof whose signature fits its own key.
fn proof(asked: &Asked) -> Option<(Value, Value)> {
    let proof = asked.headers.get("dpop")?;
    let header = proof.split('.').next()?;
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    let claims = jwt::verified(proof, &header["jwk"])?;
    Some((header, claims))
}

fn answer(asked: &Asked, origin: &str) -> Answer {
    let nonce_of = |wanted: &str| {
        proof(asked).is_some_and(|(header, claims)| {
            header["typ"] == "dpop+jwt" && header["jwk"].get("d").is_none() && claims["nonce"] == wanted
        })
    };
    match asked.path.split('?').next().unwrap_or_default() {
        "/.well-known/oauth-protected-resource/mcp" => {
            Answer::json(&json!({"resource": format!("{origin}/mcp"), "authorization_servers": [origin]}))
        }
        "/.well-known/oauth-authorization-server" => {
            Answer::json(&json!({"issuer": origin, "token_endpoint": format!("{origin}/token")}))
        }
        "/token" if nonce_of("as-1") => Answer::json(&json!({"access_token": "bound", "token_type": "DPoP"})),
        "/token" => Answer::Whole {
            status: 400,
            headers: vec![("DPoP-Nonce".into(), "as-1".into())],
            body: br#"{"error":"use_dpop_nonce"}"#.to_vec(),
        },
        _ if nonce_of("rs-1") => Answer::status(202),
        _ if proof(asked).is_some() => Answer::status(401)
            .with("WWW-Authenticate", r#"DPoP error="use_dpop_nonce""#)
            .with("DPoP-Nonce", "rs-1"),
        _ => Answer::status(401).with("WWW-Authenticate", "DPoP"),
    }
}

#[tokio::test]
async fn each_request_has_a_proof_of_its_own_with_the_nonce_of_its_server() {
    let server = Scripted::start(answer).unwrap();
    let world = World::new(Goes::Nowhere);
    let url = format!("{}/mcp", server.origin());
    let session = world.session(&url, |settings| {
        settings.grant = Grant::ClientCredentials;
        settings.client.pre_registered =
            Some(ClientInformation::pre_registered("me", Some(Secret::new("s"))));
        settings.binding = TokenBinding::DPoP;
    });
    for _ in 0..3 {
        assert_eq!(call(&session, &url, "x").await.unwrap(), StatusCode::ACCEPTED);
    }
    let asked: Vec<_> = server.asked().into_iter().filter(|asked| asked.path == "/mcp").collect();
    // One without a token, one without the nonce, then three that were taken.
    assert_eq!(asked.len(), 5);
    let mut ids = std::collections::HashSet::new();
    for asked in asked.iter().skip(1) {
        assert_eq!(asked.headers["authorization"], "DPoP bound");
        let (_, claims) = proof(asked).unwrap();
        assert_eq!((&claims["htm"], &claims["htu"]), (&json!("POST"), &json!(url)));
        let hash = ring::digest::digest(&ring::digest::SHA256, b"bound");
        assert_eq!(claims["ath"], json!(URL_SAFE_NO_PAD.encode(hash)));
        assert!(ids.insert(claims["jti"].to_string()));
    }
    // Another process uses the same key: the token is bound to it.
    let other = world.session(&url, |settings| settings.binding = TokenBinding::DPoP);
    assert_eq!(call(&other, &url, "x").await.unwrap(), StatusCode::ACCEPTED);
}
