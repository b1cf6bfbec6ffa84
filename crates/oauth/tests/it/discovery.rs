use std::error::Error as _;
use std::time::Duration;

use bridgekeeper_net::{Client, NetOptions, Url};
use bridgekeeper_oauth::discovery::{
    Challenge, Discovery, DocumentError, IssuerMatch, Limits, NamedBy, ResourceMatch, bearer, discover,
};
use bridgekeeper_testkit::oauth::{OAuthServer, Options, Placement};
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

/// Longer than any answer takes on a loaded machine.
const PATIENT: Limits = Limits { time: Duration::from_secs(20), bytes: 16 << 10 };

async fn discovered(server: &str, challenge: &str) -> Discovery {
    discovered_within(PATIENT, server, challenge).await
}

async fn discovered_within(limits: Limits, server: &str, challenge: &str) -> Discovery {
    let client = Client::new(NetOptions::default());
    let challenges = Challenge::parse(challenge);
    discover(&client, &Url::parse(server).expect("a URL"), bearer(&challenges), limits).await
}

fn paths(server: &OAuthServer) -> Vec<String> {
    server.seen().into_iter().map(|request| request.target().to_owned()).collect()
}

#[tokio::test]
async fn a_server_that_does_it_right_is_asked_twice() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let challenge =
        format!(r#"Bearer resource_metadata="{}/.well-known/oauth-protected-resource/mcp""#, server.origin());
    let found = discovered(&server.url(), &challenge).await;

    let resource = found.resource.document().unwrap();
    assert_eq!(resource.matches(&Url::parse(&server.url()).unwrap()), ResourceMatch::Same);
    assert_eq!(found.named_by, NamedBy::ResourceMetadata);
    let issuer = found.authorization_server.document().unwrap();
    assert_eq!(issuer.matches(&resource.authorization_servers[0]), IssuerMatch::Same);
    assert!(issuer.offers_s256() && issuer.registration_endpoint.is_some());
    assert_eq!(
        paths(&server),
        ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-authorization-server/login"]
    );
}

#[tokio::test]
async fn documents_are_looked_for_in_the_order_of_the_specification() {
    let server = OAuthServer::start(Options {
        resource_metadata: Placement::AtRoot,
        server_metadata: Placement::OpenId,
        ..Options::default()
    })
    .unwrap();
    let found = discovered(&server.url(), "Bearer").await;
    assert!(found.authorization_server.found.is_some());
    assert_eq!(
        paths(&server),
        [
            "/.well-known/oauth-protected-resource/mcp",
            "/.well-known/oauth-protected-resource",
            "/.well-known/oauth-authorization-server/login",
            "/.well-known/openid-configuration/login",
            "/login/.well-known/openid-configuration",
        ]
    );
}

#[tokio::test]
async fn the_challenge_names_a_document_that_stands_anywhere() {
    let server =
        OAuthServer::start(Options { resource_metadata: Placement::Elsewhere, ..Options::default() })
            .unwrap();
    let challenge = format!(
        r#"Basic realm="a, b", Bearer error="invalid_token", resource_metadata="{}/elsewhere/oauth-protected-resource""#,
        server.origin()
    );
    let found = discovered(&server.url(), &challenge).await;
    assert!(found.resource.found.unwrap().url.path().starts_with("/elsewhere/"));
}

#[tokio::test]
async fn without_resource_metadata_the_origin_is_the_issuer() {
    let server = OAuthServer::start(Options {
        resource_metadata: Placement::Missing,
        server_metadata: Placement::AtRoot,
        issuer: "{origin}".into(),
        ..Options::default()
    })
    .unwrap();
    let found = discovered(&server.url(), "").await;
    assert_eq!(found.named_by, NamedBy::ServerOrigin);
    assert_eq!(found.authorization_server.document().unwrap().issuer, server.origin());
}

#[tokio::test]
async fn a_host_that_hangs_is_waited_for_once() {
    let server =
        OAuthServer::start(Options { resource_metadata: Placement::Hanging, ..Options::default() }).unwrap();
    let soon = Limits { time: Duration::from_millis(300), ..PATIENT };
    let found = discovered_within(soon, &server.url(), "").await;
    assert!(matches!(found.resource.attempts[0].error, Some(DocumentError::TimedOut(_))));
    assert_eq!(found.resource.attempts.len(), 1);
}

#[tokio::test]
async fn a_wrong_issuer_is_reported_and_not_mended() {
    let server = OAuthServer::start(Options {
        changes: json!({"issuer": "https://login.example"}),
        ..Options::default()
    })
    .unwrap();
    let found = discovered(&server.url(), "").await;
    let asked = &found.resource.document().unwrap().authorization_servers[0];
    assert_eq!(found.authorization_server.document().unwrap().matches(asked), IssuerMatch::Different);
}

#[tokio::test]
async fn what_is_no_document_says_why() {
    let server = ScriptedServer::start(|request| match request.path() {
        "/.well-known/oauth-protected-resource/html" => Reply::typed(200, "text/html", "<!doctype html>"),
        "/.well-known/oauth-protected-resource/large" => {
            Reply::typed(200, "application/json", vec![b' '; 17 << 10])
        }
        "/.well-known/oauth-protected-resource/away" => {
            Reply::status(302).with("Location", "https://elsewhere.example/metadata")
        }
        "/.well-known/oauth-protected-resource/shape" => Reply::json(&json!({"resource": 7})),
        _ => Reply::status(404),
    });
    let why = async |path: &str| {
        let url = format!("{}/{path}", server.origin());
        discovered(&url, "").await.resource.attempts.remove(0).error.unwrap()
    };
    assert!(matches!(why("html").await, DocumentError::Malformed(_)));
    assert!(matches!(why("large").await, DocumentError::TooLarge(_)));
    assert!(
        matches!(why("away").await, DocumentError::Redirected(to) if to.host_str() == Some("elsewhere.example"))
    );
    assert!(matches!(why("missing").await, DocumentError::Status(status) if status == 404));
    assert!(why("shape").await.source().is_some());
}
