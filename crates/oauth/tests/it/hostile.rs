use std::time::Duration;

use bridgekeeper_oauth::Error;
use bridgekeeper_testkit::oauth::{OAuthServer, Options, Placement, Registration, TokenEndpoint};
use bridgekeeper_testkit::stages::{Answer, Scripted};
use serde_json::json;

use crate::world::{Goes, World, call};

/// The sign-in at a server like this comes to an end, and not to a good one.
async fn fails(options: Options) -> String {
    let (server, world) = (OAuthServer::start(options).unwrap(), World::new(Goes::ToTheEnd));
    let session = world.session(&server.url(), |settings| {
        settings.limits.time = Duration::from_millis(300);
    });
    let ended = tokio::time::timeout(Duration::from_secs(10), call(&session, &server.url(), "x")).await;
    ended.expect("an end in time").expect_err("a failure").to_string()
}

#[tokio::test]
async fn who_never_answers_is_not_waited_for() {
    let hangs = |placement| Options { resource_metadata: placement, ..Options::default() };
    assert!(fails(hangs(Placement::Hanging)).await.contains("300 ms"));
    let hangs = Options { server_metadata: Placement::Hanging, ..Options::default() };
    assert!(fails(hangs).await.contains("300 ms"));
    let hangs = Options { registration: Registration::Hanging, ..Options::default() };
    assert!(fails(hangs).await.contains("registration"));
    let hangs = Options { token_endpoint: TokenEndpoint::Hanging, ..Options::default() };
    assert!(fails(hangs).await.contains("token endpoint"));
}

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    fails(Options { server_metadata: Placement::Huge, ..Options::default() }).await;
    for path in ["/token", "/register"] {
        let server = Scripted::start(move |asked, origin| {
            if asked.path == path {
                return Answer::typed(200, "application/json", vec![b' '; 10_000_000]);
            }
            match asked.path.split('?').next().unwrap_or_default() {
                "/.well-known/oauth-authorization-server" => Answer::json(&json!({
                    "issuer": origin,
                    "authorization_endpoint": format!("{origin}/authorize"),
                    "token_endpoint": format!("{origin}/token"),
                    "registration_endpoint": format!("{origin}/register"),
                    "code_challenge_methods_supported": ["S256"],
                })),
                "/register" => Answer::json(&json!({"client_id": "c"})),
                "/authorize" => {
                    let query = asked.path.split_once('?').unwrap_or_default().1;
                    let find = |name: &str| {
                        url::form_urlencoded::parse(query.as_bytes())
                            .find(|(key, _)| key == name)
                            .map(|(_, value)| value.into_owned())
                            .unwrap_or_default()
                    };
                    let back = format!("{}?code=c&state={}", find("redirect_uri"), find("state"));
                    Answer::status(302).with("Location", back)
                }
                "/mcp" => Answer::status(401),
                _ => Answer::status(404),
            }
        })
        .unwrap();
        let world = World::new(Goes::ToTheEnd);
        let url = format!("{}/mcp", server.origin());
        let Err(Error::Told(error)) = call(&world.session(&url, |_| {}), &url, "x").await else {
            panic!("signed in")
        };
        assert!(matches!(&*error, Error::TooLarge { .. }), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_leads_elsewhere_gets_no_code() {
    let elsewhere = Scripted::start(|_, _| Answer::json(&json!({"access_token": "t"}))).unwrap();
    let to = format!("{}/token", elsewhere.origin());
    let server =
        Scripted::start(move |asked, origin| match asked.path.split('?').next().unwrap_or_default() {
            "/.well-known/oauth-authorization-server" => Answer::json(&json!({
                "issuer": origin,
                "token_endpoint": format!("{origin}/token"),
            })),
            "/token" => Answer::status(307).with("Location", to.clone()),
            "/mcp" => Answer::status(401),
            _ => Answer::status(404),
        })
        .unwrap();
    let world = World::new(Goes::Nowhere);
    let url = format!("{}/mcp", server.origin());
    let session = world.session(&url, |settings| {
        settings.grant = bridgekeeper_oauth::Grant::ClientCredentials;
        settings.client.pre_registered = Some(bridgekeeper_oauth::ClientInformation::pre_registered(
            "me",
            Some(bridgekeeper_model::Secret::new("s3cret")),
        ));
    });
    assert!(call(&session, &url, "x").await.is_err());
    assert!(elsewhere.asked().is_empty());
}
