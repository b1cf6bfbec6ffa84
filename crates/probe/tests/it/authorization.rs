use bridgekeeper_probe::{Report, Stage, Status};
use bridgekeeper_testkit::oauth::{OAuthServer, Options, Placement};
use serde_json::json;

use crate::world::{ids, letters, message, probed};

async fn changed(changes: serde_json::Value) -> Report {
    let server = OAuthServer::start(Options { changes, ..Options::default() }).expect("loopback is there");
    probed(&server.url()).await
}

#[tokio::test]
async fn a_server_that_does_it_right_passes_up_to_the_sign_in() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let report = probed(&server.url()).await;
    assert_eq!(letters(&report), "pp-pppppp------", "{report:#?}");
    assert_eq!(ids(&report), [""; 0]);
    assert!(message(&report, Stage::Initialize).contains("sign-in"));
    assert!(!report.is_clean(), "nobody saw the handshake");
}

#[tokio::test]
async fn nobody_is_registered_and_nobody_signs_in() {
    let server = OAuthServer::start(Options::default()).unwrap();
    probed(&server.url()).await;
    let acts: Vec<_> = server
        .seen()
        .into_iter()
        .filter(|request| {
            ["/register", "/authorize", "/token"].iter().any(|end| request.path().ends_with(end))
        })
        .collect();
    assert!(acts.is_empty(), "{acts:?}");
}

#[tokio::test]
async fn a_given_secret_goes_to_the_server_and_not_to_its_authorization_server() {
    let login = OAuthServer::start(Options::default()).unwrap();
    let issuer = format!("{}/login", login.origin());
    let server = OAuthServer::start(Options { issuer, ..Options::default() }).unwrap();
    let headers = [("x-api-key", "secret-key-4")];
    crate::world::probed_with(&server.url(), &headers, bridgekeeper_net::NetOptions::default()).await;
    assert!(server.seen().iter().any(|request| request.headers().contains_key("x-api-key")));
    assert!(!login.seen().is_empty());
    assert!(login.seen().iter().all(|request| !request.headers().contains_key("x-api-key")));
}

#[tokio::test]
async fn without_registration_a_client_id_is_needed() {
    let report = changed(json!({"registration_endpoint": null})).await;
    assert_eq!(report.stage(Stage::Registration).unwrap().status, Status::Failed);
    assert_eq!(ids(&report), ["oauth-dcr-unsupported"]);
}

#[tokio::test]
async fn a_metadata_document_is_a_registration_too() {
    let report =
        changed(json!({"registration_endpoint": null, "client_id_metadata_document_supported": true})).await;
    assert_eq!(report.stage(Stage::Registration).unwrap().status, Status::Passed);
}

#[tokio::test]
async fn pkce_must_be_promised() {
    for methods in [json!(null), json!(["plain"])] {
        let report = changed(json!({"code_challenge_methods_supported": methods})).await;
        assert_eq!(ids(&report), ["oauth-pkce-unsupported"]);
    }
}

#[tokio::test]
async fn another_issuer_ends_the_discovery() {
    let report = changed(json!({"issuer": "https://login.example"})).await;
    assert_eq!(letters(&report), "pp-ppF--p------");
    assert_eq!(ids(&report), ["oauth-issuer-mismatch"]);
}

#[tokio::test]
async fn a_slash_in_one_of_the_issuers_is_a_warning() {
    assert_eq!(ids(&changed(json!({"issuer": "{origin}/login/"})).await), ["oauth-issuer-slash"]);
    // With the slash in both documents they are the same text.
    let server =
        OAuthServer::start(Options { issuer: "{origin}/login/".into(), ..Options::default() }).unwrap();
    assert_eq!(ids(&probed(&server.url()).await), [""; 0]);
}

#[tokio::test]
async fn a_foreign_resource_is_refused() {
    let server =
        OAuthServer::start(Options { resource: "https://other.example/mcp".into(), ..Options::default() })
            .unwrap();
    let report = probed(&server.url()).await;
    assert_eq!(report.stage(Stage::ResourceIndicator).unwrap().status, Status::Failed);
    assert_eq!(ids(&report), ["oauth-resource-mismatch"]);
}

#[tokio::test]
async fn an_old_server_is_its_own_issuer() {
    let server = OAuthServer::start(Options {
        challenge: Some("Bearer".into()),
        resource_metadata: Placement::Missing,
        server_metadata: Placement::AtRoot,
        issuer: "{origin}".into(),
        ..Options::default()
    })
    .unwrap();
    let report = probed(&server.url()).await;
    assert_eq!(letters(&report), "pp-pFppp-------", "{report:#?}");
    assert_eq!(ids(&report), ["oauth-metadata-missing"]);
}

#[tokio::test]
async fn a_server_with_a_token_of_its_own_says_so() {
    let server = OAuthServer::start(Options {
        challenge: None,
        resource_metadata: Placement::Missing,
        server_metadata: Placement::Missing,
        ..Options::default()
    })
    .unwrap();
    let report = probed(&server.url()).await;
    assert!(message(&report, Stage::AuthorizationServer).contains("only a token"), "{report:#?}");
    assert_eq!(ids(&report), ["oauth-metadata-missing", "http-401"]);
}
