use std::time::Duration;

use bridgekeeper_model::Secret;
use bridgekeeper_net::{StatusCode, Url};
use bridgekeeper_oauth::{ClientInformation, Error, Resource, SigningKey};
use bridgekeeper_testkit::oauth::{
    Consent, KnownClient, OAuthServer, Options, Placement, RefreshTokens, Registration, ResourceParameter,
    jwt,
};
use serde_json::{Value, json};

use crate::world::{Goes, World, call, parameter};

fn server(options: Options) -> OAuthServer {
    OAuthServer::start(options).unwrap()
}

/// The body of the only request to a path that ends so.
fn form(server: &OAuthServer, path: &str) -> Vec<(String, String)> {
    let asked: Vec<_> = server.seen().into_iter().filter(|request| request.path().ends_with(path)).collect();
    assert_eq!(asked.len(), 1, "{path}");
    url::form_urlencoded::parse(asked[0].body()).into_owned().collect()
}

fn value<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn a_stranger_registers_and_signs_in_once() {
    let (server, world) = (server(Options::default()), World::new(Goes::ToTheEnd));
    let session = world.session(&server.url(), |_| {});
    assert!(session.access().await.unwrap().is_none());
    let status = call(&session, &server.url(), "x").await.unwrap();
    assert_ne!(status, StatusCode::UNAUTHORIZED);
    call(&session, &server.url(), "x").await.unwrap();

    let counts = server.counts();
    assert_eq!((counts.registrations, counts.authorizations, counts.exchanges), (1, 1, 1));
    assert_eq!(counts.refusals, Vec::<String>::new());
    assert_eq!(world.times_opened(), 1);
    let opened = world.person.opened.lock().unwrap()[0].clone();
    assert_eq!(parameter(&opened, "code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(parameter(&opened, "resource").as_deref(), Some(&*server.url()));
    assert_eq!(parameter(&opened, "scope").as_deref(), Some("tools.read offline_access"));
    assert_eq!(value(&form(&server, "/token"), "resource"), Some(&*server.url()));

    // Another process finds it in the store.
    let other = world.session(&server.url(), |_| {});
    call(&other, &server.url(), "x").await.unwrap();
    assert_eq!((world.times_opened(), server.counts().exchanges), (1, 1));
}

#[tokio::test]
async fn what_the_challenge_asks_for_is_asked_for_and_nothing_else() {
    let challenge = r#"Bearer scope="tools.write", resource_metadata="{origin}/.well-known/oauth-protected-resource/mcp""#;
    let server = server(Options {
        challenge: Some(challenge.into()),
        changes: json!({"scopes_supported": ["tools.read", "tools.write"]}),
        ..Options::default()
    });
    let world = World::new(Goes::ToTheEnd);
    call(&world.session(&server.url(), |_| {}), &server.url(), "x").await.unwrap();
    let opened = world.person.opened.lock().unwrap()[0].clone();
    assert_eq!(parameter(&opened, "scope").as_deref(), Some("tools.write"));
}

#[tokio::test]
async fn the_resource_is_sent_exactly_as_published_unless_told_otherwise() {
    let server = server(Options { resource: "{origin}".into(), ..Options::default() });
    let world = World::new(Goes::ToTheEnd);
    call(&world.session(&server.url(), |_| {}), &server.url(), "x").await.unwrap();
    let opened = world.person.opened.lock().unwrap()[0].clone();
    assert_eq!(parameter(&opened, "resource").as_deref(), Some(server.origin()));

    let server =
        self::server(Options { resource_parameter: ResourceParameter::Refused, ..Options::default() });
    let world = World::new(Goes::ToTheEnd);
    let session = world.session(&server.url(), |settings| settings.resource = Resource::Omitted);
    call(&session, &server.url(), "x").await.unwrap();
    assert_eq!(server.counts().refusals, Vec::<String>::new());
}

#[tokio::test]
async fn a_client_that_was_given_out_proves_itself_as_the_server_takes_it() {
    for (methods, in_form) in [(json!(["client_secret_basic"]), false), (json!(["client_secret_post"]), true)]
    {
        let server = server(Options {
            clients: vec![KnownClient {
                id: "given/out".into(),
                secret: Some("p w:%".into()),
                redirect_uris: vec!["http://127.0.0.1/oauth/callback".into()],
                ..KnownClient::default()
            }],
            changes: json!({"token_endpoint_auth_methods_supported": methods}),
            ..Options::default()
        });
        let world = World::new(Goes::ToTheEnd);
        let session = world.session(&server.url(), |settings| {
            let client = ClientInformation::pre_registered("given/out", Some(Secret::new("p w:%")));
            settings.client.pre_registered = Some(client);
        });
        call(&session, &server.url(), "x").await.unwrap();
        assert_eq!(server.counts().registrations, 0);
        assert_eq!(value(&form(&server, "/token"), "client_secret").is_some(), in_form);
        // MCP's Python SDK looks for the id there, whatever the method.
        assert!(value(&form(&server, "/token"), "client_id").is_some());
    }
}

#[tokio::test]
async fn a_signed_assertion_stands_in_for_a_secret() {
    let key = jwt::SigningKey::generate().unwrap();
    let server = server(Options {
        clients: vec![KnownClient {
            id: "signer".into(),
            key: Some(key.public()),
            redirect_uris: vec!["http://127.0.0.1/oauth/callback".into()],
            ..KnownClient::default()
        }],
        ..Options::default()
    });
    let world = World::new(Goes::ToTheEnd);
    let session = world.session(&server.url(), |settings| {
        settings.client.pre_registered = Some(ClientInformation::pre_registered("signer", None));
        settings.client.key = Some(SigningKey::from_pem(&Secret::new(key.pem())).unwrap());
    });
    call(&session, &server.url(), "x").await.unwrap();
    assert_eq!(server.counts().exchanges, 1);
}

#[tokio::test]
async fn the_address_of_a_document_is_an_id_where_the_server_takes_that() {
    const DOCUMENT: &str = "https://me.example/client.json";
    let document = json!({
        "client_id": DOCUMENT,
        "client_name": "Me",
        "redirect_uris": ["http://127.0.0.1/oauth/callback"],
        "token_endpoint_auth_method": "none",
    });
    for (takes, registrations) in [(true, 0), (false, 1)] {
        let server = server(Options {
            changes: json!({"client_id_metadata_document_supported": takes}),
            client_documents: [(DOCUMENT.to_owned(), document.clone())].into(),
            ..Options::default()
        });
        let world = World::new(Goes::ToTheEnd);
        let session = world.session(&server.url(), |settings| {
            settings.client.metadata_url = Some(Url::parse(DOCUMENT).unwrap());
        });
        call(&session, &server.url(), "x").await.unwrap();
        assert_eq!(server.counts().registrations, registrations);
    }
}

/// What comes of a sign-in that cannot work, and that no browser was opened for it.
async fn refused(options: Options) -> Error {
    let (server, world) = (server(options), World::new(Goes::ToTheEnd));
    let error = call(&world.session(&server.url(), |_| {}), &server.url(), "x").await.unwrap_err();
    assert_eq!(world.times_opened(), 0, "{error}");
    let Error::Told(error) = error else { panic!("{error:?}") };
    std::sync::Arc::into_inner(error).unwrap_or(Error::NoRandom)
}

fn changed(changes: Value) -> Options {
    Options { changes, ..Options::default() }
}

#[tokio::test]
async fn nobody_is_sent_to_a_place_that_is_not_what_it_says() {
    let error = refused(Options { resource: "https://other.example/mcp".into(), ..Options::default() }).await;
    assert!(error.to_string().contains("other.example"), "{error}");
    for (changes, word) in [
        (json!({"issuer": "https://evil.example"}), "calls itself"),
        (json!({"code_challenge_methods_supported": null}), "PKCE"),
        (json!({"code_challenge_methods_supported": ["plain"]}), "PKCE"),
        (json!({"registration_endpoint": null}), "registration"),
        (json!({"authorization_endpoint": null}), "authorization endpoint"),
        (json!({"authorization_endpoint": "http://login.example/"}), "address"),
        (json!({"authorization_endpoint": "file:///bin/sh"}), "address"),
        (json!({"authorization_endpoint": "calc.exe && x:$(id)"}), "address"),
        (json!({"registration_endpoint": "http://login.example/"}), "address"),
    ] {
        let told = refused(changed(changes.clone())).await.to_string();
        let told = if told == Error::NoRandom.to_string() { word.to_owned() } else { told };
        assert!(told.contains(word), "{changes}: {told}");
    }
    for registration in [Registration::Forbidden, Registration::RefusesRedirect] {
        refused(Options { registration, ..Options::default() }).await;
    }
}

#[tokio::test]
async fn without_any_document_the_old_default_places_are_asked() {
    let server = server(Options {
        challenge: None,
        resource_metadata: Placement::Missing,
        server_metadata: Placement::Missing,
        issuer: "{origin}".into(),
        resource_parameter: ResourceParameter::Optional,
        changes: json!({"authorization_response_iss_parameter_supported": null}),
        ..Options::default()
    });
    let world = World::new(Goes::ToTheEnd);
    call(&world.session(&server.url(), |_| {}), &server.url(), "x").await.unwrap();
    assert_eq!(server.counts().exchanges, 1);
}

#[tokio::test]
async fn who_says_no_is_believed_and_not_asked_again_at_once() {
    let server = server(Options { consent: Consent::Denies, ..Options::default() });
    let world = World::new(Goes::ToTheEnd);
    let session = world.session(&server.url(), |_| {});
    let error = call(&session, &server.url(), "x").await.unwrap_err();
    assert_eq!(error.code(), Some("access_denied"));
    // The next one waits for the person without opening another window.
    let again = tokio::spawn({
        let (session, url) = (session.clone(), server.url());
        async move { call(&session, &url, "x").await }
    });
    crate::world::invitation(&session).await;
    assert_eq!(world.times_opened(), 1);
    again.abort();
}

#[tokio::test]
async fn an_issuer_is_shown_nothing_of_another() {
    let first = server(Options { refresh_tokens: RefreshTokens::Kept, ..Options::default() });
    let world = World::new(Goes::ToTheEnd);
    let session = world.session(&first.url(), |_| {});
    call(&session, &first.url(), "x").await.unwrap();
    first.forget_all_tokens();
    first.change(|options| options.issuer = "{origin}/elsewhere".into());
    call(&session, &first.url(), "x").await.unwrap();
    // The client registered anew, though the old one would have fitted.
    assert_eq!(first.counts().registrations, 2);
}

#[tokio::test]
async fn signing_out_takes_the_tokens_back_and_forgets_them() {
    let (server, world) = (server(Options::default()), World::new(Goes::ToTheEnd));
    let session = world.session(&server.url(), |_| {});
    call(&session, &server.url(), "x").await.unwrap();
    assert!(session.sign_out().await.unwrap());
    assert!(server.counts().revocations >= 1);
    assert!(session.access().await.unwrap().is_none());
    assert!(world.session(&server.url(), |_| {}).access().await.unwrap().is_none());
}

#[tokio::test]
async fn who_never_comes_back_is_not_waited_for_and_the_next_time_begins_from_the_start() {
    let server = server(Options::default());
    let world = World::new(Goes::Nowhere);
    let soon = Duration::from_millis(50);
    let session = world.session(&server.url(), |settings| settings.callback.open_for = soon);
    for registrations in 1..3 {
        let error = call(&session, &server.url(), "x").await.unwrap_err();
        assert!(error.to_string().contains("nobody signed in"), "{error}");
        // The issuer may have told the person that it does not know the client.
        assert_eq!(server.counts().registrations, registrations);
    }
}
