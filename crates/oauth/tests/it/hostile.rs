use std::time::Duration;

use bridgekeeper_oauth::Error;
use bridgekeeper_testkit::oauth::{OAuthServer, Options, Placement, Registration, TokenEndpoint};
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::world::{Goes, World, call};

/// The sign-in at a server like this comes to an end, and not to a good one.
async fn fails(options: Options) -> String {
    let (server, world) = (OAuthServer::start(options).unwrap(), World::new(Goes::ToTheEnd));
    let session = world.session(&server.url(), |settings| {
        settings.limits.time = Duration::from_millis(1500);
    });
    let ended = tokio::time::timeout(Duration::from_mins(1), call(&session, &server.url(), "x")).await;
    ended.expect("an end in time").expect_err("a failure").to_string()
}

#[tokio::test]
async fn who_never_answers_is_not_waited_for() {
    let hangs = |placement| Options { resource_metadata: placement, ..Options::default() };
    assert!(fails(hangs(Placement::Hanging)).await.contains("1500 ms"));
    let hangs = Options { server_metadata: Placement::Hanging, ..Options::default() };
    assert!(fails(hangs).await.contains("1500 ms"));
    let hangs = Options { registration: Registration::Hanging, ..Options::default() };
    assert!(fails(hangs).await.contains("registration"));
    let hangs = Options { token_endpoint: TokenEndpoint::Hanging, ..Options::default() };
    assert!(fails(hangs).await.contains("token endpoint"));
}

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    fails(Options { server_metadata: Placement::Huge, ..Options::default() }).await;
    for path in ["/token", "/register"] {
        let server = ScriptedServer::start(move |request| {
            if request.path() == path {
                return Reply::typed(200, "application/json", vec![b' '; 10_000_000]);
            }
            match request.path() {
                "/.well-known/oauth-authorization-server" => Reply::json(&json!({
                    "issuer": request.origin(),
                    "authorization_endpoint": request.address_of("/authorize"),
                    "token_endpoint": request.address_of("/token"),
                    "registration_endpoint": request.address_of("/register"),
                    "code_challenge_methods_supported": ["S256"],
                })),
                "/register" => Reply::json(&json!({"client_id": "c"})),
                "/authorize" => {
                    let find = |name: &str| {
                        url::form_urlencoded::parse(request.query().as_bytes())
                            .find(|(key, _)| key == name)
                            .map(|(_, value)| value.into_owned())
                            .unwrap_or_default()
                    };
                    let back = format!("{}?code=c&state={}", find("redirect_uri"), find("state"));
                    Reply::status(302).with("Location", back)
                }
                "/mcp" => Reply::status(401),
                _ => Reply::status(404),
            }
        });
        let world = World::new(Goes::ToTheEnd);
        let url = server.url();
        let Err(Error::Told(error)) = call(&world.session(&url, |_| {}), &url, "x").await else {
            panic!("signed in")
        };
        assert!(matches!(&*error, Error::TooLarge { .. }), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_leads_elsewhere_gets_no_code() {
    let elsewhere = ScriptedServer::start(|_| Reply::json(&json!({"access_token": "t"})));
    let to = format!("{}/token", elsewhere.origin());
    let server = ScriptedServer::start(move |request| match request.path() {
        "/.well-known/oauth-authorization-server" => Reply::json(&json!({
            "issuer": request.origin(),
            "token_endpoint": request.address_of("/token"),
        })),
        "/token" => Reply::status(307).with("Location", to.clone()),
        "/mcp" => Reply::status(401),
        _ => Reply::status(404),
    });
    let world = World::new(Goes::Nowhere);
    let url = server.url();
    let session = world.session(&url, |settings| {
        settings.grant = bridgekeeper_oauth::Grant::ClientCredentials;
        settings.client.pre_registered = Some(bridgekeeper_oauth::ClientInformation::pre_registered(
            "me",
            Some(bridgekeeper_model::Secret::new("s3cret")),
        ));
    });
    assert!(call(&session, &url, "x").await.is_err());
    assert!(elsewhere.seen().is_empty());
}
