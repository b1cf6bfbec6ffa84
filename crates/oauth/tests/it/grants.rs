use std::collections::BTreeMap;
use std::sync::Arc;

use bridgekeeper_model::Secret;
use bridgekeeper_net::{StatusCode, Url};
use bridgekeeper_oauth::{ClientInformation, Error, Grant, IdentityProvider, SigningKey};
use bridgekeeper_testkit::oauth::{KnownClient, OAuthServer, Options, browser, jwt};
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::world::{Goes, World, call, invitation};

fn known(secret: Option<&str>, key: Option<serde_json::Value>) -> Options {
    let client =
        KnownClient { id: "me".into(), secret: secret.map(Into::into), key, ..KnownClient::default() };
    Options { clients: vec![client], ..Options::default() }
}

fn me(secret: Option<&str>) -> ClientInformation {
    ClientInformation::pre_registered("me", secret.map(Secret::new))
}

#[tokio::test]
async fn a_device_code_is_shown_and_no_browser_is_opened() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let world = World::new(Goes::Nowhere);
    let session = world.session(&server.url(), |settings| settings.grant = Grant::DeviceCode);
    let signing_in = tokio::spawn({
        let (session, url) = (Arc::clone(&session), server.url());
        async move { call(&session, &url, "x").await }
    });
    let invitation = invitation(&session).await;
    assert!(invitation.code.is_some());
    let url = invitation.url.to_string();
    tokio::task::spawn_blocking(move || browser::open(&url)).await.unwrap().unwrap();
    assert_ne!(signing_in.await.unwrap().unwrap(), StatusCode::UNAUTHORIZED);
    assert_eq!(world.times_opened(), 0);
}

#[tokio::test]
async fn a_program_acts_for_itself_with_a_secret_or_a_key() {
    let key = jwt::SigningKey::generate().unwrap();
    for (secret, key) in [(Some("s3cret"), None), (None, Some(&key))] {
        let server = OAuthServer::start(known(secret, key.map(jwt::SigningKey::public))).unwrap();
        let world = World::new(Goes::Nowhere);
        let session = world.session(&server.url(), |settings| {
            settings.grant = Grant::ClientCredentials;
            settings.client.pre_registered = Some(me(secret));
            settings.client.key = key.map(|key| SigningKey::from_pem(&Secret::new(key.pem())).unwrap());
        });
        assert_ne!(call(&session, &server.url(), "x").await.unwrap(), StatusCode::UNAUTHORIZED);
        assert_eq!((server.counts().client_credentials, world.times_opened()), (1, 0));
    }
}

#[tokio::test]
async fn a_company_vouches_for_the_person() {
    let options = known(Some("s3cret"), None);
    let server = OAuthServer::start(options).unwrap();
    // The company's provider knows the person: its ID token comes from an earlier sign-in there.
    let world = World::new(Goes::ToTheEnd);
    let session = world.session(&server.url(), |settings| settings.scope = Some("openid".into()));
    call(&session, &server.url(), "x").await.unwrap();
    let kept = {
        use bridgekeeper_oauth::{Credentials as _, SignIn};
        let kept = world.store.read(&session.account()).unwrap().unwrap();
        SignIn::from_kept(&kept).unwrap()
    };
    let id_token = kept.tokens.unwrap().id_token.unwrap();
    server.change(|options| {
        options.clients.push(KnownClient { id: kept.client.client_id.clone(), ..KnownClient::default() });
    });

    let world = World::new(Goes::Nowhere);
    let session = world.session(&server.url(), |settings| {
        settings.grant = Grant::EnterpriseManaged(Box::new(IdentityProvider {
            token_endpoint: Url::parse(&format!("{}/login/token", server.origin())).unwrap(),
            client: ClientInformation::pre_registered(kept.client.client_id.clone(), None),
            id_token: id_token.clone(),
        }));
        settings.client.pre_registered =
            Some(ClientInformation::pre_registered(kept.client.client_id.clone(), None));
    });
    assert_ne!(call(&session, &server.url(), "x").await.unwrap(), StatusCode::UNAUTHORIZED);
    assert_eq!(world.times_opened(), 0);
}

#[tokio::test]
async fn a_workload_shows_its_statement_once_and_changes_nothing_when_refused() {
    let server = ScriptedServer::start(|request| match request.path() {
        "/.well-known/oauth-protected-resource/mcp" => Reply::json(
            &json!({"resource": request.address_of("/mcp"), "authorization_servers": [request.origin()]}),
        ),
        "/.well-known/oauth-authorization-server" => {
            Reply::json(&json!({"issuer": request.origin(), "token_endpoint": request.address_of("/token")}))
        }
        "/token" => {
            Reply::status(400).with_body(r#"{"error":"invalid_grant","error_description":"expired"}"#)
        }
        _ => Reply::status(401),
    });
    let world = World::new(Goes::Nowhere);
    let url = server.url();
    let session = world.session(&url, |settings| {
        settings.grant = Grant::WorkloadIdentity(Secret::new("statement"));
        settings.client.pre_registered = Some(me(None));
    });
    let error = call(&session, &url, "x").await.unwrap_err();
    assert_eq!(error.code(), Some("invalid_grant"));
    let asked: Vec<_> = server.seen().into_iter().filter(|request| request.path() == "/token").collect();
    assert_eq!(asked.len(), 1);
    let body = String::from_utf8(asked[0].body().to_vec()).unwrap();
    assert!(body.contains("grant-type%3Ajwt-bearer") && body.contains("assertion=statement"), "{body}");
}

#[tokio::test]
async fn more_rights_are_asked_for_once_with_those_there_are() {
    let tool_scopes = BTreeMap::from([("writes".to_owned(), "tools.write".to_owned())]);
    let server = OAuthServer::start(Options { tool_scopes, ..Options::default() }).unwrap();
    let world = World::new(Goes::ToTheEnd);
    let session = world.session(&server.url(), |_| {});
    call(&session, &server.url(), "reads").await.unwrap();
    assert_ne!(call(&session, &server.url(), "writes").await.unwrap(), StatusCode::FORBIDDEN);
    let opened = world.person.opened.lock().unwrap().clone();
    assert_eq!(opened.len(), 2);
    let scope = crate::world::parameter(&opened[1], "scope").unwrap();
    for part in ["tools.read", "tools.write"] {
        assert!(scope.split(' ').any(|scope| scope == part), "{scope}");
    }
}

#[tokio::test]
async fn a_server_that_is_never_content_opens_one_page_and_no_more() {
    let server = ScriptedServer::start(|request| match request.path() {
        "/.well-known/oauth-protected-resource/mcp" => Reply::json(
            &json!({"resource": request.address_of("/mcp"), "authorization_servers": [request.origin()]}),
        ),
        "/.well-known/oauth-authorization-server" => Reply::json(&json!({
            "issuer": request.origin(),
            "token_endpoint": request.address_of("/token"),
        })),
        "/token" => Reply::json(&json!({"access_token": "t", "token_type": "Bearer"})),
        _ if request.headers().contains_key("authorization") => {
            Reply::status(403).with("WWW-Authenticate", r#"Bearer error="insufficient_scope", scope="admin""#)
        }
        _ => Reply::status(401),
    });
    let world = World::new(Goes::Nowhere);
    let url = server.url();
    let session = world.session(&url, |settings| {
        settings.grant = Grant::ClientCredentials;
        settings.client.pre_registered = Some(me(Some("s")));
    });
    for _ in 0..3 {
        let Err(Error::Told(error)) = call(&session, &url, "x").await else { panic!("content") };
        assert!(matches!(&*error, Error::StillInsufficient { .. }), "{error}");
    }
    let asked = server.seen().into_iter().filter(|request| request.path() == "/token").count();
    assert_eq!(asked, 2);
}
