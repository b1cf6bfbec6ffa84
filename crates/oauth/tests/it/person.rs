//! Who signed in, as the issuer says it.

use std::time::{Duration, Instant};

use bridgekeeper_model::Secret;
use bridgekeeper_oauth::{Credentials as _, Grant, SignIn};
use bridgekeeper_testkit::oauth::{OAuthServer, Options, Userinfo};
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::world::{Goes, World, call};

/// Scopes with which the ID token has a number for the person and no name.
const NAMELESS: &str = "openid profile tools.read";

/// A sign-in with these scopes: who it was, and how often the userinfo endpoint was asked.
async fn signed_in(options: Options, scope: &str) -> (OAuthServer, World, Option<String>) {
    let (server, world) = (OAuthServer::start(options).unwrap(), World::new(Goes::ToTheEnd));
    let session = world.session(&server.url(), |settings| settings.scope = Some(scope.into()));
    call(&session, &server.url(), "x").await.unwrap();
    assert!(session.access().await.unwrap().is_some());
    let kept = world.store.read(&session.account()).unwrap().unwrap();
    (server, world, SignIn::from_kept(&kept).unwrap().person())
}

fn times_asked(server: &OAuthServer) -> usize {
    server.seen().iter().filter(|request| request.path().ends_with("/userinfo")).count()
}

#[tokio::test]
async fn where_the_id_token_names_nobody_the_userinfo_endpoint_is_asked_once() {
    let (server, world, who) = signed_in(Options::default(), NAMELESS).await;
    assert_eq!(who.as_deref(), Some("ada@example.com"));
    assert_eq!(times_asked(&server), 1);

    // It stays known: neither a renewal nor the start of another process asks again.
    server.forget_access_tokens();
    let other = world.session(&server.url(), |_| {});
    call(&other, &server.url(), "x").await.unwrap();
    assert_eq!((server.counts().refreshes, times_asked(&server)), (1, 1));
    let kept = SignIn::from_kept(&world.store.read(&other.account()).unwrap().unwrap()).unwrap();
    assert_eq!(kept.person().as_deref(), Some("ada@example.com"));
}

#[tokio::test]
async fn where_the_id_token_says_it_or_nothing_can_nobody_is_asked() {
    let (server, _world, who) = signed_in(Options::default(), "openid email tools.read").await;
    assert_eq!((who.as_deref(), times_asked(&server)), (Some("ada@example.com"), 0));
    let (server, _world, who) = signed_in(Options::default(), "tools.read").await;
    assert_eq!((who, times_asked(&server)), (None, 0));
    let changes = json!({"userinfo_endpoint": null});
    let (_server, _world, who) = signed_in(Options { changes, ..Options::default() }, NAMELESS).await;
    assert_eq!(who.as_deref(), Some("ada"), "the issuer's own number for the person");
}

#[tokio::test]
async fn an_answer_that_cannot_be_used_leaves_the_sign_in_as_it_is() {
    let thief = ScriptedServer::start(|_| Reply::json(&json!({"sub": "ada", "email": "thief@example.com"})));
    for userinfo in [
        Userinfo::Signed,
        Userinfo::AboutAnother,
        Userinfo::SendsOn(format!("{}/userinfo", thief.origin())),
        Userinfo::Hanging,
    ] {
        let began = Instant::now();
        let options = Options { userinfo: userinfo.clone(), ..Options::default() };
        let (server, _world, who) = signed_in(options, NAMELESS).await;
        assert_eq!((who.as_deref(), times_asked(&server)), (Some("ada"), 1), "{userinfo:?}");
        assert!(began.elapsed() < Duration::from_secs(30), "{userinfo:?}");
    }
    assert!(thief.seen().is_empty(), "a redirect does not get the token");
    for unsafe_address in ["http://login.example/userinfo", "file:///etc/passwd", "x y"] {
        let changes = json!({"userinfo_endpoint": unsafe_address});
        let (_server, _world, who) = signed_in(Options { changes, ..Options::default() }, NAMELESS).await;
        assert_eq!(who.as_deref(), Some("ada"), "{unsafe_address}");
    }
}

#[tokio::test]
async fn a_company_that_vouches_has_said_who_it_is() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let server = ScriptedServer::start(|request| match request.path() {
        "/.well-known/oauth-protected-resource/mcp" => Reply::json(
            &json!({"resource": request.address_of("/mcp"), "authorization_servers": [request.origin()]}),
        ),
        "/.well-known/oauth-authorization-server" => Reply::json(&json!({
            "issuer": request.origin(),
            "token_endpoint": request.address_of("/token"),
            "userinfo_endpoint": request.address_of("/userinfo"),
        })),
        "/token" => Reply::json(&json!({
            "access_token": "t",
            "token_type": "Bearer",
            "issued_token_type": "urn:ietf:params:oauth:token-type:id-jag",
        })),
        _ if request.headers().contains_key("authorization") => Reply::accepted(),
        _ => Reply::status(401),
    });
    let world = World::new(Goes::Nowhere);
    let url = server.url();
    let claims = URL_SAFE_NO_PAD.encode(r#"{"sub":"7","email":"ada@company.example"}"#);
    let session = world.session(&url, |settings| {
        let me = || bridgekeeper_oauth::ClientInformation::pre_registered("me", None);
        settings.grant = Grant::EnterpriseManaged(Box::new(bridgekeeper_oauth::IdentityProvider {
            token_endpoint: format!("{}/token", server.origin()).parse().unwrap(),
            client: me(),
            id_token: Secret::new(format!("e30.{claims}.c2ln")),
        }));
        settings.client.pre_registered = Some(me());
    });
    call(&session, &url, "x").await.unwrap();
    let kept = world.store.read(&session.account()).unwrap().unwrap();
    assert_eq!(SignIn::from_kept(&kept).unwrap().person().as_deref(), Some("ada@company.example"));
    assert!(!server.seen().iter().any(|request| request.path() == "/userinfo"));
}
